"""What visitors see of all courses: cards, and a list of them that can be filtered and sorted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.places import url_at
from cms.core.prepared import PreparedRows
from courses.catalogue import durations, filters
from courses.catalogue.filters import Choice, Cost, Offer, Pace, Run, Sort
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.enrolment import places
from courses.enrolment.rules import Answer
from courses.queries import sizes
from courses.queries.joining import OpenCohort, frozen_of, open_cohorts
from courses.queries.sizes import Size


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
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One box or button of a filter. `count` is how many courses choosing it would leave."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One filter. `name` is its name in the address."""

    name: str
    legend: str
    options: tuple[Option, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """Something that was chosen, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The catalogue as somebody asked for it."""

    cards: list[CourseCard]
    sentence: str
    groups: tuple[Group, ...]
    sorts: tuple[Option, ...]
    chosen: tuple[Chosen, ...]
    sort: str
    total: int
    has_any: bool
    has_choice: bool
    is_filtered: bool
    page: int
    page_count: int
    previous_url: str
    next_url: str


class _Listed(NamedTuple):
    """What a published course page says in lists. `newest` is the number of its newest edition's row."""

    pk: int
    url_path: str
    title: str
    one_line: str
    is_free: bool
    cost_sentence: str
    course_id: int
    newest: int | None
    unread: Any = None


@dataclass(frozen=True, slots=True)
class _Known:
    """A published course with all that cards and filters need."""

    offer: Offer
    card: CourseCard


def course_cards(*, at: datetime) -> list[CourseCard]:
    """Every published course, those with open places first. Two queries for any number of courses."""
    return [known.card for known in _sorted(_known(at=at, topics={}), Choice())]


def listing(*, asked: Mapping[str, Sequence[str]], url: str, at: datetime) -> Listing:
    """The courses that an address asks for. Three queries, whatever is asked."""
    topics = _topics()
    known = _known(at=at, topics=topics)
    names = dict(pair for pairs in topics.values() for pair in pairs)
    choice = filters.read(asked, topics=names)
    offers = [one.offer for one in known]
    found = _sorted(known, choice)
    page_count = filters.pages(len(found))
    choice = replace(choice, page=min(choice.page, page_count))
    cards = {one.offer.key: one.card for one in found}
    return Listing(
        cards=[cards[offer.key] for offer in filters.on_page([one.offer for one in found], choice.page)],
        sentence=ngettext("%d course", "%d courses", len(found)) % len(found),
        groups=_groups(offers, choice, names),
        sorts=_sorts(choice),
        chosen=_chosen(choice, names, url),
        sort=choice.sort.value,
        total=len(found),
        has_any=bool(known),
        has_choice=len(known) > 1,
        is_filtered=choice.is_filtered,
        page=choice.page,
        page_count=page_count,
        previous_url=_to(url, replace(choice, page=choice.page - 1)) if choice.page > 1 else "",
        next_url=_to(url, replace(choice, page=choice.page + 1)) if choice.page < page_count else "",
    )


# --- Loading everything once -------------------------------------------------------------------------


def _known(*, at: datetime, topics: Mapping[int, list[tuple[str, str]]]) -> list[_Known]:
    pages = _pages()
    if not pages:
        return []
    courses = [page.course_id for page in pages]
    cohorts = open_cohorts(course_ids=courses, at=at, with_outlines=not sizes.are_known())
    known = _sizes(pages, cohorts)
    return [_one(page, known, cohorts.get(page.course_id, []), topics.get(page.pk, []), at) for page in pages]


def _sizes(pages: list[_Listed], cohorts: Mapping[int, list[OpenCohort]]) -> dict[int, Size]:
    """The sizes of the newest editions, and of those that somebody can join."""
    entries = [entry for found in cohorts.values() for entry in found]
    unread = {page.newest: page.unread for page in pages if page.newest and page.unread is not None}
    wanted = {page.newest for page in pages} | {entry.cohort.edition_id for entry in entries}
    return sizes.of(wanted, unread=unread | frozen_of(entries))


def _pages() -> list[_Listed]:
    """The published course pages with the id of their newest edition; with its outline if none was read."""
    if sizes.are_known():
        return _live_pages()
    own = _newest_editions().values("frozen")
    unread = Subquery(own[:1], output_field=JSONField())
    return [_Listed(*row) for row in _listed().annotate(unread=unread).values_list(*_COLUMNS, "unread")]


def _newest_editions() -> QuerySet[Edition]:
    return Edition.objects.filter(course=OuterRef("course")).order_by("-number")


def _listed() -> Any:
    newest = _newest_editions().values("pk")
    return CoursePage.objects.live().annotate(newest=Subquery(newest[:1])).order_by("title")


_COLUMNS = ("pk", "url_path", "title", "one_line", "is_free", "cost_sentence", "course_id", "newest")
_live_pages: PreparedRows[_Listed] = PreparedRows(_Listed, lambda: _listed().values_list(*_COLUMNS))


class _Topic(NamedTuple):
    page_id: int
    slug: str
    name: str


def _named() -> Any:
    through = CoursePage.topics.through.objects.filter(coursepage__live=True).order_by("topic__name")
    return through.values_list("coursepage_id", "topic__slug", "topic__name")


_topics_of_pages: PreparedRows[_Topic] = PreparedRows(_Topic, _named)


def _topics() -> dict[int, list[tuple[str, str]]]:
    """The topics of every published course page: word in the address and name, by the id of the page."""
    found: dict[int, list[tuple[str, str]]] = {}
    for topic in _topics_of_pages():
        found.setdefault(topic.page_id, []).append((topic.slug, topic.name))
    return found


def _one(
    page: _Listed,
    known: Mapping[int, Size],
    cohorts: list[OpenCohort],
    topics: list[tuple[str, str]],
    at: datetime,
) -> _Known:
    size = known.get(page.newest or 0, Size(0, 0, 0))
    joinable = [known[entry.cohort.edition_id] for entry in cohorts if entry.answer is not Answer.CLOSED]
    first = cohorts[0] if cohorts else None
    offer = Offer(
        key=page.pk,
        title=page.title,
        topics=frozenset(slug for slug, _name in topics),
        cost=Cost.FREE if page.is_free else Cost.PAID,
        runs=tuple(_run(entry, at) for entry in cohorts),
        minutes=min((one.minutes for one in joinable), default=size.minutes) or None,
    )
    card = CourseCard(
        title=page.title,
        url=url_at(page.url_path),
        one_line=page.one_line,
        minutes_sentence=durations.ways([(one.alone, one.together) for one in joinable or [size]]),
        cost_sentence=page.cost_sentence,
        stage_count=size.stages,
        is_open=first is not None and first.is_open,
        open_sentence=_open_sentence(first),
        topics=tuple(name for _slug, name in topics),
    )
    return _Known(offer, card)


def _run(entry: OpenCohort, at: datetime) -> Run:
    cohort = entry.cohort
    return Run(
        pace=Pace.DATED if cohort.ends_on is not None else Pace.SELF_PACED,
        is_open=entry.is_open,
        starts_on=_first_day(entry, at) if entry.is_open or entry.answer is Answer.NOT_YET else None,
    )


def _first_day(entry: OpenCohort, at: datetime) -> date:
    """The first day on which somebody who joins as soon as they can could be there."""
    opens_at = places.window(entry.cohort).opens_at
    return max(entry.cohort.starts_on, max(at, opens_at).date())


def _open_sentence(entry: OpenCohort | None) -> str:
    if entry is None:
        return _("No dates yet")
    if entry.answer is Answer.APPLY:
        return _("Open for applications")
    return _("Open now") if entry.is_open else entry.sentence


def _sorted(known: list[_Known], choice: Choice) -> list[_Known]:
    by_key = {one.offer.key: one for one in known}
    return [by_key[offer.key] for offer in filters.found([one.offer for one in known], choice)]


# --- The form and its addresses ----------------------------------------------------------------------


def _groups(offers: list[Offer], choice: Choice, names: Mapping[str, str]) -> tuple[Group, ...]:
    """Every filter with its counts. A filter that could not change anything is left out."""

    def option(value: str, label: str, *, is_chosen: bool, **changes: Any) -> Option:
        return Option(value, label, filters.count(offers, replace(choice, **changes)), is_chosen)

    topic = Group(
        "topic",
        _("Topic"),
        tuple(
            option(slug, name, is_chosen=slug in choice.topics, topics=frozenset({slug}))
            for slug, name in sorted(names.items(), key=lambda pair: pair[1].casefold())
        ),
        many=True,
    )
    only_open = Group(
        "open",
        _("Joining"),
        (option("1", _("Open now"), is_chosen=choice.only_open, only_open=True),),
        many=True,
    )
    cost = Group(
        "cost",
        _("Cost"),
        (
            option("", _("Any cost"), is_chosen=choice.cost is None, cost=None),
            option("free", _("Free"), is_chosen=choice.cost is Cost.FREE, cost=Cost.FREE),
            option("paid", _("Paid"), is_chosen=choice.cost is Cost.PAID, cost=Cost.PAID),
        ),
    )
    pace = Group(
        "pace",
        _("Pace"),
        (
            option("", _("Any pace"), is_chosen=choice.pace is None, pace=None),
            *(
                option(one.value, label, is_chosen=choice.pace is one, pace=one)
                for one, label in _paces().items()
            ),
        ),
    )
    return tuple(group for group in (topic, only_open, cost, pace) if group.options)


def _paces() -> dict[Pace, str]:
    return {Pace.SELF_PACED: _("At your own pace"), Pace.DATED: _("With dates")}


def _sorts(choice: Choice) -> tuple[Option, ...]:
    labels = {Sort.SOONEST: _("Soonest start"), Sort.TITLE: _("Title"), Sort.SHORTEST: _("Shortest first")}
    return tuple(Option(sort.value, label, 0, choice.sort is sort) for sort, label in labels.items())


def _chosen(choice: Choice, names: Mapping[str, str], url: str) -> tuple[Chosen, ...]:
    found = [
        Chosen(names[topic], _to(url, filters.without(choice, "topic", topic)))
        for topic in sorted(choice.topics, key=lambda slug: names[slug].casefold())
    ]
    if choice.only_open:
        found.append(Chosen(_("Open now"), _to(url, filters.without(choice, "open"))))
    if choice.cost:
        label = _("Free") if choice.cost is Cost.FREE else _("Paid")
        found.append(Chosen(label, _to(url, filters.without(choice, "cost"))))
    if choice.pace:
        found.append(Chosen(_paces()[choice.pace], _to(url, filters.without(choice, "pace"))))
    return tuple(found)


def _to(url: str, choice: Choice) -> str:
    query = urlencode(filters.address(choice))
    return f"{url}?{query}" if query else url
