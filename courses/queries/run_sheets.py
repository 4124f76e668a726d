"""The meetings of a cohort and everything else that has a date, for the people who plan it.

All times are told in the cohort's own time zone: that is where people meet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.catalogue.outline import Kind
from courses.cohorts import dates, schedule, staffing, telling_times
from courses.cohorts.dates import Anchors, What
from courses.cohorts.models import Cohort
from courses.cohorts.schedule import CohortDate, Times
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.queries import team
from courses.queries.coming import about_sentence

WHAT_LABELS = {
    What.RELEASE: lazy("Stage begins"),
    What.DEADLINE: lazy("To be done by then"),
    What.REMINDER: lazy("Reminder"),
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """One live-session activity of the edition, with its session if it is planned.

    `marked` is how many learners have a mark in its register.
    """

    activity_id: int
    activity_title: str
    session: LiveSession | None
    when: str
    marked: int
    is_over: bool
    is_now: bool
    cancelled: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meetings:
    """All meetings of a cohort. `may_run` says whether this person plans them."""

    cohort: Cohort
    city: str
    rows: list[Meeting]
    learners: int
    may_run: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the run sheet. `at` is None while it is not fixed; `key` names it for ever."""

    key: str
    at: datetime | None
    day: str
    clock: str
    kind: str
    label: str
    about: str
    how: str
    is_past: bool
    session_id: int | None = None
    date_id: int | None = None

    @property
    def about_says_it(self) -> bool:
        """Whether the label would only say twice what it is: "Meeting, Meeting 1"."""
        return str(self.about).casefold().startswith(str(self.label).casefold())


@dataclass(frozen=True, slots=True)
class RunSheet:
    cohort: Cohort
    city: str
    lines: list[Line]
    unfixed: list[Line]
    may_run: bool


@dataclass(frozen=True, slots=True)
class Shift:
    """What one date was, and what it becomes."""

    label: str
    about: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Following:
    """What follows from a move: every date that changes, what stays, and how many people are told."""

    shifts: list[Shift]
    stays: list[str]
    told: int


def told_of(cohort_id: int) -> int:
    """How many learners are told of a change. One query."""
    return Enrolment.objects.filter(cohort=cohort_id, status=State.ACTIVE.value).count()


def meetings(*, cohort_id: int, person: Any, at: datetime) -> Meetings:
    """Every meeting of the edition and how it stands. Raises Cohort.DoesNotExist when it is not theirs."""
    cohort = team.cohort_of(cohort_id=cohort_id, person=person)
    live = ~Q(attendances__enrolment__status=State.ENDED.value)
    found: dict[int, list[Any]] = defaultdict(list)
    for session in LiveSession.objects.filter(cohort=cohort).annotate(
        marked=Count("attendances", filter=live)
    ):
        found[session.activity_id].append(session)
    zone = ZoneInfo(cohort.time_zone)
    return Meetings(
        cohort=cohort,
        city=telling_times.city(zone),
        rows=[
            _meeting(activity, found[activity.activity_id], zone, at)
            for activity in cohort.edition.outline.activities
            if activity.kind is Kind.LIVE_SESSION
        ],
        learners=Enrolment.objects.filter(cohort=cohort).exclude(status=State.ENDED.value).count(),
        may_run=staffing.run_by(person).filter(pk=cohort.pk).exists(),
    )


def _meeting(activity: Any, sessions: list[Any], zone: ZoneInfo, at: datetime) -> Meeting:
    session = next((s for s in sessions if not s.is_cancelled), None)
    return Meeting(
        activity_id=activity.activity_id,
        activity_title=activity.title,
        session=session,
        when=_span(session, zone) if session else "",
        marked=session.marked if session else 0,
        is_over=session is not None and session.ends_at <= at,
        is_now=session is not None and session.starts_at <= at < session.ends_at,
        cancelled=tuple(_span(s, zone) for s in sessions if s.is_cancelled),
    )


def _span(session: LiveSession, zone: ZoneInfo) -> str:
    return telling_times.span(session.starts_at, session.ends_at, own=zone, there=zone)


def run_sheet(*, cohort_id: int, person: Any, at: datetime) -> RunSheet:
    """Everything with a date, in the order of time. Raises Cohort.DoesNotExist when it is not theirs."""
    cohort = team.cohort_of(cohort_id=cohort_id, person=person)
    sessions, planned = _stored(cohort)
    lines = _lines(cohort, sessions, planned, at=at)
    return RunSheet(
        cohort=cohort,
        city=telling_times.city(ZoneInfo(cohort.time_zone)),
        lines=[line for line in lines if line.at is not None],
        unfixed=[line for line in lines if line.at is None],
        may_run=staffing.run_by(person).filter(pk=cohort.pk).exists(),
    )


def _stored(cohort: Cohort) -> tuple[list[LiveSession], list[CohortDate]]:
    sessions = list(LiveSession.objects.filter(cohort=cohort, cancelled_at=None))
    return sessions, list(CohortDate.objects.filter(cohort=cohort).select_related("activity"))


