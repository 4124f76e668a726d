"""Who may join a cohort, and when; who comes first of those who wait. Plain Python; no clock, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Answer(StrEnum):
    """What a cohort says to somebody who wants to join."""

    OPEN = "open"
    APPLY = "apply"
    INVITED_ONLY = "invited_only"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    FULL = "full"


HOURS_OF_A_DAY = 24
JOINING = {"open": Answer.OPEN, "application": Answer.APPLY, "invitation": Answer.INVITED_ONLY}


@dataclass(frozen=True, slots=True)
class Window:
    """When people may join. Times have a zone; `closes_at` of None never closes."""

    opens_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seats:
    """How many places there are (None: no limit) and how many are taken or held right now.

    `kept_back` are the places reserved for a reason that nobody fills yet; `waiting` is how many people
    wait for a place, and come before somebody new.
    """

    capacity: int | None
    taken: int
    kept_back: int = 0
    waiting: int = 0

    @property
    def left(self) -> int | None:
        """Places that can be given to anybody, never below nought; None when there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken - self.kept_back)

    @property
    def for_newcomers(self) -> int | None:
        """Places left once everybody who waits has had theirs; None when there is no limit."""
        return None if self.left is None else max(0, self.left - self.waiting)

    @property
    def empty(self) -> int | None:
        """Places that nobody has, those kept back among them; None when there is no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


def kept_back(reserves: Iterable[tuple[int, int]]) -> int:
    """Of the places kept back, those not filled yet. Each pair: how many are kept, how many are filled."""
    return sum(max(0, places - filled) for places, filled in reserves)


def may_join(*, window: Window, seats: Seats, at: datetime, joining: str = "open") -> Answer:
    """Say whether a place can be taken at this moment.

    To apply, a place need not be free: places are given out among those who applied.
    """
    if at < window.opens_at:
        return Answer.NOT_YET
    if window.closes_at is not None and at >= window.closes_at:
        return Answer.CLOSED
    if joining != "open":
        return JOINING[joining]
    if seats.for_newcomers == 0:
        return Answer.FULL
    return Answer.OPEN


def offers_end(*, window: Window, offers_until: datetime | None) -> datetime | None:
    """After this no place is offered any more, because joining would make no sense. None: never.

    A waiting list may go on when the ordinary way of joining has closed: that is what `offers_until` says.
    """
    return offers_until or window.closes_at


def answer_by(*, at: datetime, hours: int, end: datetime | None, time_zone: str) -> datetime:
    """Until when an offer made now can be answered: the hours of the cohort, and never after its end.

    A day or more lasts until that day is over where the cohort is, so that nobody counts minutes.
    """
    by = at + timedelta(hours=hours)
    if hours >= HOURS_OF_A_DAY:
        by = end_of_day(by.astimezone(ZoneInfo(time_zone)).date(), time_zone=time_zone)
    return min(by, end) if end is not None else by


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits. `had_a_place` on this course before, in whichever cohort."""

    entry_id: int
    since: datetime
    had_a_place: bool = False


def order_of_waiting(waiters: Iterable[Waiter], *, new_first: bool) -> list[Waiter]:
    """Who is asked first: by the rule of the cohort, then by how long they have waited."""
    return sorted(waiters, key=lambda one: (new_first and one.had_a_place, one.since, one.entry_id))


def end_of_day(day: date, *, time_zone: str) -> datetime:
    """The moment a day is over, in a time zone."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(time_zone))


def access_until(
    *, joined_at: datetime, time_zone: str, days: int | None, last_day: date | None
) -> datetime | None:
    """Until when somebody who joins now has access: so many whole days, or until a date. None: no end."""
    ends = []
    if days is not None:
        joined_on = joined_at.astimezone(ZoneInfo(time_zone)).date()
        ends.append(end_of_day(joined_on + timedelta(days=days), time_zone=time_zone))
    if last_day is not None:
        ends.append(end_of_day(last_day, time_zone=time_zone))
    return min(ends, default=None)
