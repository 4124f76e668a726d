"""A quiz that staff try: drawn and marked like a learner's, and kept nowhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from courses.assessment import bank, marking
from courses.assessment.papers import Question, QuestionKind
from courses.catalogue.pages import QuizPage
from courses.queries.quizzes import instruction

# The same order on the page with the questions and on the page with the marks.
ORDER = 1


@dataclass(frozen=True, slots=True)
class TriedOption:
    key: str
    text: str
    is_chosen: bool
    is_right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class TriedQuestion:
    slot: int
    name: str
    text: str
    instruction: str
    must_be_right: bool
    is_multiple: bool
    options: list[TriedOption]
    feedback: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """`percent`, `passed` and `not_right_yet` (safety questions) are None before anything was answered."""

    page: QuizPage
    questions: list[TriedQuestion]
    percent: int | None
    passed: bool | None
    not_right_yet: int | None

    @property
    def is_marked(self) -> bool:
        return self.percent is not None


def trial(page: QuizPage, answered: Mapping[str, Sequence[str]] | None) -> Trial:
    """The questions as the bank words them now; with marks and feedback once answered. One query."""
    paper = bank.draw_paper(page_id=page.pk, random=Random(ORDER))  # noqa: S311 - the same order twice
    choices = {
        question.slot: frozenset((answered or {}).get(_name(question), ())) & question.keys
        for question in paper.questions
    }
    result = marking.mark(paper, choices, pass_mark_percent=page.pass_mark_percent)
    marks = {marked.slot: marked.is_right for marked in result.questions}
    is_marked = answered is not None
    return Trial(
        page=page,
        questions=[_question(q, choices[q.slot], is_right=marks[q.slot]) for q in paper.questions],
        percent=marking.percent(result.score, result.max_score) if is_marked else None,
        passed=result.passed if is_marked else None,
        not_right_yet=len(result.not_right_yet) if is_marked else None,
    )


def _name(question: Question) -> str:
    return f"question-{question.slot}"


def _question(asked: Question, chosen: frozenset[str], *, is_right: bool) -> TriedQuestion:
    return TriedQuestion(
        slot=asked.slot,
        name=_name(asked),
        text=asked.text,
        instruction=instruction(asked.kind),
        must_be_right=asked.must_be_right,
        is_multiple=asked.kind is QuestionKind.MULTIPLE,
        options=[TriedOption(o.key, o.text, o.key in chosen, o.is_right, o.feedback) for o in asked.options],
        feedback=asked.feedback,
        is_right=is_right,
    )
