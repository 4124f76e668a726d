"""A course that costs money, and people who buy a place."""

from datetime import datetime
from typing import Any

from cms.users.models import User
from courses.actions import buy, paying
from courses.actions.buy import Billing, Wanted
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments.events import PaymentEvent
from courses.payments.gateway import Event
from courses.payments.orders import Order
from tests.payments.memory_gateway import MemoryGateway

BACK = "https://testserver/learning/orders/1/"


def price(cohort: Cohort, amount: int = 6000, **fields: Any) -> Price:
    """A price of a cohort; £60 unless a test says otherwise."""
    made: Price = Price.objects.create(cohort=cohort, amount=amount, **fields)
    return made


def wanted(price: Price, **fields: Any) -> Wanted:
    """What somebody sends who wants a place at this price."""
    billing = fields.pop("billing", Billing(name="Ada Lerner"))
    return Wanted(price_id=price.pk, billing=billing, terms=fields.pop("terms", True), **fields)


def order(price: Price, buyer: User, *, at: datetime) -> Order:
    """An order that waits for money."""
    return buy.start(cohort_id=price.cohort_id, buyer=buyer, wanted=wanted(price), at=at)


def checkout(order: Order, *, at: datetime) -> str:
    """The number of the page on which an order can be paid, opened by its buyer."""
    assert buy.pay_page(order_id=order.pk, buyer=order.buyer, return_url=BACK, at=at)
    order.refresh_from_db()
    return order.checkout


def deliver(service: MemoryGateway, *, at: datetime, events: list[Event] | None = None) -> None:
    """Everything that the service has to say, or these events, in this order; then the news is applied."""
    for event in service.events if events is None else events:
        paying.note(event=event, at=at)
    for pk in PaymentEvent.objects.filter(status="received").values_list("pk", flat=True):
        paying.apply(event_id=pk, at=at)


def paid(service: MemoryGateway, price: Price, buyer: User, *, at: datetime) -> Order:
    """An order that was paid by card, and heard of."""
    made = order(price, buyer, at=at)
    service.pay(checkout(made, at=at))
    deliver(service, at=at)
    made.refresh_from_db()
    return made
