"""Whether a voucher may be used by this person for this place, and how its code is read. Plain Python.

Amounts are in minor units (pence, cents).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from courses.enrolment import code_words
from courses.payments import pricing
from courses.payments.pricing import LEAST, ONE, Discount, DiscountKind

SHORTEST, LONGEST = 6, 24


class Answer(StrEnum):
    """Whether a voucher may be used, or why not. The first reason in this order is told."""

    YES = "yes"
    SWITCHED_OFF = "switched_off"
    OTHER_PERSON = "other_person"
    NOT_YET = "not_yet"
    OVER = "over"
    OTHER_PLACE = "other_place"
    OTHER_ADDRESS = "other_address"
    USED_BY_YOU = "used_by_you"
    USED_UP = "used_up"
    HELD = "held"
    OTHER_CURRENCY = "other_currency"
    TAKES_NOTHING_OFF = "takes_nothing_off"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a voucher gives and asks. None or empty: no limit of that kind.

    A voucher for some courses and some cohorts is for what is in either.
    """

    discount: Discount
    currency: str = ""
    is_off: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    uses: int | None = None
    uses_each: int | None = None
    courses: frozenset[int] = frozenset()
    cohorts: frozenset[int] = frozenset()
    email_domain: str = ""
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """How often a voucher was used by anybody and by this person.

    `spent`: by orders that were paid or cost nothing. `held`: by orders that can still be paid.
    """

    spent: int = 0
    held: int = 0
    own_spent: int = 0
    own_held: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who wants to use it, for which cohort. `domains` are those of addresses that the person confirmed."""

    person: int
    domains: frozenset[str]
    course: int
    cohort: int
    at: datetime


def may_use(terms: Terms, asked: Asked, used: Used, *, unit: int, currency: str) -> Answer:
    """Whether this person may use a voucher now, for a place that costs `unit`."""
    refusals = (
        (Answer.SWITCHED_OFF, terms.is_off),
        (Answer.OTHER_PERSON, terms.person not in (None, asked.person)),
        (Answer.NOT_YET, terms.starts_at is not None and asked.at < terms.starts_at),
        (Answer.OVER, terms.ends_at is not None and asked.at >= terms.ends_at),
        (Answer.OTHER_PLACE, not _is_for(terms, asked)),
        (Answer.OTHER_ADDRESS, bool(terms.email_domain) and terms.email_domain not in asked.domains),
        (Answer.USED_BY_YOU, _is_reached(terms.uses_each, used.own_spent + used.own_held)),
        (Answer.USED_UP, _is_reached(terms.uses, used.spent)),
        (Answer.HELD, _is_reached(terms.uses, used.spent + used.held)),
        (Answer.OTHER_CURRENCY, bool(terms.currency) and terms.currency != currency),
        (Answer.TAKES_NOTHING_OFF, pricing.off(unit, discount=terms.discount) == 0),
    )
    return next((answer for answer, is_so in refusals if is_so), Answer.YES)


def _is_for(terms: Terms, asked: Asked) -> bool:
    is_everywhere = not (terms.courses or terms.cohorts)
    return is_everywhere or asked.course in terms.courses or asked.cohort in terms.cohorts


def _is_reached(most: int | None, number: int) -> bool:
    return most is not None and number >= most


def is_possible(discount: Discount) -> bool:
    """Whether a voucher can give this: a share up to all, some amount, or a price that can be paid."""
    if discount.kind is DiscountKind.PERCENT:
        return 1 <= discount.value <= ONE
    if discount.kind is DiscountKind.AMOUNT:
        return discount.value >= 1
    return discount.value == 0 or discount.value >= LEAST


def key(typed: str) -> str | None:
    """What a code is known by, however it was typed; None when it cannot be one.

    It has 6 to 24 letters and digits. Case, spaces and dashes do not matter, and look-alikes are the same.
    """
    read = code_words.read_kindly(typed)
    is_plain = read.isascii() and read.isalnum()
    return read if is_plain and SHORTEST <= len(read) <= LONGEST else None


def new_code() -> str:
    """A fresh code that nobody guesses (60 bits), as it is given to people."""
    return code_words.grouped(code_words.new_code())
