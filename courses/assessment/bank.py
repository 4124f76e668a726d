"""Drawing a paper from the question bank."""

from collections.abc import Collection
from random import Random

from cms.core.prepared import Prepared
from courses.assessment import papers
from courses.assessment.models import Question, QuizQuestion


def draw_paper(*, page_id: int, random: Random, must_be_right: Collection[int] | None = None) -> papers.Paper:
    """The paper of a new attempt: the quiz's questions as the bank words them now. One query.

    `must_be_right` are the questions that an edition says must be right. They are always asked: also one
    that was taken out of the quiz since, as long as the bank has it (a second query). None stands for
    what the quiz itself says now.
    """
    uses = _uses(page_id)
    asked = [use.question for use in uses]
    if must_be_right is None:
        must_be_right = {use.question_id for use in uses if use.must_be_right}
    elif taken_out := set(must_be_right) - {question.pk for question in asked}:
        asked += Question.objects.filter(pk__in=taken_out).order_by("pk")
    return papers.Paper(
        questions=tuple(
            _freeze(slot, question, random, must_be_right=question.pk in must_be_right)
            for slot, question in enumerate(asked, start=1)
        )
    )


_uses: Prepared[QuizQuestion] = Prepared(
    lambda page: (
        QuizQuestion.objects.filter(page=page).select_related("question").order_by("sort_order", "pk")
    ),
    int,
)


def _freeze(slot: int, question: Question, random: Random, *, must_be_right: bool) -> papers.Question:
    options = tuple(
        papers.Option(
            key=chr(ord("a") + place),
            text=block["value"]["text"],
            is_right=bool(block["value"]["is_right"]),
            feedback=block["value"]["feedback"],
        )
        for place, block in enumerate(question.options.raw_data)
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
        must_be_right=must_be_right,
    )
