"""Orders made the way people make them, at the payment service that is only there while a test runs."""

from datetime import UTC, datetime, timedelta
from typing import Any

from courses.actions import buy, enrol, paying
from courses.actions.buy import Billing, Wanted
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments.orders import Order
from tests.payments.memory_gateway import MemoryGateway

PRICE = 4500
# The moment at which tests act (tests/conftest.py), for what is given outside of a test.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
RETURN = "https://testserver/back/"


def priced(cohort: Cohort, *, amount: int = PRICE, **fields: Any) -> Price:
    """What a place in a cohort costs."""
    return Price.objects.create(cohort=cohort, kind=Price.Kind.STANDARD, amount=amount, **fields)


def started(cohort: Cohort, buyer: Any, *, at: datetime) -> Order:
    """An order, its place held, and no page for paying yet."""
    price = Price.objects.get(cohort=cohort)
    wanted = Wanted(price_id=price.pk, billing=Billing(name="B. Uyer"), terms=True)
    return buy.start(cohort_id=cohort.pk, buyer=buyer, wanted=wanted, at=at)


def opened(cohort: Cohort, buyer: Any, *, at: datetime) -> Order:
    """An order with its page for paying open."""
    order = started(cohort, buyer, at=at)
    buy.pay_page(order_id=order.pk, buyer=buyer, return_url=RETURN, at=at)
    order.refresh_from_db()
    return order


def paid(cohort: Cohort, buyer: Any, *, service: MemoryGateway, at: datetime) -> Order:
    """An order that was paid, and brought up to date at once."""
    service.at = at
    order = opened(cohort, buyer, at=at)
    service.pay(order.checkout)
    return paying.bring_up_to_date(order_id=order.pk, at=at)


def paid_too_late(cohort: Cohort, buyer: Any, *, instead: Any, service: MemoryGateway, at: datetime) -> Order:
    """An order that was paid when `instead` had the last place: a person must see to it.

    The cohort has room for one then.
    """
    service.at = at
    order = opened(cohort, buyer, at=at)
    service.pay(order.checkout)
    Cohort.objects.filter(pk=cohort.pk).update(capacity=1)
    late = order.pay_by + timedelta(hours=1)
    enrol.by_staff(cohort_id=cohort.pk, learner=instead, by=instead, at=late, reason="Was first")
    return paying.bring_up_to_date(order_id=order.pk, at=late)
