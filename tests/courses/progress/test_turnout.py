"""How attendance counts: over all planned sessions, apologies apart, and an early warning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.turnout import Mark, Status, Turnout, counts, minutes, turnout
from tests.factories import outlines

ATTENDED, PARTLY, APOLOGISED, ABSENT = Status
MARKS = {
    "a": Mark(ATTENDED),
    "p": Mark(PARTLY, 112),
    "P": Mark(PARTLY, 113),
    "s": Mark(APOLOGISED),
    "x": Mark(ABSENT),
}


def after(marks: str, *, planned: int = 12, needed: int | None = 9, make_up: bool = False) -> Turnout:
    """So many planned sessions of 150 minutes, the first with these marks."""
    sessions = [outlines.session(n, make_up=make_up) for n in range(1, planned + 1)]
    outline = outlines.outline(outlines.stage(*sessions), sessions_needed=needed)
    return turnout(outline, {n: MARKS[mark] for n, mark in enumerate(marks, start=1)})


@pytest.mark.parametrize(
    ("mark", "is_there"),
    [
        (None, False),
        (Mark(ATTENDED), True),
        (Mark(APOLOGISED), False),
        (Mark(ABSENT), False),
        (Mark(PARTLY, 89), False),
        (Mark(PARTLY, 90), True),
        (Mark(PARTLY, 120), True),
    ],
)
def test_three_quarters_of_the_minutes_are_having_been_there(mark: Mark | None, is_there: bool) -> None:
    assert counts(mark, planned=120) is is_there


def test_an_edition_can_ask_for_another_part() -> None:
    assert counts(Mark(PARTLY, 60), planned=120, percent=50)


@pytest.mark.parametrize(("mark", "there"), [("a", 150), ("p", 112), ("s", 0), ("x", 0)])
def test_minutes_are_those_somebody_was_there(mark: str, there: int) -> None:
    assert minutes(MARKS[mark], 150) == there


def test_minutes_are_never_more_than_were_planned() -> None:
    assert minutes(Mark(PARTLY, 500), 120) == 120


def test_who_came_to_the_only_session_yet_has_not_attended_all() -> None:
    found = after("a")
    assert (found.attended, found.needed, found.planned, found.to_come) == (1, 9, 12, 11)
    assert not found.is_at_risk


@pytest.mark.parametrize(
    ("marks", "at_risk"),
    [("xxx", False), ("xxxx", True), ("aaaxxx", False), ("sss", False), ("ssss", True), ("ppp", False)],
)
def test_the_warning_comes_when_coming_to_all_that_is_left_is_not_enough(marks: str, at_risk: bool) -> None:
    assert after(marks).is_at_risk is at_risk


def test_a_make_up_task_keeps_the_way_open() -> None:
    found = after("xxxx", make_up=True)
    assert found.is_at_risk
    assert found.can_still
    assert not after("xxxx").can_still


def test_apologies_are_commitment_and_not_attendance() -> None:
    found = after("aasx")
    assert (found.attended, found.apologised, found.missed, found.committed) == (2, 1, 1, 3)


def test_without_a_number_every_required_session_is_needed() -> None:
    assert after("a", needed=None).needed == 12


def test_what_was_made_up_counts_and_is_told_apart() -> None:
    sessions = [outlines.session(1), outlines.session(2)]
    outline = outlines.outline(outlines.stage(*sessions), sessions_needed=2)
    found = turnout(outline, {1: Mark(APOLOGISED), 2: Mark(ATTENDED)}, frozenset({1}))
    assert (found.attended, found.made_up, found.reached, found.short) == (1, 1, 2, 0)


@given(marks=st.lists(st.sampled_from([*MARKS]), max_size=12), make_up=st.booleans())
def test_every_planned_session_is_in_one_heap(marks: list[str], make_up: bool) -> None:
    found = after("".join(marks), make_up=make_up)
    assert found.attended + found.apologised + found.missed + found.to_come == found.planned == 12
    assert found.can_make_up <= found.apologised + found.missed
    assert found.can_still or found.is_at_risk


@given(marks=st.lists(st.sampled_from([*MARKS]), min_size=1, max_size=12))
def test_coming_never_makes_it_worse(marks: list[str]) -> None:
    came = after("".join([*marks[:-1], "a"]))
    assert came.short <= after("".join(marks)).short
    assert not (came.is_at_risk and not after("".join(marks)).is_at_risk)
