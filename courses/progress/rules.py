"""How far a learner is: a pure function of the edition's outline and the learner's records.

Once done, always done: a record is never undone by a lock that came later. Percent counts the
required activities of the edition only, rounded down, so 100 means complete and nothing else does.
Where an edition says how many of its sessions are enough, they count together: any of them, up to that
number, and no single one is missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from courses.catalogue.outline import ActivityOutline, Kind, Outline, StageOutline


class Outcome(StrEnum):
    """What a record says. Of a live session, done is "was there, or made up for it"."""

    DONE = "done"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    HANDED_IN = "handed_in"
    SENT_BACK = "sent_back"


class ActivityState(StrEnum):
    """What a learner sees beside an activity."""

    DONE = "done"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    HANDED_IN = "handed_in"
    SENT_BACK = "sent_back"
    OPEN = "open"
    LOCKED = "locked"


FINISHED = frozenset({Outcome.DONE, Outcome.PASSED})


@dataclass(frozen=True, slots=True)
class Opening:
    """A stage that stays shut until a date. `when` is that moment as its reader is told it."""

    stage_number: int
    when: str


@dataclass(frozen=True, slots=True)
class ActivityStanding:
    """Where a learner stands with one activity.

    `is_needed` is False for what is optional, and for sessions that are counted together.
    """

    activity: ActivityOutline
    state: ActivityState
    is_needed: bool = True

    @property
    def is_finished(self) -> bool:
        return self.state in (ActivityState.DONE, ActivityState.PASSED)

    @property
    def is_locked(self) -> bool:
        return self.state is ActivityState.LOCKED

    @property
    def is_for_now(self) -> bool:
        """Whether the learner can do something here today: a meeting has its own day, and what is handed
        in waits for somebody else."""
        waits = self.activity.kind is Kind.LIVE_SESSION or self.state is ActivityState.HANDED_IN
        return not (self.is_finished or self.is_locked or waits)


@dataclass(frozen=True, slots=True)
class AttendanceStanding:
    """Sessions that count together: how many were attended or made up, of those needed and planned.

    `can_still` says whether the number can still be reached: a session counts as lost when its record
    says that it was not passed.
    """

    attended: int
    needed: int
    planned: int
    can_still: bool

    @property
    def counted(self) -> int:
        """How many count: never more than are needed."""
        return min(self.attended, self.needed)


@dataclass(frozen=True)
class StageStanding:
    """Where a learner stands with one stage. `waits_for` names what must be done before it opens.

    `waits_in` are the numbers and titles of the stages that hold it, in the order of the course.
    `opens` is the date that it waits for, in words; empty when there is none, or it has come.
    """

    stage: StageOutline
    is_open: bool
    waits_for: tuple[str, ...]
    activities: tuple[ActivityStanding, ...]
    waits_in: tuple[tuple[int, str], ...] = ()
    opens: str = ""

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.stage, self.is_open, self.waits_for, self.activities, self.waits_in, self.opens))

    @cached_property
    def done(self) -> int:
        return self.total - len(self.left)

    @cached_property
    def total(self) -> int:
        return sum(a.is_needed for a in self.activities)

    @cached_property
    def left(self) -> tuple[ActivityOutline, ...]:
        """What is required and not finished. Sessions that are counted together are not in it."""
        return tuple(a.activity for a in self.activities if a.is_needed and not a.is_finished)


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with a whole edition.

    `attendance` is there where sessions are counted together.
    """

    stages: tuple[StageStanding, ...]
    attendance: AttendanceStanding | None = None

    @cached_property
    def activities(self) -> tuple[ActivityStanding, ...]:
        return tuple(activity for stage in self.stages for activity in stage.activities)

    @cached_property
    def done(self) -> int:
        """Required activities that are finished, and the sessions that count."""
        sessions = self.attendance.counted if self.attendance else 0
        return sum(stage.done for stage in self.stages) + sessions

    @cached_property
    def total(self) -> int:
        """Required activities of the edition, and the sessions that are needed."""
        sessions = self.attendance.needed if self.attendance else 0
        return sum(stage.total for stage in self.stages) + sessions

    @cached_property
    def left(self) -> tuple[ActivityOutline, ...]:
        """What is required and not finished. Sessions that are counted together are not in it."""
        return tuple(activity for stage in self.stages for activity in stage.left)

    @property
    def sessions_left(self) -> int:
        """How many sessions are still needed where they are counted together."""
        return self.attendance.needed - self.attendance.counted if self.attendance else 0

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def next_activity(self) -> ActivityStanding | None:
        """The first thing to do now: required before optional, in the order of the course."""
        open_now = [a for a in self.activities if a.is_for_now]
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


def standing(
    outline: Outline, outcomes: Mapping[int, Outcome], *, shut: tuple[Opening, ...] = ()
) -> Standing:
    """Work out a learner's standing. `outcomes` maps an activity id to what its record says.

    `shut` are the stages whose date has not come: for learners alone, as staff see everything. Records of
    activities that the edition does not have are passed over. Learners at the same place of the same
    edition share their standing, so it is worked out once by a process.
    """
    return _standing(outline, tuple(outcomes.get(a.activity_id) for a in outline.activities), shut)


@lru_cache(maxsize=1024)
def _standing(outline: Outline, found: tuple[Outcome | None, ...], shut: tuple[Opening, ...]) -> Standing:
    outcomes = {
        activity.activity_id: outcome
        for activity, outcome in zip(outline.activities, found, strict=True)
        if outcome is not None
    }
    opens = {opening.stage_number: opening.when for opening in shut}
    stages: list[StageStanding] = []
    before: list[StageStanding] = []
    for stage in outline.stages:
        unfinished = before if stage.is_gated else []
        when = opens.get(stage.number, "")
        is_open = not (unfinished or when)
        activities = tuple(
            ActivityStanding(a, _state(a, outcomes, is_open=is_open), outline.is_needed(a))
            for a in stage.activities
        )
        stages.append(_stage_standing(stage, activities, unfinished, when))
        before += [stages[-1]] if stages[-1].left else []
    return Standing(stages=tuple(stages), attendance=_attendance(outline, outcomes))


def _attendance(outline: Outline, outcomes: Mapping[int, Outcome]) -> AttendanceStanding | None:
    if outline.sessions_needed is None:
        return None
    found = [outcomes.get(session.activity_id) for session in outline.planned_sessions]
    return AttendanceStanding(
        attended=sum(outcome in FINISHED for outcome in found),
        needed=outline.sessions_needed,
        planned=len(found),
        can_still=len(found) - found.count(Outcome.NOT_PASSED) >= outline.sessions_needed,
    )


def _stage_standing(
    stage: StageOutline, activities: tuple[ActivityStanding, ...], unfinished: list[StageStanding], when: str
) -> StageStanding:
    """One stage that opens when the `unfinished` ones before it are finished, and its date has come."""
    return StageStanding(
        stage=stage,
        is_open=not (unfinished or when),
        waits_for=tuple(activity.title for before in unfinished for activity in before.left),
        activities=activities,
        waits_in=tuple((before.stage.number, before.stage.title) for before in unfinished),
        opens=when,
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
