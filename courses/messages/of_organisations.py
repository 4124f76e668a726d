"""What is said about the seats of organisations: to those who get one, and to those who give them."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts.organisations import OrganisationManager, can_answer, looks_after
from courses.enrolment.models import Enrolment, Offer
from courses.enrolment.states import OfferState, State
from courses.messages.kinds import Said, message

SEAT = ("organisation_name", "course_title", "cohort_name")


@message(
    "seat_offered",
    _("An organisation has a place for you"),
    placeholders=SEAT,
    in_site=False,
    reader="person_name",
)
def seat_offered(*, at: datetime, offer: int, token: str) -> Said | None:
    """The link of an offered seat. The address is kept with the offer alone."""
    found = _offer(offer)
    if not found.is_open_at(at) or not found.email:
        return None
    return Said(_words(found), reverse("learning:offer_link", args=[token]), to=found.email)


@message("seat_taken_back", _("Your organisation has taken your place back"), placeholders=SEAT)
def seat_taken_back(*, enrolment: int) -> Said | None:
    """A learner's place ended, because it was their organisation's."""
    ended = Enrolment.objects.filter(pk=enrolment, status=State.ENDED.value).first()
    rows = _offers().filter(enrolment=enrolment, status=OfferState.ACCEPTED.value, allocation__isnull=False)
    found = rows.order_by("-answered_at", "-pk").first()
    if ended is None or found is None:
        return None
    return Said(_words(found), reverse("learning:course", args=[enrolment]), found.cohort_id)


@message("seat_declined", _("Somebody said no to a seat"), placeholders=SEAT, reader="person_name")
def seat_declined(*, person: Any, offer: int) -> Said | None:
    """Told to managers. Who it was stands on the page of the seats, where it is deleted in time."""
    found = _offer(offer)
    if found.status != OfferState.DECLINED.value or found.allocation is None:
        return None
    theirs = OrganisationManager.objects.filter(
        looks_after(), user=person, organisation=found.allocation.organisation_id
    )
    if not theirs.exists():
        return None
    return Said(_words(found), reverse("learning:seats", args=[found.allocation_id]))


@message(
    "manager_invited",
    _("You are asked to look after places"),
    placeholders=("organisation_name",),
    in_site=False,
    reader="person_name",
)
def manager_invited(*, at: datetime, manager: int, token: str) -> Said | None:
    """The link of the invitation. The address is kept with it alone."""
    rows = OrganisationManager.objects.filter(can_answer(at), pk=manager).select_related("organisation")
    found = rows.first()
    if found is None or not found.email:
        return None
    words = {"organisation_name": found.organisation.name}
    return Said(words, reverse("learning:manager_link", args=[token]), to=found.email)


def _offers() -> Any:
    return Offer.objects.select_related("cohort__edition__course", "allocation__organisation").defer(
        "cohort__edition__frozen"
    )


def _offer(pk: int) -> Any:
    return _offers().get(pk=pk)


def _words(found: Any) -> dict[str, str]:
    return {
        "organisation_name": found.allocation.organisation.name if found.allocation else "",
        "course_title": found.cohort.edition.course.title,
        "cohort_name": found.cohort.name,
    }
