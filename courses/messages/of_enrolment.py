"""What people are told about their places: given, offered, waited for, moved and ended."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.states import OfferState, State, WaitingState
from courses.messages import meetings, times
from courses.messages.kinds import Said, Stop, message

COHORT = ("course_title", "cohort_name")


@message(
    "enrolled",
    _("Welcome to your course"),
    placeholders=(*COHORT, "dates", "next_meeting", "place"),
    in_site=False,
)
def enrolled(*, person: Any, at: datetime, enrolment: int) -> Said:
    """Somebody joined by themselves. A group with dates is told its days, a self-paced one is not."""
    found = _enrolment(enrolment)
    words = {**_course(found.cohort), **meetings.of_group(found.cohort, person=person, at=at)}
    return Said(words, _learning(found), found.cohort_id)


@message("placed", _("You have a place"), placeholders=(*COHORT, "dates"), stops=(Stop.ENDED,))
def placed(*, enrolment: int) -> Said:
    """Somebody was given a place."""
    return _with_dates(enrolment)


@message(
    "moved", _("You have a place in another group"), placeholders=(*COHORT, "dates"), stops=(Stop.ENDED,)
)
def moved(*, enrolment: int) -> Said:
    """A place was ended, and one in another cohort given. `enrolment` is the new one."""
    return _with_dates(enrolment)


@message("withdrawn", _("You are no longer on the course"), placeholders=COHORT)
def withdrawn(*, enrolment: int) -> Said | None:
    """A place ended, by the learner's wish or by the team's."""
    return _ended(enrolment)


@message("access_over", _("Your time on the course is over"), placeholders=COHORT)
def access_over(*, enrolment: int) -> Said | None:
    """The promised time of access is over."""
    return _ended(enrolment)


@message(
    "access_ending",
    _("Your time on the course is ending"),
    placeholders=(*COHORT, "access_until"),
    stops=(Stop.ENDED, Stop.COMPLETED),
)
def access_ending(*, person: Any, at: datetime, enrolment: int) -> Said | None:
    """The promised time of access is nearly over."""
    found = _enrolment(enrolment)
    if found.access_until is None or found.access_until <= at:
        return None
    words = {
        **_course(found.cohort),
        "access_until": times.until(found.access_until, person, found.cohort.time_zone),
    }
    return Said(words, _learning(found), found.cohort_id)


@message(
    "offered", _("You have been offered a place"), placeholders=(*COHORT, *meetings.OFFERED, "answer_by")
)
def offered(*, person: Any, at: datetime, offer: int) -> Said | None:
    """A place is kept for somebody until they answer."""
    return _open_offer(offer, person=person, at=at)


@message(
    "offer_ending",
    _("Please answer: your place is kept for one more day"),
    placeholders=(*COHORT, *meetings.OFFERED, "answer_by"),
)
def offer_ending(*, person: Any, at: datetime, offer: int) -> Said | None:
    """The time to answer is nearly over."""
    return _open_offer(offer, person=person, at=at)


@message("offer_lapsed", _("The time to answer is over"), placeholders=COHORT)
def offer_lapsed(*, offer: int) -> Said | None:
    """The time to answer is over. Nothing is told to somebody who has a place after all."""
    found = _offer(offer)
    if found.status != OfferState.EXPIRED.value:
        return None
    live = Enrolment.objects.filter(learner=found.learner_id, cohort=found.cohort_id, ended_at=None)
    return None if live.exists() else Said(_course(found.cohort), _joining(found.cohort), found.cohort_id)


@message("waiting", _("You are on the waiting list"), placeholders=COHORT)
def waiting(*, waiting: int) -> Said | None:
    """Somebody waits for a place."""
    found = _waiting(waiting)
    if found.status != WaitingState.WAITING.value:
        return None
    return Said(_course(found.cohort), _joining(found.cohort), found.cohort_id)


@message("waiting_closed", _("The waiting list has ended for you"), placeholders=COHORT)
def waiting_closed(*, waiting: int) -> Said | None:
    """Somebody who waited cannot be offered a place any more."""
    found = _waiting(waiting)
    if found.status != WaitingState.CLOSED.value:
        return None
    return Said(_course(found.cohort), reverse("learning:dashboard"), found.cohort_id)


def _open_offer(pk: int, *, person: Any, at: datetime) -> Said | None:
    found = _offer(pk)
    if not found.is_open_at(at) or found.answer_by is None:
        return None
    words = {
        **_course(found.cohort),
        **meetings.offered(found),
        "answer_by": times.until(found.answer_by, person, found.cohort.time_zone),
    }
    return Said(words, reverse("learning:offer", args=[found.pk]), found.cohort_id)


def _ended(pk: int) -> Said | None:
    found = _enrolment(pk)
    if found.status != State.ENDED.value:
        return None
    return Said(_course(found.cohort), _learning(found), found.cohort_id)


def _with_dates(pk: int) -> Said:
    found = _enrolment(pk)
    words = {**_course(found.cohort), "dates": found.cohort.dates_sentence}
    return Said(words, _learning(found), found.cohort_id)


def _course(cohort: Cohort) -> dict[str, str]:
    return {"course_title": cohort.edition.course.title, "cohort_name": cohort.name}


def _learning(enrolment: Enrolment) -> str:
    return reverse("learning:course", args=[enrolment.pk])


def _joining(cohort: Cohort) -> str:
    return reverse("learning:join", args=[cohort.pk])


def _enrolment(pk: int) -> Enrolment:
    return Enrolment.objects.select_related("cohort__edition__course").get(pk=pk)


def _offer(pk: int) -> Offer:
    return Offer.objects.select_related("cohort__edition__course").get(pk=pk)


def _waiting(pk: int) -> WaitingEntry:
    return WaitingEntry.objects.select_related("cohort__edition__course").get(pk=pk)
