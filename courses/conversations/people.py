"""Who reads and answers questions: the facilitators of the cohort, and administrators.

Not assessors, unless they are facilitators too; not editors; never another learner.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, QuerySet

from courses.cohorts import staffing
from courses.cohorts.models import Cohort, CohortStaff
from courses.conversations.models import Conversation


def answerable(person: Any) -> QuerySet[Conversation]:
    """The conversations that a person may read and answer as staff."""
    found: QuerySet[Conversation] = Conversation.objects.all()
    if person.has_perm(staffing.OVERSEES):
        return found
    return found.filter(enrolment__cohort__in=staffing.with_role(person, staffing.FACILITATES))


def facilitators(cohort: Cohort) -> list[Any]:
    """The people who answer on a cohort and whose accounts are in use."""
    role = Q(cohort_roles__cohort=cohort, cohort_roles__role=CohortStaff.Role.FACILITATOR)
    people = get_user_model().objects.filter(role, is_active=True, erased_at=None)
    return list(people.order_by("printed_name", "pk"))


def answerers(cohort: Cohort) -> list[Any]:
    """Who is told of a question: the facilitators, or administrators while a cohort has none."""
    found = facilitators(cohort)
    return found or list(ModelBackend().with_perm(staffing.OVERSEES).filter(erased_at=None).order_by("pk"))
