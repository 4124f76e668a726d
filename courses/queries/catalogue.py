"""What visitors see of courses: cards, and whether they can join."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.actions.enrol import refusal_sentence
from courses.catalogue import public
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import Answer, Seats, may_join
from courses.enrolment.states import State

# Counting the places only helps somebody who decides when few are left.
MANY_PLACES = 20


@dataclass(frozen=True, slots=True)
class CourseCard:
    """One course in a list."""

    title: str
    url: str
    one_line: str
    minutes_sentence: str
    cost_sentence: str
    stage_count: int
    is_open: bool
    open_sentence: str


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """A cohort as a visitor sees it. `answer` says whether it can be joined now."""

    cohort: Cohort
    answer: Answer
    seats: Seats

    @property
    def places_sentence(self) -> str:
        left = self.seats.left
        if left is None or left > MANY_PLACES:
            return _("There is room for everybody.")
        return ngettext("%d place left.", "%d places left.", left) % left if left else _("No places left.")


@dataclass(frozen=True, slots=True)
class JoiningPanel:
    """What the panel of a course page offers to this visitor."""

    state: str
    sentence: str
    cohort_id: int | None = None
    cohort_name: str = ""
    places_sentence: str = ""
    dates_sentence: str = ""
    enrolment_id: int | None = None


def open_cohorts(*, course_ids: Iterable[int], at: datetime) -> dict[int, list[OpenCohort]]:
    """The cohorts of each course that have not ended, those that can be joined first. One query."""
    cohorts = (
        Cohort.objects.filter(edition__course_id__in=list(course_ids))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=at.date()))
        .annotate(
            taken=Count("places", filter=Q(places__held_until__isnull=True) | Q(places__held_until__gt=at)),
        )
        .select_related("edition")
        .defer("edition__frozen")
        .order_by("starts_on", "pk")
    )
    found: dict[int, list[OpenCohort]] = defaultdict(list)
    for cohort in cohorts:
        seats = Seats(capacity=cohort.capacity, taken=cohort.taken)
        answer = may_join(window=places.window(cohort), seats=seats, at=at)
        found[cohort.edition.course_id].append(OpenCohort(cohort, answer, seats))
    for entries in found.values():
        entries.sort(key=lambda entry: entry.answer is not Answer.OPEN)
    return found


def course_cards(*, at: datetime) -> list[CourseCard]:
    """Every published course, those with open places first. Three queries for any number of courses."""
    newest = Prefetch("course__editions", queryset=Edition.objects.order_by("-number"))
    pages = list(
        CoursePage.objects.live().select_related("course").prefetch_related(newest).order_by("title")
    )
    cohorts = open_cohorts(course_ids=[page.course_id for page in pages], at=at)
    cards = [_card(page, cohorts.get(page.course_id, [])) for page in pages]
    return sorted(cards, key=lambda card: not card.is_open)


def _card(page: CoursePage, cohorts: list[OpenCohort]) -> CourseCard:
    editions = list(page.course.editions.all())
    outline = editions[0].outline if editions else None
    minutes = outline.self_directed_minutes + outline.participatory_minutes if outline else 0
    first = cohorts[0] if cohorts else None
    is_open = first is not None and first.answer is Answer.OPEN
    return CourseCard(
        title=page.title,
        url=page.url,
        one_line=page.one_line,
        minutes_sentence=_("About %s") % public.duration(minutes) if minutes else "",
        cost_sentence=page.cost_sentence,
        stage_count=len(outline.stages) if outline else 0,
        is_open=is_open,
        open_sentence=_open_sentence(first),
    )


def _open_sentence(entry: OpenCohort | None) -> str:
    if entry is None:
        return _("No dates yet")
    if entry.answer is Answer.OPEN:
        return _("Open now")
    return refusal_sentence(entry.answer, entry.cohort)


def joining_panel(*, course_id: int, visitor: Any, at: datetime) -> JoiningPanel:
    """What to offer on a course page: go on, join, or why joining is not possible."""
    enrolment = _live_enrolment(course_id, visitor)
    if enrolment is not None:
        return JoiningPanel(
            state="enrolled", sentence=_("You are on this course."), enrolment_id=enrolment.pk
        )
    entries = open_cohorts(course_ids=[course_id], at=at).get(course_id, [])
    if not entries:
        return JoiningPanel(state="none", sentence=_("There are no dates for this course yet."))
    first = entries[0]
    states = {Answer.OPEN: "join", Answer.FULL: "full"}
    return JoiningPanel(
        state=states.get(first.answer, "closed"),
        sentence=refusal_sentence(first.answer, first.cohort),
        cohort_id=first.cohort.pk,
        cohort_name=first.cohort.name,
        places_sentence=first.places_sentence if first.answer is Answer.OPEN else "",
        dates_sentence=first.cohort.dates_sentence,
    )


def _live_enrolment(course_id: int, visitor: Any) -> Enrolment | None:
    if not visitor.is_authenticated:
        return None
    return (
        Enrolment.objects.filter(learner=visitor, cohort__edition__course_id=course_id)
        .exclude(status=State.ENDED.value)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Joining:
    """What the page before joining explains."""

    cohort_id: int
    course_title: str
    course_url: str
    cohort_name: str
    places_sentence: str
    facts: list[public.Fact]
    can_join: bool
    sentence: str
    needs_sign_in: bool
    sign_in_url: str
    sign_up_url: str
    enrolment_id: int | None


def joining(*, cohort_id: int, visitor: Any, at: datetime) -> Joining:
    """Raises Cohort.DoesNotExist when there is no such cohort, or its course is not published."""
    cohort = Cohort.objects.select_related("edition__course__page").get(
        pk=cohort_id, edition__course__page__live=True
    )
    answer, seats = places.answer(cohort=cohort, at=at)
    enrolment = _live_enrolment(cohort.edition.course_id, visitor)
    page = cohort.edition.course.page
    way_back = f"?next={reverse('learning:join', args=[cohort.pk])}"
    return Joining(
        cohort_id=cohort.pk,
        course_title=page.title,
        course_url=page.url,
        cohort_name=cohort.name,
        places_sentence=OpenCohort(cohort, answer, seats).places_sentence,
        facts=[
            (_("Dates"), cohort.dates_sentence),
            *public.facts(cohort.edition.outline, cost=page.cost_sentence),
        ],
        can_join=answer is Answer.OPEN,
        sentence=refusal_sentence(answer, cohort),
        needs_sign_in=not visitor.is_authenticated,
        sign_in_url=reverse("account_login") + way_back,
        sign_up_url=reverse("account_signup") + way_back,
        enrolment_id=enrolment.pk if enrolment else None,
    )
