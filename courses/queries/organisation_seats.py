"""The seats of an organisation, for its managers: how many, who has them, and nothing that is not theirs.

A manager sees the addresses they wrote down, the names of those who took a seat, and how much somebody has
done only if that person agreed. Each reading asks anew whether the person looks after the organisation.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.secret_links import hash_of
from courses.actions.organisation_seats import holder_of
from courses.cohorts.organisations import (
    ANSWER_WITHIN,
    Organisation,
    OrganisationManager,
    can_answer,
    looks_after,
)
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Enrolment, Offer, Place
from courses.enrolment.states import OfferState
from courses.progress import rules
from courses.progress.models import Record
from courses.progress.rules import Outcome
from courses.queries.ways_in import LeadsBack

# Of those who said no, only the last are shown.
MOST_EARLIER = 20


@dataclass(frozen=True, slots=True)
class OwnOrganisation:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SeatsOfCohort:
    """The seats of an organisation on one cohort: all, and those that are free, offered and taken."""

    allocation_id: int
    organisation: str
    course_title: str
    cohort_name: str
    dates: str
    seats: int
    free: int
    offered: int
    joined: int


@dataclass(frozen=True, slots=True)
class Overview:
    id: int
    name: str
    cohorts: list[SeatsOfCohort]


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat that is offered or taken. `progress` is empty unless the learner agreed to show it."""

    id: int
    who: str
    sentence: str
    progress: str
    is_taken: bool
    held_by: str


@dataclass(frozen=True, slots=True)
class Seats:
    """The page of the seats on one cohort."""

    allocation: Allocation
    numbers: SeatsOfCohort
    people: list[Seat]
    earlier: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Invitation(LeadsBack):
    """An invitation to look after seats. `organisation_id` is there once this person has accepted."""

    organisation: str
    is_open: bool
    needs_sign_in: bool
    accept_url: str
    organisation_id: int | None


# --- Which organisations ------------------------------------------------------------------------


def own(person: Any) -> list[OwnOrganisation]:
    """The organisations somebody looks after. One query."""
    found = _managed_by(person).order_by("name", "pk")
    return [OwnOrganisation(*row) for row in found.values_list("pk", "name")]


def _managed_by(person: Any) -> QuerySet[Organisation]:
    rows = OrganisationManager.objects.filter(looks_after(), user=person)
    found: QuerySet[Organisation] = Organisation.objects.filter(pk__in=rows.values("organisation"))
    return found


def overview(*, organisation_id: int, person: Any) -> Overview:
    """Two queries. Raises Organisation.DoesNotExist when they do not look after it."""
    found = _managed_by(person).get(pk=organisation_id)
    rows = with_numbers(Allocation.objects.filter(organisation=found))
    cohorts = rows.filter(seats__gt=0).order_by("-cohort__starts_on", "cohort__name", "pk")
    return Overview(found.pk, found.name, [numbers_of(row) for row in cohorts])


def with_numbers(allocations: QuerySet[Allocation]) -> Any:
    """Each with how many seats it has, and how many of them are offered and taken. One query."""
    related = allocations.select_related("organisation", "cohort__edition__course")
    return related.defer("cohort__edition__frozen").annotate(
        seats=Count("places"),
        offered=Count("places", filter=Q(places__offer__status=OfferState.OPEN.value)),
        joined=Count("places", filter=Q(places__enrolment__isnull=False)),
    )


def numbers_of(row: Any) -> SeatsOfCohort:
    """The numbers of one allocation from `with_numbers`."""
    return SeatsOfCohort(
        allocation_id=row.pk,
        organisation=row.organisation.name,
        course_title=row.cohort.edition.course.title,
        cohort_name=row.cohort.name,
        dates=row.cohort.dates_sentence,
        seats=row.seats,
        free=row.seats - row.offered - row.joined,
        offered=row.offered,
        joined=row.joined,
    )


# --- The seats on one cohort --------------------------------------------------------------------


def allocation_of(*, allocation_id: int, person: Any) -> Any:
    """One query. Raises Allocation.DoesNotExist when they do not look after its organisation."""
    rows = Allocation.objects.filter(organisation__in=_managed_by(person))
    return with_numbers(rows).get(pk=allocation_id)


def seats(*, allocation_id: int, person: Any) -> Seats:
    """At most five queries, however many seats there are. Raises Allocation.DoesNotExist."""
    found = allocation_of(allocation_id=allocation_id, person=person)
    related = ("offer", "enrolment__learner")
    rows = Place.objects.filter(allocation=found).select_related(*related).order_by("pk")
    used = [row for row in rows if holder_of(row)]
    progress = _progress([row.enrolment for row in used if row.enrolment is not None], found)
    return Seats(
        allocation=found,
        numbers=numbers_of(found),
        people=[_seat(row, progress) for row in used],
        earlier=_earlier(found),
    )


