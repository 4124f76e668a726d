"""Joining a cohort."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.prepared import Prepared
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.rules import Answer, Seats, may_join
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress.models import Completion


class EnrolmentRefused(ActionRefused):
    """The cohort cannot take this person now."""


@transaction.atomic
def start(*, cohort_id: int, learner: Any, at: datetime) -> Enrolment:
    """Give a learner a free place in a cohort. Safe to repeat: who is already there stays as they are.

    Who is on another cohort of the course stays there too, and that enrolment is returned.
    Raises EnrolmentRefused when joining is not open or no place is left, and Cohort.DoesNotExist when
    there is no such cohort or its course is not published.
    """
    cohort: Any = _cohort_locked.get(cohort_id, learner.pk)
    # One query, under the lock, for how full the cohort is and whether this person is in it by now.
    live = ~Q(enrolment__status=State.ENDED.value)
    found = Place.objects.filter(cohort=cohort).aggregate(
        taken=Count("pk", filter=places.counts_at(at)),
        mine=Max("enrolment_id", filter=Q(enrolment__learner=learner) & live),
    )
    if already := found["mine"] or cohort.elsewhere:
        return Enrolment.objects.get(pk=already)
    seats = Seats(capacity=cohort.capacity, taken=found["taken"])
    answer = may_join(window=places.window(cohort), seats=seats, at=at)
    if answer is not Answer.OPEN:
        raise EnrolmentRefused(refusal_sentence(answer, cohort))
    return _enrol(cohort=cohort, learner=learner, at=at)


def _cohort(cohort_id: int, learner: int) -> QuerySet[Cohort]:
    """The cohort of a published course, with the learner's place on another cohort of that course."""
    elsewhere = live_enrolments(learner=learner, course_id=OuterRef("edition__course_id"))
    found: QuerySet[Cohort] = (
        Cohort.objects.select_for_update(of=("self",))
        .annotate(elsewhere=Subquery(elsewhere.values("pk")[:1]))
        .filter(pk=cohort_id, edition__course__page__live=True)
    )
    return found


_cohort_locked = Prepared(_cohort, int, int)


def live_enrolments(*, learner: Any, course_id: Any) -> QuerySet[Enrolment]:
    """The enrolments of somebody in a course that have not ended, in whichever cohort."""
    return Enrolment.objects.filter(learner=learner, cohort__edition__course_id=course_id).exclude(
        status=State.ENDED.value
    )


def _enrol(*, cohort: Cohort, learner: Any, at: datetime) -> Enrolment:
    enrolment = Enrolment.objects.create(
        learner=learner, cohort=cohort, status=State.ACTIVE.value, started_at=at
    )
    Place.objects.create(cohort=cohort, enrolment=enrolment, reason=Place.Reason.LEARNER)
    Grant.objects.create(enrolment=enrolment, kind="free", given_at=at)
    ledger.write(action="enrolled", learner=learner, subject=enrolment, by=learner, at=at)
    outbox.write(kind="enrolled", at=at, enrolment=enrolment.pk)
    return enrolment


@transaction.atomic
def withdraw(*, enrolment_id: int, by: Any, at: datetime, reason: str = "") -> Enrolment:
    """End an enrolment before its end: the place is free again, and what was done stays on record.

    Safe to repeat. Raises Enrolment.DoesNotExist when there is none, and EnrolmentRefused when the learner
    has finished the course already: there is nothing left to leave.
    """
    enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("learner").get(pk=enrolment_id)
    )
    if enrolment.status == State.ENDED.value:
        return enrolment
    if Completion.objects.filter(enrolment=enrolment).exists():
        raise EnrolmentRefused(_("This course is finished already, so there is nothing to leave."))
    if enrolment.move_to(State.ENDED, ended_at=at, end_reason="withdrawn"):
        Grant.objects.filter(enrolment=enrolment, withdrawn_at__isnull=True).update(withdrawn_at=at)
        Place.objects.filter(enrolment=enrolment).delete()
        ledger.write(
            action="withdrew", learner=enrolment.learner, subject=enrolment, by=by, at=at, reason=reason
        )
    return enrolment


def refusal_sentence(answer: Answer, cohort: Cohort) -> str:
    """Why a cohort cannot be joined, and what to do next."""
    if answer is Answer.FULL:
        return _("All places are taken at the moment. Please look again later: places do come free.")
    if answer is Answer.NOT_YET:
        opens = date_format(cohort.enrolment_opens_at.astimezone(ZoneInfo(cohort.time_zone)), "DATE_FORMAT")
        return _("You can join from %(date)s. Please come back then.") % {"date": opens}
    if answer is Answer.CLOSED:
        return _("Joining has closed. Please look at our other courses.")
    return ""
