"""Marking a paper. Plain Python: the same paper and answers always give the same result.

A question earns all its marks when exactly the right options were chosen, and none otherwise. A
quiz is passed when the marks earned reach the pass mark, compared in whole numbers so that no
rounding can turn a fail into a pass, and every question that must be right is right.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from courses.assessment.papers import Paper, Question

Choice = frozenset[str]


@dataclass(frozen=True, slots=True)
class MarkedQuestion:
    """What one question earned, out of what it could."""

    slot: int
    is_answered: bool
    is_right: bool
    mark: int
    max_mark: int
    must_be_right: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a paper earned. `percent` is rounded down, for showing only."""

    questions: tuple[MarkedQuestion, ...]
    score: int
    max_score: int
    reached_pass_mark: bool

    @property
    def percent(self) -> int:
        return percent(self.score, self.max_score)

    @property
    def must_be_right(self) -> tuple[MarkedQuestion, ...]:
        """The questions without which no score is enough."""
        return tuple(question for question in self.questions if question.must_be_right)

    @property
    def not_right_yet(self) -> tuple[MarkedQuestion, ...]:
        """Those of them that are wrong or blank."""
        return tuple(question for question in self.must_be_right if not question.is_right)

    @property
    def passed(self) -> bool:
        return self.reached_pass_mark and not self.not_right_yet


def percent(score: int, max_score: int) -> int:
    """Marks as a whole per cent, rounded down; 0 when there was nothing to earn."""
    return score * 100 // max_score if max_score else 0


def points_needed(max_score: int, pass_mark_percent: int) -> int:
    """The fewest whole points that reach a pass mark: rounded up, as half a point is not enough."""
    return -(-max_score * pass_mark_percent // 100)


def mark(paper: Paper, choices: Mapping[int, Choice], *, pass_mark_percent: int) -> Result:
    """Mark every question of a paper. `choices` maps a slot to the keys chosen; a missing slot is blank."""
    marked = tuple(_mark_question(q, choices.get(q.slot, frozenset())) for q in paper.questions)
    score = sum(question.mark for question in marked)
    max_score = sum(question.max_mark for question in marked)
    return Result(
        questions=marked,
        score=score,
        max_score=max_score,
        reached_pass_mark=score * 100 >= pass_mark_percent * max_score,
    )


def _mark_question(question: Question, chosen: Choice) -> MarkedQuestion:
    is_right = bool(chosen) and chosen == question.right_keys
    return MarkedQuestion(
        slot=question.slot,
        is_answered=bool(chosen),
        is_right=is_right,
        mark=question.marks if is_right else 0,
        max_mark=question.marks,
        must_be_right=question.must_be_right,
    )
