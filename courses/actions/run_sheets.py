"""The planned dates of a cohort, and moving the whole of it to another first day."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.actions import sessions, tell
from courses.actions.refusals import ActionRefused
from courses.catalogue.outline import Kind
from courses.cohorts import schedule
from courses.cohorts.dates import Anchor, DaysOff, What
from courses.cohorts.models import Cohort
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession

DATE_ADDED, DATE_CHANGED, DATE_REMOVED = (
    "courses.date_added",
    "courses.date_changed",
    "courses.date_removed",
)
MOVED = "courses.cohort_moved"
# About ten years, more than any plan looks ahead; the database holds small numbers only.
MOST_DAYS = 3650


class DateRefused(ActionRefused):
    """The date was not planned, or the cohort was not moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DateDetails:
    """How a date is worked out, and what it is about."""

    what: What
    anchor: Anchor
    local_time: time
    offset_days: int = 0
    on: date | None = None
    session_activity_id: int | None = None
    stage_number: int | None = None
    activity_id: int | None = None
    text: str = ""
    days_off: DaysOff = DaysOff.NONE


@transaction.atomic
def add_date(*, cohort_id: int, details: DateDetails, by: Any, at: datetime) -> CohortDate:
    """Plan a date. Safe to repeat: the same date again is that one.

    Raises Cohort.DoesNotExist when it is not theirs to plan, and DateRefused with the reason.
    """
    cohort = sessions.locked(cohort_id, by)
    fields = _checked(cohort, details)
    planned, is_new = CohortDate.objects.get_or_create(cohort=cohort, **fields)
    if is_new:
        _log(cohort, DATE_ADDED, planned, by=by, at=at)
    return planned


@transaction.atomic
def change_date(*, date_id: int, details: DateDetails, by: Any, at: datetime) -> CohortDate:
    """Work a date out in another way. Safe to repeat. Raises what `add_date` raises."""
    planned, cohort = _own(date_id, by)
    for name, value in _checked(cohort, details).items():
        setattr(planned, name, value)
    planned.save()
    _log(cohort, DATE_CHANGED, planned, by=by, at=at)
    return planned


@transaction.atomic
def remove_date(*, date_id: int, by: Any, at: datetime) -> bool:
    """Take a date off the run sheet; say whether this call did it. Safe to repeat."""
    try:
        planned, cohort = _own(date_id, by)
    except CohortDate.DoesNotExist:
        return False
    _log(cohort, DATE_REMOVED, planned, by=by, at=at)
    planned.delete()
    return True


@transaction.atomic
def move_start(*, cohort_id: int, starts_on: date, seen: date, by: Any, at: datetime) -> int:
    """Let a cohort begin on another day; return how many sessions moved along. Safe to repeat.

    `seen` is the first day that was on the page. The last day, the last day of access and all sessions
    to come move by as many days and keep their time of the clock; dates that hang on them follow by
    themselves; fixed dates, and when people can join, stay. Learners are told once of all of it.
    Raises Cohort.DoesNotExist when it is not theirs, and DateRefused with the reason.
    """
    cohort = sessions.locked(cohort_id, by)
    if cohort.starts_on == starts_on:
        return 0
    if cohort.starts_on != seen:
        raise DateRefused(_("Somebody else has moved this cohort in the meantime. Please look again."))
    days = starts_on - cohort.starts_on
    if abs(days.days) > MOST_DAYS:
        raise DateRefused(_("That is more than ten years away. Please check the year."))
    held = list(LiveSession.objects.select_for_update(no_key=True).filter(cohort=cohort, cancelled_at=None))
    times = schedule.times_after_move(cohort=cohort, sessions=held, starts_on=starts_on, at=at)
    _check_no_overlap(held, times)
    for session in held:
        if session.pk in times:
            session.starts_at, session.ends_at = times[session.pk]
            session.sequence, session.changed_at = session.sequence + 1, at
            session.save(update_fields=["starts_at", "ends_at", "sequence", "changed_at"])
    _move_cohort(cohort, days)
    log(
        cohort,
        MOVED,
        user=by,
        timestamp=at,
        data={"before": seen.isoformat(), "starts_on": starts_on.isoformat(), "sessions": len(times)},
    )
    for enrolment, learner in sessions.active_learners(cohort.pk):
        about = f"cohort:{cohort.pk}:{int(at.timestamp())}"
        tell.later(kind="dates_moved", learner=learner, about=about, at=at, enrolment=enrolment)
    return len(times)


