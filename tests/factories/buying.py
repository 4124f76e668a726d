"""Orders of a cohort that has one price, and what the payment service says of them asked for at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from courses.actions import enrol, paying
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments.orders import Order
from tests.factories import payments
from tests.payments.memory_gateway import MemoryGateway

PRICE = 4500
RETURN = payments.BACK
# The moment at which tests act (tests/conftest.py), for what is given outside of a test.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def priced(cohort: Cohort, *, amount: int = PRICE, **fields: Any) -> Price:
    """The one price of a cohort."""
    return payments.price(cohort, amount, **fields)


def started(cohort: Cohort, buyer: Any, *, at: datetime) -> Order:
    """An order, its place held, and no page for paying yet."""
    return payments.order(Price.objects.get(cohort=cohort), buyer, at=at)


def opened(cohort: Cohort, buyer: Any, *, at: datetime) -> Order:
    """An order with its page for paying open."""
    order = started(cohort, buyer, at=at)
    payments.checkout(order, at=at)
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
