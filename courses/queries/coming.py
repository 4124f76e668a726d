"""What is coming on a learner's courses: the next meeting, dates to keep, and an early warning.

One query for all courses of a page, and none for courses without meetings or dates of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, OuterRef, Subquery, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.addresses import address
from cms.core.prepared import PreparedRows
from courses.catalogue.outline import Kind, Outline
from courses.catalogue.public import stage_heading
from courses.cohorts import telling_times
from courses.cohorts.dates import Anchor, Anchors, DaysOff, Rule, What, falls_at
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import turnout
from courses.progress.attendance import Attendance
from courses.progress.turnout import Mark, Status, Turnout
from courses.queries.access import Learning
from courses.queries.sessions import own_zone

# The dates that are shown beside a course: the first of those to come, and of those just gone.
MOST_DATES = 3
# A deadline that went by longer ago helps nobody any more.
SHOWN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """The session that comes next, or is under way."""

    title: str
    when: str
    place: str
    link: str
    url: str
    calendar_url: str
    is_now: bool
    has_apologised: bool


@dataclass(frozen=True, slots=True)
class DateToKeep:
    """A deadline of something that is not done yet, or the beginning of a stage."""

    sentence: str
    at: datetime
    is_past: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """What is coming on one course. `attendance` and `warning` are sentences, or empty."""

    meeting: NextMeeting | None = None
    meetings_after: int = 0
    dates: tuple[DateToKeep, ...] = ()
    attendance: str = ""
    warning: str = ""

    @property
    def has_any(self) -> bool:
        return bool(self.meeting or self.dates or self.attendance)


NOTHING = Coming()


def of(learnings: Iterable[Learning], at: datetime) -> dict[int, Coming]:
    """What is coming on courses of one learner, by the enrolment's id. At most one query for all of them."""
    wanted = {found.enrolment.pk: found for found in learnings if _may_have_dates(found)}
    if not wanted:
        return {}
    rows: dict[int, list[Any]] = defaultdict(list)
    [learner] = {found.enrolment.learner_id for found in wanted.values()}
    for row in _rows(learner):
        rows[row["pk"]].append(row)
    return {pk: _coming(found, rows[pk], at) for pk, found in wanted.items()}


def _may_have_dates(learning: Learning) -> bool:
    """A self-paced course without meetings has no dates, so nothing is asked for it."""
    enrolment = learning.enrolment
    if enrolment.status != State.ACTIVE.value or not enrolment.pk:
        return False
    meets = any(a.kind is Kind.LIVE_SESSION for a in learning.outline.activities)
    return meets or not enrolment.cohort.is_rolling


COLUMNS = (
    *("pk", "row", "activity", "words", "starts", "ends", "where", "link", "said", "number"),
    *("what", "anchor", "follows", "stage", "clock", "day"),
)


def _sessions_and_dates(learner: int) -> Any:
    """The live sessions of each enrolment with its own mark, and the planned dates, in one query.

    Both halves have the same columns; what one of them does not have is NULL there. `said` is the status
    of a mark with its minutes as `number`, or the days off of a date with its offset in days.
    """
    mark = Attendance.objects.filter(enrolment=OuterRef("pk"), session=OuterRef("cohort__sessions"))
    ours = Enrolment.objects.order_by().filter(learner=learner, status=State.ACTIVE.value)
    sessions = ours.filter(cohort__sessions__cancelled_at=None, cohort__sessions__isnull=False).annotate(
        row=F("cohort__sessions"),
        activity=F("cohort__sessions__activity"),
        words=F("cohort__sessions__title"),
        starts=F("cohort__sessions__starts_at"),
        ends=F("cohort__sessions__ends_at"),
        where=F("cohort__sessions__place"),
        link=F("cohort__sessions__link"),
        said=Subquery(mark.values("status")),
        number=Subquery(mark.values("minutes")),
        what=Value(None, models.CharField()),
        anchor=Value(None, models.CharField()),
        follows=Value(None, models.IntegerField()),
        stage=Value(None, models.IntegerField()),
        clock=Value(None, models.TimeField()),
        day=Value(None, models.DateField()),
    )
    dates = ours.filter(cohort__dates__what__in=[What.DEADLINE, What.RELEASE]).annotate(
        row=F("cohort__dates"),
        activity=F("cohort__dates__activity"),
        words=F("cohort__dates__text"),
        starts=Value(None, models.DateTimeField()),
        ends=Value(None, models.DateTimeField()),
        where=Value(None, models.CharField()),
        link=Value(None, models.CharField()),
        said=F("cohort__dates__days_off"),
        number=F("cohort__dates__offset_days"),
        what=F("cohort__dates__what"),
        anchor=F("cohort__dates__anchor"),
        follows=F("cohort__dates__session_activity"),
        stage=F("cohort__dates__stage_number"),
        clock=F("cohort__dates__local_time"),
        day=F("cohort__dates__on"),
    )
    return sessions.values_list(*COLUMNS).union(dates.values_list(*COLUMNS), all=True)


_rows: PreparedRows[dict[str, Any]] = PreparedRows(
    lambda *row: dict(zip(COLUMNS, row, strict=True)), _sessions_and_dates, int
)


