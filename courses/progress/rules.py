"""How far a learner is: a pure function of the edition's outline and the learner's records.

Once done, always done: a record is never undone by a lock that came later. Percent counts the
required activities of the edition only, rounded down, so 100 means complete and nothing else does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from courses.catalogue.outline import ActivityOutline, Outline, StageOutline


class Outcome(StrEnum):
    """What a record says."""

    DONE = "done"
    PASSED = "passed"
    NOT_PASSED = "not_passed"


class ActivityState(StrEnum):
    """What a learner sees beside an activity."""

    DONE = "done"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    OPEN = "open"
    LOCKED = "locked"


FINISHED = frozenset({Outcome.DONE, Outcome.PASSED})


@dataclass(frozen=True, slots=True)
class ActivityStanding:
    """Where a learner stands with one activity."""

    activity: ActivityOutline
    state: ActivityState

    @property
    def is_finished(self) -> bool:
        return self.state in (ActivityState.DONE, ActivityState.PASSED)

    @property
    def is_locked(self) -> bool:
        return self.state is ActivityState.LOCKED


@dataclass(frozen=True)
class StageStanding:
    """Where a learner stands with one stage. `waits_for` names what must be done before it opens.

    `waits_in` are the numbers of the stages that hold it, as they are shown, in the order of the course.
    """

    stage: StageOutline
    is_open: bool
    waits_for: tuple[str, ...]
    activities: tuple[ActivityStanding, ...]
    waits_in: tuple[int, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.stage, self.is_open, self.waits_for, self.activities, self.waits_in))

    @cached_property
    def done(self) -> int:
        return self.total - len(self.left)

    @cached_property
    def total(self) -> int:
        return sum(a.activity.is_required for a in self.activities)

    @cached_property
    def left(self) -> tuple[ActivityOutline, ...]:
        """What is required and not finished."""
        return tuple(a.activity for a in self.activities if a.activity.is_required and not a.is_finished)


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a whole edition."""

    stages: tuple[StageStanding, ...]

    @cached_property
    def activities(self) -> tuple[ActivityStanding, ...]:
        return tuple(activity for stage in self.stages for activity in stage.activities)

    @cached_property
    def done(self) -> int:
        """Required activities that are finished."""
        return sum(stage.done for stage in self.stages)

    @cached_property
    def total(self) -> int:
        """Required activities of the edition."""
        return sum(stage.total for stage in self.stages)

    @cached_property
    def left(self) -> tuple[ActivityOutline, ...]:
        """What is required and not finished."""
        return tuple(activity for stage in self.stages for activity in stage.left)

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def next_activity(self) -> ActivityStanding | None:
        """The first thing to do: required before optional, in the order of the course."""
        open_now = [a for a in self.activities if not a.is_finished and not a.is_locked]
        required = [a for a in open_now if a.activity.is_required]
        return next(iter(required or open_now), None)

    def of(self, activity_id: int) -> ActivityStanding | None:
        """Where the learner stands with this activity; None when the edition does not have it."""
        return self._by_id[activity_id][1] if activity_id in self._by_id else None

    def stage_of(self, activity_id: int) -> StageStanding | None:
        """The stage that holds this activity; None when the edition does not have it."""
        return self._by_id[activity_id][0] if activity_id in self._by_id else None

    @cached_property
    def _by_id(self) -> dict[int, tuple[StageStanding, ActivityStanding]]:
        return {a.activity.activity_id: (stage, a) for stage in self.stages for a in stage.activities}


def standing(outline: Outline, outcomes: Mapping[int, Outcome]) -> Standing:
    """Work out a learner's standing. `outcomes` maps an activity id to what its record says.

    Records of activities that the edition does not have are passed over. Learners at the same place of
    the same edition share their standing, so it is worked out once by a process.
    """
    return _standing(outline, tuple(outcomes.get(a.activity_id) for a in outline.activities))


@lru_cache(maxsize=1024)
def _standing(outline: Outline, found: tuple[Outcome | None, ...]) -> Standing:
    outcomes = {
        activity.activity_id: outcome
        for activity, outcome in zip(outline.activities, found, strict=True)
        if outcome is not None
    }
    stages: list[StageStanding] = []
    before: list[StageStanding] = []
    for stage in outline.stages:
        stages.append(_stage_standing(stage, outcomes, before if stage.is_gated else []))
        before += [stages[-1]] if stages[-1].left else []
    return Standing(stages=tuple(stages))


def _stage_standing(
    stage: StageOutline, outcomes: Mapping[int, Outcome], unfinished: list[StageStanding]
) -> StageStanding:
    """One stage that opens when the `unfinished` ones before it are finished."""
    is_open = not unfinished
    return StageStanding(
        stage=stage,
        is_open=is_open,
        waits_for=tuple(activity.title for before in unfinished for activity in before.left),
        activities=tuple(ActivityStanding(a, _state(a, outcomes, is_open=is_open)) for a in stage.activities),
        waits_in=tuple(before.stage.number for before in unfinished),
    )


def _state(activity: ActivityOutline, outcomes: Mapping[int, Outcome], *, is_open: bool) -> ActivityState:
    outcome = outcomes.get(activity.activity_id)
    if outcome is not None and (outcome in FINISHED or is_open):
        return ActivityState(outcome.value)
    return ActivityState.OPEN if is_open else ActivityState.LOCKED


def better(old: Outcome | None, new: Outcome) -> Outcome:
    """The outcome to keep when an activity is done again: what was reached is never lost."""
    if old is None:
        return new
    return old if old in FINISHED else new
