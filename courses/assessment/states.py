"""Which way an attempt at a quiz may move. Nothing else in the code decides this."""

from enum import StrEnum


class State(StrEnum):
    """OPEN can be answered; HANDED_IN was handed in by the learner; TIMED_OUT was closed at its deadline."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    TIMED_OUT = "timed_out"


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.HANDED_IN, State.TIMED_OUT}),
    State.HANDED_IN: frozenset(),
    State.TIMED_OUT: frozenset(),
}
