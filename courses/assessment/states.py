"""Which way an attempt at a quiz, and work that was handed in, may move. Nothing else decides this."""

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


class WorkState(StrEnum):
    """HANDED_IN waits for an assessor. REPLACED: the learner handed in again before somebody looked."""

    HANDED_IN = "handed_in"
    REPLACED = "replaced"
    SENT_BACK = "sent_back"
    SIGNED_OFF = "signed_off"


WORK_MOVES: dict[WorkState, frozenset[WorkState]] = {
    WorkState.HANDED_IN: frozenset({WorkState.REPLACED, WorkState.SENT_BACK, WorkState.SIGNED_OFF}),
    WorkState.REPLACED: frozenset(),
    WorkState.SENT_BACK: frozenset(),
    WorkState.SIGNED_OFF: frozenset(),
}