def after_move(*, cohort: Cohort, starts_on: date, at: datetime) -> Following:
    """What follows when a cohort begins on another day. Three queries."""
    sessions, planned = _stored(cohort)
    times = schedule.times_after_move(cohort=cohort, sessions=sessions, starts_on=starts_on, at=at)
    days = starts_on - cohort.starts_on
    ends_on = cohort.ends_on + days if cohort.ends_on else None
    before = _lines(cohort, sessions, planned, at=at)
    after = _lines(cohort, sessions, planned, at=at, moved=Moved(times, starts_on, ends_on))
    return _following(cohort, before, after)


def after_change(*, session: LiveSession, times: Times, at: datetime) -> Following:
    """What follows when one session takes place at another time. Three queries."""
    cohort = session.cohort
    sessions, planned = _stored(cohort)
    before = _lines(cohort, sessions, planned, at=at)
    moved = Moved({session.pk: times}, cohort.starts_on, cohort.ends_on)
    return _following(cohort, before, _lines(cohort, sessions, planned, at=at, moved=moved))


@dataclass(frozen=True, slots=True)
class Moved:
    """Other times of some sessions, and the days of a cohort as they would be."""

    times: Mapping[int, Times]
    starts_on: date
    ends_on: date | None


def _following(cohort: Cohort, before: list[Line], after: list[Line]) -> Following:
    then = {line.key: line for line in after}
    shifts = [
        Shift(line.label, line.about, _moment(line), _moment(then[line.key]))
        for line in before
        if (line.at, line.clock) != (then[line.key].at, then[line.key].clock)
    ]
    stays = [f"{line.label}: {line.about}" for line in before if line.at and line.at == then[line.key].at]
    return Following(shifts=shifts, stays=stays, told=told_of(cohort.pk))


def _moment(line: Line) -> str:
    if line.at is None:
        return _("not fixed yet")
    return f"{line.day}, {line.clock}" if line.clock else line.day


def _lines(
    cohort: Cohort,
    sessions: Iterable[LiveSession],
    planned: Iterable[CohortDate],
    *,
    at: datetime,
    moved: Moved | None = None,
) -> list[Line]:
    moved = moved or Moved({}, cohort.starts_on, cohort.ends_on)
    zone, held = ZoneInfo(cohort.time_zone), list(sessions)
    times = {s.pk: moved.times.get(s.pk, (s.starts_at, s.ends_at)) for s in held}
    known = Anchors(zone, moved.starts_on, moved.ends_on, {s.activity_id: times[s.pk][0] for s in held})
    found = [
        *_days_of(moved, zone),
        *(_session_line(s, times[s.pk], zone) for s in held),
        *(_date_line(row, cohort, known) for row in planned),
    ]
    lines = [replace(line, is_past=line.at is not None and line.at <= at) for line in found]
    return sorted(lines, key=lambda line: (line.at is None, line.at.timestamp() if line.at else 0, line.key))


def _days_of(moved: Moved, zone: ZoneInfo) -> Iterable[Line]:
    for key, day, label in (
        ("start", moved.starts_on, _("First day of the cohort")),
        ("end", moved.ends_on, _("Last day of the cohort")),
    ):
        if day is not None:
            yield _line(key, dates.moment(day, time.min, zone), zone, "cohort", label)


def _line(key: str, at: datetime | None, zone: ZoneInfo, kind: str, label: str) -> Line:
    there = at.astimezone(zone) if at else None
    return Line(
        key=key,
        at=at,
        day=telling_times.day(there) if there else "",
        clock="" if there is None or kind == "cohort" else telling_times.clock(there),
        kind=kind,
        label=label,
        about="",
        how="",
        is_past=False,
    )


def _session_line(session: LiveSession, times: Times, zone: ZoneInfo) -> Line:
    line = _line(f"session:{session.pk}", times[0], zone, "session", _("Meeting"))
    until = telling_times.clock(times[1].astimezone(zone))
    clock = _("%(from)s to %(to)s") % {"from": line.clock, "to": until}
    return replace(
        line, clock=clock, about=session.title, how=session.place or session.link, session_id=session.pk
    )


def _date_line(row: CohortDate, cohort: Cohort, known: Anchors) -> Line:
    outline = cohort.edition.outline
    what = What(row.what)
    line = _line(f"date:{row.pk}", dates.falls_at(row.rule, known), known.zone, what, str(WHAT_LABELS[what]))
    about = about_sentence(outline, row.stage_number, row.activity_id, row.text)
    return replace(line, about=about, how=how_sentence(row, cohort), date_id=row.pk)


def how_sentence(row: CohortDate, cohort: Cohort) -> str:
    """How a date is worked out: "3 days after “Meeting 2”, not on weekends"."""
    meeting = cohort.edition.outline.activity(row.session_activity_id or 0)
    anchors = {
        "start": _("the first day"),
        "end": _("the last day"),
        "session": f"“{meeting.title}”" if meeting else "",
        "date": _("a fixed day"),
    }
    sentence = telling_times.days_from(row.offset_days, anchors[row.anchor])
    if row.days_off:
        label = schedule.DAYS_OFF_LABELS[dates.DaysOff(row.days_off)]
        return _("%(sentence)s. Steps over: %(days_off)s") % {"sentence": sentence, "days_off": label}
    return sentence
