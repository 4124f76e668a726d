"""Invoices in the admin: found in the list, written down as paid, taken back, and money sent back by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.enrolment.models import Enrolment
from courses.outbox import delivery
from courses.payments.orders import Order, Refund
from tests.factories import invoices, payments, people
from tests.factories.buying import NOW
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
LATER = NOW + timedelta(days=2)


@pytest.fixture
def order(course: BuiltCourse, ada: User) -> Order:
    """Ada's order waits for a bank transfer."""
    invoices.switched_on()
    return invoices.order(payments.price(course.cohort), ada, at=NOW)


@pytest.fixture
def client(db: None, sign_in: SignIn) -> Client:
    """Penny looks after payments, and nothing else."""
    return sign_in(people.staff("penny", "Penny Ledger", group="Payments"))


def page(order: Order) -> str:
    return reverse("staff:order", args=[order.pk])


def doing(order: Order, what: str) -> str:
    return reverse("staff:order_act", args=[order.pk, what])


def read(client: Client, url: str) -> str:
    return client.get(url).content.decode()


@pytest.fixture(autouse=True)
def two_days_later() -> object:
    with time_machine.travel(LATER, tick=False):
        yield


def test_unpaid_invoices_have_a_list_with_the_last_day_to_pay(
    client: Client, order: Order, ben: User
) -> None:
    url = reverse("staff:orders") + "?show=invoices"
    shown = read(client, url)
    assert order.reference in shown
    assert "Invoice, to be paid by 7 December 2026" in shown
    client.post(doing(order, "paid"), {"paid_on": "2026-11-24", "reference": "BACS 1"})
    assert order.reference not in read(client, url)


def test_the_money_is_written_down_and_the_buyer_has_the_place(
    client: Client, order: Order, ada: User
) -> None:
    assert doing(order, "paid") in read(client, page(order))
    asked = read(client, doing(order, "paid"))
    assert "The buyer gets the place, a receipt and an e-mail." in asked
    answer = client.post(doing(order, "paid"), {"paid_on": "2026-11-24", "reference": "BACS 1"})
    assert answer.headers["Location"] == page(order)
    assert Enrolment.objects.get().learner == ada
    story = read(client, page(order))
    assert "The money of the invoice arrived." in story
    assert "BACS 1" in story
    assert doing(order, "paid") not in story
    assert doing(order, "cancel") not in story


def test_what_was_typed_survives_a_refusal(client: Client, order: Order) -> None:
    answer = client.post(doing(order, "paid"), {"paid_on": "2027-01-01", "reference": "BACS 1"})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "This day has not come yet." in shown
    assert 'value="BACS 1"' in shown
    answer = client.post(doing(order, "paid"), {"paid_on": "soon", "reference": ""})
    assert answer.status_code == 422
    assert "Please write a day like 2026-11-23." in answer.content.decode()


def test_an_invoice_is_taken_back_with_a_reason(client: Client, order: Order) -> None:
    assert client.post(doing(order, "cancel"), {"reason": ""}).status_code == 422
    client.post(doing(order, "cancel"), {"reason": "Ordered twice"})
    order.refresh_from_db()
    assert order.status == "cancelled"
    story = read(client, page(order))
    assert "Ordered twice" in story
    assert "CN-2026-00001" in story


def test_money_goes_back_in_two_steps(client: Client, order: Order) -> None:
    client.post(doing(order, "paid"), {"paid_on": "2026-11-24", "reference": "BACS 1"})
    assert "Send it by bank transfer, then write that down here." in read(client, doing(order, "refund"))
    client.post(doing(order, "refund"), {"amount": "20", "seat": "keep", "reason": "Was ill"})
    delivery.sweep(at=LATER + timedelta(hours=1))
    assert Refund.objects.get().status == "requested"
    story = read(client, page(order))
    assert "Send £20 back by bank transfer. Then write it down here." in story
    assert order.reference in read(client, reverse("staff:orders") + "?show=needs")
    client.post(doing(order, "sent"), {"reference": "BACS 2"})
    assert Refund.objects.get().status == "succeeded"
    assert order.reference not in read(client, reverse("staff:orders") + "?show=needs")
    assert doing(order, "sent") not in read(client, page(order))


def test_takings_count_the_money_on_the_day_it_came(client: Client, order: Order) -> None:
    client.post(doing(order, "paid"), {"paid_on": "2026-11-24", "reference": "BACS 1"})
    answer = client.get(reverse("staff:takings"), {"from": "2026-11-24", "to": "2026-11-24"})
    [row] = answer.context["found"].rows
    assert (row.sold, row.orders) == (6000, 1)
