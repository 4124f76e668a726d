"""The live sessions of a learner's cohort, as the learner meets them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.addresses import address
from courses.actions.attendance import OPENS_BEFORE, is_open_for_check_in, tidy_word
from courses.catalogue.outline import PARTLY_PERCENT
from courses.cohorts import telling_times
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import turnout
from courses.progress.attendance import Attendance
from courses.progress.turnout import Mark, Status


@dataclass(frozen=True, slots=True)
class SessionForLearner:
    """One session. `when` is in the reader's own time, and in the cohort's too where that differs.

    `status` is what the register says (attended, partly, apologised, absent; empty: nothing yet) and
    `status_sentence` the same in words. `was_missed` says that a make-up task is what is left.
    """

    id: int
    activity_id: int
    title: str
    when: str
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    materials: str
    is_cancelled: bool
    cancel_reason: str
    is_now: bool
    is_over: bool
    status: str
    status_sentence: str
    was_missed: bool
    can_apologise: bool
    can_take_back: bool
    can_check_in: bool
    activity_url: str
    calendar_url: str
    apologise_url: str
    take_back_url: str
    check_in_url: str


def for_activity(enrolment: Enrolment, activity_id: int, at: datetime) -> SessionForLearner | None:
    """The session that a learner's cohort holds for an activity; None while it is not planned. One query.

    One that was cancelled is given only while there is no other.
    """
    sessions = _with_marks(enrolment).filter(activity=activity_id)
    found = sessions.order_by(F("cancelled_at").desc(nulls_first=True)).first()
    return None if found is None else _for_learner(found, enrolment, at)


def of_cohort(enrolment: Enrolment, at: datetime) -> list[SessionForLearner]:
    """All sessions of a learner's cohort that take place, in the order of time. One query."""
    sessions = _with_marks(enrolment).filter(cancelled_at=None)
    return [_for_learner(session, enrolment, at) for session in sessions]


def _with_marks(enrolment: Enrolment) -> QuerySet[Any]:
    mark = Attendance.objects.filter(session=OuterRef("pk"), enrolment=enrolment.pk)
    found: QuerySet[Any] = LiveSession.objects.filter(cohort=enrolment.cohort_id).annotate(
        mark_status=Subquery(mark.values("status")), mark_minutes=Subquery(mark.values("minutes"))
    )
    return found


def own_zone() -> ZoneInfo:
    """The time zone of who is reading."""
    return ZoneInfo(timezone.get_current_timezone_name())


def _for_learner(session: Any, enrolment: Enrolment, at: datetime) -> SessionForLearner:
    cohort, pk = enrolment.cohort, enrolment.pk
    mark = Mark(Status(session.mark_status), session.mark_minutes) if session.mark_status else None
    counted = counts(enrolment, session, mark)
    is_active = enrolment.status == State.ACTIVE.value
    is_marked = mark is not None and mark.status is not Status.APOLOGISED
    live = is_active and not session.is_cancelled
    return SessionForLearner(
        id=session.pk,
        activity_id=session.activity_id,
        title=session.title,
        when=telling_times.span(
            session.starts_at, session.ends_at, own=own_zone(), there=ZoneInfo(cohort.time_zone)
        ),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        link=session.link,
        materials=session.materials,
        is_cancelled=session.is_cancelled,
        cancel_reason=session.cancel_reason,
        is_now=not session.is_cancelled and session.starts_at <= at < session.ends_at,
        is_over=at >= session.ends_at,
        status=session.mark_status or "",
        status_sentence=_status_sentence(mark, counted=counted),
        was_missed=mark is not None and not counted,
        can_apologise=live and mark is None and at < session.ends_at,
        can_take_back=live and session.mark_status == Status.APOLOGISED and at < session.starts_at,
        can_check_in=live and not is_marked and is_open_for_check_in(session, at),
        activity_url=address("learning:activity", pk, session.activity_id),
        calendar_url=address("learning:session_calendar", session.pk),
        apologise_url=address("learning:apologise", pk, session.pk),
        take_back_url=address("learning:come_after_all", pk, session.pk),
        check_in_url=address("learning:word"),
    )


def counts(enrolment: Enrolment, session: LiveSession, mark: Mark | None) -> bool:
    """Whether a mark is having been there, by the rules of the learner's edition. No query."""
    activity = enrolment.cohort.edition.outline.activity(session.activity_id)
    if activity is None:
        return turnout.counts(mark, planned=session.minutes)
    percent = activity.session.partly_percent if activity.session else PARTLY_PERCENT
    return turnout.counts(mark, planned=activity.participatory_minutes, percent=percent)


def _status_sentence(mark: Mark | None, *, counted: bool) -> str:
    if mark is None:
        return ""
    if mark.status is Status.ATTENDED:
        return _("You were there.")
    if mark.status is Status.APOLOGISED:
        return _("You told us that you cannot come. Thank you.")
    if mark.status is Status.ABSENT:
        return _("You are noted as not there. If that is wrong, please ask your facilitator.")
    minutes = mark.minutes or 0
    if counted:
        said = ngettext(
            "You were there for %(count)d minute. That counts.",
            "You were there for %(count)d minutes. That counts.",
            minutes,
        )
    else:
        said = ngettext(
            "You were there for %(count)d minute. That is too short to count.",
            "You were there for %(count)d minutes. That is too short to count.",
            minutes,
        )
    return said % {"count": minutes}


@dataclass(frozen=True, slots=True)
class CheckingIn:
    """The page behind the code that is shown in the room."""

    session_id: int
    enrolment_id: int
    title: str
    course_title: str
    when: str
    is_open: bool
    is_there: bool
    activity_url: str


def checking_in(*, session_id: int, learner: Any, at: datetime) -> CheckingIn:
    """Two queries. Raises LiveSession.DoesNotExist or Enrolment.DoesNotExist when it is not theirs."""
    session = (
        LiveSession.objects.select_related("cohort__edition")
        .defer("cohort__edition__frozen")
        .get(pk=session_id)
    )
    mark = Attendance.objects.filter(session=session_id, enrolment=OuterRef("pk"))
    enrolment: Any = (
        Enrolment.objects.filter(learner=learner, cohort=session.cohort_id)
        .exclude(status=State.ENDED.value)
        .annotate(mark_status=Subquery(mark.values("status")))
        .get()
    )
    return CheckingIn(
        session_id=session_id,
        enrolment_id=enrolment.pk,
        title=session.title,
        course_title=session.cohort.edition.outline.course_title,
        when=telling_times.span(session.starts_at, session.ends_at, own=own_zone(), there=session.zone),
        is_open=is_open_for_check_in(session, at),
        is_there=enrolment.mark_status in (Status.ATTENDED, Status.PARTLY),
        activity_url=address("learning:activity", enrolment.pk, session.activity_id),
    )


def with_word(*, word: str, learner: Any, at: datetime) -> int | None:
    """The session under way that shows this word, if the learner is on its cohort. One query."""
    tidy = tidy_word(word)
    theirs = Enrolment.objects.filter(learner=learner, status=State.ACTIVE.value).values("cohort")
    found = LiveSession.objects.filter(
        cohort__in=theirs, word=tidy, cancelled_at=None, starts_at__lte=at + OPENS_BEFORE, ends_at__gt=at
    )
    return found.values_list("pk", flat=True).first() if tidy else None
