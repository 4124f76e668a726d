"""How attendance counts. Plain Python; durations are whole minutes.

The rules count over all planned sessions of an edition, never over those held so far: somebody who came
to the only session yet has not attended "100 %".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from courses.catalogue.outline import PARTLY_PERCENT, Outline


class Status(StrEnum):
    """What a register says of one learner at one session."""

    ATTENDED = "attended"
    PARTLY = "partly"
    APOLOGISED = "apologised"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of a register. `minutes` stands only with PARTLY."""

    status: Status
    minutes: int | None = None


def counts(mark: Mark | None, *, planned: int, percent: int = PARTLY_PERCENT) -> bool:
    """Whether this is having been there: the whole time, or for `percent` of the planned minutes or more."""
    if mark is None or mark.status in (Status.APOLOGISED, Status.ABSENT):
        return False
    return mark.status is Status.ATTENDED or (mark.minutes or 0) * 100 >= planned * percent


def minutes(mark: Mark, planned: int) -> int:
    """The minutes somebody was there: never more than were planned."""
    if mark.status is Status.ATTENDED:
        return planned
    return min(mark.minutes or 0, planned) if mark.status is Status.PARTLY else 0


@dataclass(frozen=True, slots=True)
class Turnout:
    """How one learner stands with the sessions of a course.

    `attended` counts sessions that count as attended, `made_up` those that a task stands in for,
    `apologised` those missed with a word, `missed` those missed without one or left too early, `to_come`
    those that have no mark yet, whether or not they have a date. `can_make_up` are missed sessions with a
    make-up task that was not signed off yet.
    """

    planned: int
    needed: int
    attended: int
    made_up: int
    apologised: int
    missed: int
    to_come: int
    can_make_up: int

    @property
    def reached(self) -> int:
        return self.attended + self.made_up

    @property
    def short(self) -> int:
        """How many are still needed."""
        return max(0, self.needed - self.reached)

    @property
    def can_by_coming(self) -> bool:
        """Whether coming to all that is left is enough."""
        return self.short <= self.to_come

    @property
    def can_still(self) -> bool:
        """Whether coming to all that is left, and making up what can be made up, is enough."""
        return self.short <= self.to_come + self.can_make_up

    @property
    def is_at_risk(self) -> bool:
        """Whether the learner must hear of it: coming alone does not do any more."""
        return not self.can_by_coming

    @property
    def committed(self) -> int:
        """Sessions somebody kept faith with: came, or sent word. It is reported apart from attendance."""
        return self.attended + self.apologised


def turnout(outline: Outline, marks: Mapping[int, Mark], done: frozenset[int] = frozenset()) -> Turnout:
    """Work it out. `marks` maps the activity of a session to its mark; `done` are the activities with a
    record that says done, which covers what was made up."""
    attended = made_up = apologised = missed = to_come = can_make_up = 0
    for activity in outline.planned_sessions:
        rules, mark = activity.session, marks.get(activity.activity_id)
        percent = rules.partly_percent if rules else PARTLY_PERCENT
        if counts(mark, planned=activity.participatory_minutes, percent=percent):
            attended += 1
        elif mark is None and activity.activity_id not in done:
            to_come += 1
        else:
            apologised += mark is not None and mark.status is Status.APOLOGISED
            missed += mark is not None and mark.status is not Status.APOLOGISED
            made_up += activity.activity_id in done
            can_make_up += activity.activity_id not in done and rules is not None and rules.make_up
    planned = len(outline.planned_sessions)
    return Turnout(
        planned=planned,
        needed=planned if outline.sessions_needed is None else outline.sessions_needed,
        attended=attended,
        made_up=made_up,
        apologised=apologised,
        missed=missed,
        to_come=to_come,
        can_make_up=can_make_up,
    )
