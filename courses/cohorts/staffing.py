"""Who looks after which cohort: its facilitators, assessors and buddies, and administrators who may change
every cohort.

Assessors and buddies see a cohort; they do not plan its meetings and do not keep its registers.
"""

from typing import Any

from django.db.models import QuerySet

from courses.cohorts.models import Cohort, CohortStaff

# Who may change every cohort looks after every cohort.
OVERSEES = "courses.change_cohort"
FACILITATES = (CohortStaff.Role.FACILITATOR,)
ASSESSES = (CohortStaff.Role.ASSESSOR, CohortStaff.Role.FACILITATOR)
HELPS = tuple(CohortStaff.Role)


def with_role(person: Any, roles: tuple[str, ...]) -> QuerySet[Any, Any]:
    """The ids of the cohorts in which a person has one of these roles."""
    return CohortStaff.objects.filter(user=person, role__in=roles).values_list("cohort", flat=True)


def run_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts whose meetings a person plans, and whose registers they keep."""
    return _looked_after(person, FACILITATES)


def assessed_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts in which a person decides about what was handed in."""
    return _looked_after(person, ASSESSES)


def seen_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts a person has any part in looking after."""
    return _looked_after(person, HELPS)


def _looked_after(person: Any, roles: tuple[str, ...]) -> QuerySet[Cohort]:
    cohorts: QuerySet[Cohort] = Cohort.objects.all()
    return cohorts if person.has_perm(OVERSEES) else cohorts.filter(pk__in=with_role(person, roles))


def facilitated_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts that a person facilitates themselves. An administrator's rights are not enough here."""
    cohorts: QuerySet[Cohort] = Cohort.objects.filter(pk__in=with_role(person, FACILITATES))
    return cohorts
