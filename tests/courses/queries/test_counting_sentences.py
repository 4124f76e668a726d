"""Sentences that count, for none, one and many."""

import pytest

from courses.progress.turnout import Mark, Status, Turnout
from courses.queries.coming import attendance_sentence
from courses.queries.sessions import _status_sentence
from courses.queries.steps import _left_sentence
from tests.factories import outlines as shapes


def stands(*, needed: int, reached: int, planned: int = 4) -> Turnout:
    return Turnout(
        planned=planned,
        needed=needed,
        attended=reached,
        made_up=0,
        apologised=0,
        missed=0,
        to_come=planned - reached,
        can_make_up=0,
    )


@pytest.mark.parametrize(
    ("needed", "reached", "said"),
    [
        (0, 0, ""),
        (1, 0, "You need 1 meeting. None counts for you yet."),
        (1, 1, "You need 1 meeting, and you have it."),
        (3, 0, "You need 3 meetings. None counts for you yet."),
        (3, 1, "You need 3 meetings. 1 counts so far."),
        (3, 2, "You need 3 meetings. 2 count so far."),
        (3, 4, "You need 3 meetings, and you have them all."),
    ],
)
def test_how_many_meetings_count_is_said_for_none_one_and_many(needed: int, reached: int, said: str) -> None:
    assert attendance_sentence(stands(needed=needed, reached=reached)) == said


def test_a_course_without_meetings_says_nothing_of_them() -> None:
    assert attendance_sentence(stands(needed=1, reached=0, planned=0)) == ""


@pytest.mark.parametrize(
    ("steps", "waiting", "meetings", "said"),
    [
        (0, 0, 0, "Nothing is left to do."),
        (0, 0, 1, "1 meeting to go."),
        (0, 0, 7, "7 meetings to go."),
        (0, 1, 0, "1 piece of work is handed in. Your team looks at it next."),
        (1, 0, 0, "1 step left, about 10 minutes."),
        (2, 2, 2, "2 steps left, about 20 minutes. 2 meetings to go. 2 pieces of work are handed in."),
    ],
)
def test_what_is_left_is_said_in_whole_sentences(steps: int, waiting: int, meetings: int, said: str) -> None:
    left = tuple(shapes.lesson(number) for number in range(steps))
    assert _left_sentence(left, waiting, meetings).startswith(said)


@pytest.mark.parametrize(("minutes", "said"), [(1, "1 minute."), (2, "2 minutes.")])
@pytest.mark.parametrize(("counted", "end"), [(True, "That counts."), (False, "That is too short to count.")])
def test_a_minute_is_one_minute(minutes: int, said: str, counted: bool, end: str) -> None:
    found = _status_sentence(Mark(Status.PARTLY, minutes), counted=counted)
    assert found == f"You were there for {said} {end}"
