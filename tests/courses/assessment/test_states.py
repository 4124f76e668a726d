"""Every move of an attempt, allowed or not."""

from datetime import datetime
from itertools import product

import pytest

from courses.assessment.models import Attempt
from courses.assessment.states import MOVES, State
from courses.moves.table import sources_of

ALLOWED = {(State.OPEN, State.HANDED_IN), (State.OPEN, State.TIMED_OUT)}


@pytest.mark.parametrize(("source", "target"), [*product(State, State)])
def test_an_attempt_closes_once_and_never_opens_again(source: State, target: State) -> None:
    assert (target in MOVES[source]) is ((source, target) in ALLOWED)
    assert (source.value in sources_of(MOVES, target)) is ((source, target) in ALLOWED)


def test_a_move_that_is_not_allowed_changes_nothing(attempt: Attempt, now: datetime) -> None:
    result = {"closed_at": now, "score": 1, "max_score": 3, "passed": False}
    assert attempt.move_to(State.HANDED_IN, **result)
    assert not attempt.move_to(State.TIMED_OUT, **{**result, "score": 2})
    attempt.refresh_from_db()
    assert (attempt.status, attempt.score) == (State.HANDED_IN.value, 1)
