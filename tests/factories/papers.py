"""Somebody who paid for a place, had a part of the money back, and has the papers of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from django.db import transaction
from django.test import override_settings

from cms.users.models import User
from courses.actions import buy, papers, paying, refunding
from courses.actions.buy import Billing
from courses.cohorts.models import Cohort
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, Refund
from courses.payments.papers import Paper
from tests.factories import payments
from tests.payments import memory_gateway
from tests.payments.memory_gateway import MemoryGateway

BILLED = Billing(
    name="Pia Aying",
    organisation="Example Trust",
    address="1 Example Street\nExampleton",
    purchase_order="PO 12",
)


@dataclass
class OneOfEach:
    """One order with a receipt and a credit note, both with their PDF; and news that nobody has read."""

    order: Order
    receipt: Paper
    credit_note: Paper
    news: PaymentEvent


@contextmanager
def payments_switched_on() -> Iterator[MemoryGateway]:
    """What the fixture `payment_service` does, for what is built once for many tests."""
    with override_settings(
        STRIPE_SECRET_KEY="sk_test_memory", PAYMENT_GATEWAY="tests.payments.memory_gateway.current"
    ):
        service = memory_gateway.begin()
        # Another one was here before, perhaps, and its numbers are kept.
        service._numbers = count(1 + 1000 * Order.objects.count())
        yield service


def buy_and_pay(
    service: MemoryGateway, cohort: Cohort, buyer: User, *, at: datetime, billing: Billing = BILLED
) -> Order:
    """A place for £60 with VAT in it, paid by card."""
    price = cohort.prices.first() or payments.price(cohort, tax="standard", tax_percent=20)
    wanted = payments.wanted(price, billing=billing)
    order = buy.start(cohort_id=cohort.pk, buyer=buyer, wanted=wanted, at=at)
    service.pay(payments.checkout(order, at=at))
    # Only this service's own news: what another one left unread is not known to it.
    for event in service.events:
        paying.note(event=event, at=at)
        paying.apply(event_id=PaymentEvent.objects.get(event_id=event.id).pk, at=at)
    order.refresh_from_db()
    return order


def give_back(order: Order, amount: int, *, by: User, at: datetime) -> Refund:
    """Money that goes back, and has gone; the place stays."""
    asked = refunding.ask(
        order_id=order.pk,
        amount=amount,
        seat=Refund.Seat.KEEP,
        key=refunding.new_key(),
        by=by,
        at=at,
        reason="Agreed.",
    )
    refunding.carry_out(refund_id=asked.pk, at=at)
    asked.refresh_from_db()
    return asked


def one_of_each(
    cohort: Cohort, buyer: User, *, by: User, at: datetime, billing: Billing = BILLED
) -> OneOfEach:
    with payments_switched_on() as service, transaction.atomic():
        order = buy_and_pay(service, cohort, buyer, at=at, billing=billing)
        give_back(order, 1000, by=by, at=at)
        made = {
            paper.kind: papers.keep_pdf(paper_id=paper.pk, at=at)
            for paper in Paper.objects.filter(order=order)
        }
        (newest,) = service.events[-1:]
        paying.note(event=newest, at=at)
        news = PaymentEvent.objects.get(event_id=newest.id)
    return OneOfEach(order, made["receipt"], made["credit_note"], news)
