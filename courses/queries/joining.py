"""Which cohorts of a course somebody can join, and what the page before joining explains."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.template.defaultfilters import linebreaksbr
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from cms.core.addresses import address
from cms.core.prepared import Prepared
from courses.actions import before_joining, enrol
from courses.actions.before_joining import Asked
from courses.actions.enrol import refusal_sentence
from courses.catalogue import accreditation, public
from courses.cohorts import meeting_times, price_words
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.rules import HOURS_OF_A_DAY, Answer, Seats, may_join
from courses.enrolment.states import LIVE_APPLICATIONS, OfferState, WaitingState
from courses.queries import access, steps
from courses.queries.ways_in import AsksFirst, LeadsBack

# Counting the places only helps somebody who decides when few are left.
MANY_PLACES = 20
# What somebody who wants to join can use comes first.
ORDER = (
    Answer.OPEN,
    Answer.APPLY,
    Answer.NOT_YET,
    Answer.FULL,
    Answer.INVITED_ONLY,
    Answer.CLOSED,
)

# The account of a visitor without one. None would find what belongs to no account yet.
NOBODY = 0
# What cannot be joined, and is still worth knowing.
TELLING = (Answer.NOT_YET, Answer.FULL)


@dataclass(frozen=True, slots=True)
class OpenCohort:
    """A cohort as a visitor sees it. `answer` says whether it can be joined now.

    `may_wait` says whether one can put oneself on its waiting list.
    """

    cohort: Cohort
    answer: Answer
    seats: Seats
    may_wait: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody can join or apply now."""
        return self.answer in (Answer.OPEN, Answer.APPLY)

    @property
    def way(self) -> str:
        """What can be done now: join, buy, apply, wait, code, or nothing."""
        joins = "buy" if getattr(self.cohort, "costs", False) else "join"
        ways = {Answer.OPEN: joins, Answer.APPLY: "apply", Answer.INVITED_ONLY: "code"}
        return ways.get(self.answer, "wait" if self.may_wait else "")

    @property
    def places_sentence(self) -> str:
        if self.answer is Answer.APPLY:
            return _("The team chooses from everybody who applies.")
        left = self.seats.for_newcomers
        if left is None or left > MANY_PLACES:
            return _("There is room for everybody.")
        return ngettext("%d place left.", "%d places left.", left) % left if left else _("No places left.")

    @property
    def until_sentence(self) -> str:
        """The last moment to join or apply, in the cohort's own time; empty when there is none."""
        closes_at = places.window(self.cohort).closes_at
        if closes_at is None:
            return ""
        there = closes_at.astimezone(ZoneInfo(self.cohort.time_zone))
        # A window that closes at midnight is open on the whole day before.
        if there.hour == there.minute == 0:
            date = date_format(there - timedelta(days=1), "DATE_FORMAT")
        else:
            date = date_format(there, "DATETIME_FORMAT")
        if self.answer is Answer.APPLY:
            return _("Apply by %(date)s.") % {"date": date}
        return _("Join by %(date)s.") % {"date": date}

    @property
    def sentence(self) -> str:
        """Why one cannot join at once; empty when one can."""
        if self.may_wait:
            return _("All places are taken at the moment. You can put yourself on the waiting list.")
        return refusal_sentence(self.answer, self.cohort)


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
    """One cohort in the joining panel. `sentence` says why it cannot be joined, when it cannot.

    `way` is what can be done: join, buy, apply, wait, code, or nothing. `before` is what is asked for first,
    `cost` what a place costs where it does.
    """

    cohort_id: int
    name: str
    dates_sentence: str
    until_sentence: str
    places_sentence: str
    sentence: str
    way: str
    before: tuple[str, ...] = ()
    meetings: tuple[str, ...] = ()
    cost: str = ""


@dataclass(frozen=True, slots=True)
class JoiningPanel:
    """What the panel of a course page offers to this visitor.

    `state` is enrolled, join (one cohort is open), choose (several are), soon, full, invited, closed or
    none.
    `earlier` is the visitor's place that has ended.
    """

    state: str
    sentence: str
    open: tuple[CohortChoice, ...] = ()
    others: tuple[CohortChoice, ...] = ()
    enrolment_id: int | None = None
    earlier: OwnPlace | None = None

    @property
    def is_everybodys(self) -> bool:
        """Whether it says nothing of this visitor's own place."""
        return self.enrolment_id is None and self.earlier is None


