"""The filters of the catalogue: what fits, what is counted, and what an address remembers."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue import filters
from courses.catalogue.filters import Choice, Cost, Offer, Pace, Run, Sort

TOPICS = ("groups", "research", "writing")
DAY = date(2026, 11, 23)

topics = st.frozensets(st.sampled_from(TOPICS))
runs = st.builds(
    Run,
    pace=st.sampled_from(Pace),
    is_open=st.booleans(),
    starts_on=st.none() | st.dates(DAY, DAY + timedelta(days=400)),
)
offers = st.builds(
    Offer,
    key=st.integers(1, 99),
    title=st.text(max_size=8),
    topics=topics,
    cost=st.sampled_from(Cost),
    runs=st.lists(runs, max_size=3).map(tuple),
    minutes=st.none() | st.integers(1, 6000),
)
catalogues = st.lists(offers, max_size=30, unique_by=lambda offer: offer.key)
choices = st.builds(
    Choice,
    topics=topics,
    cost=st.none() | st.sampled_from(Cost),
    pace=st.none() | st.sampled_from(Pace),
    only_open=st.booleans(),
    sort=st.sampled_from(Sort),
    page=st.integers(1, 9999),
)


def run(pace: Pace = Pace.SELF_PACED, *, is_open: bool = True, day: date | None = DAY) -> Run:
    return Run(pace, is_open, day)


def offer(key: int = 1, *its_runs: Run, title: str = "A course", minutes: int | None = 60) -> Offer:
    return Offer(key, title, frozenset({"groups"}), Cost.FREE, its_runs, minutes)


@given(choices)
def test_an_address_remembers_everything_that_was_chosen(choice: Choice) -> None:
    asked = parse_qs(urlencode(filters.address(choice)))
    assert filters.read(asked, topics=TOPICS) == choice


@given(
    st.dictionaries(st.sampled_from(["topic", "cost", "pace", "open", "sort", "page"]), st.lists(st.text()))
)
def test_an_address_that_makes_no_sense_is_read_as_nothing_chosen(asked: dict[str, list[str]]) -> None:
    choice = filters.read(asked, topics=TOPICS)
    assert choice.topics <= set(TOPICS)
    assert choice.page >= 1
    assert filters.read(parse_qs(urlencode(filters.address(choice))), topics=TOPICS) == choice


@pytest.mark.parametrize("page", ["", "0", "-1", "two", "²", "٣", "99999", "1e3"])
def test_an_odd_page_number_is_the_first_page(page: str) -> None:
    assert filters.read({"page": [page]}, topics=()).page == 1


@given(catalogues, choices)
def test_what_is_found_fits_and_what_is_left_out_does_not(catalogue: list[Offer], choice: Choice) -> None:
    found = filters.found(catalogue, choice)
    assert len(found) == filters.count(catalogue, choice)
    assert {o.key for o in found} == {o.key for o in catalogue if filters.fits(o, choice)}


@given(catalogues, choices)
def test_choosing_more_never_finds_more(catalogue: list[Offer], choice: Choice) -> None:
    for wider in (
        replace(choice, cost=None),
        replace(choice, pace=None),
        replace(choice, only_open=False),
        replace(choice, topics=frozenset()),
    ):
        assert filters.count(catalogue, choice) <= filters.count(catalogue, wider)


@given(catalogues, choices)
def test_the_counts_of_free_and_paid_add_up(catalogue: list[Offer], choice: Choice) -> None:
    free, paid, either = (
        filters.count(catalogue, replace(choice, cost=cost)) for cost in (Cost.FREE, Cost.PAID, None)
    )
    assert free + paid == either


@given(catalogues, choices)
def test_every_course_stands_on_exactly_one_page(catalogue: list[Offer], choice: Choice) -> None:
    found = filters.found(catalogue, choice)
    last = filters.pages(len(found))
    shown = [o for page in range(1, last + 1) for o in filters.on_page(found, page)]
    assert shown == found
    assert filters.on_page(found, last + 7) == filters.on_page(found, last)


@given(catalogues, choices)
def test_the_order_is_the_one_that_was_asked_for(catalogue: list[Offer], choice: Choice) -> None:
    titles = [o.title.casefold() for o in filters.found(catalogue, replace(choice, sort=Sort.TITLE))]
    assert titles == sorted(titles)
    shortest = [o.minutes for o in filters.found(catalogue, replace(choice, sort=Sort.SHORTEST))]
    known = [minutes for minutes in shortest if minutes is not None]
    assert shortest == sorted(known) + [None] * (len(shortest) - len(known))


def test_pace_and_openness_must_be_true_of_the_same_run() -> None:
    mixed = offer(1, run(Pace.SELF_PACED, is_open=True), run(Pace.DATED, is_open=False))
    assert filters.fits(mixed, Choice(pace=Pace.DATED))
    assert filters.fits(mixed, Choice(only_open=True))
    assert not filters.fits(mixed, Choice(pace=Pace.DATED, only_open=True))


def test_what_can_be_begun_soonest_comes_first_and_what_cannot_last() -> None:
    later = offer(1, run(day=DAY + timedelta(days=30)), title="Aa")
    never = offer(2, run(is_open=False, day=None), title="Ab")
    without = offer(3, title="Ac")
    today = offer(4, run(), title="Zz")
    found = filters.found([later, never, without, today], Choice())
    assert [o.key for o in found] == [4, 1, 2, 3]


def test_one_of_several_topics_is_enough() -> None:
    assert filters.fits(offer(), Choice(topics=frozenset({"groups", "writing"})))
    assert not filters.fits(offer(), Choice(topics=frozenset({"writing"})))


def test_one_thing_taken_back_leaves_the_others_and_starts_at_the_first_page() -> None:
    choice = Choice(topics=frozenset({"groups", "writing"}), cost=Cost.FREE, only_open=True, page=3)
    assert filters.without(choice, "topic", "groups") == replace(
        choice, topics=frozenset({"writing"}), page=1
    )
    assert filters.without(choice, "cost") == replace(choice, cost=None, page=1)
    assert filters.without(choice, "open") == replace(choice, only_open=False, page=1)
    assert not filters.Choice(sort=Sort.TITLE).is_filtered
    assert choice.is_filtered
