"""What learners are told about their live sessions."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts import telling_times
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.messages.kinds import Said, Stop, message
from courses.progress.attendance import turnout_of

GONE = (Stop.ENDED, Stop.SUSPENDED)
OF_A_SESSION = ("course_title", "session_title", "session_time", "session_place", "session_link")


@message("session_added", _("A meeting was added"), stops=GONE, placeholders=OF_A_SESSION)
def session_added(*, person: Any, session: int, enrolment: int) -> Said | None:
    """A session was planned when the learner was on the cohort already. It is told as it stands now; nothing
    is told once it was cancelled."""
    found = _session(session)
    return None if found.is_cancelled else _said(found, person, enrolment)


@message("sessions_added", _("Meetings were added"), stops=GONE, placeholders=("course_title", "meetings"))
def sessions_added(*, person: Any, at: datetime, enrolment: int, first: int, last: int) -> Said | None:
    """Several sessions were planned, those from `first` to `last`. They are told as they stand now; what was
    cancelled or is over is left out."""
    found = _enrolment(enrolment)
    rows = LiveSession.objects.filter(
        cohort=found.cohort_id, pk__gte=first, pk__lte=last, cancelled_at=None, ends_at__gt=at
    )
    meetings = [_when_and_where(session, person) for session in rows.select_related("cohort")]
    if not meetings:
        return None
    words = {
        "course_title": found.cohort.edition.outline.course_title,
        "meetings": "\n\n".join(meetings),
    }
    return Said(words, reverse("learning:course", args=[found.pk]), found.cohort_id)


@message("session_changed", _("A meeting has changed"), stops=GONE, placeholders=OF_A_SESSION)
def session_changed(*, person: Any, session: int, enrolment: int) -> Said | None:
    """A session has another time, place or link. Nothing is told once it was cancelled."""
    found = _session(session)
    return None if found.is_cancelled else _said(found, person, enrolment)


@message(
    "session_cancelled",
    _("A meeting does not take place"),
    stops=GONE,
    placeholders=("course_title", "session_title", "session_time", "reason"),
)
def session_cancelled(*, person: Any, session: int, enrolment: int) -> Said | None:
    """A session was cancelled, and why."""
    found = _session(session)
    if not found.is_cancelled:
        return None
    said = _said(found, person, enrolment)
    return said._replace(words={**said.words, "reason": found.cancel_reason})


@message("dates_moved", _("The dates of your course have moved"), stops=GONE, placeholders=("course_title",))
def dates_moved(*, enrolment: int) -> Said:
    """A whole cohort begins on another day. The page that the link leads to has all dates."""
    found = _enrolment(enrolment)
    return Said(
        {"course_title": found.cohort.edition.outline.course_title, "cohort_name": found.cohort.name},
        reverse("learning:course", args=[found.pk]),
        found.cohort_id,
    )


@message(
    "attendance_at_risk",
    _("Meetings you still need"),
    stops=(*GONE, Stop.COMPLETED),
    placeholders=("course_title", "sessions_needed", "sessions_attended", "sessions_to_come"),
)
def attendance_at_risk(*, enrolment: int) -> Said | None:
    """Coming to all that is left is not enough any more. Nothing is told when it has come right since."""
    found = _enrolment(enrolment)
    turnout = turnout_of(found)
    if not turnout.is_at_risk:
        return None
    words = {
        "course_title": found.cohort.edition.outline.course_title,
        "sessions_needed": str(turnout.needed),
        "sessions_attended": str(turnout.reached),
        "sessions_to_come": str(turnout.to_come),
    }
    return Said(words, reverse("learning:course", args=[found.pk]), found.cohort_id)


def _session(pk: int) -> LiveSession:
    return LiveSession.objects.select_related("cohort__edition").defer("cohort__edition__frozen").get(pk=pk)


def _enrolment(pk: int) -> Enrolment:
    found = Enrolment.objects.select_related("cohort__edition").defer("cohort__edition__frozen")
    return found.get(pk=pk)


def _when_and_where(session: LiveSession, person: Any) -> str:
    """A session in two or three lines."""
    lines = (session.title, _time_of(session, person), session.place)
    return "\n".join(line for line in lines if line)


def _time_of(session: LiveSession, person: Any) -> str:
    own = ZoneInfo(person.time_zone)
    return telling_times.span(session.starts_at, session.ends_at, own=own, there=session.zone)


def _said(session: LiveSession, person: Any, enrolment: int) -> Said:
    words = {
        "course_title": session.cohort.edition.outline.course_title,
        "session_title": session.title,
        "session_time": _time_of(session, person),
        "session_place": session.place,
        "session_link": session.link,
    }
    url = reverse("learning:activity", args=[enrolment, session.activity_id])
    return Said(words, url, session.cohort_id)