def open_cohorts(
    *, course_ids: Collection[int], at: datetime, with_outlines: bool = False
) -> dict[int, list[OpenCohort]]:
    """The cohorts of published courses that have not ended, those that can be joined first. One query.

    For a single course, published or not, they also bring when they meet and what they cost;
    `with_outlines` what their editions hold.
    """
    query = _of_every
    values: tuple[Any, ...] = (at, at.date())
    if len(course_ids) == 1:
        query, values = _of_one, (*course_ids, *values)
    cohorts: Any = query.queryset(*values).annotate(**_OUTLINE) if with_outlines else query(*values)
    found: dict[int, list[OpenCohort]] = defaultdict(list)
    for cohort in cohorts:
        if cohort.course_id in course_ids:
            found[cohort.course_id].append(_open_cohort(cohort, taken=vars(cohort), at=at))
    for entries in found.values():
        entries.sort(key=lambda entry: ORDER.index(entry.answer))
    return found


def _not_over(at: datetime, day: date) -> QuerySet[Cohort]:
    found = Cohort.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    counted: QuerySet[Cohort] = places.with_taken(places.with_promises(found), at=at).annotate(
        course_id=F("edition__course_id")
    )
    return counted.order_by("starts_on", "pk")


_OUTLINE = {"frozen": F("edition__frozen")}


# Django needs longer to write this query than the rest of a public page takes.
_of_every: Prepared[Cohort] = Prepared(
    lambda at, day: _not_over(at, day).filter(edition__course__page__live=True), datetime, date
)
_of_one: Prepared[Cohort] = Prepared(
    lambda course, at, day: (
        _not_over(at, day)
        .filter(edition__course=course)
        .annotate(meetings=meeting_times.of(OuterRef("pk")), told_prices=price_words.of(OuterRef("pk")))
    ),
    int,
    datetime,
    date,
)


def frozen_of(entries: Iterable[OpenCohort]) -> dict[int, Any]:
    """The frozen outlines that came with these cohorts, by the id of the edition."""
    cohorts: list[Any] = [entry.cohort for entry in entries]
    return {cohort.edition_id: cohort.frozen for cohort in cohorts if hasattr(cohort, "frozen")}


def _open_cohort(cohort: Any, *, taken: dict[str, int], at: datetime) -> OpenCohort:
    """A cohort from `places.with_promises`, with the numbers of `places.taken_by_reserve`."""
    seats = places.seats_of(cohort, at=at, taken=taken)
    answer = may_join(window=places.window(cohort), seats=seats, at=at, joining=cohort.joining)
    return OpenCohort(cohort, answer, seats, places.may_wait(cohort, answer=answer, seats=seats, at=at))


def panel(*, cohorts: list[OpenCohort], place: OwnPlace | None, at: datetime) -> JoiningPanel:
    """What to offer on a course page: go on, join, or why joining is not possible.

    No query, and one where an open cohort asks for something before joining.
    """
    if place is not None and not place.has_ended:
        return JoiningPanel(
            state="enrolled", sentence=_("You are on this course."), enrolment_id=place.enrolment_id
        )
    if not cohorts:
        nothing = _("There are no dates for this course yet.")
        return JoiningPanel(state="none", sentence=nothing, earlier=place)
    asking = [entry.cohort.pk for entry in cohorts if entry.is_open and getattr(entry.cohort, "asks", False)]
    before = before_joining.rules_of(asking) if asking else {}
    open_ones = tuple(
        _choice(entry, before.get(entry.cohort.pk, []), at=at) for entry in cohorts if entry.is_open
    )
    if any(one.cost for one in open_ones):
        # Beside what costs money it is worth saying what does not.
        open_ones = tuple(replace(one, cost=one.cost or _("Free")) for one in open_ones)
    useful = [entry for entry in cohorts if not entry.is_open and (entry.way or entry.answer in TELLING)]
    others = tuple(_choice(entry, at=at) for entry in useful or ([] if open_ones else cohorts[:1]))
    states = {
        Answer.NOT_YET: "soon",
        Answer.FULL: "full",
        Answer.INVITED_ONLY: "invited",
        Answer.CLOSED: "full" if cohorts[0].may_wait else "closed",
    }
    state = states.get(cohorts[0].answer, "join" if len(open_ones) == 1 else "choose")
    return JoiningPanel(state=state, sentence="", open=open_ones, others=others, earlier=place)


def _choice(entry: OpenCohort, before: Iterable[Prerequisite] = (), *, at: datetime) -> CohortChoice:
    return CohortChoice(
        cohort_id=entry.cohort.pk,
        name=entry.cohort.name,
        dates_sentence=entry.cohort.dates_sentence,
        meetings=tuple(_meetings(entry.cohort)),
        until_sentence=entry.until_sentence if entry.is_open else "",
        places_sentence=entry.places_sentence if entry.is_open else "",
        sentence=entry.sentence,
        way=entry.way,
        before=tuple(before_joining.title_of(rule) for rule in before),
        cost=_cost(entry.cohort, at=at),
    )