def seat(*, allocation_id: int, seat_id: int, person: Any) -> tuple[Any, Seat]:
    """The allocation and one of its seats, free or not. Two queries.

    Raises Allocation.DoesNotExist, and Place.DoesNotExist when the seat is another organisation's.
    """
    found = allocation_of(allocation_id=allocation_id, person=person)
    rows = Place.objects.filter(allocation=found).select_related("offer", "enrolment__learner")
    return found, _seat(rows.get(pk=seat_id), {})


def _seat(row: Any, progress: dict[int, str]) -> Seat:
    offer, enrolment = getattr(row, "offer", None), row.enrolment
    written = offer.email if offer is not None else ""
    if enrolment is not None:
        name = enrolment.learner.printed_name or _("A learner")
        return Seat(
            id=row.pk,
            who=f"{name} ({written})" if written else name,
            sentence=_("Joined on %(day)s.") % {"day": _day(_since(offer, enrolment))},
            progress=progress.get(enrolment.pk, ""),
            is_taken=True,
            held_by=holder_of(row),
        )
    offered = _("Offered on %(day)s. There is no answer yet.") % {"day": _day(offer.made_at)} if offer else ""
    return Seat(
        id=row.pk,
        who=written or (_("An address that was deleted") if offer else ""),
        sentence=offered,
        progress="",
        is_taken=False,
        held_by=holder_of(row),
    )


def _since(offer: Any, enrolment: Enrolment) -> datetime:
    """When the seat was taken; who had a place before it did not join that day."""
    answered: datetime | None = offer.answered_at if offer is not None else None
    return answered or enrolment.started_at


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def _progress(enrolments: Iterable[Enrolment], allocation: Allocation) -> dict[int, str]:
    """How much is done by those who agreed that their organisation sees it. Never how well."""
    sharing = [one.pk for one in enrolments if one.shares_progress_with_organisation]
    outcomes: dict[int, dict[int, Outcome]] = {pk: {} for pk in sharing}
    rows = Record.objects.filter(enrolment__in=sharing).order_by()
    for enrolment, activity, outcome in rows.values_list("enrolment", "activity", "outcome"):
        outcomes[enrolment][activity] = Outcome(outcome)
    if not sharing:
        return {}
    outline = allocation.cohort.edition.outline
    standings = {pk: rules.standing(outline, done) for pk, done in outcomes.items()}
    return {
        pk: _("%(done)d of %(total)d activities done.") % {"done": one.done, "total": one.total}
        for pk, one in standings.items()
    }


def _earlier(allocation: Allocation) -> list[tuple[str, str]]:
    """Who said no, with the day; the address is deleted 30 days after."""
    rows = Offer.objects.filter(allocation=allocation, status=OfferState.DECLINED.value).exclude(email="")
    return [
        (row.email, _("Said no on %(day)s.") % {"day": _day(row.answered_at)})
        for row in rows.order_by("-answered_at", "-pk")[:MOST_EARLIER]
        if row.answered_at is not None
    ]


# --- Invitations to look after seats ------------------------------------------------------------


def invitation(*, token: str, person: Any, at: datetime) -> Invitation:
    """Two queries. Raises OrganisationManager.DoesNotExist when the link leads nowhere."""
    rows = OrganisationManager.objects.exclude(token_hash="").select_related("organisation")
    found = rows.get(token_hash=hash_of(token))
    is_theirs = person.is_authenticated and found.user_id == person.pk and found.ended_at is None
    return Invitation(
        organisation=found.organisation.name,
        is_open=OrganisationManager.objects.filter(can_answer(at), pk=found.pk).exists(),
        needs_sign_in=not person.is_authenticated,
        accept_url=reverse("learning:manager_link", args=[token]),
        organisation_id=found.organisation_id if is_theirs else None,
    )


# --- For the team -------------------------------------------------------------------------------


def of_cohort(cohort_id: int) -> list[SeatsOfCohort]:
    """The seats of every organisation on a cohort, by name. One query."""
    rows = with_numbers(Allocation.objects.filter(cohort=cohort_id)).filter(seats__gt=0)
    return [numbers_of(row) for row in rows.order_by("organisation__name", "pk")]


@dataclass(frozen=True, slots=True)
class Manager:
    """One manager or invitation, as the team sees them: by the address they wrote."""

    id: int
    email: str
    sentence: str


def managers(*, organisation_id: int, at: datetime) -> tuple[Organisation, list[Manager]]:
    """An organisation with those who look after its seats or are asked to. Two queries.

    Raises Organisation.DoesNotExist.
    """
    found = Organisation.objects.get(pk=organisation_id)
    rows = OrganisationManager.objects.filter(organisation=found, ended_at=None).select_related("user")
    return found, [_manager(row, at=at) for row in rows]


def _manager(row: OrganisationManager, *, at: datetime) -> Manager:
    if row.user is not None and row.joined_at is not None:
        name = row.user.get_full_name()
        sentence = _("%(name)s, since %(day)s.") % {"name": name, "day": _day(row.joined_at)}
    elif row.invited_at <= at - ANSWER_WITHIN:
        sentence = _("There was no answer in time.")
    else:
        sentence = _("Invited on %(day)s. There is no answer yet.") % {"day": _day(row.invited_at)}
    return Manager(row.pk, row.email, sentence)
