"""The paper of one attempt: the questions, frozen as they were shown. Plain Python."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

FORMAT = 1


class QuestionKind(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `key` is what the browser sends: it says nothing about being right."""

    key: str
    text: str
    is_right: bool
    feedback: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it was shown. `slot` counts from 1; `version` is the bank's version number.

    `must_be_right` says that the quiz cannot be passed without it. Papers from before that have none.
    """

    slot: int
    question_id: int
    version: int
    kind: QuestionKind
    text: str
    options: tuple[Option, ...]
    feedback: str
    marks: int
    must_be_right: bool = False

    @property
    def right_keys(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options if option.is_right)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(option.key for option in self.options)


@dataclass(frozen=True, slots=True)
class Paper:
    """Every question of one attempt."""

    questions: tuple[Question, ...]

    def question(self, slot: int) -> Question | None:
        """The question at this slot, or None."""
        return next((q for q in self.questions if q.slot == slot), None)


def shuffled(options: tuple[Option, ...], *, random: Random) -> tuple[Option, ...]:
    """The options in another order, with keys that follow the new order: a, b, c …"""
    order = random.sample(options, k=len(options))
    return tuple(
        Option(chr(ord("a") + place), option.text, option.is_right, option.feedback)
        for place, option in enumerate(order)
    )


def to_json(paper: Paper) -> dict[str, Any]:
    """Plain data to store with the attempt; `from_json` gives the same paper back."""
    return {"format": FORMAT, "questions": [_stored(question) for question in paper.questions]}


def _stored(question: Question) -> dict[str, Any]:
    """A question as data. `must_be_right` stands there only where it is true: code from before it can read
    every other paper, and stops at one that it would mark too kindly.
    """
    data = {
        "slot": question.slot,
        "question_id": question.question_id,
        "version": question.version,
        "kind": question.kind.value,
        "text": question.text,
        "options": [
            {"key": o.key, "text": o.text, "is_right": o.is_right, "feedback": o.feedback}
            for o in question.options
        ],
        "feedback": question.feedback,
        "marks": question.marks,
    }
    return {**data, "must_be_right": True} if question.must_be_right else data


def from_json(data: dict[str, Any]) -> Paper:
    """Read what `to_json` wrote. Raises ValueError when the stored format is not known."""
    return Paper(questions=tuple(_question(q) for q in _questions(data)))


def one_from_json(data: dict[str, Any], slot: int) -> Question | None:
    """The question at this slot, as `from_json(data).question(slot)`, without reading all others."""
    found = next((q for q in _questions(data) if q["slot"] == slot), None)
    return _question(found) if found else None


def count_in_json(data: dict[str, Any]) -> int:
    """How many questions a stored paper has."""
    return len(_questions(data))


def _questions(data: dict[str, Any]) -> list[dict[str, Any]]:
    if data.get("format") != FORMAT:
        raise ValueError(f"Paper format {data.get('format')!r} is not known.")
    found: list[dict[str, Any]] = data["questions"]
    return found


def _question(data: dict[str, Any]) -> Question:
    options = tuple(Option(**option) for option in data["options"])
    return Question(**{**data, "kind": QuestionKind(data["kind"]), "options": options})
