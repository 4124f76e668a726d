"""What a manager does with the seats of an organisation: offer them to people, and take them back.

Whoever assigns a seat learns nothing about accounts: an address that has one gets the same answer, and the
same e-mail. Its owner sees the offer in their account as well.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.actions import enrol, invitations, offers, organisations
from courses.actions.organisations import OrganisationRefused
from courses.cohorts.models import Cohort
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Enrolment, Grant, Offer, Place
from courses.enrolment.states import OfferState
from courses.progress.models import Completion


@transaction.atomic
def assign(*, allocation_id: int, addresses: Sequence[str], by: Any, at: datetime) -> list[Offer]:
    """Offer a free seat to each of these addresses and send each a link; all of them or none.

    An offer of a seat has no end: it waits for its person, until the manager takes it back.
    Raises Allocation.DoesNotExist, and OrganisationRefused when an address is wrong, not so many seats are
    free, or it is too late.
    """
    addresses = invitations.read("\n".join(addresses))
    allocation = organisations.locked(allocation_id)
    cohort: Any = allocation.cohort
    _check_time(cohort, at=at)
    if not addresses:
        raise OrganisationRefused(_("Please write at least one address."))
    if wrong := _wrong(allocation, addresses):
        raise OrganisationRefused(
            _("No seat was given yet. Please look at these lines, then send the list again."), wrong
        )
    free = list(organisations.free_seats(allocation)[: len(addresses)])
    if len(free) < len(addresses):
        raise OrganisationRefused(_too_few(len(free), len(addresses)))
    now = invitations.standing(cohort=cohort, addresses=addresses, at=at)
    return invitations.make_many(
        cohort=cohort,
        people=[(address, now.learners.get(address)) for address in addresses],
        answer_by=None,
        by=by,
        at=at,
        seats=free,
    )


def _check_time(cohort: Cohort, *, at: datetime) -> None:
    """Bought seats can be given after joining has closed, until the team says that it makes no sense."""
    if enrol.is_over(cohort, at=at) or (cohort.offers_until is not None and at >= cohort.offers_until):
        raise OrganisationRefused(
            _("It is too late to begin in this group. Please ask the team of the course for another one.")
        )


def _wrong(allocation: Allocation, addresses: Sequence[str]) -> dict[str, str]:
    """Why not, by address. Nothing is said but what the manager wrote down here before."""
    earlier = Offer.objects.filter(allocation=allocation, place__isnull=False, email__in=addresses)
    seats = dict(earlier.values_list("email", "status"))
    has_one = {
        OfferState.OPEN.value: _("A seat is offered to this address already."),
        OfferState.ACCEPTED.value: _("The person of this address has one of your seats already."),
    }
    found = {
        address: invitations.wrong_with(address) or has_one.get(seats.get(address, ""), "")
        for address in addresses
    }
    return {address: sentence for address, sentence in found.items() if sentence}


def _too_few(free: int, wanted: int) -> str:
    return ngettext(
        "%(free)d seat is free, and you wrote down %(wanted)d. No seat was given yet.",
        "%(free)d seats are free, and you wrote down %(wanted)d. No seat was given yet.",
        free,
    ) % {"free": free, "wanted": wanted}


def holder_of(seat: Any) -> str:
    """Who has a seat, as in "enrolment:12" or "offer:34"; empty while it is free."""
    if seat.enrolment_id is not None:
        return f"enrolment:{seat.enrolment_id}"
    offer = getattr(seat, "offer", None)
    return f"offer:{offer.pk}" if offer is not None else ""


@transaction.atomic
def take_back(  # noqa: PLR0913 - all by keyword
    *,
    seat_id: int,
    allocation_id: int,
    held_by: str,
    by: Any,
    at: datetime,
    reason: str,
    instead: str = "",
) -> Place:
    """Take a seat back from whom it is offered to, or from a learner, and offer it to `instead` if given.

    Whole or not at all. A learner whom nothing else keeps on the course loses the place and is told; whoever
    has another reason to be there gets a place of their own, if one is free. `held_by` says from whom
    (`holder_of`): safe to repeat, because nobody else loses the seat by it.
    Raises Place.DoesNotExist when it is no seat of this organisation, EnrolmentRefused without a reason or
    room, and OrganisationRefused when the learner has finished or the new address is wrong.
    """
    enrol.check_reason(reason)
    organisations.locked(allocation_id)
    seat: Any = Place.objects.select_related("offer").get(pk=seat_id, allocation=allocation_id)
    if not held_by or holder_of(seat) != held_by:
        there: Place = seat
        return there
    if seat.enrolment_id is not None:
        _revoke(seat.enrolment_id, by=by, at=at, reason=reason)
    else:
        offers.withdraw(offer_id=seat.offer.pk, by=by, at=at, reason=reason)
    if instead.strip():
        assign(allocation_id=allocation_id, addresses=[instead], by=by, at=at)
    taken: Place = Place.objects.get(pk=seat.pk)
    return taken


def _revoke(enrolment_id: int, *, by: Any, at: datetime, reason: str) -> Enrolment:
    if Completion.objects.filter(enrolment=enrolment_id).exists():
        raise OrganisationRefused(
            _("This seat is used up, so it cannot be taken back. Please ask the team of the course.")
        )
    grant = Grant.objects.get(enrolment=enrolment_id, kind="organisation", withdrawn_at=None)
    return enrol.drop_grant(grant_id=grant.pk, by=by, at=at, reason=reason, tells="seat_taken_back")


@transaction.atomic
def send_again(*, seat_id: int, allocation_id: int, by: Any, at: datetime) -> Offer:
    """Write to the address of an offered seat once more, with a new link; the old one stops working.

    Raises Offer.DoesNotExist when this seat of the organisation is not offered to anybody.
    """
    offer = Offer.objects.get(place=seat_id, allocation=allocation_id, status=OfferState.OPEN.value)
    return offers.send_again(offer_id=offer.pk, by=by, at=at)
