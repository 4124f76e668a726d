"""Who reads what learners hand in, and decides about it: assessors and facilitators of the cohort, and
administrators. Nobody decides about their own work.
"""

from typing import Any

from django.db.models import QuerySet

from courses.assessment.coursework import Submission
from courses.cohorts import staffing


def assessable(person: Any) -> QuerySet[Submission]:
    """The submissions that a person may read and decide about."""
    found: QuerySet[Submission] = Submission.objects.exclude(enrolment__learner=person)
    if person.has_perm(staffing.OVERSEES):
        return found
    return found.filter(enrolment__cohort__in=staffing.with_role(person, staffing.ASSESSES))
