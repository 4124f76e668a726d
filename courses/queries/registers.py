"""Who is on a cohort and how far they are, for the people who look after it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cms.users.notifications import people_are_asked
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import rules
from courses.progress.models import Record
from courses.progress.rules import Outcome

STATUS_LABELS = {
    State.PENDING: _("Not confirmed yet"),
    State.ACTIVE: _("On the course"),
    State.SUSPENDED: _("Paused"),
    State.ENDED: _("Left"),
}


@dataclass(frozen=True, slots=True)
class LearnerOnRegister:
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


@dataclass(frozen=True, slots=True)
class Register:
    cohort: Cohort
    learners: list[LearnerOnRegister]

    @property
    def completed(self) -> int:
        return sum(learner.completed_at is not None for learner in self.learners)


def cohorts_for(person: Any) -> QuerySet[Cohort]:
    """The cohorts a person looks after; every cohort for somebody who may change cohorts."""
    cohorts: QuerySet[Cohort] = Cohort.objects.select_related("edition__course").annotate(
        live_count=Count("enrolments", filter=~Q(enrolments__status="ended"))
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
    """Raises Cohort.DoesNotExist when the person does not look after it. Three queries."""
    cohort = cohorts_for(person).get(pk=cohort_id)
    outline = cohort.edition.outline
    enrolments = (
        Enrolment.objects.filter(cohort=cohort)
        .select_related("learner", "completion")
        .prefetch_related(
            Prefetch("records", queryset=Record.objects.only("enrolment", "activity", "outcome", "at"))
        )
        .order_by("learner__printed_name", "pk")
    )
    return Register(cohort=cohort, learners=[_learner(e, outline) for e in enrolments])


def _learner(enrolment: Enrolment, outline: Any) -> LearnerOnRegister:
    records = list(enrolment.records.all())
    standing = rules.standing(outline, {r.activity_id: Outcome(r.outcome) for r in records})
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
        last_at=max((record.at for record in records), default=None),
        completed_at=completion.completed_at if completion else None,
    )
