"""Reading a table of moves: which state may become which. Plain Python."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

State = TypeVar("State", bound=StrEnum)


def sources_of(moves: Mapping[State, frozenset[State]], target: State) -> list[str]:
    """The stored values from which a move to `target` is allowed."""
    return sorted(state.value for state, targets in moves.items() if target in targets)
