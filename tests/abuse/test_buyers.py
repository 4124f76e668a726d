"""What buyers do that a shop must stand: twice, back, late, after leaving, with somebody else's numbers."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import Storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.actions import certify, enrol, papers, refunding
from courses.certificates.models import Certificate
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Place
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.payments.orders import Order, Refund
from courses.payments.papers import Paper
from courses.progress.models import Completion
from tests.abuse.conftest import Shop
from tests.factories import payments
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db


def test_case_11_a_certificate_and_its_history_outlive_the_refund(
    course: BuiltCourse, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = payments.paid(payment_service, payments.price(course.cohort), ada, at=now)
    course.complete(ada, at=now)
    issued = certify.issue(completion_id=Completion.objects.get().pk, at=now)
    before = set(LedgerEntry.objects.values_list("pk", flat=True))
    for amount, seat in ((1000, Refund.Seat.KEEP), (5000, Refund.Seat.END)):
        asked = refunding.ask(
            order_id=order.pk,
            amount=amount,
            seat=seat,
            key=refunding.new_key(),
            by=amy,
            at=now,
            reason="test",
        )
        refunding.carry_out(refund_id=asked.pk, at=now)
    order.refresh_from_db()
    assert (order.status, Enrolment.objects.get().status) == ("refunded", "ended")
    assert Certificate.objects.get() == issued
    page = Client().get(reverse("certificates:verify", args=[Certificate.objects.get().code]))
    assert "This certificate is valid" in page.content.decode()
    assert before < set(LedgerEntry.objects.values_list("pk", flat=True))


def test_case_12_a_double_press_on_pay_and_the_back_button_lead_to_one_page(
    shop: Shop, browser: Client
) -> None:
    pressed = [browser.post(shop.buy_url, shop.typed()) for _n in range(2)]
    order = Order.objects.get()
    browser.get(shop.buy_url)
    pressed += [browser.post(reverse("learning:pay", args=[order.pk])) for _n in range(2)]
    pages = {answer.headers["Location"] for answer in pressed}
    assert len(pages) == 1
    assert pages.pop().startswith(shop.stand_in.page_address)
    assert Place.objects.count() == 1
    opened = [one for one in shop.stand_in.record() if (one["method"], one["path"]) == OPENING]
    assert len({one["answer"]["id"] for one in opened}) == 1


OPENING = ("POST", "/v1/checkout/sessions")


def test_case_14_a_price_that_rises_on_the_way_to_the_page_changes_no_order(
    shop: Shop, browser: Client
) -> None:
    """The service was away when the order was made: its page is opened after the change."""
    shop.stand_in.do("faults", kind="unavailable", path="/v1/checkout/sessions", times=9)
    order = shop.order(browser)
    assert order.checkout == ""
    Price.objects.update(amount=9900, tax="standard", tax_percent=20)
    _until_open(shop, browser, order)
    (opened,) = [
        one["answer"]
        for one in shop.stand_in.record()
        if (one["method"], one["path"]) == OPENING and one["status"] == 200
    ]
    assert opened["amount_total"] == 6000
    shop.pay(order)
    assert [shop.deliver(told) for told in shop.news()] == [200]
    shop.work()
    order.refresh_from_db()
    assert (order.status, order.received, order.tax) == ("paid", 6000, 0)


def _until_open(shop: Shop, browser: Client, order: Order) -> None:
    """Press "Go to the page for paying" until the service is there again."""
    for _n in range(9):
        browser.post(reverse("learning:pay", args=[order.pk]))
        order.refresh_from_db()
        if order.checkout:
            return
    raise AssertionError("the page was never opened")


def test_case_15_joining_that_is_sent_again_after_leaving_is_one_new_place(
    course: BuiltCourse, browser: Client, ada: User
) -> None:
    join = reverse("learning:join", args=[course.cohort.pk])
    browser.post(join)
    first = Enrolment.objects.get()
    enrol.withdraw(enrolment_id=first.pk, by=ada, at=timezone.now())
    for _n in range(3):
        browser.post(join)
    first.refresh_from_db()
    second = Enrolment.objects.exclude(pk=first.pk).get()
    assert (first.status, second.status) == ("ended", "active")
    assert Place.objects.get().enrolment == second


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}])
def test_case_39_who_has_paid_comes_back_to_the_configured_site(
    shop: Shop, browser: Client, settings: Any, headers: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], "https://learn.example"
    assert browser.post(shop.buy_url, shop.typed(), headers=headers).status_code == 302
    (opened,) = [one for one in shop.stand_in.record() if (one["method"], one["path"]) == OPENING]
    for name in ("success_url", "cancel_url"):
        assert urlsplit(opened["answer"][name]).netloc == "learn.example"


def test_case_54_papers_that_cannot_be_drawn_now_stop_no_order_and_are_drawn_later(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.order(browser)
    shop.pay(order)
    assert [shop.deliver(told) for told in shop.news()] == [200]
    with monkeypatch.context() as broken:
        broken.setattr(papers, "draw", _is_down)
        shop.work()
    order.refresh_from_db()
    receipt = Paper.objects.get()
    assert (order.status, receipt.file_name) == ("paid", "")
    assert Enrolment.objects.get().status == "active"
    page = browser.get(reverse("learning:paper", args=[order.pk, receipt.pk]))
    assert "£60.00" in page.content.decode()
    OutboxEntry.objects.update(due_at=timezone.now())
    shop.work()
    receipt.refresh_from_db()
    assert receipt.file_name != ""
    assert not OutboxEntry.objects.filter(handled_at=None).exists()


def test_case_54_a_storage_that_is_full_leaves_no_half_written_paper(
    shop: Shop, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = shop.order(browser)
    shop.pay(order)
    assert [shop.deliver(told) for told in shop.news()] == [200]
    with monkeypatch.context() as broken:
        broken.setattr(Storage, "save", _is_down)
        shop.work()
    assert Paper.objects.get().sha256 == ""
    OutboxEntry.objects.update(due_at=timezone.now())
    shop.work()
    assert len(Paper.objects.get().sha256) == 64


def _is_down(*_args: Any, **_kwargs: Any) -> Any:
    raise OSError("no space, no program")


def test_case_56_news_that_is_sent_again_heals_yesterdays_backup(shop: Shop, browser: Client) -> None:
    """The backup knows the order and not its page, nor anything that came of it."""
    shop.stand_in.do("faults", kind="unavailable", path="/v1/checkout/sessions", times=9)
    order = shop.order(browser)
    kept = {name: getattr(order, name) for name in ("status", "checkout", "pay_by")}
    _until_open(shop, browser, order)
    page = order.checkout
    shop.pay(order)
    Order.objects.filter(pk=order.pk).update(**kept)
    OutboxEntry.objects.all().delete()
    assert [shop.deliver(told) for told in shop.news()] == [200]
    shop.work()
    order.refresh_from_db()
    assert (order.status, order.checkout) == ("paid", page)
    assert Place.objects.get().enrolment == Enrolment.objects.get()
