"""What cohorts ask for before joining: for the person who joins, and the checks of a cohort for its team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from courses.actions import before_joining
from courses.actions.before_joining import Asked
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import IN_ORDER, Prerequisite
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.prerequisites import StaffCheck
from courses.enrolment.states import LIVE_APPLICATIONS, STILL_WAITING, OfferState, State
from courses.queries import staff_lists

A_PAGE = 50
LONGEST_SEARCH = 80
SHOWS = {
    "all": _("Everybody"),
    "here": _("On the cohort"),
    "offered": _("A place is offered"),
    "applied": _("Applied"),
    "waiting": _("Wait for a place"),
    "others": _("Others with a check recorded"),
}


def of_cohort(*, cohort_id: int, person: Any, at: datetime) -> list[Asked]:
    """What a cohort asks for and how this person stands with it. Five queries at the most."""
    cohorts = places.with_promises(Cohort.objects.select_related("edition").defer("edition__frozen"))
    return before_joining.asked_of(cohorts.get(pk=cohort_id), person, at=at)


# --- For the team -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InList:
    """Somebody whose checks the team keeps. `why` says how they come to be on the list."""

    learner_id: int
    name: str
    email: str
    why: str
    enrolment_id: int | None
    asked: list[Asked]


@dataclass(frozen=True, slots=True)
class Checks:
    """One page of the people of a cohort, with everything that it asks for. `rules` are its checks."""

    cohort: Cohort
    rules: list[Prerequisite]
    shows: list[staff_lists.Choice]
    show: str
    search: str
    page: Page[Any]
    people: list[InList]

    @property
    def query(self) -> str:
        """What was chosen, as a query string without the page."""
        return urlencode({"show": self.show, "search": self.search})


def cohort_for(*, cohort_id: int, person: Any) -> Any:
    """One query. Raises Cohort.DoesNotExist when the person does not keep its checks."""
    cohorts = staffing.run_by(person).select_related("edition__course").defer("edition__frozen")
    return places.with_promises(cohorts).get(pk=cohort_id)


def checks_of(*, cohort: Any, show: str, search: str, page: str, at: datetime) -> Checks:
    """Seven queries at the most, however many people there are. `cohort` comes from `cohort_for`."""
    show = show if show in SHOWS else "all"
    search = " ".join(search.replace("\0", "").split())[:LONGEST_SEARCH]
    rows = people_of(cohort)
    if show != "all":
        rows = rows.filter(why=show)
    if search:
        rows = rows.filter(Q(printed_name__icontains=search) | Q(email__icontains=search))
    here = Enrolment.objects.filter(cohort=cohort, learner=OuterRef("pk")).exclude(status=State.ENDED.value)
    rows = rows.annotate(enrolment=Subquery(here.values("pk")[:1])).order_by("printed_name", "email", "pk")
    found = Paginator(rows, A_PAGE).get_page(page)
    asked = before_joining.asked_of_all(cohort, [person.pk for person in found], at=at)
    checks = Prerequisite.objects.filter(cohort=cohort, kind=Prerequisite.Kind.CHECK)
    return Checks(
        cohort=cohort,
        rules=list(checks.order_by(*IN_ORDER)),
        shows=staff_lists.shows({name: (label, Q()) for name, label in SHOWS.items()}, chosen=show),
        show=show,
        search=search,
        page=found,
        people=[_in_list(person, asked.get(person.pk, [])) for person in found],
    )


def people_of(cohort: Any) -> QuerySet[Any]:
    """Everybody who has or may get a place here, or whose check was recorded here: each with `why`."""
    mine = {"cohort": cohort}
    applied = [state.value for state in LIVE_APPLICATIONS]
    ways = {
        "here": _ids(Enrolment.objects.filter(**mine).exclude(status=State.ENDED.value), "learner"),
        "offered": _ids(Offer.objects.filter(**mine, status=OfferState.OPEN.value), "learner"),
        "applied": _ids(
            Application.objects.filter(**mine, status__in=applied, submitted_at__isnull=False), "applicant"
        ),
        "waiting": _ids(
            WaitingEntry.objects.filter(**mine, status__in=[state.value for state in STILL_WAITING]),
            "learner",
        ),
        "others": _ids(StaffCheck.objects.filter(**mine), "learner"),
    }
    anyhow = Q()
    for ids in ways.values():
        anyhow |= Q(pk__in=ids)
    found = get_user_model().objects.filter(anyhow, erased_at=None)
    return found.annotate(
        why=Case(*(When(pk__in=ids, then=Value(name)) for name, ids in ways.items()), default=Value("others"))
    )


def _ids(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
    return rows.order_by().filter(**{f"{field}__isnull": False}).values(field)


def _in_list(person: Any, asked: list[Asked]) -> InList:
    return InList(
        learner_id=person.pk,
        name=person.get_full_name(),
        email=person.email,
        why=str(SHOWS[person.why]),
        enrolment_id=person.enrolment,
        asked=asked,
    )


def ids_of(*, cohort: Any, sent: Sequence[int]) -> list[int]:
    """Which of these people are on the list of a cohort. One query."""
    return list(people_of(cohort).filter(pk__in=sent).order_by("pk").values_list("pk", flat=True))


def missing_check(*, at: datetime) -> QuerySet[Prerequisite]:
    """For a query of enrolments: the checks of the cohort that do not count for the learner today.

    The day is that of the site; a check runs out at the same time for everybody on one list.
    """
    recorded = StaffCheck.objects.filter(
        learner=OuterRef(OuterRef("learner")),
        title=OuterRef("words"),
        cohort__edition__course=OuterRef("cohort__edition__course"),
    )
    counts = Case(
        When(Q(is_done=True) & (Q(valid_until__isnull=True) | Q(valid_until__gte=at.date())), then=True),
        default=False,
    )
    newest = recorded.order_by("-at", "-pk").annotate(counts=counts).values("counts")[:1]
    checks = Prerequisite.objects.filter(cohort=OuterRef("cohort"), kind=Prerequisite.Kind.CHECK)
    found: QuerySet[Prerequisite] = checks.annotate(
        counts=Coalesce(Subquery(newest), Value(value=False))
    ).filter(counts=False)
    return found


def lacks_a_check(*, at: datetime) -> Q:
    """Which enrolments of people who are on a cohort and have not finished lack a check that it asks for."""
    return Q(Exists(missing_check(at=at)), _UNDER_WAY)


def first_missing_check(*, at: datetime) -> Case:
    """The name of one such check; None for everybody else."""
    first = missing_check(at=at).order_by(*IN_ORDER).values("words")[:1]
    return Case(When(_UNDER_WAY, then=Subquery(first)), default=None)


_UNDER_WAY = Q(completion__isnull=True) & ~Q(status=State.ENDED.value)