def _coming(learning: Learning, rows: list[Any], at: datetime) -> Coming:
    sessions = sorted(
        (row for row in rows if row["what"] is None), key=lambda row: (row["starts"], row["row"])
    )
    cohort = learning.enrolment.cohort
    anchors = Anchors(
        zone=ZoneInfo(cohort.time_zone),
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        sessions={row["activity"]: row["starts"] for row in sessions},
    )
    to_come = [row for row in sessions if row["ends"] > at]
    stands = _turnout(learning, sessions)
    return Coming(
        meeting=_meeting(learning, to_come[0], anchors.zone, at) if to_come else None,
        meetings_after=len(to_come[1:]),
        dates=_dates(learning, [row for row in rows if row["what"] is not None], anchors, at),
        attendance=attendance_sentence(stands),
        warning=warning_sentence(stands) if not hasattr(learning.enrolment, "completion") else "",
    )


def _turnout(learning: Learning, sessions: list[Any]) -> Turnout:
    marks = {s["activity"]: Mark(Status(s["said"]), s["number"]) for s in sessions if s["said"]}
    done = frozenset(pk for pk, record in learning.records.items() if record.outcome == "done")
    return turnout.turnout(learning.outline, marks, done)


def _meeting(learning: Learning, row: Any, there: ZoneInfo, at: datetime) -> NextMeeting:
    return NextMeeting(
        title=row["words"],
        when=telling_times.span(row["starts"], row["ends"], own=own_zone(), there=there),
        place=row["where"],
        link=row["link"],
        url=address("learning:activity", learning.enrolment.pk, row["activity"]),
        calendar_url=address("learning:session_calendar", row["row"]),
        is_now=row["starts"] <= at,
        has_apologised=row["said"] == Status.APOLOGISED,
    )


def _dates(learning: Learning, rows: list[Any], anchors: Anchors, at: datetime) -> tuple[DateToKeep, ...]:
    found = []
    for row in rows:
        moment = falls_at(_rule(row), anchors)
        if moment is None or _is_done(learning, row) or moment < at - SHOWN_AFTER:
            continue
        if row["what"] == What.RELEASE and moment <= at:
            continue
        when = telling_times.moment(moment, own=own_zone(), there=anchors.zone)
        about = about_sentence(learning.outline, row["stage"], row["activity"], row["words"])
        found.append(DateToKeep(_date_sentence(row["what"], about, when), moment, is_past=moment <= at))
    return tuple(sorted(found, key=lambda date: date.at)[:MOST_DATES])


def _rule(row: Any) -> Rule:
    return Rule(
        anchor=Anchor(row["anchor"]),
        offset_days=row["number"],
        at_time=row["clock"],
        on=row["day"],
        activity_id=row["follows"],
        days_off=DaysOff(row["said"]),
    )


def _is_done(learning: Learning, row: Any) -> bool:
    """Whether the learner need not think of this date any more."""
    if row["activity"] is not None:
        standing = learning.standing.of(row["activity"])
        return standing is not None and standing.is_finished
    stages = [s for s in learning.standing.stages if s.stage.number == row["stage"]]
    return bool(stages) and row["what"] == What.DEADLINE and not stages[0].left


def about_sentence(outline: Outline, stage: int | None, activity_id: int | None, words: str) -> str:
    """What a planned date is about: its own words, else the activity, else the stage."""
    activity = outline.activity(activity_id) if activity_id is not None else None
    if words or activity is not None:
        return words or (activity.title if activity else "")
    title = next((s.title for s in outline.stages if s.number == stage), "")
    return stage_heading(stage or 0, title)


def _date_sentence(what: str, about: str, when: str) -> str:
    if what == What.RELEASE:
        return _("“%(about)s” begins on %(when)s.") % {"about": about, "when": when}
    return _("“%(about)s”: please do it by %(when)s.") % {"about": about, "when": when}


def attendance_sentence(stands: Turnout) -> str:
    """How many meetings count so far, of how many that are needed; empty where none is needed."""
    if not stands.planned or not stands.needed:
        return ""
    words = {"reached": stands.reached, "needed": stands.needed}
    if not stands.short:
        all_there = ngettext(
            "You need %(needed)d meeting, and you have it.",
            "You need %(needed)d meetings, and you have them all.",
            stands.needed,
        )
        return all_there % words
    needs = ngettext("You need %(needed)d meeting.", "You need %(needed)d meetings.", stands.needed)
    if not stands.reached:
        return _("%(needs)s None counts for you yet.") % {"needs": needs % words}
    so_far = ngettext("%(reached)d counts so far.", "%(reached)d count so far.", stands.reached)
    return f"{needs % words} {so_far % words}"


def warning_sentence(stands: Turnout) -> str:
    """What a learner should know early: that coming to all that is left is not enough; else empty."""
    if not stands.is_at_risk:
        return ""
    if stands.can_still:
        missing = stands.short - stands.to_come
        return ngettext(
            "Coming to all meetings that are left is not quite enough. A task in place of %(count)d meeting "
            "you missed closes the gap.",
            "Coming to all meetings that are left is not quite enough. Tasks in place of %(count)d meetings "
            "you missed close the gap.",
            missing,
        ) % {"count": missing}
    return _(
        "The number of meetings that the course asks for cannot be reached any more. Please ask your "
        "facilitator what is possible."
    )
