"""When somebody is reminded, and of what. Plain Python; nothing here reads a clock or a database.

Every rule fires once for what it is about: `about` names that, so that asking again, however often,
gives the same answer. What is long past is not remembered any more: nobody gets a pile of old reminders
when the site was away, or when they come back from a long pause.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NOT_BEGUN = timedelta(days=7)
QUIET = timedelta(days=14)
NEARLY_QUIET = timedelta(days=5)
NEARLY_PERCENT = 80
NEAR = timedelta(days=3)
# How long after its moment a reminder still makes sense.
STILL_FRESH = timedelta(days=30)
OVERDUE_FRESH = timedelta(days=7)
PLANNED_FRESH = timedelta(days=2)
ACCESS_DAYS = (14, 3)


class Rule(StrEnum):
    """Why somebody is reminded. The values are the ends of the kinds of messages."""

    NOT_BEGUN = "not_begun"
    QUIET = "quiet"
    NEARLY_THERE = "nearly_there"
    DEADLINE_NEAR = "deadline_near"
    OVERDUE = "overdue"
    PLANNED = "planned"
    SESSION_TOMORROW = "session_tomorrow"
    ACCESS_ENDING = "access_ending"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A planned date of a cohort. `is_done`: there is nothing left to do for it."""

    date_id: int
    at: datetime
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A live session of a cohort."""

    session_id: int
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One learner on one course that is under way. Times have a zone.

    `begins_at` is when they could begin: when they joined, or the first day of the cohort. `last_at` is
    when they last did something; None: never. `can_go_on` is False while they wait for somebody else.
    `zone` is the cohort's, where its days are days.
    """

    enrolment_id: int
    begins_at: datetime
    last_at: datetime | None
    percent: int
    can_go_on: bool
    zone: ZoneInfo
    access_until: datetime | None = None
    deadlines: tuple[Deadline, ...] = ()
    planned: tuple[Deadline, ...] = ()
    meetings: tuple[Meeting, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder. `about` says what it is about; `target` is the date or session that is meant."""

    rule: Rule
    enrolment_id: int
    about: str
    target: int | None = None


def due(facts: Facts, at: datetime) -> list[Due]:
    """Everything somebody should be reminded of at this moment, what has a time first."""
    return [
        *_meetings(facts, at),
        *_deadlines(facts, at),
        *_planned(facts, at),
        *_access(facts, at),
        *_quiet(facts, at),
    ]


def _quiet(facts: Facts, at: datetime) -> list[Due]:
    """At most one of three: not begun, nearly there, quiet."""
    if not facts.can_go_on:
        return []
    if facts.last_at is None:
        since = at - facts.begins_at
        is_due = NOT_BEGUN <= since < NOT_BEGUN + STILL_FRESH
        return [Due(Rule.NOT_BEGUN, facts.enrolment_id, f"enrolment:{facts.enrolment_id}")] if is_due else []
    since, on = at - facts.last_at, facts.last_at.astimezone(facts.zone).date()
    about = f"enrolment:{facts.enrolment_id}:{on}"
    if facts.percent >= NEARLY_PERCENT and NEARLY_QUIET <= since < QUIET:
        return [Due(Rule.NEARLY_THERE, facts.enrolment_id, about)]
    if QUIET <= since < QUIET + STILL_FRESH:
        return [Due(Rule.QUIET, facts.enrolment_id, about)]
    return []


def _deadlines(facts: Facts, at: datetime) -> list[Due]:
    found = []
    for one in facts.deadlines:
        if one.is_done:
            continue
        about = f"date:{one.date_id}:{_day(one.at, facts)}"
        if at < one.at <= at + NEAR:
            found.append(Due(Rule.DEADLINE_NEAR, facts.enrolment_id, about, one.date_id))
        elif one.at <= at < one.at + OVERDUE_FRESH:
            found.append(Due(Rule.OVERDUE, facts.enrolment_id, about, one.date_id))
    return found


def _planned(facts: Facts, at: datetime) -> list[Due]:
    return [
        Due(Rule.PLANNED, facts.enrolment_id, f"date:{one.date_id}:{_day(one.at, facts)}", one.date_id)
        for one in facts.planned
        if not one.is_done and one.at <= at < one.at + PLANNED_FRESH
    ]


def _meetings(facts: Facts, at: datetime) -> list[Due]:
    """Tomorrow by the calendar of the cohort, whatever the clock there is put to."""
    tomorrow = at.astimezone(facts.zone).date() + timedelta(days=1)
    return [
        Due(
            Rule.SESSION_TOMORROW,
            facts.enrolment_id,
            f"session:{one.session_id}:{tomorrow}",
            one.session_id,
        )
        for one in facts.meetings
        if one.starts_at.astimezone(facts.zone).date() == tomorrow
    ]


def _access(facts: Facts, at: datetime) -> list[Due]:
    """The nearest of the warnings only: who comes late does not get both at once."""
    if facts.access_until is None or facts.access_until <= at:
        return []
    left = facts.access_until - at
    reached = [days for days in ACCESS_DAYS if left <= timedelta(days=days)]
    if not reached:
        return []
    about = f"enrolment:{facts.enrolment_id}:{min(reached)}:{_day(facts.access_until, facts)}"
    return [Due(Rule.ACCESS_ENDING, facts.enrolment_id, about)]


def _day(at: datetime, facts: Facts) -> str:
    return at.astimezone(facts.zone).date().isoformat()
