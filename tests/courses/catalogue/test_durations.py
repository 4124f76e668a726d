"""How long something takes, in words."""

import pytest

from courses.catalogue import durations
from courses.catalogue.durations import duration


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (65, "1 hour 5 minutes"),
        (120, "2 hours"),
        (6000, "100 hours"),
    ],
)
def test_a_duration_is_said_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert duration(minutes) == words


def test_a_duration_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        duration(-1)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (45, "45 minutes"),
        (60, "1 hour"),
        (74, "1 hour"),
        (75, "1½ hours"),
        (150, "2½ hours"),
        (471, "8 hours"),
        (951, "16 hours"),
    ],
)
def test_long_times_are_told_in_half_hours(minutes: int, words: str) -> None:
    assert durations.about(minutes) == words


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ([], ""),
        ([(0, 0)], ""),
        ([(471, 0)], "About 8 hours"),
        ([(471, 480)], "About 16 hours"),
        ([(471, 0), (471, 480)], "About 8 hours on your own, about 16 hours with workshops"),
        ([(471, 0), (475, 0)], "About 8 hours"),
        ([(300, 60), (300, 240)], "About 6 hours to 9 hours"),
        ([(60, 0), (300, 0)], "About 1 hour to 5 hours"),
    ],
)
def test_each_way_of_taking_a_course_has_its_time(sizes: list[tuple[int, int]], words: str) -> None:
    assert durations.ways(sizes) == words
