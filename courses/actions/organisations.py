"""The seats that an organisation has on a cohort: given by the team, given back by either side.

Seats are places, and nothing else counts them. Whoever changes them locks the cohort first.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from courses.actions import enrol
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation
from courses.enrolment import places
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Place
from courses.enrolment.places import Fullness
from courses.enrolment.states import OfferState
from courses.outbox import writing as outbox

GIVEN, TAKEN_BACK = "courses.give_seats", "courses.take_seats_back"
MOST_SEATS = 500


class OrganisationRefused(ActionRefused):
    """These seats cannot be given, offered or taken back. `lines` say by address why not."""

    def __init__(self, sentence: str, lines: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.lines = lines or {}


@transaction.atomic
def allocate(
    *, cohort_id: int, organisation_id: int, seats: int, by: Any, at: datetime, reason: str
) -> Allocation:
    """Give an organisation so many more seats at once, or none. Those kept back for organisations go first.

    Raises Cohort.DoesNotExist, Organisation.DoesNotExist, EnrolmentRefused without a reason, and
    OrganisationRefused when there is no room or the cohort is over.
    """
    enrol.check_reason(reason)
    _check_number(seats)
    cohort = enrol.lock_cohort(cohort_id)
    if enrol.is_over(cohort, at=at):
        raise OrganisationRefused(_("This cohort is over. Choose another one, or change its last day first."))
    now = places.fullness(cohort, at=at)
    kept = _kept(now)
    if now.seats.left is not None and now.seats.left + kept < seats:
        raise OrganisationRefused(_no_room(now.seats.left + kept, seats))
    organisation = Organisation.objects.get(pk=organisation_id)
    made, _is_new = Allocation.objects.get_or_create(
        organisation=organisation, cohort_id=cohort.pk, defaults={"made_at": at, "made_by": by}
    )
    Place.objects.bulk_create(
        Place(
            cohort_id=cohort.pk,
            reason=Place.Reason.SEAT,
            allocation=made,
            reserve=places.ORGANISATION if number < kept else "",
        )
        for number in range(seats)
    )
    _log(cohort, GIVEN, made, by=by, at=at, seats=seats, reason=reason)
    return made


def _kept(now: Fullness) -> int:
    """How many of the places kept back for organisations can be given now."""
    if now.seats.empty is None or now.seats.left is None:
        return now.unfilled[places.ORGANISATION]
    return min(now.unfilled[places.ORGANISATION], now.seats.empty - now.seats.left)


def _no_room(room: int, seats: int) -> str:
    return ngettext(
        "There is room for %(room)d seat, and you want %(seats)d. Make room first, or give fewer.",
        "There is room for %(room)d seats, and you want %(seats)d. Make room first, or give fewer.",
        room,
    ) % {"room": room, "seats": seats}


@transaction.atomic
def take_back_seats(*, allocation_id: int, seats: int, by: Any, at: datetime, reason: str = "") -> Allocation:
    """Give so many free seats of an organisation back to the cohort, or none: who waits is offered them.

    For both sides: the team reduces, and a manager gives back what is not needed. Seats that are offered or
    taken are never among them.
    Raises Allocation.DoesNotExist, and OrganisationRefused when not so many are free.
    """
    _check_number(seats)
    allocation = locked(allocation_id)
    free = list(free_seats(allocation).values_list("pk", flat=True))
    if len(free) < seats:
        raise OrganisationRefused(
            ngettext(
                "%(free)d seat is free, and you want to give back %(seats)d. Take back offers first.",
                "%(free)d seats are free, and you want to give back %(seats)d. Take back offers first.",
                len(free),
            )
            % {"free": len(free), "seats": seats}
        )
    # Last in, first out: what fills the places kept back stays as long as it can.
    Place.objects.filter(pk__in=sorted(free)[-seats:]).delete()
    _log(allocation.cohort, TAKEN_BACK, allocation, by=by, at=at, seats=seats, reason=reason)
    outbox.write(kind="place-freed", at=at, cohort=allocation.cohort_id)
    return allocation


def free_seats(allocation: Allocation) -> Any:
    """The seats of an organisation that nobody has, and that are not offered to anybody."""
    seats = Place.objects.filter(allocation=allocation, reason=Place.Reason.SEAT)
    return seats.exclude(offer__status=OfferState.OPEN.value).order_by("pk")


def locked(allocation_id: int) -> Allocation:
    """An allocation with its organisation and its locked cohort. Raises Allocation.DoesNotExist."""
    found: Any = Allocation.objects.select_related("organisation").get(pk=allocation_id)
    found.cohort = enrol.lock_cohort(found.cohort_id)
    allocation: Allocation = found
    return allocation


def _check_number(seats: int) -> None:
    if not 1 <= seats <= MOST_SEATS:
        raise OrganisationRefused(_("Choose a number from 1 to %(most)d.") % {"most": MOST_SEATS})


def _log(cohort: Cohort, action: str, allocation: Allocation, *, by: Any, at: datetime, **data: Any) -> None:
    """Into the history of the cohort: there is no learner yet whose ledger could tell it."""
    named = {"organisation": allocation.organisation_id, **data}
    log(cohort, action, user=by, timestamp=at, data=named)
