"""What something costs: prices, discounts and tax. Plain Python.

Amounts are integers in minor units (pence, cents); rates are in basis points (2000 is 20 %). Prices are
quoted with tax in them, as buyers in shops see them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

ONE = 10_000
# Payment services take no less. A discount that leaves something smaller leaves nothing.
LEAST = 50


class DiscountKind(StrEnum):
    """What a voucher takes away: a share in basis points, an amount, or all above a fixed price."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FIXED_PRICE = "fixed_price"


@dataclass(frozen=True, slots=True)
class Discount:
    """What a voucher gives on each place. `value` is basis points for a percentage, else minor units."""

    kind: DiscountKind
    value: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order. `unit` is the price of one before the discount, with tax."""

    unit: int
    quantity: int
    discount: int
    tax_rate: int

    @property
    def gross(self) -> int:
        """What is paid for the line."""
        return self.unit * self.quantity - self.discount

    @property
    def tax(self) -> int:
        return tax_in(self.gross, rate=self.tax_rate)

    @property
    def net(self) -> int:
        return self.gross - self.tax


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to: net + tax = gross."""

    net: int
    tax: int
    gross: int


def divided(amount: int, by: int) -> int:
    """A division rounded to the nearest whole, halves away from nought."""
    if amount < 0:
        return -divided(-amount, by)
    return (2 * amount + by) // (2 * by)


def tax_in(gross: int, *, rate: int) -> int:
    """The tax that is in a price."""
    return divided(gross * rate, ONE + rate)


def off(unit: int, *, discount: Discount | None) -> int:
    """What a discount takes off the price of one. Never more than the price.

    What is left is nothing, or at least what payment services take.
    """
    if discount is None:
        return 0
    left = unit - _off(unit, discount)
    return unit if 0 < left < LEAST and left < unit else unit - left


def _off(unit: int, discount: Discount) -> int:
    if discount.kind is DiscountKind.PERCENT:
        return min(unit, divided(unit * discount.value, ONE))
    if discount.kind is DiscountKind.AMOUNT:
        return min(unit, discount.value)
    return max(0, unit - discount.value)


def line(*, unit: int, quantity: int, tax_rate: int, discount: Discount | None = None) -> Line:
    """A line for so many places at this price."""
    return Line(unit, quantity, off(unit, discount=discount) * quantity, tax_rate)


def totals(lines: Iterable[Line]) -> Totals:
    """What the lines come to. Tax is rounded on each line, as it is printed."""
    every = list(lines)
    return Totals(
        net=sum(one.net for one in every),
        tax=sum(one.tax for one in every),
        gross=sum(one.gross for one in every),
    )
