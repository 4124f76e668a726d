"""How long something takes, in words."""

import pytest

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
