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


def sources_of(target: State) -> list[str]:
    """The stored values from which a move to `target` is allowed."""
    return sorted(state.value for state, targets in MOVES.items() if target in targets)
