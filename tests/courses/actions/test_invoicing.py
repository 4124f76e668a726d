"""Orders by invoice: the place is kept, the money comes by bank, and every paper fits the next."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cms.users.models import User
from courses.actions import buy, due, enrol, invoicing, paying, refunding, settling
from courses.actions.buy import Billing, CardsNotSwitchedOn
from courses.actions.invoicing import InvoicingRefused
from courses.actions.refunding import RefundRefused
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Grant, Place
from courses.ledger.models import LedgerEntry
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.papers import Paper
from tests.conftest import NOW
from tests.factories import courses as build
from tests.factories import invoices, payments, people
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 7)
TODAY = date(2026, 11, 23)


@pytest.fixture
def price(course: BuiltCourse) -> Price:
    """£60, VAT in it; people can pay by bank transfer, and cards are off."""
    invoices.switched_on(vat_number="GB 000 0000 00", seller_address="1 Example Street")
    return payments.price(course.cohort, tax="standard", tax_percent=20)


@pytest.fixture
def order(price: Price, ada: User, now: datetime) -> Order:
    billing = Billing(name="Ada Lerner", organisation="Example Trust", purchase_order="PO 7")
    return invoices.order(price, ada, at=now, billing=billing)


def pay(order: Order, by: User, *, at: datetime = NOW, on: date = TODAY) -> Order:
    return invoicing.mark_paid(order_id=order.pk, paid_on=on, reference="BACS 123", by=by, at=at)


def papers(order: Order) -> list[str]:
    return [str(paper) for paper in Paper.objects.filter(order=order).order_by("pk")]


def told(now: datetime, *, days: float = 1) -> list[str]:
    """The subjects of everything that was sent by then, oldest first."""
    delivery.sweep(at=now + timedelta(days=days))
    delivery.sweep(at=now + timedelta(days=days, hours=1))
    return [message.subject for message in mail.outbox]


def test_the_place_is_kept_and_the_invoice_is_there_at_once(order: Order, now: datetime) -> None:
    assert (order.method, order.status, order.total, order.due_on) == (
        "invoice",
        "awaiting_payment",
        6000,
        DUE,
    )
    place = Place.objects.get()
    assert place.reason == "hold"
    assert place.held_until is not None
    assert place.held_until > now + timedelta(days=17)
    [invoice] = Paper.objects.filter(order=order)
    facts = invoice.facts
    assert str(invoice) == facts.number == "INV-2026-00001"
    assert (facts.due_on, facts.paid, facts.tax, facts.total) == (DUE, 0, 1000, 6000)
    assert facts.how_to_pay == tuple(invoices.ACCOUNT.splitlines())
    assert (facts.buyer.organisation, facts.buyer.purchase_order) == ("Example Trust", "PO 7")
    assert not Enrolment.objects.exists()


def test_the_buyer_is_written_to(order: Order, now: datetime) -> None:
    assert told(now) == ["Your invoice"]
    body = str(mail.outbox[0].body)
    assert "£60" in body
    assert "7 December 2026" in body
    assert f"/learning/orders/{order.pk}/" in body


def test_the_money_gives_the_place_and_a_receipt(order: Order, ada: User, amy: User, now: datetime) -> None:
    at = now + timedelta(days=3)
    pay(order, amy, at=at, on=date(2026, 11, 25))
    order.refresh_from_db()
    assert (order.status, order.received, order.kept) == ("paid", 6000, 6000)
    assert order.paid_at is not None
    assert order.paid_at.date() == date(2026, 11, 25)
    grant = Grant.objects.get(enrolment__learner=ada)
    assert (grant.kind, OrderLine.objects.get().grant) == ("paid", grant)
    assert papers(order) == ["INV-2026-00001", "R-2026-00001"]
    receipt = Paper.objects.get(kind="receipt").facts
    assert (receipt.concerns, receipt.method, receipt.paid) == ("INV-2026-00001", "bank transfer", 6000)
    note = LedgerEntry.objects.get(action="money came by bank")
    assert (note.by, note.reason) == (amy, "BACS 123")
    assert told(at)[-1] == "Your payment has arrived"


def test_pressing_twice_is_pressing_once(
    order: Order, amy: User, price: Price, ada: User, now: datetime
) -> None:
    assert invoices.order(price, ada, at=now).pk == order.pk
    for _time in range(2):
        pay(order, amy)
    assert len(papers(order)) == 2
    assert Enrolment.objects.count() == 1
    assert LedgerEntry.objects.filter(action="money came by bank").count() == 1


@pytest.mark.parametrize(
    ("on", "reference", "why"),
    [
        (date(2026, 11, 24), "x", "has not come yet"),
        (date(2026, 11, 22), "x", "made later"),
        (TODAY, "  ", "bank statement"),
    ],
)
def test_what_cannot_be_is_refused(order: Order, amy: User, on: date, reference: str, why: str) -> None:
    with pytest.raises(InvoicingRefused, match=why):
        invoicing.mark_paid(order_id=order.pk, paid_on=on, reference=reference, by=amy, at=NOW)
    order.refresh_from_db()
    assert (order.status, order.received) == ("awaiting_payment", 0)


def test_an_invoice_that_is_not_paid_is_taken_back_and_the_place_is_free(order: Order, now: datetime) -> None:
    due.run(at=now + timedelta(days=17))
    order.refresh_from_db()
    assert order.status == "awaiting_payment"  # money that was sent on the last day may still come
    due.run(at=now + timedelta(days=18))
    order.refresh_from_db()
    assert order.status == "expired"
    assert not Place.objects.exists()
    assert papers(order) == ["INV-2026-00001", "CN-2026-00001"]
    credit = Paper.objects.get(kind="credit_note").facts
    assert (credit.concerns, credit.total, credit.tax, credit.paid) == ("INV-2026-00001", 6000, 1000, 0)
    assert told(now, days=19)[-1] == "Your invoice was taken back"


def test_the_buyer_is_reminded_once_while_it_is_not_paid(order: Order, now: datetime) -> None:
    told(now)
    assert told(now, days=10) == ["Your invoice"]
    assert told(now, days=12) == ["Your invoice", "Your invoice is due soon"]
    assert len(told(now, days=13)) == 2


def test_who_has_paid_is_not_reminded(order: Order, amy: User, now: datetime) -> None:
    pay(order, amy)
    assert "Your invoice is due soon" not in told(now, days=12)


def test_money_that_comes_late_gives_the_place_if_there_is_one(
    order: Order, amy: User, ada: User, now: datetime
) -> None:
    late = now + timedelta(days=20)
    due.run(at=late)
    pay(order, amy, at=late, on=date(2026, 12, 12))
    order.refresh_from_db()
    assert order.status == "paid"
    assert Enrolment.objects.get().learner == ada
    assert papers(order) == ["INV-2026-00001", "CN-2026-00001", "R-2026-00001"]
    assert Paper.objects.filter(cancelled_at__isnull=False).count() == 0


def test_money_that_comes_when_the_place_is_gone_is_for_a_person_and_goes_back_by_hand(
    order: Order, amy: User, ben: User, course: BuiltCourse, now: datetime
) -> None:
    late = now + timedelta(days=20)
    due.run(at=late)
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=1)
    enrol.by_staff(cohort_id=course.cohort.pk, learner=ben, by=amy, at=late, reason="Was first")
    pay(order, amy, at=late, on=date(2026, 12, 12))
    order.refresh_from_db()
    assert (order.status, order.attention) == ("needs_attention", "place_lost")
    settling.refund_all(order_id=order.pk, by=order.buyer, at=late, reason="The place was gone.")
    delivery.sweep(at=late + timedelta(hours=1))
    assert Refund.objects.get().status == "requested"  # nobody has sent it yet
    assert invoicing.money_sent(order_id=order.pk, reference="BACS back", by=amy, at=late) == 1
    order.refresh_from_db()
    assert (order.status, order.kept, Refund.objects.get().status) == ("refunded", 0, "succeeded")


def test_a_part_goes_back_by_hand_with_a_credit_note_about_the_receipt(
    order: Order, amy: User, ada: User, now: datetime
) -> None:
    pay(order, amy)
    refunding.ask(
        order_id=order.pk, amount=1200, seat=Refund.Seat.KEEP, key="one", by=amy, at=now, reason="Was ill"
    )
    assert len(papers(order)) == 2
    assert invoicing.money_sent(order_id=order.pk, reference="BACS 9", by=amy, at=now) == 1
    assert invoicing.money_sent(order_id=order.pk, reference="BACS 9", by=amy, at=now) == 0
    order.refresh_from_db()
    assert (order.status, order.kept) == ("partly_refunded", 4800)
    credit = Paper.objects.get(kind="credit_note").facts
    assert (credit.concerns, credit.total, credit.tax, credit.method) == (
        "R-2026-00001",
        1200,
        200,
        "bank transfer",
    )
    assert Enrolment.objects.get(learner=ada).status == "active"
    with pytest.raises(RefundRefused):
        refunding.ask(
            order_id=order.pk, amount=4801, seat=Refund.Seat.KEEP, key="two", by=amy, at=now, reason="More"
        )


def test_the_team_takes_an_invoice_back(order: Order, amy: User, now: datetime) -> None:
    with pytest.raises(InvoicingRefused, match="say why"):
        invoicing.cancel(order_id=order.pk, by=amy, at=now, reason=" ")
    for _time in range(2):
        invoicing.cancel(order_id=order.pk, by=amy, at=now, reason="Ordered twice")
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert papers(order) == ["INV-2026-00001", "CN-2026-00001"]
    assert LedgerEntry.objects.get(action="order cancelled").reason == "Ordered twice"
    assert told(now)[-1] == "Your invoice was taken back"


def test_a_paid_invoice_is_not_taken_back(order: Order, amy: User, now: datetime) -> None:
    pay(order, amy)
    with pytest.raises(InvoicingRefused, match="is paid"):
        invoicing.cancel(order_id=order.pk, by=amy, at=now, reason="No")


def test_the_buyer_gives_up_and_is_not_written_to_about_it(order: Order, ada: User, now: datetime) -> None:
    buy.give_up(order_id=order.pk, buyer=ada, at=now)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert papers(order)[-1] == "CN-2026-00001"
    assert told(now) == []  # the invoice itself is told no more, either
    assert not OutboxEntry.objects.filter(payload__message="invoice_ended").exists()


def test_without_an_account_to_pay_into_nobody_has_an_invoice(price: Price, ada: User, now: datetime) -> None:
    invoices.switched_on(bank_details=" \n ")
    with pytest.raises(CardsNotSwitchedOn, match="write to us"):
        invoices.order(price, ada, at=now)
    assert not Order.objects.exists()


def test_beside_cards_only_where_the_team_wants_it(
    price: Price, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    with pytest.raises(CardsNotSwitchedOn, match="pay by card"):
        invoices.order(price, ada, at=now)
    invoices.switched_on(invoices_beside_cards=True)
    assert invoices.order(price, ada, at=now).method == "invoice"
    assert payments.order(price, ben, at=now).method == "card"


def test_who_changes_from_invoice_to_card_has_one_order(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    invoices.switched_on(invoices_beside_cards=True)
    first = invoices.order(price, ada, at=now)
    second = payments.order(price, ada, at=now)
    first.refresh_from_db()
    assert (first.status, second.method, second.status) == ("cancelled", "card", "draft")
    assert papers(first) == ["INV-2026-00001", "CN-2026-00001"]
    assert Place.objects.count() == 1


def test_no_page_for_paying_is_opened_for_an_invoice(
    price: Price, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    invoices.switched_on(invoices_beside_cards=True)
    order = invoices.order(price, ada, at=now)
    assert buy.pay_page(order_id=order.pk, buyer=ada, return_url=payments.BACK, at=now) == ""
    assert paying.bring_up_to_date(order_id=order.pk, at=now).status == "awaiting_payment"


def test_an_order_by_card_is_not_marked_as_paid_by_hand(
    price: Price, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    with pytest.raises(InvoicingRefused, match="payment service"):
        pay(payments.order(price, ada, at=now), amy)


STEPS = st.lists(
    st.sampled_from(["pay", "pay again", "cancel", "give up", "time", "refund", "sent", "order again"]),
    max_size=7,
)


class TestAnySequence(TestCase):
    """Whatever is pressed in whatever order: amounts and papers fit, and no place comes without money."""

    @given(steps=STEPS)
    def test_everything_adds_up(self, steps: list[str]) -> None:
        course, ada, amy = (
            build.course(at=NOW),
            people.person("ada", "Ada Lerner"),
            people.person("amy", "Amy Min"),
        )
        invoices.switched_on()
        price = payments.price(course.cohort)
        order, at = invoices.order(price, ada, at=NOW), NOW
        for number, step in enumerate(steps):
            at += timedelta(hours=1)
            order = self.do(step, f"key-{number}", order, price, by=amy, at=at)
            self.check()
            at = at + timedelta(days=19) if step == "time" else at

    def do(self, step: str, key: str, order: Order, price: Price, *, by: User, at: datetime) -> Order:
        ada, amy = order.buyer, by
        steps: dict[str, Any] = {
            "pay": lambda: pay(order, amy, at=at, on=at.date()),
            "pay again": lambda: pay(order, amy, at=at, on=at.date()),
            "cancel": lambda: invoicing.cancel(order_id=order.pk, by=amy, at=at, reason="No"),
            "give up": lambda: buy.give_up(order_id=order.pk, buyer=ada, at=at),
            "time": lambda: due.run(at=at + timedelta(days=19)),
            "refund": lambda: refunding.ask(
                order_id=order.pk,
                amount=2000,
                seat=Refund.Seat.END,
                key=key,
                by=amy,
                at=at,
                reason="Less",
            ),
            "sent": lambda: invoicing.money_sent(order_id=order.pk, reference="BACS", by=amy, at=at),
            "order again": lambda: invoices.order(price, ada, at=at),
        }
        try:
            made = steps[step]()
        except (InvoicingRefused, RefundRefused, buy.EnrolmentRefused):
            made = None
        if step == "order again" and isinstance(made, Order):
            return made
        order.refresh_from_db()
        return order

    def check(self) -> None:
        for order in Order.objects.all():
            mine = Paper.objects.filter(order=order)
            invoice, receipt = mine.filter(kind="invoice").count(), mine.filter(kind="receipt").count()
            credits_ = [paper.facts for paper in mine.filter(kind="credit_note")]
            taken_back = [one.total for one in credits_ if one.concerns.startswith("INV")]
            given_back = sum(one.total for one in credits_ if one.concerns.startswith("R-"))
            sent = Refund.objects.filter(order=order, status="succeeded")
            settled = sum(sent.values_list("amount", flat=True))
            assert invoice == 1
            assert taken_back in ([], [order.total])
            assert bool(taken_back) or order.status not in ("cancelled", "expired")
            assert (receipt == 1) == (order.received == order.total)
            assert given_back == settled <= order.received
            assert order.received in (0, order.total)
        for grant in Grant.objects.filter(kind="paid", withdrawn_at=None):
            assert grant.order_line.order.received
