"""Who may join a cohort, and when. Plain Python; nothing here reads a clock or a database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Answer(StrEnum):
    """What a cohort says to somebody who wants to join."""

    OPEN = "open"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Window:
    """When people may join. Times have a zone; `closes_at` of None never closes."""

    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seats:
    """How many places there are (None: no limit) and how many are taken or held right now."""

    capacity: int | None
    taken: int

    @property
    def left(self) -> int | None:
        """Places left, never below nought; None when there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


def may_join(*, window: Window, seats: Seats, at: datetime) -> Answer:
    """Say whether a place can be taken at this moment."""
    if at < window.opens_at:
        return Answer.NOT_YET
    if window.closes_at is not None and at >= window.closes_at:
        return Answer.CLOSED
    if seats.left == 0:
        return Answer.FULL
    return Answer.OPEN
