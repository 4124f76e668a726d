"""What somebody has met of what a cohort asks for. Plain Python; no clock, no database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, TypeVar


class State(StrEnum):
    """How somebody stands with one thing that is asked for."""

    MET = "met"
    UNFINISHED = "unfinished"
    UNSAID = "unsaid"
    UNCHECKED = "unchecked"
    NOT_CONFIRMED = "not_confirmed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is asked for: `kind` is course, declaration or check."""

    id: int
    kind: str
    words: str = ""
    course_id: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What the team recorded. It counts up to and including `valid_until`; None: no end."""

    is_done: bool
    checked_on: date
    valid_until: date | None = None

    def counts_on(self, day: date) -> bool:
        """Whether it is a yes that has not run out on this day."""
        return self.is_done and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person.

    `finished`: when, by course. `said`: when, by the words. `checks`: the newest of each name.
    """

    finished: dict[int, datetime] = field(default_factory=dict)
    said: dict[str, datetime] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule, and how somebody stands with it. `since` is when they met it, or until when it was met.

    `is_new` says that they met it only now, by agreeing to it.
    """

    rule: Rule
    state: State
    since: datetime | date | None = None
    is_new: bool = False

    @property
    def is_met(self) -> bool:
        return self.state is State.MET

    @property
    def can_be_said(self) -> bool:
        """Whether the person meets it by ticking a box, at the moment they take the place."""
        return self.state is State.UNSAID


def judge(rules: Iterable[Rule], facts: Facts, *, on: date, agreed: Collection[int] = ()) -> list[Judged]:
    """How somebody stands with each rule on a day. `agreed` are the rules whose boxes they tick now."""
    return [_judge(rule, facts, on, agreed) for rule in rules]


def _judge(rule: Rule, facts: Facts, on: date, agreed: Collection[int]) -> Judged:
    if rule.kind == "course":
        finished = facts.finished.get(rule.course_id or 0)
        return Judged(rule, State.MET if finished else State.UNFINISHED, finished)
    if rule.kind == "declaration":
        said = facts.said.get(rule.words)
        if said is None and rule.id in agreed:
            return Judged(rule, State.MET, is_new=True)
        return Judged(rule, State.MET if said else State.UNSAID, said)
    return _judge_check(rule, facts.checks.get(rule.words), on)


def _judge_check(rule: Rule, check: Check | None, on: date) -> Judged:
    if check is None:
        return Judged(rule, State.UNCHECKED)
    if check.counts_on(on):
        return Judged(rule, State.MET, check.checked_on)
    if check.is_done:
        return Judged(rule, State.LAPSED, check.valid_until)
    return Judged(rule, State.NOT_CONFIRMED, check.checked_on)


class Stands(Protocol):
    """A rule as judged, or whatever carries that on with more words to it."""

    @property
    def is_met(self) -> bool: ...

    @property
    def can_be_said(self) -> bool: ...


S = TypeVar("S", bound=Stands)


def missing(judged: Iterable[S]) -> list[S]:
    """What keeps somebody from taking a place now."""
    return [one for one in judged if not one.is_met]


def in_the_way(judged: Iterable[S]) -> list[S]:
    """What keeps somebody from being offered a place: what they cannot meet by ticking a box."""
    return [one for one in missing(judged) if not one.can_be_said]
