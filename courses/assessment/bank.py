"""Drawing a paper from the question bank."""

import json
from collections.abc import Collection
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from cms.core.prepared import PreparedRows
from courses.assessment import papers
from courses.assessment.models import Question, QuizQuestion

OPTIONS_KEPT = 2000


class _Asked(NamedTuple):
    """A question as the bank words it now. `options` is the stored text; the last is the quiz's own rule."""

    question_id: int
    version: int
    kind: str
    text: str
    options: str
    feedback: str
    marks: int
    shuffle_options: bool
    must_be_right: bool = False


def draw_paper(*, page_id: int, random: Random, must_be_right: Collection[int] | None = None) -> papers.Paper:
    """The paper of a new attempt: the quiz's questions as the bank words them now. One query.

    `must_be_right` are the questions that an edition says must be right. They are always asked: also one
    that was taken out of the quiz since, as long as the bank has it (a second query). None stands for
    what the quiz itself says now.
    """
    asked = _uses(page_id)
    if must_be_right is None:
        must_be_right = {question.question_id for question in asked if question.must_be_right}
    elif taken_out := set(must_be_right) - {question.question_id for question in asked}:
        found = Question.objects.filter(pk__in=taken_out).order_by("pk")
        asked += [_Asked(*row) for row in found.values_list(*_worded())]
    return papers.Paper(
        questions=tuple(
            _freeze(slot, question, random, must_be_right=question.question_id in must_be_right)
            for slot, question in enumerate(asked, start=1)
        )
    )


def _worded(way: str = "") -> tuple[Any, ...]:
    """The columns of _Asked, `way` to the question. Options as they are stored, without editors' blocks."""
    stored = Cast(f"{way}options", TextField())
    before, after = ("pk", "version", "kind", "text"), ("feedback", "marks", "shuffle_options")
    return *(f"{way}{name}" for name in before), stored, *(f"{way}{name}" for name in after)


_uses: PreparedRows[_Asked] = PreparedRows(
    _Asked,
    lambda page: (
        QuizQuestion.objects.filter(page=page)
        .order_by("sort_order", "pk")
        .values_list(*_worded("question__"), "must_be_right")
    ),
    int,
)


def _freeze(slot: int, question: _Asked, random: Random, *, must_be_right: bool) -> papers.Question:
    options = _options(question.options)
    kind = papers.QuestionKind(question.kind)
    if question.shuffle_options and kind is not papers.QuestionKind.TRUE_FALSE:
        options = papers.shuffled(options, random=random)
    return papers.Question(
        slot=slot,
        question_id=question.question_id,
        version=question.version,
        kind=kind,
        text=question.text,
        options=options,
        feedback=question.feedback,
        marks=question.marks,
        must_be_right=must_be_right,
    )


@lru_cache(maxsize=OPTIONS_KEPT)
def _options(stored: str) -> tuple[papers.Option, ...]:
    """The options as an editor ordered them. The stored text is the key, so nothing can be out of date."""
    return tuple(
        papers.Option(
            key=chr(ord("a") + place),
            text=block["value"]["text"],
            is_right=bool(block["value"]["is_right"]),
            feedback=block["value"]["feedback"],
        )
        for place, block in enumerate(json.loads(stored))
    )
