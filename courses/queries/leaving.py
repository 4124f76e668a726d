"""What a learner reads before they leave a course, or go to another group of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from cms.core.addresses import address
from cms.core.money import shown
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import Answer
from courses.enrolment.states import State
from courses.payments.orders import Order
from courses.queries import joining, steps
from courses.queries.joining import OpenCohort


@dataclass(frozen=True, slots=True)
class Leaving:
    """One's place on a course. `sentence` says why there is nothing to leave or move; empty when there is.

    `paid` is what was paid for the place and not given back; empty when it was free.
    """

    enrolment_id: int
    course_title: str
    cohort_name: str
    course_url: str
    ask_url: str
    sentence: str
    groups: list[OpenCohort]
    paid: str = ""

    @property
    def money_url(self) -> str:
        return steps.ask_url(self.enrolment_id)


def leaving(*, enrolment_id: int, learner: Any) -> Leaving:
    """One query. Raises Enrolment.DoesNotExist when it is not theirs."""
    return _leaving(_own(enrolment_id, learner), groups=[])


def moving(*, enrolment_id: int, learner: Any, at: datetime) -> Leaving:
    """The same with the other groups that take somebody new now. Two queries."""
    enrolment = _own(enrolment_id, learner)
    course_id = enrolment.cohort.edition.course_id
    every = joining.open_cohorts(course_ids=[course_id], at=at).get(course_id, [])
    others = [one for one in every if one.answer is Answer.OPEN and one.cohort.pk != enrolment.cohort_id]
    return _leaving(enrolment, groups=others)


def _own(enrolment_id: int, learner: Any) -> Any:
    related = Enrolment.objects.select_related("cohort__edition__course", "completion")
    orders = Order.objects.filter(enrolment=OuterRef("pk"), returned__lt=F("received")).order_by("-pk")
    for name in ("received", "returned", "currency"):
        related = related.annotate(**{name: Subquery(orders.values(name)[:1])})
    return related.defer("cohort__edition__frozen").get(pk=enrolment_id, learner=learner)


def _leaving(enrolment: Any, *, groups: list[OpenCohort]) -> Leaving:
    return Leaving(
        enrolment_id=enrolment.pk,
        course_title=enrolment.cohort.edition.course.title,
        cohort_name=enrolment.cohort.name,
        course_url=address("learning:course", enrolment.pk),
        ask_url=f"{steps.ask_url(enrolment.pk)}?for=change",
        sentence=_sentence(enrolment),
        groups=groups,
        paid=shown(enrolment.received - enrolment.returned, enrolment.currency) if enrolment.received else "",
    )


def _sentence(enrolment: Any) -> str:
    if enrolment.status == State.ENDED.value:
        return _("Your place on this course has ended already. What you did is kept.")
    if hasattr(enrolment, "completion"):
        return _("You have finished this course already, so there is nothing to leave.")
    return ""