def _cost(cohort: Cohort, *, at: datetime) -> str:
    return price_words.sentence(price_words.read(getattr(cohort, "told_prices", None), at=at))


def _meetings(cohort: Cohort) -> list[str]:
    told = meeting_times.read(getattr(cohort, "meetings", None))
    return meeting_times.sentences(told, time_zone=cohort.time_zone)


def place_of(*, visitor: Any, course_id: int) -> OwnPlace | None:
    """The live place of this visitor on a course, else the one that ended last. No query for a stranger."""
    if not visitor.is_authenticated:
        return None
    own = Enrolment.objects.filter(learner=visitor, cohort__edition__course_id=course_id)
    live_first = own.order_by(F("ended_at").desc(nulls_first=True), "-pk")
    found = live_first.values_list("pk", "ended_at").first()
    return OwnPlace(*found) if found else None


@dataclass(frozen=True, slots=True)
class Joining(LeadsBack, AsksFirst):
    """What the page before joining explains.

    `way` is what can be done (join, buy, apply, wait, code or nothing) and `sentence` why nothing else.
    `earlier` is the visitor's place that has ended, `waits_since` when they put themselves on the waiting
    list; `was_removed` says that the team took them off the course, so that only writing to it helps.
    `before` is what is asked for before joining, and how this visitor stands with it, `cost` what a place
    costs where it does.
    """

    cohort_id: int
    course_title: str
    course_url: str
    cohort_name: str
    places_sentence: str
    facts: list[public.Fact]
    waiting_rules: list[str]
    way: str
    sentence: str
    needs_sign_in: bool
    accept_url: str
    enrolment_id: int | None
    earlier: OwnPlace | None
    was_removed: bool
    offer_id: int | None
    application_id: int | None
    waits_since: datetime | None
    code_url: str
    first_step: str
    before: list[Asked]
    cost: str

    @property
    def can_join(self) -> bool:
        return self.way in ("join", "buy") and not self.was_removed and not self.is_held_up


def joining(*, cohort_id: int, visitor: Any, at: datetime) -> Joining:
    """Two queries, and one more for somebody who is signed in. Four more at the most where something is asked
    for before joining.

    Raises Cohort.DoesNotExist when there is no such cohort, or its course is not published.
    """
    cohort: Any = _with_own(visitor, at=at).get(pk=cohort_id, edition__course__page__live=True)
    seats = places.fullness(cohort, at=at).seats if cohort.capacity is not None else Seats(None, 0)
    answer = may_join(window=places.window(cohort), seats=seats, at=at, joining=cohort.joining)
    entry = OpenCohort(cohort, answer, seats, places.may_wait(cohort, answer=answer, seats=seats, at=at))
    page, outline = cohort.edition.course.page, cohort.edition.outline
    first = outline.activities[0] if outline.activities else None
    place = place_of(visitor=visitor, course_id=cohort.edition.course_id)
    earlier = place if place and place.has_ended else None
    return Joining(
        cohort_id=cohort.pk,
        course_title=page.title,
        course_url=page.url,
        cohort_name=cohort.name,
        places_sentence=entry.places_sentence,
        facts=_facts(entry, cost=_cost(cohort, at=at) or page.cost_sentence, at=at),
        waiting_rules=waiting_rules(cohort) if entry.may_wait or cohort.waits_since else [],
        way=entry.way,
        sentence=entry.sentence,
        needs_sign_in=not visitor.is_authenticated,
        accept_url=reverse("learning:join", args=[cohort.pk]),
        enrolment_id=place.enrolment_id if place and not place.has_ended else None,
        earlier=earlier,
        was_removed=cohort.was_removed,
        offer_id=cohort.own_offer,
        application_id=cohort.own_application,
        waits_since=cohort.waits_since,
        code_url=code_url(),
        first_step=first.title if first else "",
        before=before_joining.asked_of(cohort, visitor, at=at),
        cost=_cost(cohort, at=at),
    )


