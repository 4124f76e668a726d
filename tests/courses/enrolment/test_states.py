"""Every move of an enrolment, allowed or not."""

from datetime import datetime
from itertools import product

import pytest

from courses.enrolment.models import Enrolment
from courses.enrolment.states import LIVE, MOVES, State
from courses.moves.table import sources_of

ALLOWED = {
    (State.PENDING, State.ACTIVE),
    (State.PENDING, State.ENDED),
    (State.ACTIVE, State.SUSPENDED),
    (State.ACTIVE, State.ENDED),
    (State.SUSPENDED, State.ACTIVE),
    (State.SUSPENDED, State.ENDED),
}


@pytest.mark.parametrize(("source", "target"), [*product(State, State)])
def test_which_way_a_seat_may_move(source: State, target: State) -> None:
    assert (target in MOVES[source]) is ((source, target) in ALLOWED)
    assert (source.value in sources_of(MOVES, target)) is ((source, target) in ALLOWED)


def test_only_an_ended_seat_is_not_live() -> None:
    assert set(State) - LIVE == {State.ENDED}
    assert MOVES[State.ENDED] == frozenset()


def test_a_move_is_made_once_and_in_the_row_too(enrolment: Enrolment, now: datetime) -> None:
    assert enrolment.move_to(State.ENDED, ended_at=now, end_reason="left")
    assert not enrolment.move_to(State.ACTIVE)
    stored = Enrolment.objects.get(pk=enrolment.pk)
    assert (stored.status, stored.ended_at) == (enrolment.status, enrolment.ended_at) == ("ended", now)