def _move_cohort(cohort: Cohort, days: timedelta) -> None:
    """One UPDATE of the days alone: the rest of the row may be under somebody's hand in its form."""
    moved = {"starts_on": cohort.starts_on + days}
    for name in ("ends_on", "access_ends_on"):
        if (day := getattr(cohort, name)) is not None:
            moved[name] = day + days
    Cohort.objects.filter(pk=cohort.pk).update(**moved)


def _check_no_overlap(held: list[LiveSession], times: dict[int, schedule.Times]) -> None:
    """Sessions that are over stay, so one that moves can come to lie on one of them."""
    spans = sorted((*times.get(s.pk, (s.starts_at, s.ends_at)), s.title) for s in held)
    for (_from, until, first), (begins, _until, second) in pairwise(spans):
        if begins < until:
            said = _("Then “%(first)s” and “%(second)s” would take place at the same time.")
            raise DateRefused(said % {"first": first, "second": second})


def _own(date_id: int, by: Any) -> tuple[CohortDate, Cohort]:
    planned = CohortDate.objects.get(pk=date_id)
    cohort = sessions.locked(planned.cohort_id, by)
    return CohortDate.objects.get(pk=date_id), cohort


def _checked(cohort: Cohort, details: DateDetails) -> dict[str, Any]:
    """The fields to store. Raises DateRefused when the details do not fit together."""
    outline = cohort.edition.outline
    if details.what is What.RELEASE and details.stage_number is None:
        raise DateRefused(_("Please choose the stage that begins then."))
    if not (details.stage_number is not None or details.activity_id or details.text):
        raise DateRefused(_("Please say what this date is about."))
    if details.stage_number is not None and details.stage_number not in {s.number for s in outline.stages}:
        raise DateRefused(_("This course has no such stage."))
    if details.activity_id is not None and outline.activity(details.activity_id) is None:
        raise DateRefused(_("This is not part of the course."))
    _check_anchor(cohort, details)
    fields = asdict(details)
    return {**fields, "what": details.what.value, "anchor": details.anchor.value} | {
        "days_off": details.days_off.value
    }


def _check_anchor(cohort: Cohort, details: DateDetails) -> None:
    found = cohort.edition.outline.activity(details.session_activity_id or 0)
    is_session = found is not None and found.kind is Kind.LIVE_SESSION
    if (details.anchor is Anchor.SESSION) != is_session:
        raise DateRefused(_("Please choose the live session that this date follows."))
    if (details.anchor is Anchor.DATE) != (details.on is not None):
        raise DateRefused(_("Please give the day."))
    if details.on is not None and abs((details.on - cohort.starts_on).days) > MOST_DAYS:
        raise DateRefused(_("That is more than ten years away. Please check the year."))
    if details.anchor is Anchor.DATE and details.offset_days:
        raise DateRefused(_("A fixed date has no days before or after it."))
    if details.anchor is Anchor.END and cohort.ends_on is None:
        raise DateRefused(_("This cohort has no last day. Choose something else to count from."))
    if abs(details.offset_days) > MOST_DAYS:
        raise DateRefused(_("That is more than ten years away. Please check the days."))


def _log(cohort: Cohort, action: str, planned: CohortDate, *, by: Any, at: datetime) -> None:
    log(cohort, action, user=by, timestamp=at, data={"date": planned.pk, "what": planned.what})
