"""Who looks after which cohort: its facilitators, and administrators who may change every cohort.

Assessors and buddies see a cohort; they do not plan its meetings and do not keep its registers.
"""

from typing import Any

from django.db.models import QuerySet

from courses.cohorts.models import Cohort, CohortStaff

OVERSEES = "courses.change_cohort"


def run_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts whose meetings a person plans, and whose registers they keep."""
    cohorts: QuerySet[Cohort] = Cohort.objects.all()
    if person.has_perm(OVERSEES):
        return cohorts
    role = CohortStaff.Role.FACILITATOR
    return cohorts.filter(pk__in=CohortStaff.objects.filter(user=person, role=role).values("cohort"))


def seen_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts a person has any part in looking after."""
    cohorts: QuerySet[Cohort] = Cohort.objects.all()
    if person.has_perm(OVERSEES):
        return cohorts
    return cohorts.filter(pk__in=CohortStaff.objects.filter(user=person).values("cohort"))


def facilitated_by(person: Any) -> QuerySet[Cohort]:
    """The cohorts that a person facilitates themselves. An administrator's rights are not enough here."""
    role = CohortStaff.Role.FACILITATOR
    own = CohortStaff.objects.filter(user=person, role=role)
    cohorts: QuerySet[Cohort] = Cohort.objects.filter(pk__in=own.values("cohort"))
    return cohorts
