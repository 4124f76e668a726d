"""Who is on a cohort and how far they are, for the people who look after it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.users.notifications import people_are_asked
from courses.assessment.models import Attempt
from courses.cohorts.models import Cohort
from courses.conversations import people
from courses.enrolment.states import State
from courses.progress.models import Record
from courses.queries import access, steps

STATUS_LABELS = {
    State.PENDING: _("Not confirmed yet"),
    State.ACTIVE: _("On the course"),
    State.SUSPENDED: _("Paused"),
    State.ENDED: _("Left"),
}


@dataclass(frozen=True, slots=True)
class LearnerOnRegister:
    """`no_tries_at` is the quiz that holds them up; `question_url` leads to what they asked, if it waits."""

    enrolment_id: int
    name: str
    email: str
    status: str
    started_at: datetime
    done: int
    total: int
    percent: int
    last_at: datetime | None
    completed_at: datetime | None
    no_tries_at: str
    question_url: str

    @property
    def needs_somebody(self) -> bool:
        return bool(self.no_tries_at or self.question_url)


@dataclass(frozen=True, slots=True)
class Register:
    cohort: Cohort
    learners: list[LearnerOnRegister]

    @property
    def completed(self) -> int:
        return sum(learner.completed_at is not None for learner in self.learners)

    @property
    def needing_somebody(self) -> int:
        return sum(learner.needs_somebody for learner in self.learners)


def cohorts_for(person: Any) -> QuerySet[Cohort]:
    """The cohorts a person looks after; every cohort for somebody who may change cohorts.

    Each with the number of learners who have a place (`live_count`) and who have left (`left_count`).
    """
    has_left = Q(enrolments__status=State.ENDED.value)
    cohorts: QuerySet[Cohort] = Cohort.objects.select_related("edition__course").annotate(
        live_count=Count("enrolments", filter=~has_left), left_count=Count("enrolments", filter=has_left)
    )
    if person.has_perm("courses.change_cohort"):
        return cohorts
    mine: QuerySet[Cohort] = cohorts.filter(pk__in=person.cohort_roles.values("cohort"))
    return mine


@people_are_asked
def looks_after_learners(person: Any) -> bool:
    """Whether learners may ask this person questions: somebody who looks after a cohort."""
    return cohorts_for(person).exists()


def register(*, cohort_id: int, person: Any) -> Register:
    """Who needs somebody first, then by name. Three queries.

    Raises Cohort.DoesNotExist when the person does not look after it.
    """
    cohort = cohorts_for(person).get(pk=cohort_id)
    records = Record.objects.only("enrolment", "activity", "outcome", "at")
    enrolments = (
        cohort.enrolments.select_related("learner", "completion")
        .prefetch_related(Prefetch("records", queryset=access.with_tries(records)))
        .annotate(tried_at=_last_try(), question=_waiting_question(person))
        .order_by("learner__printed_name", "pk")
    )
    learners = [_learner(enrolment) for enrolment in enrolments]
    return Register(cohort, sorted(learners, key=lambda learner: not learner.needs_somebody))


def _last_try() -> Subquery:
    """When somebody last began or handed in a quiz."""
    tries = Attempt.objects.filter(enrolment=OuterRef("pk"))
    at = Coalesce("closed_at", "started_at")
    return Subquery(tries.order_by(at.desc()).values_list(at)[:1])


def _waiting_question(person: Any) -> Subquery:
    """The question of a learner that has waited longest, if this person may answer it."""
    waiting = people.answerable(person).filter(enrolment=OuterRef("pk"), waiting_since__isnull=False)
    return Subquery(waiting.order_by("waiting_since", "pk").values("pk")[:1])


def _learner(enrolment: Any) -> LearnerOnRegister:
    records = {record.activity_id: record for record in enrolment.records.all()}
    learning = access.learning_of(enrolment, records)
    standing, stuck = learning.standing, steps.stuck(learning)
    moments = [record.at for record in records.values()]
    completion = getattr(enrolment, "completion", None)
    return LearnerOnRegister(
        enrolment_id=enrolment.pk,
        name=enrolment.learner.get_full_name(),
        email=enrolment.learner.email,
        status=str(STATUS_LABELS[State(enrolment.status)]),
        started_at=enrolment.started_at,
        done=standing.done,
        total=standing.total,
        percent=standing.percent,
        last_at=max([*moments, enrolment.tried_at] if enrolment.tried_at else moments, default=None),
        completed_at=completion.completed_at if completion else None,
        no_tries_at=stuck.title if stuck else "",
        question_url=reverse("staff:question", args=[enrolment.question]) if enrolment.question else "",
    )
