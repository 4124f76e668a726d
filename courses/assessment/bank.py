"""Drawing a paper from the question bank."""

from random import Random

from courses.assessment import papers
from courses.assessment.models import QuizQuestion


def draw_paper(*, page_id: int, random: Random) -> papers.Paper:
    """The paper of a new attempt: the quiz's questions as the bank words them now. One query."""
    asked = (
        QuizQuestion.objects.filter(page_id=page_id).select_related("question").order_by("sort_order", "pk")
    )
    questions = tuple(_freeze(slot, entry, random) for slot, entry in enumerate(asked, start=1))
    return papers.Paper(questions=questions)


def _freeze(slot: int, entry: QuizQuestion, random: Random) -> papers.Question:
    question = entry.question
    options = tuple(
        papers.Option(
            key=chr(ord("a") + place),
            text=block.value["text"],
            is_right=bool(block.value["is_right"]),
            feedback=block.value["feedback"],
        )
        for place, block in enumerate(question.options)
    )
    kind = papers.QuestionKind(question.kind)
    if question.shuffle_options and kind is not papers.QuestionKind.TRUE_FALSE:
        options = papers.shuffled(options, random=random)
    return papers.Question(
        slot=slot,
        question_id=question.pk,
        version=question.version,
        kind=kind,
        text=question.text,
        options=options,
        feedback=question.feedback,
        marks=question.marks,
    )
