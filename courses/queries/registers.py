"""Who is on a cohort and how far they are, for the people who look after it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cms.users.notifications import people_are_asked
from courses.assessment import assessors
from courses.assessment.models import Attempt
from courses.assessment.states import WorkState
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.conversations import people
from courses.enrolment import places
from courses.enrolment.applications import Application, to_decide
from courses.enrolment.states import State
from courses.messages import trouble
from courses.progress.stored import StoredRecord
from courses.queries import access, rosters, steps
from courses.queries.rosters import Wanted

LEARNERS_ON_A_PAGE = 50

STATUS_LABELS = {
    State.PENDING: _("Not confirmed yet"),
    State.ACTIVE: _("On the course"),
    State.SUSPENDED: _("Paused"),
    State.ENDED: _("Left"),
}


@dataclass(frozen=True, slots=True)
class LearnerOnRegister:
    """`no_tries_at` is the quiz that holds them up; `question_url` and `work_url` lead to what they asked and
    to what they handed in, if it waits for the person who looks.

    `missing_check` is a check that the cohort asks for and that does not count for them.
    """

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
    work_url: str
    has_mail_trouble: bool
    missing_check: str

    @property
    def needs_somebody(self) -> bool:
        return bool(self.no_tries_at or self.question_url or self.work_url or self.missing_check)


@dataclass(frozen=True, slots=True)
class Register:
    """One page of the learners that were asked for; `completed` and `needing_somebody` are of them all."""

    cohort: Cohort
    wanted: Wanted
    page: Page[Any]
    learners: list[LearnerOnRegister]
    completed: int
    needing_somebody: int


def cohorts_for(person: Any) -> QuerySet[Cohort]:
    """The cohorts a person looks after; every cohort for somebody who may change cohorts.

    Each with the number of learners who have a place (`live_count`) and who have left (`left_count`), of
    applications that wait for a decision (`to_decide`), and whether it asks for something before joining
    (`asks`).
    """
    has_left = Q(enrolments__status=State.ENDED.value)
    cohorts: QuerySet[Cohort] = (
        staffing.seen_by(person)
        .select_related("edition__course")
        .annotate(
            live_count=Count("enrolments", filter=~has_left), left_count=Count("enrolments", filter=has_left)
        )
        .annotate(asks=places.asks_of(OuterRef("pk")), to_decide=Subquery(_to_decide()))
    )
    return cohorts


def _to_decide() -> QuerySet[Any]:
    """How many applications of a cohort wait for a decision."""
    waiting = Application.objects.filter(to_decide(), cohort=OuterRef("pk"))
    return waiting.order_by().values("cohort").annotate(number=Count("pk")).values("number")


@dataclass(frozen=True, slots=True)
class CohortInList:
    """A cohort with how many questions and pieces of work wait in it for the person who looks."""

    cohort: Cohort
    questions: int
    work: int


def listed(person: Any) -> list[CohortInList]:
    """The cohorts a person looks after, with what waits for them. Three queries."""
    questions = _by_cohort(people.answerable(person).filter(waiting_since__isnull=False))
    work = _by_cohort(assessors.assessable(person).filter(status=WorkState.HANDED_IN.value))
    return [
        CohortInList(cohort, questions.get(cohort.pk, 0), work.get(cohort.pk, 0))
        for cohort in cohorts_for(person)
    ]


def _by_cohort(waiting: QuerySet[Any]) -> dict[int, int]:
    """How many of these there are in each cohort that has some."""
    counted = waiting.order_by().values("enrolment__cohort").annotate(n=Count("pk"))
    return dict(counted.values_list("enrolment__cohort", "n"))


@people_are_asked
def looks_after_learners(person: Any) -> bool:
    """Whether learners may ask this person questions: somebody who looks after a cohort."""
    return cohorts_for(person).exists()


def register(*, cohort_id: int, person: Any, wanted: Wanted, at: datetime) -> Register:
    """One page of a register, in the order that was asked for. Five queries.

    Raises Cohort.DoesNotExist when the person does not look after it.
    """
    cohort = cohorts_for(person).get(pk=cohort_id)
    found = (
        rosters.roster(cohort=cohort, person=person, wanted=wanted, at=at)
        .select_related("learner__mail_trouble", "completion")
        .annotate(tried_at=_last_try())
    )
    page = Paginator(found, LEARNERS_ON_A_PAGE).get_page(wanted.page)
    completed, needing = rosters.counts(cohort=cohort, person=person, at=at)
    enrolments = list(page.object_list)
    records = access.records_with_tries([enrolment.pk for enrolment in enrolments])
    learners = [_learner(enrolment, cohort, records[enrolment.pk]) for enrolment in enrolments]
    return Register(cohort, wanted, page, learners, completed, needing)


def _last_try() -> Subquery:
    """When somebody last began or handed in a quiz."""
    tries = Attempt.objects.filter(enrolment=OuterRef("pk"))
    at = Coalesce("closed_at", "started_at")
    return Subquery(tries.order_by(at.desc()).values_list(at)[:1])


def _learner(enrolment: Any, cohort: Cohort, records: Mapping[int, StoredRecord]) -> LearnerOnRegister:
    enrolment.cohort = cohort
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
        work_url=reverse("staff:submission", args=[enrolment.work]) if enrolment.work else "",
        has_mail_trouble=trouble.is_stopped(enrolment.learner),
        missing_check=getattr(enrolment, "missing_check", None) or "",
    )
