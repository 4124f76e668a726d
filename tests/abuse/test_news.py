"""News of payments that comes twice, late, in the wrong order, forged, or while a machine stops."""

from itertools import permutations
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from courses.actions import paying
from courses.enrolment.models import Enrolment, Grant, Place
from courses.outbox import writing
from courses.outbox.models import OutboxEntry
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order
from courses.payments.papers import Paper
from courses.payments.stripe_gateway import StripeGateway
from tests.abuse.conftest import Shop

pytestmark = pytest.mark.django_db

DEBIT = "bacs_debit"


def receipts_by_mail() -> int:
    return sum(message.subject == "Your payment has arrived" for message in mail.outbox)


def nothing_happened() -> bool:
    return not (Enrolment.objects.exists() or Paper.objects.exists() or receipts_by_mail())


def test_case_01_the_same_news_twice_is_one_place_and_one_receipt(shop: Shop, browser: Client) -> None:
    order = shop.order(browser)
    shop.pay(order)
    (told,) = shop.news()
    assert shop.deliver(told) == 200
    shop.work()
    assert shop.deliver(told) == 200
    shop.work()
    order.refresh_from_db()
    assert order.status == "paid"
    assert PaymentEvent.objects.count() == 1
    assert Enrolment.objects.count() == Place.objects.count() == Grant.objects.count() == 1
    assert Paper.objects.filter(kind="receipt").count() == receipts_by_mail() == 1


@pytest.mark.parametrize("places", list(permutations(range(3))), ids=str)
def test_case_03_a_debit_and_its_refund_heard_of_in_any_order(
    shop: Shop, browser: Client, places: tuple[int, ...]
) -> None:
    """Completed, succeeded and refunded: whichever is heard first, whatever the others say."""
    order = shop.order(browser)
    shop.pay(order, DEBIT)
    payment = _payment()
    shop.stand_in.do(f"payments/{payment}/succeed")
    shop.stand_in.do(f"payments/{payment}/refund", amount=1000)
    heard = {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "refund.created",
    }
    told = [one for one in shop.news() if one["type"] in heard]
    assert len(told) == 3
    for place in places:
        assert shop.deliver(told[place]) == 200
        shop.work()
        order.refresh_from_db()
        assert (order.status, order.returned) == ("partly_refunded", 1000)
    assert set(PaymentEvent.objects.values_list("status", flat=True)) == {"handled"}
    assert Enrolment.objects.get().status == "active"
    assert Place.objects.count() == 1
    assert sorted(Paper.objects.values_list("kind", "total")) == [("credit_note", 1000), ("receipt", 6000)]


def _payment() -> str:
    """Of the one page that somebody paid on."""
    return StripeGateway().checkout(Order.objects.get().checkout).payment


@pytest.mark.parametrize(
    "fault", ["wrong_signature", "no_signature", "stale", "future", "changed_body", "no_event"]
)
def test_case_05_news_that_is_not_signed_right_is_not_taken(
    shop: Shop, browser: Client, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    order = shop.order(browser)
    shop.stand_in.do("events/next", faults=[fault])
    shop.pay(order)
    (told,) = shop.news()
    assert shop.deliver(told) == 400
    assert not PaymentEvent.objects.exists()
    shop.work()
    assert nothing_happened()
    assert order.checkout not in caplog.text
    # Nobody but a test sends what Stripe's types do not know.
    shop.stand_in.do("forget")


def test_case_05_news_signed_by_two_secrets_in_turn_is_taken(shop: Shop, browser: Client) -> None:
    order = shop.order(browser)
    shop.stand_in.do("events/next", faults=["rotated"])
    shop.pay(order)
    (told,) = shop.news()
    assert told["signature"].count("v1=") == 2
    assert shop.deliver(told) == 200
    shop.work()
    order.refresh_from_db()
    assert order.status == "paid"


def test_case_06_news_waits_whole_when_the_machine_stops_in_the_middle(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stops in the last line, when all else is written: nothing of that may stay."""
    order = shop.order(browser)
    shop.pay(order)
    (told,) = shop.news()
    with monkeypatch.context() as broken:
        broken.setattr(PaymentEvent, "move_to", _stops)
        assert shop.deliver(told) == 200
        shop.work()
    order.refresh_from_db()
    assert (order.status, order.received) == ("awaiting_payment", 0)
    assert PaymentEvent.objects.get().status == "received"
    assert nothing_happened()
    PaymentEvent.objects.update(received_at=timezone.now() - 2 * paying.A_WHILE)
    assert [paying.apply_waiting(at=timezone.now()) for _n in range(2)] == [1, 0]
    OutboxEntry.objects.update(due_at=timezone.now())
    shop.work()
    order.refresh_from_db()
    assert order.status == "paid"
    assert Enrolment.objects.count() == receipts_by_mail() == 1


def test_case_06_what_cannot_be_stored_is_answered_so_that_it_comes_again(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.order(browser)
    shop.pay(order)
    (told,) = shop.news()
    with monkeypatch.context() as broken:
        broken.setattr(writing, "write", _stops)
        broken.setattr(paying.outbox, "write", _stops)
        assert shop.deliver(told) == 500
    assert not PaymentEvent.objects.exists()
    assert shop.deliver(told) == 200
    shop.work()
    order.refresh_from_db()
    assert order.status == "paid"


def _stops(*_args: Any, **_kwargs: Any) -> Any:
    raise RuntimeError("the machine stopped")
