"""Who may join, when: as tables."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.enrolment.rules import Answer, Seats, Window, may_join

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
