"""Receipts and credit notes of orders: made with the money, one each, and never changed."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import transaction
from wagtail.models import Site

from cms.core.models import SiteDetails
from cms.users import privacy
from cms.users.models import User
from courses.actions import buy, papers, paying, privacy_payments, refunding, settling
from courses.actions.buy import Billing
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.ledger.models import LedgerEntry
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from courses.payments import sellers
from courses.payments.gateway import RefundState
from courses.payments.orders import Order, OrderBilling, Refund
from courses.payments.papers import Paper, PaperSeries
from tests.factories import courses as build
from tests.factories import papers as bought
from tests.factories import payments, people
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db

NEW_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def order(course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway) -> Order:
    """Ada's place for £60, VAT in it, paid."""
    return bought.buy_and_pay(payment_service, course.cohort, ada, at=now)


def news(service: MemoryGateway, order: Order, at: datetime) -> Order:
    """Whatever the service has to say about an order is heard."""
    paying.bring_up_to_date(order_id=order.pk, at=at)
    order.refresh_from_db()
    return order


def numbers(**which: Any) -> list[str]:
    return [str(paper) for paper in Paper.objects.filter(**which).order_by("pk")]


def credits_of(order: Order) -> list[tuple[int, int]]:
    """Amount and tax of each credit note that counts."""
    return [
        (paper.total, paper.tax)
        for paper in Paper.objects.filter(order=order, kind="credit_note", cancelled_at=None)
    ]


# --- Receipts


def test_a_paid_order_has_a_receipt_that_says_what_was_sold(order: Order, now: datetime) -> None:
    receipt = Paper.objects.get()
    facts = receipt.facts
    assert str(receipt) == facts.number == "R-2026-00001"
    assert (receipt.order, receipt.issued_at, receipt.total, receipt.tax) == (order, now, 6000, 1000)
    assert (facts.net, facts.tax, facts.total, facts.paid) == (5000, 1000, 6000, 6000)
    assert facts.order == order.reference
    assert facts.buyer.name == "Pia Aying"
    assert facts.buyer.address == ("1 Example Street", "Exampleton")
    assert facts.buyer.purchase_order == "PO 12"
    assert facts.lines[0].description == "Course TEST: Start any time"
    assert facts.lines[0].tax_wording == "20 % VAT included"
    assert "No real money was paid." in facts.notice
    assert LedgerEntry.objects.filter(action="receipt made", learner=order.buyer).count() == 1


def test_the_same_news_again_makes_no_second_receipt(
    order: Order, now: datetime, payment_service: MemoryGateway
) -> None:
    payments.deliver(payment_service, at=now, events=payment_service.events * 2)
    with transaction.atomic():
        papers.receipt(order=paying.locked(order.pk), at=now + timedelta(days=1))
    assert numbers() == ["R-2026-00001"]


