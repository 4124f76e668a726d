"""Who may join, when: as tables."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.enrolment import rules
from courses.enrolment.rules import Answer, Seats, Waiter, Window, may_join

OPENS = datetime(2026, 11, 1, 9, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=10)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "closes_at", "capacity", "taken", "answer"),
    [
        (OPENS - SECOND, CLOSES, 5, 0, Answer.NOT_YET),
        (OPENS - SECOND, CLOSES, 5, 5, Answer.NOT_YET),
        (OPENS, CLOSES, 5, 0, Answer.OPEN),
        (OPENS, CLOSES, 5, 4, Answer.OPEN),
        (OPENS, CLOSES, 5, 5, Answer.FULL),
        (OPENS, CLOSES, 5, 6, Answer.FULL),
        (OPENS, CLOSES, None, 10**6, Answer.OPEN),
        (CLOSES - SECOND, CLOSES, 5, 0, Answer.OPEN),
        (CLOSES, CLOSES, 5, 0, Answer.CLOSED),
        (CLOSES, CLOSES, 5, 5, Answer.CLOSED),
        (CLOSES + timedelta(days=9999), None, 5, 0, Answer.OPEN),
    ],
)
def test_joining(
    at: datetime, closes_at: datetime | None, capacity: int | None, taken: int, answer: Answer
) -> None:
    window = Window(opens_at=OPENS, closes_at=closes_at)
    assert may_join(window=window, seats=Seats(capacity=capacity, taken=taken), at=at) is answer


@given(st.integers(1, 100), st.integers(0, 200))
def test_places_left_are_never_below_nought(capacity: int, taken: int) -> None:
    left = Seats(capacity=capacity, taken=taken).left
    assert left == max(0, capacity - taken)


def test_without_a_limit_there_is_no_number_of_places_left() -> None:
    assert Seats(capacity=None, taken=3).left is None


def test_a_moment_counts_and_not_the_face_of_the_clock() -> None:
    """Ten o'clock in Karachi is five in London: still before nine in London."""
    karachi = OPENS.replace(hour=10, tzinfo=ZoneInfo("Asia/Karachi"))
    window = Window(opens_at=OPENS, closes_at=None)
    assert may_join(window=window, seats=Seats(None, 0), at=karachi) is Answer.NOT_YET
    assert may_join(window=window, seats=Seats(None, 0), at=karachi.replace(hour=14)) is Answer.OPEN


SEATS = st.builds(
    Seats,
    capacity=st.integers(1, 50),
    taken=st.integers(0, 60),
    kept_back=st.integers(0, 20),
    waiting=st.integers(0, 20),
)


@given(seats=SEATS)
def test_what_is_left_is_never_more_than_what_is_empty(seats: Seats) -> None:
    assert seats.for_newcomers is not None
    assert seats.left is not None
    assert seats.empty is not None
    assert 0 <= seats.for_newcomers <= seats.left <= seats.empty <= 50


@given(seats=SEATS)
def test_a_newcomer_joins_only_when_everybody_who_waits_could_too(seats: Seats) -> None:
    answer = may_join(window=Window(OPENS, CLOSES), seats=seats, at=OPENS)
    assert (answer is Answer.OPEN) == (seats.taken + seats.kept_back + seats.waiting < (seats.capacity or 0))


def test_without_a_limit_nothing_is_counted() -> None:
    seats = Seats(capacity=None, taken=0)
    assert (seats.left, seats.for_newcomers, seats.empty) == (None, None, None)


@pytest.mark.parametrize(
    ("joining", "expected"),
    [("open", Answer.FULL), ("application", Answer.APPLY), ("invitation", Answer.INVITED_ONLY)],
)
def test_other_ways_in_do_not_ask_for_a_free_place(joining: str, expected: Answer) -> None:
    window = Window(OPENS, CLOSES)
    assert may_join(window=window, seats=Seats(5, 5), at=OPENS, joining=joining) is expected
    assert may_join(window=window, seats=Seats(5, 5), at=CLOSES, joining=joining) is Answer.CLOSED
    assert may_join(window=window, seats=Seats(5, 5), at=OPENS - SECOND, joining=joining) is Answer.NOT_YET


def test_places_kept_back_count_until_they_are_filled() -> None:
    assert rules.kept_back([]) == 0
    assert rules.kept_back([(3, 1), (2, 2), (1, 5)]) == 2


WAITERS = st.lists(
    st.builds(
        Waiter,
        entry_id=st.integers(1, 99),
        since=st.datetimes(timezones=st.just(UTC)),
        had_a_place=st.booleans(),
    ),
    unique_by=lambda one: one.entry_id,
)


@given(waiters=WAITERS)
def test_first_come_is_first_asked(waiters: list[Waiter]) -> None:
    found = rules.order_of_waiting(waiters, new_first=False)
    assert sorted(found, key=lambda one: one.entry_id) == sorted(waiters, key=lambda one: one.entry_id)
    assert all(one.since <= other.since for one, other in pairwise(found))


@given(waiters=WAITERS)
def test_new_people_first_and_then_by_how_long_they_waited(waiters: list[Waiter]) -> None:
    found = rules.order_of_waiting(waiters, new_first=True)
    for one, other in pairwise(found):
        assert one.had_a_place <= other.had_a_place
        if one.had_a_place == other.had_a_place:
            assert one.since <= other.since


def test_offers_end_when_joining_does_unless_the_cohort_says_otherwise() -> None:
    later = CLOSES + timedelta(days=3)
    assert rules.offers_end(window=Window(OPENS, CLOSES), offers_until=None) == CLOSES
    assert rules.offers_end(window=Window(OPENS, CLOSES), offers_until=later) == later
    assert rules.offers_end(window=Window(OPENS, None), offers_until=None) is None


def test_an_answer_has_its_hours_but_never_more_than_there_are() -> None:
    few = {"at": OPENS, "hours": 5, "time_zone": "Europe/London"}
    assert rules.answer_by(**few, end=None) == OPENS + timedelta(hours=5)
    assert rules.answer_by(**few, end=OPENS + timedelta(hours=2)) == OPENS + timedelta(hours=2)


def test_an_answer_of_days_can_be_given_until_that_day_is_over_where_the_cohort_is() -> None:
    week = {"at": OPENS, "hours": 168}
    assert rules.answer_by(**week, time_zone="Europe/London", end=None) == datetime(2026, 11, 9, tzinfo=UTC)
    there = rules.answer_by(**week, time_zone="America/New_York", end=None)
    assert there == datetime(2026, 11, 9, 5, tzinfo=UTC)
    assert rules.answer_by(
        **week, time_zone="Europe/London", end=CLOSES - timedelta(days=9)
    ) == CLOSES - timedelta(days=9)
