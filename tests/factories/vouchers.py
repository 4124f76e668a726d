"""Vouchers, and people who buy a place with one."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from cms.users.models import User
from courses.actions import buy, vouchers
from courses.actions.vouchers import Wish
from courses.cohorts.prices import Price
from courses.payments.orders import Order
from courses.payments.pricing import Discount, DiscountKind
from courses.payments.vouchers import Voucher
from tests.factories import payments

HALF = Discount(DiscountKind.PERCENT, 5000)
ALL = Discount(DiscountKind.PERCENT, 10_000)


def amount(minor: int) -> dict[str, Any]:
    """So much less, in pounds."""
    return {"discount": Discount(DiscountKind.AMOUNT, minor), "currency": "gbp"}


def fixed(minor: int) -> dict[str, Any]:
    """This instead of the price, in pounds."""
    return {"discount": Discount(DiscountKind.FIXED_PRICE, minor), "currency": "gbp"}


def made(code: str = "TEST-HALF", *, by: User, at: datetime, **fields: Any) -> Voucher:
    """A voucher: half the price, as often as people like, unless a test says otherwise."""
    plain = Wish(discount=HALF, purpose="marketing", uses_allowed=None, uses_each=None)
    (voucher,) = vouchers.make(wish=replace(plain, **fields), code=code, by=by, at=at)
    return voucher


def order(price: Price, buyer: User, code: str = "TEST-HALF", *, at: datetime) -> Order:
    """An order with a voucher."""
    wanted = payments.wanted(price, voucher=code)
    return buy.start(cohort_id=price.cohort_id, buyer=buyer, wanted=wanted, at=at)