def test_real_money_is_not_called_a_trial(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    payment_service.is_live = True
    bought.buy_and_pay(payment_service, course.cohort, ada, at=now)
    assert Paper.objects.get().facts.notice == ""


def test_an_order_for_nothing_has_no_receipt(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = payments.order(payments.price(course.cohort, 0), ada, at=now)
    assert order.status == "paid"
    assert not Paper.objects.exists()


def test_an_order_that_waits_or_was_given_up_has_none(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = payments.order(payments.price(course.cohort), ada, at=now)
    payments.checkout(order, at=now)
    paying.expire_due(at=now + timedelta(days=1))
    assert not Paper.objects.exists()


def test_money_for_a_place_that_was_gone_has_no_papers_until_there_is_a_place(
    course: BuiltCourse, ada: User, ben: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    """Until then nothing was sold. Then there is a receipt, and a credit note of what went before."""
    Cohort.objects.update(capacity=1)
    price = payments.price(course.cohort)
    late = payments.order(price, ada, at=now)
    page = payments.checkout(late, at=now)
    payment_service.pay(page)
    tomorrow = now + timedelta(days=1)
    payments.paid(payment_service, price, ben, at=tomorrow)
    late = news(payment_service, late, tomorrow)
    assert late.attention == "place_lost"
    bought.give_back(late, 1000, by=amy, at=tomorrow)
    assert not Paper.objects.filter(order=late).exists()
    Cohort.objects.update(capacity=2)
    settling.give_place(order_id=late.pk, by=amy, at=tomorrow, reason="There is room now.")
    assert numbers(order=late) == ["R-2026-00002", "CN-2026-00001"]
    assert credits_of(late) == [(1000, 0)]


def test_numbers_have_no_gap_and_begin_again_with_the_year_of_the_site(
    course: BuiltCourse, now: datetime, payment_service: MemoryGateway
) -> None:
    """When a new year begins in Greenwich, it does here as well; a minute before, it does not."""
    times = (now, NEW_YEAR - timedelta(minutes=1), NEW_YEAR, NEW_YEAR + timedelta(minutes=1))
    for place, at in enumerate(times):
        bought.buy_and_pay(payment_service, course.cohort, people.person(f"p{place}", "P"), at=at)
    assert numbers() == ["R-2026-00001", "R-2026-00002", "R-2027-00001", "R-2027-00002"]


def test_the_year_is_the_one_of_the_site_s_clocks(
    course: BuiltCourse, ada: User, settings: Any, payment_service: MemoryGateway
) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    bought.buy_and_pay(payment_service, course.cohort, ada, at=NEW_YEAR - timedelta(minutes=30))
    assert numbers() == ["R-2027-00001"]


def test_a_number_that_was_taken_in_vain_is_given_again(order: Order, now: datetime) -> None:
    with transaction.atomic():
        assert papers._next_number(papers.Kind.RECEIPT, now) == (2026, 2)
        transaction.set_rollback(True)
    assert PaperSeries.objects.get(kind="receipt").last == 1


def test_later_changes_of_names_change_no_receipt(order: Order) -> None:
    before = Paper.objects.get().printed
    SiteDetails.objects.create(site=Site.objects.get(is_default_site=True), seller_name="Another Seller")
    OrderBilling.objects.update(name="Somebody Else")
    Price.objects.update(amount=9900)
    assert Paper.objects.get().printed == before


# --- Credit notes


def test_money_that_goes_back_has_a_credit_note_with_its_tax(order: Order, amy: User, now: datetime) -> None:
    bought.give_back(order, 1000, by=amy, at=now)
    note = Paper.objects.get(kind="credit_note")
    assert (str(note), note.total, note.tax) == ("CN-2026-00001", 1000, 167)
    assert (note.facts.concerns, note.facts.concerns_on) == ("R-2026-00001", now.date())
    assert note.facts.buyer.name == "Pia Aying"
    assert note.facts.lines[0].description == "Course TEST: Start any time"
    assert note.refund == Refund.objects.get()


def test_it_is_made_once_however_often_it_is_heard_of(
    order: Order, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    refund = bought.give_back(order, 1000, by=amy, at=now)
    payments.deliver(payment_service, at=now)
    refunding.carry_out(refund_id=refund.pk, at=now)
    news(payment_service, order, now)
    assert numbers(kind="credit_note") == ["CN-2026-00001"]


def test_none_is_made_before_the_money_goes(order: Order, amy: User, now: datetime) -> None:
    refunding.ask(
        order_id=order.pk, amount=1000, seat=Refund.Seat.KEEP, key="k", by=amy, at=now, reason="Agreed."
    )
    assert not Paper.objects.filter(kind="credit_note").exists()


def test_credit_notes_of_all_parts_add_up_to_the_tax_of_the_order(
    order: Order, amy: User, now: datetime
) -> None:
    for amount in (1, 1999, 2, 3998):
        bought.give_back(order, amount, by=amy, at=now)
    tax = [tax for _amount, tax in credits_of(order)]
    assert sum(tax) == order.tax == 1000
    assert len(tax) == 4


def test_money_given_back_at_the_payment_service_has_one_too(
    order: Order, now: datetime, payment_service: MemoryGateway
) -> None:
    payment_service.refund_outside(order.payment, 600)
    news(payment_service, order, now)
    assert credits_of(order) == [(600, 100)]


def test_a_refund_that_comes_back_cancels_its_credit_note_and_a_new_one_has_its_own(
    order: Order, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    first = bought.give_back(order, 6000, by=amy, at=now)
    later = now + timedelta(days=3)
    payment_service.settle_refund(first.gateway_id, RefundState.FAILED)
    order = news(payment_service, order, later)
    note = Paper.objects.get(kind="credit_note")
    assert order.status == "paid"
    assert (note.cancelled_at, note.cancelled_because) == (later, "refund_failed")
    assert note.total == 6000
    assert LedgerEntry.objects.filter(action="credit note cancelled").count() == 1
    news(payment_service, order, later)
    bought.give_back(order, 6000, by=amy, at=later)
    assert numbers(kind="credit_note") == ["CN-2026-00001", "CN-2026-00002"]
    assert credits_of(order) == [(6000, 1000)]


def test_a_refund_that_never_went_has_no_credit_note(
    order: Order, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    asked = refunding.ask(
        order_id=order.pk, amount=1000, seat=Refund.Seat.KEEP, key="k", by=amy, at=now, reason="Agreed."
    )
    payment_service.dispute(order.payment)
    refunding.carry_out(refund_id=asked.pk, at=now)
    asked.refresh_from_db()
    assert asked.status == "failed"
    assert not Paper.objects.filter(kind="credit_note").exists()


def test_a_lost_dispute_has_a_credit_note_and_an_open_or_a_won_one_none(
    order: Order, now: datetime, payment_service: MemoryGateway
) -> None:
    payment_service.dispute(order.payment)
    news(payment_service, order, now)
    assert credits_of(order) == []
    payment_service.close_dispute(order.payment, won=False)
    for _ in range(2):
        news(payment_service, order, now)
    assert credits_of(order) == [(6000, 1000)]
    note = Paper.objects.get(kind="credit_note")
    assert note.refund is None
    assert note.facts.reason == "The bank took the payment back"


def test_a_dispute_that_is_won_after_all_cancels_its_credit_note(
    order: Order, now: datetime, payment_service: MemoryGateway
) -> None:
    payment_service.dispute(order.payment)
    payment_service.close_dispute(order.payment, won=False)
    news(payment_service, order, now)
    payment_service.close_dispute(order.payment, won=True)
    news(payment_service, order, now)
    assert credits_of(order) == []
    assert Paper.objects.get(kind="credit_note").cancelled_because == "dispute_won"


def test_a_part_given_back_and_the_rest_lost_add_up(
    order: Order, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    bought.give_back(order, 1001, by=amy, at=now)
    payment_service.dispute(order.payment, 4999)
    payment_service.close_dispute(order.payment, won=False)
    news(payment_service, order, now)
    assert [amount for amount, _tax in credits_of(order)] == [1001, 4999]
    assert sum(tax for _amount, tax in credits_of(order)) == 1000


def test_what_was_paid_too_much_goes_back_without_a_credit_note(
    course: BuiltCourse, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = payments.order(payments.price(course.cohort), ada, at=now)
    payment_service.pay(payments.checkout(order, at=now), amount=6500)
    order = news(payment_service, order, now)
    assert order.attention == "other_amount"
    settling.give_place(order_id=order.pk, by=amy, at=now, reason="Paid more than asked.")
    assert Paper.objects.get().facts.paid == 6500
    bought.give_back(order, 500, by=amy, at=now)
    assert credits_of(order) == []
    bought.give_back(order, 100, by=amy, at=now)
    assert credits_of(order) == [(100, 0)]


# --- The PDF


def test_the_pdf_is_drawn_once_in_the_background_and_kept_with_its_digest(
    order: Order, now: datetime, private_files: Path
) -> None:
    entry = OutboxEntry.objects.get(kind="paper-made")
    receipt = Paper.objects.get()
    before = papers.pdf(paper=receipt)
    assert delivery.deliver(entry_id=entry.pk, at=now)
    receipt.refresh_from_db()
    (kept,) = (private_files / "papers").iterdir()
    assert receipt.sha256 == hashlib.sha256(kept.read_bytes()).hexdigest()
    assert before == papers.pdf(paper=receipt) == kept.read_bytes()
    papers.keep_pdf(paper_id=receipt.pk, at=now)
    assert len(list((private_files / "papers").iterdir())) == 1
    assert "Pia" not in receipt.file_name


def test_nothing_of_the_buyer_is_in_the_outbox_or_the_ledger(order: Order) -> None:
    told = [str(entry.payload) for entry in OutboxEntry.objects.all()]
    told += [str(entry.details) for entry in LedgerEntry.objects.all()]
    assert not any("Pia" in words or "Example Street" in words for words in told)


# --- Who sells


def test_the_seller_stands_on_the_receipt_as_the_settings_say(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    SiteDetails.objects.create(
        site=Site.objects.get(is_default_site=True),
        organisation="Somebody",
        seller_name="Example Learning Ltd",
        seller_address=" 1 Example Street \n\nExampleton\n",
        vat_number="GB 000 0000 00",
    )
    bought.buy_and_pay(payment_service, course.cohort, ada, at=now)
    seller = Paper.objects.get().facts.seller
    assert (seller.name, seller.address) == ("Example Learning Ltd", ("1 Example Street", "Exampleton"))
    assert seller.vat_number == "GB 000 0000 00"


def test_staff_are_told_what_is_missing_and_nothing_breaks(order: Order, settings: Any) -> None:
    assert Paper.objects.get().facts.seller.name == settings.SITE_NAME
    assert len(sellers.gaps()) == 3
    found = [one.msg for one in run_checks(include_deployment_checks=True) if one.id == "payments.W101"]
    assert found == sellers.gaps()
    details = {"organisation": "Somebody", "seller_address": "1 Example Street", "vat_number": "GB 0"}
    SiteDetails.objects.create(site=Site.objects.get(is_default_site=True), **details)
    assert sellers.gaps() == []


def test_where_nobody_can_pay_nothing_is_asked(settings: Any, django_assert_num_queries: Any) -> None:
    settings.STRIPE_SECRET_KEY = ""
    with django_assert_num_queries(0):
        assert sellers.receipts_say_who_sells(None) == []


# --- How long it is kept

Run = Callable[..., Any]


def retention(at: datetime) -> dict[str, int]:
    """What the rules about payments take at a moment."""
    mine = {"papers", "billing", "payment-news"}
    return {rule.name: rule.delete(at) for rule in privacy.retention_rules if rule.name in mine}


def test_the_buyer_goes_from_papers_and_billing_after_six_years_and_numbers_stay(
    order: Order, now: datetime, private_files: Path, django_capture_on_commit_callbacks: Run
) -> None:
    receipt = papers.keep_pdf(paper_id=Paper.objects.get().pk, at=now)
    last_day = datetime(2032, 12, 31, 23, 59, tzinfo=UTC)
    assert retention(last_day) == {"papers": 0, "billing": 0, "payment-news": 1}
    gone = last_day + timedelta(minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        assert retention(gone) == {"papers": 1, "billing": 1, "payment-news": 0}
    receipt = Paper.objects.get()
    assert (str(receipt), receipt.total, receipt.file_name, receipt.emptied_at) == (
        "R-2026-00001",
        6000,
        "",
        gone,
    )
    assert "Pia" not in str(receipt.printed)
    assert "Exampleton" not in str(receipt.printed)
    assert not list((private_files / "papers").iterdir())
    assert not OrderBilling.objects.exists()
    assert papers.keep_pdf(paper_id=receipt.pk, at=gone).file_name == ""
    assert retention(gone) == {"papers": 0, "billing": 0, "payment-news": 0}


@pytest.mark.parametrize(
    ("starts", "at", "since"),
    [
        (1, datetime(2033, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (1, datetime(2032, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (4, datetime(2033, 3, 31, tzinfo=UTC), datetime(2026, 3, 31, 23, tzinfo=UTC)),
        (4, datetime(2033, 4, 1, tzinfo=UTC), datetime(2027, 3, 31, 23, tzinfo=UTC)),
    ],
)
def test_years_are_those_of_the_accounts(starts: int, at: datetime, since: datetime, settings: Any) -> None:
    settings.FINANCIAL_YEAR_STARTS = starts
    assert privacy_payments.kept_since(at) == since


def test_who_did_not_pay_is_forgotten_after_90_days(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = payments.order(payments.price(course.cohort), ada, at=now)
    paying.expire_due(at=now + timedelta(days=1))
    order.refresh_from_db()
    assert order.status == "expired"
    assert retention(now + timedelta(days=90))["billing"] == 0
    assert retention(now + timedelta(days=91))["billing"] == 1


def test_an_account_that_closes_gives_up_what_is_not_paid_and_keeps_what_is(
    order: Order, ada: User, now: datetime, payment_service: MemoryGateway
) -> None:
    other = build.course(at=now, code="OTHER").cohort
    waits = payments.wanted(payments.price(other), billing=Billing(name="Ada Unpaid"))
    unpaid = buy.start(cohort_id=other.pk, buyer=ada, wanted=waits, at=now)
    payments.checkout(unpaid, at=now)
    privacy_payments.erase(ada, now)
    unpaid.refresh_from_db()
    assert (unpaid.status, unpaid.place) == ("cancelled", None)
    assert OutboxEntry.objects.filter(kind="order-given-up").count() == 1
    assert [billing.name for billing in OrderBilling.objects.all()] == ["Pia Aying"]
    privacy_payments.erase(ada, now)
    assert Paper.objects.get().facts.buyer.name == "Pia Aying"
