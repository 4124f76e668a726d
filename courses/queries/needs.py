"""What learners told about taking part: for themselves, and for facilitators that there is something."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.core.addresses import address
from courses.cohorts import staffing
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment
from courses.enrolment.needs import LOOKED, AccessNeeds
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.queries import registers


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody opened it."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnNeeds:
    """The page of one's own needs. `readers` says who can read it; `looks` who did, the newest first.

    `can_write` is False when the place has ended: then there is nobody who would read it.
    """

    enrolment_id: int
    course_title: str
    course_url: str
    cohort_name: str
    stored: AccessNeeds | None
    can_write: bool
    has_readers: bool
    is_rolling: bool
    looks: list[Look]


@dataclass(frozen=True, slots=True)
class PersonWithNeeds:
    """Somebody who has told something. What, is not here."""

    enrolment_id: int
    name: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class NeedsOfCohort:
    """`people` is None for those of the team who do not see who told something."""

    cohort: Cohort
    people: list[PersonWithNeeds] | None


def own(*, enrolment_id: int, learner: Any) -> OwnNeeds:
    """Three queries. Raises Enrolment.DoesNotExist when it is not theirs."""
    related = ("cohort__edition__course", "access_needs")
    enrolment: Any = (
        Enrolment.objects.select_related(*related)
        .defer("cohort__edition__frozen")
        .get(pk=enrolment_id, learner=learner)
    )
    course, role = enrolment.cohort.edition.course, CohortStaff.Role.FACILITATOR
    return OwnNeeds(
        enrolment_id=enrolment_id,
        course_title=course.title,
        course_url=address("learning:course", enrolment_id),
        cohort_name=enrolment.cohort.name,
        stored=getattr(enrolment, "access_needs", None),
        can_write=enrolment.status != State.ENDED.value,
        has_readers=CohortStaff.objects.filter(cohort=enrolment.cohort_id, role=role).exists(),
        is_rolling=enrolment.cohort.is_rolling,
        looks=_looks(learner, course.pk),
    )


def _looks(learner: Any, course_id: int) -> list[Look]:
    """Who opened it, in whichever group of the course: what somebody wrote goes along with a move."""
    found = LedgerEntry.objects.filter(learner=learner, action=LOOKED, details__course=course_id)
    return [
        Look(entry.by.printed_name if entry.by and entry.by.printed_name else _("A facilitator"), entry.at)
        for entry in found.select_related("by").order_by("-at", "-pk")
    ]


def of_cohort(*, cohort_id: int, by: Any) -> NeedsOfCohort:
    """Who on a cohort has told something. Raises Cohort.DoesNotExist when `by` has no part in it."""
    cohort = registers.cohorts_for(by).get(pk=cohort_id)
    if not staffing.facilitated_by(by).filter(pk=cohort_id).exists():
        return NeedsOfCohort(cohort, None)
    found = (
        AccessNeeds.objects.filter(enrolment__cohort=cohort_id, enrolment__learner__erased_at=None)
        .exclude(enrolment__status=State.ENDED.value)
        .select_related("enrolment__learner")
        .defer("sealed_text")
        .order_by("enrolment__learner__printed_name", "pk")
    )
    people = [
        PersonWithNeeds(one.enrolment_id, one.enrolment.learner.get_full_name(), one.told_at) for one in found
    ]
    return NeedsOfCohort(cohort, people)
