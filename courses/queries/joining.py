"""Which cohorts of a course somebody can join, and what the page before joining explains."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.addresses import address
from courses.actions.enrol import refusal_sentence
from courses.catalogue import accreditation, public
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment
from courses.enrolment.rules import Answer, Seats, may_join
from courses.queries import access, steps

# Counting the places only helps somebody who decides when few are left.
MANY_PLACES = 20
# What somebody who wants to join can use comes first.
ORDER = (Answer.OPEN, Answer.NOT_YET, Answer.FULL, Answer.CLOSED)


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """A cohort as a visitor sees it. `answer` says whether it can be joined now."""

    cohort: Cohort
    answer: Answer
    seats: Seats

    @property
    def is_open(self) -> bool:
        return self.answer is Answer.OPEN

    @property
    def places_sentence(self) -> str:
        left = self.seats.left
        if left is None or left > MANY_PLACES:
            return _("There is room for everybody.")
        return ngettext("%d place left.", "%d places left.", left) % left if left else _("No places left.")

    @property
    def until_sentence(self) -> str:
        """The last moment to join, in the cohort's own time; empty when there is none."""
        closes_at = places.window(self.cohort).closes_at
        if closes_at is None:
            return ""
        there = closes_at.astimezone(ZoneInfo(self.cohort.time_zone))
        # A window that closes at midnight is open on the whole day before.
        if there.hour == there.minute == 0:
            return _("Join by %(date)s.") % {"date": date_format(there - timedelta(days=1), "DATE_FORMAT")}
        return _("Join by %(date)s.") % {"date": date_format(there, "DATETIME_FORMAT")}


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A visitor's place on a course: the live one, or the one that ended last."""

    enrolment_id: int
    ended_at: datetime | None

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    @property
    def ended_sentence(self) -> str:
        """Until when it was, and that joining again loses nothing; empty while it is live."""
        if self.ended_at is None:
            return ""
        return _("You were on this course until %(date)s. What you did is kept there.") % {
            "date": access.ended_on(self.ended_at)
        }

    @property
    def course_url(self) -> str:
        return address("learning:course", self.enrolment_id)

    @property
    def ask_url(self) -> str:
        return steps.ask_url(self.enrolment_id)


@dataclass(frozen=True, slots=True)
class CohortChoice:
    """One cohort in the joining panel. `sentence` says why it cannot be joined, when it cannot."""

    cohort_id: int
    name: str
    dates_sentence: str
    until_sentence: str
    places_sentence: str
    sentence: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class JoiningPanel:
    """What the panel of a course page offers to this visitor.

    `state` is enrolled, join (one cohort is open), choose (several are), soon, full, closed or none.
    `earlier` is the visitor's place that has ended.
    """

    state: str
    sentence: str
    open: tuple[CohortChoice, ...] = ()
    others: tuple[CohortChoice, ...] = ()
    enrolment_id: int | None = None
    earlier: OwnPlace | None = None


def open_cohorts(*, course_ids: Iterable[int], at: datetime) -> dict[int, list[OpenCohort]]:
    """The cohorts of each course that have not ended, those that can be joined first. One query."""
    cohorts = (
        Cohort.objects.filter(edition__course__in=list(course_ids))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=at.date()))
        .annotate(taken=Count("places", filter=places.counts_at(at, of="places__")))
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
        entries.sort(key=lambda entry: ORDER.index(entry.answer))
    return found


def panel(*, cohorts: list[OpenCohort], place: OwnPlace | None) -> JoiningPanel:
    """What to offer on a course page: go on, join, or why joining is not possible. No query."""
    if place is not None and not place.has_ended:
        return JoiningPanel(
            state="enrolled", sentence=_("You are on this course."), enrolment_id=place.enrolment_id
        )
    if not cohorts:
        nothing = _("There are no dates for this course yet.")
        return JoiningPanel(state="none", sentence=nothing, earlier=place)
    open_ones = tuple(_choice(entry) for entry in cohorts if entry.is_open)
    useful = [entry for entry in cohorts if entry.answer in (Answer.NOT_YET, Answer.FULL)]
    others = tuple(_choice(entry) for entry in useful or ([] if open_ones else cohorts[:1]))
    states = {Answer.NOT_YET: "soon", Answer.FULL: "full", Answer.CLOSED: "closed"}
    state = states.get(cohorts[0].answer, "join" if len(open_ones) == 1 else "choose")
    return JoiningPanel(state=state, sentence="", open=open_ones, others=others, earlier=place)


def _choice(entry: OpenCohort) -> CohortChoice:
    return CohortChoice(
        cohort_id=entry.cohort.pk,
        name=entry.cohort.name,
        dates_sentence=entry.cohort.dates_sentence,
        until_sentence=entry.until_sentence if entry.is_open else "",
        places_sentence=entry.places_sentence if entry.is_open else "",
        sentence=refusal_sentence(entry.answer, entry.cohort),
        is_open=entry.is_open,
    )


def place_of(*, visitor: Any, course_id: int) -> OwnPlace | None:
    """The live place of this visitor on a course, else the one that ended last. No query for a stranger."""
    if not visitor.is_authenticated:
        return None
    own = Enrolment.objects.filter(learner=visitor, cohort__edition__course_id=course_id)
    live_first = own.order_by(F("ended_at").desc(nulls_first=True), "-pk")
    found = live_first.values_list("pk", "ended_at").first()
    return OwnPlace(*found) if found else None


@dataclass(frozen=True, slots=True)
class Joining:
    """What the page before joining explains. `earlier` is the visitor's place that has ended."""

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
    earlier: OwnPlace | None
    first_step: str


def joining(*, cohort_id: int, visitor: Any, at: datetime) -> Joining:
    """Raises Cohort.DoesNotExist when there is no such cohort, or its course is not published."""
    cohort = Cohort.objects.select_related("edition__course__page").get(
        pk=cohort_id, edition__course__page__live=True
    )
    answer, seats = places.answer(cohort=cohort, at=at)
    entry = OpenCohort(cohort, answer, seats)
    page, outline = cohort.edition.course.page, cohort.edition.outline
    way_back = f"?next={reverse('learning:join', args=[cohort.pk])}"
    first = outline.activities[0] if outline.activities else None
    place = place_of(visitor=visitor, course_id=cohort.edition.course_id)
    earlier = place if place and place.has_ended else None
    return Joining(
        cohort_id=cohort.pk,
        course_title=page.title,
        course_url=page.url,
        cohort_name=cohort.name,
        places_sentence=entry.places_sentence,
        facts=_facts(entry, cost=page.cost_sentence, at=at),
        can_join=entry.is_open,
        sentence=refusal_sentence(answer, cohort),
        needs_sign_in=not visitor.is_authenticated,
        sign_in_url=reverse("account_login") + way_back,
        sign_up_url=reverse("account_signup") + way_back,
        enrolment_id=place.enrolment_id if place and not place.has_ended else None,
        earlier=earlier,
        first_step=first.title if first else "",
    )


def _facts(entry: OpenCohort, *, cost: str, at: datetime) -> list[public.Fact]:
    """What is agreed: the dates of this cohort, and the facts of the edition that it runs."""
    edition = entry.cohort.edition
    claimed = accreditation.sentences(course_id=edition.course_id, days=(accreditation.today(at),))
    until = entry.until_sentence if entry.is_open else ""
    return [
        (_("Dates"), entry.cohort.dates_sentence),
        *([(_("Joining"), until)] if until else []),
        *public.facts(edition.outline, cost=cost, accreditation=claimed),
        (_("Edition"), str(edition.number)),
    ]
