"""What the managers of an organisation are told about its seats."""

from datetime import datetime

from courses.actions import tell
from courses.cohorts.organisations import OrganisationManager, looks_after
from courses.enrolment.models import Offer


def declined(offer: Offer, *, at: datetime) -> None:
    """Somebody said no, and the seat is free again. Inside the caller's transaction."""
    managers = OrganisationManager.objects.filter(
        looks_after(), organisation__allocations=offer.allocation_id
    )
    for manager in managers.values_list("user", flat=True):
        tell.later(kind="seat_declined", learner=manager, about=f"offer:{offer.pk}", at=at, offer=offer.pk)
