"""Which way an enrolment may move. Nothing else in the code decides this."""

from enum import StrEnum


class State(StrEnum):
    """The seat of one learner in one cohort. Completion is a row of its own, not a state."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


MOVES: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.ACTIVE, State.ENDED}),
    State.ACTIVE: frozenset({State.SUSPENDED, State.ENDED}),
    State.SUSPENDED: frozenset({State.ACTIVE, State.ENDED}),
    State.ENDED: frozenset(),
}

LIVE = frozenset({State.PENDING, State.ACTIVE, State.SUSPENDED})
