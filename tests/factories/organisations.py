"""An organisation with seats on a cohort, and somebody who looks after them."""

from dataclasses import dataclass
from datetime import datetime

from cms.users.models import User
from courses.actions import organisation_seats, organisations
from courses.actions.supporters import hash_of
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation, OrganisationManager
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Offer

NAME = "Example Trust"
WHY = "Because the test says so."


@dataclass(frozen=True)
class OneOfEach:
    """Seats, of which one is offered to an address; a manager; and an invitation with its secret."""

    organisation: Organisation
    allocation: Allocation
    offer: Offer
    manager: OrganisationManager
    invited: OrganisationManager
    secret: str


def organisation(name: str = NAME) -> Organisation:
    return Organisation.objects.get_or_create(name=name)[0]


def seats(cohort: Cohort, number: int, *, by: User, at: datetime, name: str = NAME) -> Allocation:
    """So many free seats, given by the team."""
    return organisations.allocate(
        cohort_id=cohort.pk, organisation_id=organisation(name).pk, seats=number, by=by, at=at, reason=WHY
    )


def manages(person: User, *, at: datetime, name: str = NAME) -> OrganisationManager:
    """Somebody who has accepted."""
    return OrganisationManager.objects.create(
        organisation=organisation(name),
        email=person.email,
        token_hash=hash_of(f"of {person.pk} for {name}"),
        user=person,
        invited_at=at,
        joined_at=at,
    )


def invited(secret: str, *, at: datetime, email: str = "asked@example.net") -> OrganisationManager:
    """Somebody who has not answered yet."""
    return OrganisationManager.objects.create(
        organisation=organisation(), email=email, token_hash=hash_of(secret), invited_at=at
    )


def one_of_each(
    cohort: Cohort, *, manager: User, by: User, at: datetime, number: int = 2, secret: str = "m" * 43
) -> OneOfEach:
    made = seats(cohort, number, by=by, at=at)
    looks_after = manages(manager, at=at)
    (offer,) = organisation_seats.assign(
        allocation_id=made.pk, addresses=["seat@example.net"], by=manager, at=at
    )
    return OneOfEach(made.organisation, made, offer, looks_after, invited(secret, at=at), secret)
