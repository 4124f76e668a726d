"""Which way a question of a learner may move. Nothing else in the code decides this."""

from enum import StrEnum


class State(StrEnum):
    """OPEN waits for an answer; ANSWERED had one; CLOSED is settled, until somebody writes again."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.ANSWERED, State.CLOSED}),
    State.ANSWERED: frozenset({State.OPEN, State.CLOSED}),
    State.CLOSED: frozenset({State.OPEN, State.ANSWERED}),
}
