"""Buyers, news and refunds at the same moment: never one place too many, never one money twice."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client

from cms.users.models import User
from courses.actions import buy, paying, refunding
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Place
from courses.outbox.models import OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, Refund
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories import payments as build
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

LOOKED = (places, "fullness")
BY_LOCK = pytest.mark.parametrize("locks", [True, False], ids=["with the locks", "without the locks"])


@pytest.fixture
def price(course: BuiltCourse, payment_service: MemoryGateway) -> Price:
    return build.price(course.cohort)


@BY_LOCK
def test_case_09_fifty_buy_the_last_place(price: Price, now: datetime, locks: bool) -> None:
    Cohort.objects.update(capacity=1)
    buyers = [people.person(f"buyer{n}", f"Buyer {n}") for n in range(50)]
    jobs = [partial(build.order, price, buyer, at=now) for buyer in buyers]
    with everybody_waits_after(LOOKED, people=len(buyers), locks=locks):
        found = race(jobs)
    if locks:
        assert len(errors(found)) == len(buyers) - 1
        assert all(isinstance(one, ActionRefused) for one in errors(found))
        assert Place.objects.count() == 1
    else:
        assert Place.objects.count() > 1


@BY_LOCK
def test_case_12_two_windows_of_one_buyer(price: Price, ada: User, now: datetime, locks: bool) -> None:
    jobs = [partial(build.order, price, ada, at=now)] * 2
    with everybody_waits_after(LOOKED, people=2, locks=locks):
        found = race(jobs)
    if locks:
        assert errors(found) == []
        assert found[0] == found[1]
    else:
        assert caught_by(found) == ["order_one_open_per_buyer"]
    assert Order.objects.count() == 1


def test_case_02_the_same_news_in_parallel_is_stored_and_applied_once(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    """Eight deliveries at the door: each is thanked for, one is new."""
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    (event,) = payment_service.events
    body, signature = payment_service.sent(event)

    def send() -> int:
        answer = Client().post(
            "/payments/stripe/", body, "application/json", headers={"Stripe-Signature": signature}
        )
        return answer.status_code

    assert race([send] * 8) == [200] * 8
    order.refresh_from_db()
    assert order.status == "paid"
    assert PaymentEvent.objects.get().status == "handled"
    assert OutboxEntry.objects.filter(payload__message="order_paid").count() == 1
    assert Enrolment.objects.count() == Grant.objects.count() == Place.objects.count() == 1


@BY_LOCK
def test_case_02_one_piece_of_news_applied_by_two_at_once(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway, locks: bool, settings: Any
) -> None:
    """Both have asked the service, and both have the order in hand before either writes."""
    # Else it would be applied as soon as it is noted.
    settings.OUTBOX_AT_ONCE = False
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    (event,) = payment_service.events
    assert paying.note(event=event, at=now)
    row = PaymentEvent.objects.get(status="received")
    with everybody_waits_after((paying, "locked"), people=2, locks=locks):
        found = race([partial(paying.apply, event_id=row.pk, at=now)] * 2)
    assert errors(found) == []
    order.refresh_from_db()
    if locks:
        assert (order.status, order.attention) == ("paid", "")
        assert Place.objects.count() == 1
    else:
        # The second takes the first's place for one that was paid for before, and lets its seat go.
        assert (order.status, order.attention) == ("needs_attention", "paid_twice")
        assert Place.objects.count() == 0
    assert OutboxEntry.objects.filter(payload__message="order_paid").count() == 1
    assert Enrolment.objects.count() == Grant.objects.count() == 1


@BY_LOCK
def test_late_money_and_a_newcomer_want_the_same_place(
    price: Price, ada: User, ben: User, now: datetime, payment_service: MemoryGateway, locks: bool
) -> None:
    Cohort.objects.update(capacity=1)
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    late = now + timedelta(days=1)
    jobs = [
        partial(paying.bring_up_to_date, order_id=order.pk, at=late),
        partial(build.order, price, ben, at=late),
    ]
    with everybody_waits_after(LOOKED, people=2, locks=locks):
        race(jobs)
    order.refresh_from_db()
    counted = Place.objects.filter(places.counts_at(late)).count()
    if locks:
        assert counted == 1
        assert order.status in ("paid", "needs_attention")
        assert order.received == 6000
    else:
        assert counted == 2


@BY_LOCK
def test_two_of_the_team_give_all_the_money_back(
    price: Price,
    ada: User,
    amy: User,
    now: datetime,
    payment_service: MemoryGateway,
    locks: bool,
) -> None:
    order = build.paid(payment_service, price, ada, at=now)

    def ask() -> Refund:
        return refunding.ask(
            order_id=order.pk,
            amount=6000,
            seat=Refund.Seat.KEEP,
            key=refunding.new_key(),
            by=amy,
            at=now,
            reason="test",
        )

    with everybody_waits_after((paying, "locked"), people=2, locks=locks):
        found = race([ask, ask])
    if locks:
        assert [isinstance(one, ActionRefused) for one in errors(found)] == [True]
        assert Refund.objects.count() == 1
    else:
        # Both rows are written, and only the payment service would refuse the second.
        assert Refund.objects.count() == 2


def test_giving_up_while_somebody_pays_loses_neither_money_nor_place(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    """Whoever comes first, the end is the same: paid, with the place."""
    order = build.order(price, ada, at=now)
    payment_service.pay(build.checkout(order, at=now))
    race(
        [
            partial(buy.give_up, order_id=order.pk, buyer=ada, at=now),
            partial(paying.bring_up_to_date, order_id=order.pk, at=now),
        ]
    )
    paying.close_page(order_id=order.pk, at=now)
    order.refresh_from_db()
    assert order.status == "paid"
    assert Place.objects.count() == Enrolment.objects.count() == 1
