"""A person's orders and papers as pages: theirs alone, to read, to print and to keep."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import papers, paying, privacy_payments
from courses.actions.buy import Billing
from courses.payments.gateway import RefundState
from courses.payments.orders import Order
from courses.payments.papers import Paper
from courses.queries import papers as asked
from tests.factories import courses as build
from tests.factories import papers as bought
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
HOSTILE = {
    "script": "<script>alert('x')</script>",
    "formula": "=cmd|' /C calc'!A0",
    "arabic": "فاطمة بنت محمد",
    "emoji": "Ada 👩‍👩‍👧 ❤️",
    "long": "W" * 200,
}


@pytest.fixture
def order(course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway) -> Order:
    return bought.buy_and_pay(payment_service, course.cohort, ada, at=now)


@pytest.fixture
def receipt(order: Order) -> Paper:
    return Paper.objects.get()


def address(paper: Paper) -> str:
    return reverse("learning:paper", args=[paper.order_id, paper.pk])


def pdf_address(paper: Paper, kind: str = "receipt") -> str:
    return reverse("learning:paper_pdf", args=[paper.order_id, paper.pk, kind])


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_receipt_says_all_that_is_printed(receipt: Paper, ada: User, sign_in: SignIn) -> None:
    page = body(sign_in(ada), address(receipt))
    for words in (
        "R-2026-00001",
        "Pia Aying",
        "Example Trust",
        "1 Example Street",
        "PO 12",
        "£50.00",
        "£10.00",
    ):
        assert words in page
    assert "20 % VAT included" in page
    assert page.count("<caption>") == 2
    assert page.count('scope="row"') == 3
    assert page.count("<h1") == 1


def test_the_pdf_is_a_file_to_keep_that_nobody_else_keeps(
    receipt: Paper, ada: User, sign_in: SignIn, now: datetime, private_files: Path
) -> None:
    client = sign_in(ada)
    drawn_now = client.get(pdf_address(receipt))
    papers.keep_pdf(paper_id=receipt.pk, at=now)
    kept = client.get(pdf_address(receipt))
    assert kept.content == drawn_now.content
    assert kept.content.startswith(b"%PDF")
    assert kept["Content-Type"] == "application/pdf"
    assert kept["Content-Disposition"].startswith("attachment;")
    assert "R-2026-00001.pdf" in kept["Content-Disposition"]
    assert "no-store" in kept["Cache-Control"]
    assert kept["X-Content-Type-Options"] == "nosniff"


def test_pages_with_names_are_kept_by_no_cache(receipt: Paper, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    for path in (address(receipt), reverse("learning:orders")):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_case_35_nobody_else_learns_that_a_paper_is_there(
    receipt: Paper, cleo: User, amy: User, fay: User, sign_in: SignIn
) -> None:
    for somebody in (cleo, amy, fay):
        for path in (address(receipt), pdf_address(receipt)):
            assert sign_in(somebody).get(path).status_code == 404
    assert Client().get(address(receipt)).status_code == 302


def test_a_paper_is_found_only_under_its_own_order_and_kind(
    receipt: Paper,
    ada: User,
    course: BuiltCourse,
    now: datetime,
    payment_service: MemoryGateway,
    sign_in: SignIn,
) -> None:
    other = build.course(at=now, code="OTHER").cohort
    second = bought.buy_and_pay(payment_service, other, ada, at=now)
    client = sign_in(ada)
    assert client.get(reverse("learning:paper", args=[second.pk, receipt.pk])).status_code == 404
    assert client.get(pdf_address(receipt, "credit-note")).status_code == 404
    assert client.get(pdf_address(receipt, "anything")).status_code == 404


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_whatever_people_write_is_shown_as_they_wrote_it(
    course: BuiltCourse, ada: User, now: datetime, payment_service: MemoryGateway, sign_in: SignIn, name: str
) -> None:
    billing = Billing(name=name, organisation=name, address=f"{name}\n{name}", purchase_order=name[:60])
    bought.buy_and_pay(payment_service, course.cohort, ada, at=now, billing=billing)
    paper = Paper.objects.get()
    client = sign_in(ada)
    page = body(client, address(paper))
    assert "<script>alert" not in page
    assert name.replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in page
    assert client.get(pdf_address(paper)).status_code == 200


def test_a_credit_note_that_no_longer_counts_says_so(
    order: Order, ada: User, amy: User, now: datetime, payment_service: MemoryGateway, sign_in: SignIn
) -> None:
    refund = bought.give_back(order, 1000, by=amy, at=now)
    note = Paper.objects.get(kind="credit_note")
    assert "no longer counts" not in body(sign_in(ada), address(note))
    payment_service.settle_refund(refund.gateway_id, RefundState.FAILED)
    paying.bring_up_to_date(order_id=order.pk, at=now + timedelta(days=1))
    assert "no longer counts since 24 November 2026" in body(sign_in(ada), address(note))
    assert "It no longer counts." in body(sign_in(ada), reverse("learning:orders"))


def test_the_list_has_every_order_with_its_papers_and_leads_to_them(
    order: Order, ada: User, amy: User, now: datetime, sign_in: SignIn
) -> None:
    bought.give_back(order, 1000, by=amy, at=now)
    page = body(sign_in(ada), reverse("learning:orders"))
    for paper in Paper.objects.all():
        assert address(paper) in page
        assert str(paper) in page
    assert "Paid; a part was given back" in page
    assert order.reference in page
    assert reverse("learning:orders") in body(sign_in(ada), reverse("account:home"))


def test_the_page_of_an_order_leads_to_its_papers(receipt: Paper, ada: User, sign_in: SignIn) -> None:
    page = body(sign_in(ada), reverse("learning:order", args=[receipt.order_id]))
    assert address(receipt) in page
    assert pdf_address(receipt) in page


def test_who_ordered_nothing_is_told_so(cleo: User, sign_in: SignIn) -> None:
    assert "You have not ordered anything here." in body(sign_in(cleo), reverse("learning:orders"))


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "1.5", "9" * 400])
def test_a_page_that_is_not_there_is_the_nearest_one(
    order: Order, ada: User, sign_in: SignIn, number: str
) -> None:
    assert order.reference in body(sign_in(ada), f"{reverse('learning:orders')}?p={number}")


def test_fifty_orders_take_as_many_queries_as_five(
    course: BuiltCourse,
    ada: User,
    now: datetime,
    payment_service: MemoryGateway,
    django_assert_num_queries: Any,
) -> None:
    made = bought.buy_and_pay(payment_service, course.cohort, ada, at=now)
    paper = Paper.objects.get()
    for goal in (5, 50):
        for number in range(Order.objects.count(), goal):
            copy = Order.objects.get(pk=made.pk)
            copy.pk, copy.reference, copy.checkout, copy.payment = None, f"COPY{number}", "", ""
            copy.save(force_insert=True)
            twin = Paper.objects.get(pk=paper.pk)
            twin.pk, twin.order, twin.number = None, copy, number + 2
            twin.save(force_insert=True)
        with django_assert_num_queries(3):
            found = asked.orders(person=ada, number="1")
            assert all(row.papers for row in found.object_list)
    assert found.paginator.num_pages == 3


def test_staff_whose_right_was_asked_before_get_the_same_paper(receipt: Paper) -> None:
    found = asked.for_staff(order_id=receipt.order_id, paper_id=receipt.pk)
    assert asked.opened(found).sheet.number == "R-2026-00001"
    assert asked.file_title(found) == "R-2026-00001.pdf"
    with pytest.raises(Paper.DoesNotExist):
        asked.for_staff(order_id=receipt.order_id + 1, paper_id=receipt.pk)


def test_a_paper_from_which_the_buyer_went_is_still_shown(receipt: Paper, ada: User, sign_in: SignIn) -> None:
    privacy_payments._empty(receipt.pk, at=datetime.fromisoformat("2033-01-02T00:00:00+00:00"))
    page = body(sign_in(ada), address(receipt))
    assert "no longer kept" in page
    assert "Pia" not in page
    assert sign_in(ada).get(pdf_address(receipt)).status_code == 200


def test_no_page_of_papers_is_changed_by_a_post(receipt: Paper, ada: User, sign_in: SignIn) -> None:
    for path in (address(receipt), pdf_address(receipt), reverse("learning:orders")):
        assert sign_in(ada).post(path).status_code == 405
