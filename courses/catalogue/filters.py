"""Which courses of the catalogue somebody asked for, in what order, and how many each choice would leave.

Plain Python. All courses are loaded once; nothing here asks a database or reads a clock.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

E = TypeVar("E", bound=StrEnum)
A_PAGE = 12
# Nobody turns so many pages; a longer number in an address is somebody's joke.
MOST_DIGITS = 4


class Cost(StrEnum):
    """What a course asks for."""

    FREE = "free"
    PAID = "paid"


class Pace(StrEnum):
    """Whether a run of a course has dates."""

    SELF_PACED = "self-paced"
    DATED = "dated"


class Sort(StrEnum):
    """The orders that can be chosen."""

    SOONEST = "soonest"
    TITLE = "title"
    SHORTEST = "shortest"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a course that is not over. `starts_on` of None: nobody can begin it any more, or yet."""

    pace: Pace
    is_open: bool
    starts_on: date | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A course as the filters see it. `minutes` of None: nothing is published yet."""

    key: int
    title: str
    topics: frozenset[str]
    cost: Cost
    runs: tuple[Run, ...]
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody asked for. Nothing chosen in a group means that all of it is welcome."""

    topics: frozenset[str] = frozenset()
    cost: Cost | None = None
    pace: Pace | None = None
    only_open: bool = False
    sort: Sort = Sort.SOONEST
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the order was chosen."""
        return bool(self.topics or self.cost or self.pace or self.only_open)


def read(asked: Mapping[str, Sequence[str]], *, topics: Collection[str]) -> Choice:
    """The choice that an address holds. What is not known is left out: an old link must still work."""
    last = {name: values[-1] for name, values in asked.items() if values}
    page = last.get("page", "")
    is_number = page.isascii() and page.isdigit() and len(page) <= MOST_DIGITS
    return Choice(
        topics=frozenset(asked.get("topic", ())) & frozenset(topics),
        cost=_one_of(Cost, last.get("cost")),
        pace=_one_of(Pace, last.get("pace")),
        only_open=last.get("open") == "1",
        sort=_one_of(Sort, last.get("sort")) or Sort.SOONEST,
        page=max(1, int(page)) if is_number else 1,
    )


def address(choice: Choice) -> list[tuple[str, str]]:
    """The names and values of an address that `read` reads as this choice; empty when nothing was chosen."""
    found = [("topic", topic) for topic in sorted(choice.topics)]
    if choice.cost:
        found.append(("cost", choice.cost.value))
    if choice.pace:
        found.append(("pace", choice.pace.value))
    if choice.only_open:
        found.append(("open", "1"))
    if choice.sort is not Sort.SOONEST:
        found.append(("sort", choice.sort.value))
    if choice.page > 1:
        found.append(("page", str(choice.page)))
    return found


def fits(offer: Offer, choice: Choice) -> bool:
    """Whether a course is one of those asked for. Of several topics, one is enough."""
    if choice.topics and not choice.topics & offer.topics:
        return False
    if choice.cost and offer.cost is not choice.cost:
        return False
    return not (choice.pace or choice.only_open) or bool(_runs(offer, choice))


def found(offers: Iterable[Offer], choice: Choice) -> list[Offer]:
    """The courses asked for, in the order asked for; those that are equal go by their title."""
    return sorted(
        (offer for offer in offers if fits(offer, choice)),
        key=lambda offer: (*_rank(offer, choice), offer.title.casefold(), offer.key),
    )


def count(offers: Iterable[Offer], choice: Choice) -> int:
    """How many courses this choice leaves."""
    return sum(fits(offer, choice) for offer in offers)


def pages(total: int) -> int:
    """How many pages that many courses fill; at least one."""
    return max(1, math.ceil(total / A_PAGE))


def on_page(offers: Sequence[Offer], page: int) -> Sequence[Offer]:
    """What stands on one page, counted from 1. A page after the last is the last."""
    first = (min(page, pages(len(offers))) - 1) * A_PAGE
    return offers[first : first + A_PAGE]


def without(choice: Choice, name: str, topic: str = "") -> Choice:
    """The choice with one thing taken back, by its name in the address, and shown from its first page on."""
    left = {
        "topic": replace(choice, topics=choice.topics - {topic}),
        "cost": replace(choice, cost=None),
        "pace": replace(choice, pace=None),
        "open": replace(choice, only_open=False),
    }
    return replace(left[name], page=1)


def _runs(offer: Offer, choice: Choice) -> list[Run]:
    """The runs that have the pace and the openness asked for; both must be true of the same run."""
    return [
        run
        for run in offer.runs
        if (choice.pace is None or run.pace is choice.pace) and (run.is_open or not choice.only_open)
    ]


def _rank(offer: Offer, choice: Choice) -> tuple[date | float, ...]:
    if choice.sort is Sort.SHORTEST:
        return (math.inf if offer.minutes is None else offer.minutes,)
    if choice.sort is Sort.SOONEST:
        starts = [run.starts_on for run in _runs(offer, choice) if run.starts_on is not None]
        return (min(starts, default=date.max),)
    return ()


def _one_of(kind: type[E], value: str | None) -> E | None:
    return kind(value) if value is not None and value in {one.value for one in kind} else None
