"""Who reads and answers questions: the facilitators of the cohort, and administrators.

Not assessors, unless they are facilitators too; not editors; never another learner.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q, QuerySet

from courses.cohorts.models import Cohort, CohortStaff
from courses.conversations.models import Conversation

# Who may change every cohort may see every register, and every question.
OVERSEES = "courses.change_cohort"


def answerable(person: Any) -> QuerySet[Conversation]:
    """The conversations that a person may read and answer as staff."""
    found: QuerySet[Conversation] = Conversation.objects.all()
    if person.has_perm(OVERSEES):
        return found
    return found.filter(enrolment__cohort__in=cohorts_facilitated(person))


def cohorts_facilitated(person: Any) -> QuerySet[Any, Any]:
    """The ids of the cohorts in which a person is a facilitator."""
    roles = CohortStaff.objects.filter(user=person, role=CohortStaff.Role.FACILITATOR)
    return roles.values_list("cohort", flat=True)


def facilitators(cohort: Cohort) -> list[Any]:
    """The people who answer on a cohort and whose accounts are in use."""
    role = Q(cohort_roles__cohort=cohort, cohort_roles__role=CohortStaff.Role.FACILITATOR)
    people = get_user_model().objects.filter(role, is_active=True, erased_at=None)
    return list(people.order_by("printed_name", "pk"))


def answerers(cohort: Cohort) -> list[Any]:
    """Who is told of a question: the facilitators, or administrators while a cohort has none."""
    found = facilitators(cohort)
    return found or list(ModelBackend().with_perm(OVERSEES).filter(erased_at=None).order_by("pk"))
