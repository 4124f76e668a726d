"""Pages of the people who look after payments, inside Wagtail's admin."""

from typing import Any

from django.urls import reverse

from courses.payments.orders import Order, OrderLine
from tests.architecture.addresses.papers import bought, receipt
from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Path,
    Row,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World

# Not even of their own cohorts. The administrator of the cast may do everything.
NOT_THEIRS: dict[str, Any] = {FACILITATOR: 404, ASSESSOR: 404, EDITOR: 404}
# A number of its own, so that an address can be written without asking for it.
NUMBER = 900_001


def order(name: str, *more: str) -> Path:
    return lambda world: reverse(name, args=[NUMBER, *more])


def an_order(world: World) -> None:
    """An order that was paid, as no payment service of a test knows it."""
    made = Order.objects.create(
        pk=NUMBER,
        reference="TEST0001",
        buyer=world.people["cleo"],
        cohort=world.course.cohort,
        method=Order.Method.CARD,
        status="paid",
        currency="gbp",
        net=4500,
        tax=0,
        total=4500,
        received=4500,
        terms_version="1",
        made_at=world.at,
        pay_by=world.at,
        paid_at=world.at,
        payment="pi_test",
    )
    OrderLine.objects.create(
        order=made,
        price_kind="standard",
        description="A place",
        unit=4500,
        tax_treatment="exempt",
        tax_rate=0,
        tax_wording="Exempt",
        net=4500,
        tax=0,
        total=4500,
    )


def an_invoice(world: World) -> None:
    """The same order, waiting for a bank transfer."""
    an_order(world)
    Order.objects.filter(pk=NUMBER).update(
        method=Order.Method.INVOICE, status="awaiting_payment", received=0, paid_at=None, payment=""
    )


TILLS = (
    Row(
        name="staff:order_paper",
        path=to("staff:order_paper", bought, receipt),
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=3,
        may_write=PREFERENCES,
    ),
    Row(
        name="staff:orders",
        path=lambda world: reverse("staff:orders"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=10,
    ),
    Row(
        name="staff:order",
        path=order("staff:order"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=15,
    ),
    Row(
        name="staff:order_act",
        path=order("staff:order_act", "refund"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:order_act",
        method="POST",
        path=order("staff:order_act", "refund"),
        before=an_order,
        data=lambda world: {"amount": "10", "reason": "Was ill"},
        answers=staff("staff:order", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=19,
    ),
    Row(
        name="staff:order_act",
        method="POST",
        note="the money came",
        path=order("staff:order_act", "paid"),
        before=an_invoice,
        data=lambda world: {"paid_on": world.at.date().isoformat(), "reference": "BACS 1"},
        answers=staff("staff:order", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=44,
    ),
    # No payment service is set up in these tests: the page says so.
    Row(
        name="staff:ask_again",
        method="POST",
        path=order("staff:ask_again"),
        before=an_order,
        answers=staff("staff:order", **NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=3,
    ),
    Row(
        name="staff:takings",
        path=lambda world: reverse("staff:takings"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:takings_csv",
        path=lambda world: reverse("staff:takings_csv"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=8,
    ),
    Row(
        name="staff:takings_xlsx",
        path=lambda world: reverse("staff:takings_xlsx"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        queries=9,
    ),
    Row(
        name="staff:compared",
        path=lambda world: reverse("staff:compared"),
        before=an_order,
        answers=staff(**NOT_THEIRS),
        measured_as=ADMINISTRATOR,
        may_write=PREFERENCES,
        queries=7,
    ),
)
