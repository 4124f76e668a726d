"""An organisation with seats in the demo, plainly made up: one seat is taken, one offered, one free.

Safe to repeat: an organisation that has seats keeps them as they are.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cms.users.models import User
from courses.actions import offers, organisation_seats, organisations
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation, OrganisationManager
from home.demo import groups

NAME = "Made-up Health Trust (example)"
NOTE = "It exists in this demonstration only."
WHY = "The organisation asked for three places (made up)."
SEATS = 3
TAKEN_BY = "member-28@example.org"
OFFERED_TO = "somebody-new@example.org"


def populate(cohorts: Sequence[Cohort], *, manager: User, by: User, at: datetime) -> None:
    """Seats on the later of the groups with workshops, looked after by the manager."""
    cohort = next((one for one in cohorts if one.name == groups.LATER), None)
    organisation, _is_new = Organisation.objects.get_or_create(name=NAME, defaults={"note": NOTE})
    OrganisationManager.objects.get_or_create(
        organisation=organisation,
        user=manager,
        defaults={"email": manager.email, "invited_at": at, "joined_at": at},
    )
    if cohort is None or organisation.allocations.filter(cohort=cohort).exists():
        return
    earlier = at - timedelta(days=3)
    made = organisations.allocate(
        cohort_id=cohort.pk, organisation_id=organisation.pk, seats=SEATS, by=by, at=earlier, reason=WHY
    )
    taken, _waits = organisation_seats.assign(
        allocation_id=made.pk, addresses=[TAKEN_BY, OFFERED_TO], by=manager, at=earlier
    )
    learner = User.objects.get(email=TAKEN_BY)
    agreed = list(cohort.prerequisites.values_list("pk", flat=True))
    offers.accept(
        offer_id=taken.pk, learner=learner, at=at - timedelta(days=1), agreed=agreed, shares_progress=True
    )