def _with_own(visitor: Any, *, at: datetime) -> Any:
    """Cohorts with what this visitor has in them: an open offer, an application, a turn on the list."""
    own = visitor.pk if visitor.is_authenticated else NOBODY
    in_it = {"cohort": OuterRef("pk")}
    can_answer = Q(answer_by__isnull=True) | Q(answer_by__gt=at)
    offer = Offer.objects.filter(can_answer, learner=own, status=OfferState.OPEN.value, **in_it)
    live = [state.value for state in LIVE_APPLICATIONS]
    application = Application.objects.filter(applicant=own, status__in=live, **in_it)
    waits = WaitingEntry.objects.filter(learner=own, status=WaitingState.WAITING.value, **in_it)
    course = OuterRef("edition__course_id")
    removed = Enrolment.objects.filter(
        learner=own, cohort__edition__course_id=course, end_reason=enrol.REMOVED
    )
    return (
        places.with_promises(Cohort.objects.select_related("edition__course__page"))
        .annotate(own_offer=Subquery(offer.values("pk")[:1]))
        .annotate(own_application=Subquery(application.values("pk")[:1]))
        .annotate(waits_since=Subquery(waits.values("joined_at")[:1]))
        .annotate(was_removed=Exists(removed), meetings=meeting_times.of(OuterRef("pk")))
        .annotate(told_prices=price_words.of(OuterRef("pk")))
    )


def code_url() -> str:
    """Where somebody uses a code that they were sent; empty when there are no codes."""
    try:
        return reverse("learning:use_code")
    except NoReverseMatch:
        return ""


def waiting_rules(cohort: Cohort) -> list[str]:
    """What somebody should know who waits for a place, one sentence each."""
    orders = {
        Cohort.WaitingOrder.FIRST_COME.value: _("Who has waited longest is asked first."),
        Cohort.WaitingOrder.NEW_FIRST.value: _(
            "People who have never had a place on this course are asked first. "
            "Among them, who has waited longest."
        ),
    }
    days, hours_left = divmod(cohort.offer_hours, HOURS_OF_A_DAY)
    kept = ngettext("%d day", "%d days", days) % days
    if hours_left:
        kept = ngettext("%d hour", "%d hours", cohort.offer_hours) % cohort.offer_hours
    found = [
        _("Everybody who waits is asked in turn. We cannot promise a place."),
        orders[cohort.waiting_order],
        _("When a place comes free, we write to you and keep it for you for %(time)s.") % {"time": kept},
        _("If you say no, or do not answer in that time, the place goes to the next person."),
    ]
    if getattr(cohort, "asks", False):
        found.append(
            _(
                "Something is asked for before you join. Until it is there, we pass you over, "
                "and you keep your turn."
            )
        )
    end = places.offers_end(cohort)
    if end is not None:
        last = last_day(end, time_zone=cohort.time_zone)
        found.append(_("We offer places until %(date)s. Then the list ends.") % {"date": last})
    return found


def last_day(end: datetime, *, time_zone: str) -> str:
    """The day on which something ends. What ends at midnight ends on the day before."""
    there = (end - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone))
    return date_format(there, "DATE_FORMAT")


def _facts(entry: OpenCohort, *, cost: str, at: datetime) -> list[public.Fact]:
    """What is agreed: the facts of this cohort, and those of the edition that it runs."""
    edition = entry.cohort.edition
    claimed = accreditation.sentences(course_id=edition.course_id, days=(accreditation.today(at),))
    until = entry.until_sentence if entry.is_open else ""
    first, *others = cohort_facts(entry.cohort, at=at, meetings=getattr(entry.cohort, "meetings", None))
    return [
        first,
        *([(_("Joining"), until)] if until else []),
        *others,
        *public.facts(edition.outline, cost=cost, accreditation=claimed),
        (_("Edition"), str(edition.number)),
    ]


def cohort_facts(cohort: Cohort, *, at: datetime, meetings: str | None = None) -> list[public.Fact]:
    """When and where a cohort meets, and until when the course stays open for somebody who joins now.

    `meetings` is what `meeting_times.of` brought.
    """
    found: list[public.Fact] = [(_("Dates"), cohort.dates_sentence)]
    if told := meeting_times.sentences(meeting_times.read(meetings), time_zone=cohort.time_zone):
        found.append((_("Meetings"), format_html_join(mark_safe("<br>"), "{}", ((one,) for one in told))))
    if cohort.place:
        found.append((_("Where"), cohort.place))
    if cohort.online_link:
        found.append((_("Online"), _("You find the link on your course page once you have joined.")))
    if cohort.language != settings.LANGUAGE_CODE:
        found.append((_("Language"), _language(cohort.language)))
    if cohort.access_notes:
        found.append((_("Getting in and taking part"), linebreaksbr(cohort.access_notes)))
    until = places.access_until(cohort, joined_at=at)
    if until is not None:
        day = last_day(until, time_zone=cohort.time_zone)
        stays = _("The course stays open for you until %(date)s.") % {"date": day}
        found.append((_("How long"), stays))
    leaving = _(
        "You can leave at any time. If you join again later, you begin anew; what you did stays on record."
    )
    found.append((_("If you leave"), leaving))
    return found


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
