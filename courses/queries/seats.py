"""The places of one cohort, for the people who look after it: taken, kept, offered, waited for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.actions import before_joining, waiting
from courses.actions.before_joining import Asked
from courses.cohorts import staffing
from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment import places
from courses.enrolment.applications import Application, kept
from courses.enrolment.models import Offer, Place
from courses.enrolment.prerequisite_rules import in_the_way
from courses.enrolment.rules import Seats
from courses.enrolment.states import OfferState
from courses.queries import organisation_seats
from courses.queries.joining import waiting_rules
from courses.queries.organisation_seats import SeatsOfCohort as SeatsOfOrganisation

KINDS = {
    Offer.Kind.WAITING_LIST: _("From the waiting list"),
    Offer.Kind.APPLICATION: _("After an application"),
    Offer.Kind.INVITATION: _("Invitation"),
    Offer.Kind.ORGANISATION: _("Place of an organisation"),
}


@dataclass(frozen=True, slots=True)
class Waits:
    """Somebody on the waiting list. `had_a_place` on this course before.

    `missing` is what they lack of what is asked for before joining, so that no place is offered to them.
    """

    name: str
    email: str
    since: datetime
    had_a_place: bool
    missing: str


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """A place that is kept for somebody. `who` is an address when that is how they were invited."""

    id: int
    who: str
    kind: str
    answer_by: datetime | None
    made_by: str
    can_send_again: bool


@dataclass(frozen=True, slots=True)
class KeptBack:
    label: str
    unfilled: int


@dataclass(frozen=True, slots=True)
class SeatsOfCohort:
    """`over_capacity` counts the places that a named person gave beyond the number; `kept` the applicants
    who wait for a place that comes free, among whom the team chooses.

    `organisations` are those that have seats here, with how they stand.
    `asks` says whether something is asked for before joining.
    """

    cohort: Cohort
    seats: Seats
    over_capacity: int
    kept_back: list[KeptBack]
    waiting: list[Waits]
    waiting_rules: list[str]
    offers: list[OpenOffer]
    organisations: list[SeatsOfOrganisation]
    asks: bool
    kept: int


def of_cohort(*, cohort_id: int, person: Any, at: datetime) -> SeatsOfCohort:
    """Six queries, and four more at the most where something is asked for before joining.

    Raises Cohort.DoesNotExist when the person does not look after it.
    """
    cohorts = staffing.run_by(person).select_related("edition__course").defer("edition__frozen")
    applicants = Application.objects.filter(kept(), cohort=OuterRef("pk")).order_by().values("cohort")
    cohorts = cohorts.annotate(kept=Coalesce(Subquery(applicants.annotate(n=Count("pk")).values("n")), 0))
    cohort: Any = places.with_promises(cohorts).get(pk=cohort_id)
    now = places.fullness(cohort, at=at)
    entries = waiting.in_order(cohort)
    asked = before_joining.asked_of_all(cohort, [entry.learner_id for entry in entries], at=at)
    return SeatsOfCohort(
        cohort=cohort,
        seats=now.seats,
        over_capacity=Place.objects.filter(cohort=cohort, over_capacity=True).count(),
        kept_back=[
            KeptBack(str(CohortReserve.Reason(reason).label), number)
            for reason, number in now.unfilled.items()
            if number
        ],
        waiting=[_waits(entry, asked.get(entry.learner_id, [])) for entry in entries],
        waiting_rules=waiting_rules(cohort),
        offers=[_offer(one) for one in open_offers(cohort, at=at)],
        organisations=organisation_seats.of_cohort(cohort.pk),
        asks=cohort.asks,
        kept=cohort.kept,
    )


def open_offers(cohort: Any, *, at: datetime) -> Any:
    """The offers of a cohort that can still be answered, the one that ends first on top."""
    can_answer = Q(answer_by__isnull=True) | Q(answer_by__gt=at)
    found = Offer.objects.filter(can_answer, cohort=cohort, status=OfferState.OPEN.value)
    return found.select_related("learner", "made_by").order_by("answer_by", "pk")


def _waits(entry: Any, asked: list[Asked]) -> Waits:
    person = entry.learner
    return Waits(
        name=person.get_full_name(),
        email=person.email,
        since=entry.joined_at,
        had_a_place=entry.had_a_place,
        missing=before_joining.for_staff(in_the_way(asked)),
    )


def who(one: Offer) -> str:
    """Whom an offer is for. An address looks the same whether or not it belongs to an account."""
    return one.email or (one.learner.get_full_name() if one.learner else "")


def _offer(one: Offer) -> OpenOffer:
    return OpenOffer(
        id=one.pk,
        # Who was invited at an address is known by it: whether there is an account is nobody's business.
        who=who(one),
        kind=str(KINDS[Offer.Kind(one.kind)]),
        answer_by=one.answer_by,
        made_by=one.made_by.get_full_name() if one.made_by else "",
        # Who is asked, and how often, is the organisation's affair.
        can_send_again=one.kind != Offer.Kind.ORGANISATION,
    )
