"""What learners and their supporters are told about each other: never more than that it began or ended."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts import telling_times
from courses.cohorts.sessions import LiveSession
from courses.enrolment.states import State
from courses.enrolment.supporters import Supporter, can_answer, going_on
from courses.messages.kinds import Said, message

TO_LEARNER: dict[str, Any] = {"placeholders": ("course_title",)}
TO_SUPPORTER: dict[str, Any] = {
    "placeholders": ("supported_name", "course_title"),
    "reader": "person_name",
}


@message(
    "supporter_invited",
    _("Somebody would like your support"),
    placeholders=("learner_name", "course_title"),
    in_site=False,
    reader="person_name",
)
def supporter_invited(*, at: datetime, supporter: int, token: str) -> Said | None:
    """The link of the invitation. The address is kept with it alone."""
    found = _rows().filter(can_answer(at), pk=supporter).first()
    if found is None or not found.email:
        return None
    words = {"learner_name": _name(found), "course_title": _course(found)}
    return Said(words, reverse("learning:supporter_link", args=[token]), to=found.email)


@message("supporter_accepted", _("You have a supporter"), **TO_LEARNER)
def supporter_accepted(*, supporter: int) -> Said | None:
    """Somebody said yes. Nothing is told once it is over."""
    found = _rows().filter(going_on(), pk=supporter).first()
    return None if found is None else _to_learner(found)


@message("supporter_left", _("A supporter has stopped"), **TO_LEARNER)
def supporter_left(*, supporter: int) -> Said | None:
    """A supporter does not go on."""
    found = _rows().filter(pk=supporter, ended_at__isnull=False).first()
    return None if found is None else _to_learner(found)


@message("supporter_removed", _("You do not support somebody any more"), **TO_SUPPORTER)
def supporter_removed(*, supporter: int) -> Said | None:
    """The learner ended it. No reason is asked for, so none is told."""
    found = _rows().filter(pk=supporter, ended_at__isnull=False, enrolment__learner__erased_at=None).first()
    if found is None:
        return None
    words = {"supported_name": _name(found), "course_title": _course(found)}
    return Said(words, reverse("learning:dashboard"))


@message(
    "supporter_reminder",
    _("Somebody you support has a meeting soon"),
    placeholders=("supported_name", "course_title", "session_title", "session_time"),
    reader="person_name",
)
def supporter_reminder(*, person: Any, at: datetime, supporter: int, session: int) -> Said | None:
    """A meeting within a day, while they may see it and want to be told. No link to the meeting itself."""
    found = _rows().filter(going_on(), pk=supporter, person=person, wants_reminders=True).first()
    if found is None or found.enrolment.status != State.ACTIVE.value:
        return None
    sessions = LiveSession.objects.filter(cohort=found.enrolment.cohort_id, cancelled_at=None)
    meeting = sessions.filter(pk=session, starts_at__gt=at).first()
    if meeting is None:
        return None
    own, there = ZoneInfo(person.time_zone), ZoneInfo(found.enrolment.cohort.time_zone)
    words = {
        "supported_name": _name(found),
        "course_title": _course(found),
        "session_title": meeting.title,
        "session_time": telling_times.span(meeting.starts_at, meeting.ends_at, own=own, there=there),
    }
    return Said(words, reverse("learning:supporting", args=[found.pk]))


def _rows() -> Any:
    related = ("enrolment__learner", "enrolment__cohort__edition__course")
    return Supporter.objects.select_related(*related).defer("enrolment__cohort__edition__frozen")


def _name(found: Supporter) -> str:
    """As they chose to be called, never an address."""
    return found.enrolment.learner.printed_name or str(_("A learner"))


def _course(found: Supporter) -> str:
    title: str = found.enrolment.cohort.edition.course.title
    return title


def _to_learner(found: Supporter) -> Said:
    enrolment = found.enrolment
    url = reverse("learning:supporters", args=[enrolment.pk])
    return Said({"course_title": _course(found)}, url, enrolment.cohort_id)
