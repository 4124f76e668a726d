"""How much money goes back, by the site's policy. Plain Python.

Within 14 days of paying and before the start everything goes back: buyers at a distance may change their
mind (Consumer Contracts Regulations 2013, regulations 29 and 30, in the United Kingdom). Before the start
everything goes back, too. After that the team decides. The team may always give more than the policy does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from courses.payments.pricing import divided

# The day of paying is not counted; the fourteenth day after it still is.
COOLING_OFF = timedelta(days=14)


class Policy(StrEnum):
    """Which part of the policy stands for an order today."""

    COOLING_OFF = "cooling_off"
    BEFORE_START = "before_start"
    BY_TEAM = "by_team"
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Advice:
    """What the policy gives: so much, in minor units, and whether the place ends with it."""

    policy: Policy
    amount: int
    ends_place: bool


def advise(
    *, paid_on: date | None, starts_on: date | None, has_begun: bool, kept: int, today: date
) -> Advice:
    """What goes back of `kept`, which is what is still here, in minor units.

    `starts_on` is the first day of the group; None when there is none, and then the course starts for each
    person with the first thing they do (`has_begun`). Days are in the time zone of the group.
    """
    if kept <= 0:
        return Advice(Policy.NOTHING_LEFT, 0, ends_place=False)
    has_started = has_begun if starts_on is None else today >= starts_on
    if has_started:
        return Advice(Policy.BY_TEAM, 0, ends_place=False)
    is_fresh = paid_on is not None and today <= paid_on + COOLING_OFF
    return Advice(Policy.COOLING_OFF if is_fresh else Policy.BEFORE_START, kept, ends_place=True)


def tax_back(*, line_tax: int, line_total: int, back: int) -> int:
    """The tax in what went back of a line altogether, in minor units: the same share as of the line.

    Take the difference before and after one refund for that refund's own: so the shares of all refunds add
    up to the tax of the line when all of it went back.
    """
    if line_total <= 0:
        return 0
    return divided(line_tax * min(back, line_total), line_total)


def shared_out(back: int, totals: Sequence[int]) -> list[int]:
    """What went back of an order altogether, shared out over its lines by what they cost. Adds up."""
    whole = sum(totals)
    if not totals or whole <= 0:
        return [0] * len(totals)
    shares = [divided(back * total, whole) for total in totals[:-1]]
    return [*shares, back - sum(shares)]
