"""Who reads what learners hand in, and decides about it: assessors and facilitators of the cohort, and
administrators. Nobody decides about their own work.
"""

from typing import Any

from django.db.models import QuerySet

from courses.assessment.coursework import Submission
from courses.cohorts.models import CohortStaff

ASSESSES = (CohortStaff.Role.ASSESSOR, CohortStaff.Role.FACILITATOR)
# Who may change every cohort may see what is handed in on each of them.
OVERSEES = "courses.change_cohort"


def assessable(person: Any) -> QuerySet[Submission]:
    """The submissions that a person may read and decide about."""
    found: QuerySet[Submission] = Submission.objects.exclude(enrolment__learner=person)
    if person.has_perm(OVERSEES):
        return found
    return found.filter(enrolment__cohort__in=cohorts_assessed(person))


def cohorts_assessed(person: Any) -> QuerySet[Any, Any]:
    """The ids of the cohorts in which a person assesses."""
    roles = CohortStaff.objects.filter(user=person, role__in=ASSESSES)
    return roles.values_list("cohort", flat=True)
