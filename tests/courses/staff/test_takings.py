"""Takings: what was sold and went back, beside the payment service, and as tables to take away."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cms.users.models import User
from courses.actions import paying, refunding
from courses.catalogue.models import Course
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments.gateway import GatewayUnavailable
from courses.payments.gateway import RefundState as TheirRefundState
from courses.payments.orders import Order, OrderLine, Refund
from tests.factories import buying, people
from tests.factories import courses as build
from tests.factories.buying import NOW
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import FEE, MemoryGateway

SignIn = Callable[[User], Client]
MONTH = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
def client(db: None) -> Client:
    """Penny looks after payments."""
    found = Client()
    found.force_login(people.staff("penny", "Penny Ledger", group="Payments"))
    return found


@pytest.fixture
def taxed(payment_service: MemoryGateway, course: BuiltCourse, ada: User, ben: User) -> list[Order]:
    """Ada has bought a place that is exempt from VAT, and two days later Ben one of another course with VAT
    of 20 %; £10 of his went back a day after that."""
    buying.priced(course.cohort)
    other = build.course(at=NOW, code="OTHER")
    buying.priced(other.cohort, amount=12000, tax=Price.Tax.STANDARD, tax_percent=20)
    first = buying.paid(course.cohort, ada, service=payment_service, at=NOW)
    second = buying.paid(other.cohort, ben, service=payment_service, at=NOW + timedelta(days=2))
    give_back(second, 1000, at=NOW + timedelta(days=3), service=payment_service)
    second.refresh_from_db()
    return [first, second]


def give_back(order: Order, amount: int, *, at: datetime, service: MemoryGateway) -> Refund:
    service.at = at
    refund = refunding.ask(
        order_id=order.pk,
        amount=amount,
        seat=Refund.Seat.KEEP,
        key=f"refund-{Refund.objects.count()}",
        by=order.buyer,
        at=at,
        reason="Ill",
    )
    refunding.carry_out(refund_id=refund.pk, at=at)
    return refund


def rows(client: Client, **query: str) -> list[tuple[Any, ...]]:
    found = client.get(reverse("staff:takings"), {**MONTH, **query}).context["found"]
    return [(one.label, one.orders, one.sold, one.refunded, one.left, one.tax) for one in found.rows]


def compared(client: Client, **query: str) -> Any:
    answer = client.get(reverse("staff:compared"), {**MONTH, **query})
    assert answer.status_code == 200
    return answer.context["found"]


# --- The report -----------------------------------------------------------------------------------


def test_takings_add_up_in_every_order_of_rows(client: Client, taxed: list[Order]) -> None:
    assert rows(client) == [
        ("23 November 2026", 1, 4500, 0, 4500, 0),
        ("25 November 2026", 1, 12000, 0, 12000, 2000),
        ("26 November 2026", 0, 0, 1000, -1000, -167),
    ]
    assert rows(client, by="course") == [
        ("Course OTHER", 1, 12000, 1000, 11000, 1833),
        ("Course TEST", 1, 4500, 0, 4500, 0),
    ]
    assert [row[0] for row in rows(client, by="cohort")] == [
        "Course OTHER: Start any time",
        "Course TEST: Start any time",
    ]
    assert rows(client, by="tax") == [
        ("Exempt from VAT (education)", 1, 4500, 0, 4500, 0),
        ("VAT of 20 %", 1, 12000, 1000, 11000, 1833),
    ]
    for by in ("day", "course", "cohort", "tax"):
        (total,) = client.get(reverse("staff:takings"), {**MONTH, "by": by}).context["found"].totals
        assert (total.orders, total.sold, total.refunded, total.tax) == (2, 16500, 1000, 1833)


def test_the_vat_of_many_small_refunds_is_the_vat_of_the_order(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    for number, amount in enumerate((333, 334, 1, 10332)):
        give_back(taxed[1], amount, at=NOW + timedelta(days=4, minutes=number), service=payment_service)
    assert rows(client, by="course")[0][2:] == (12000, 12000, 0, 0)


def test_each_currency_has_its_own_sums(
    client: Client, taxed: list[Order], cleo: User, payment_service: MemoryGateway
) -> None:
    euros = build.course(at=NOW, code="EURO")
    buying.priced(euros.cohort, amount=5000, currency="eur")
    buying.paid(euros.cohort, cleo, service=payment_service, at=NOW)
    answer = client.get(reverse("staff:takings"), MONTH)
    totals = answer.context["found"].totals
    assert [(one.currency, one.sold) for one in totals] == [("eur", 5000), ("gbp", 16500)]
    assert "€50" in answer.content.decode()


def test_days_are_those_of_the_site_and_not_of_greenwich(
    client: Client, course: BuiltCourse, ada: User, payment_service: MemoryGateway, settings: Any
) -> None:
    buying.priced(course.cohort)
    # Half past midnight in London on the first of July.
    night = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    Cohort.objects.update(enrolment_opens_at=night - timedelta(days=1))
    buying.paid(course.cohort, ada, service=payment_service, at=night)
    assert settings.TIME_ZONE == "Europe/London"
    assert rows(client, **{"from": "2026-07-01", "to": "2026-07-01"})[0][0] == "1 July 2026"
    assert rows(client, **{"from": "2026-06-30", "to": "2026-06-30"}) == []


def test_what_a_bank_took_back_counts_as_gone(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    payment_service.dispute(taxed[0].payment)
    payment_service.close_dispute(taxed[0].payment, won=False)
    paying.bring_up_to_date(order_id=taxed[0].pk, at=NOW + timedelta(days=5))
    assert rows(client)[-1] == ("28 November 2026", 0, 0, 4500, -4500, 0)


def test_what_is_still_to_come_and_to_go_is_said(
    client: Client, taxed: list[Order], cleo: User, payment_service: MemoryGateway
) -> None:
    buying.opened(taxed[0].cohort, cleo, at=NOW)
    refunding.ask(
        order_id=taxed[0].pk,
        amount=700,
        seat=Refund.Seat.KEEP,
        key="refund-x",
        by=cleo,
        at=NOW,
        reason="Ill",
    )
    (one,) = client.get(reverse("staff:takings"), MONTH).context["found"].outstanding
    assert (one.coming, one.coming_orders, one.going, one.held_for_a_person) == (4500, 1, 700, 0)


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_without_a_sale_and_without_a_service_every_page_says_so(client: Client) -> None:
    assert "Nothing was sold" in client.get(reverse("staff:takings")).content.decode()
    assert "not switched on here" in client.get(reverse("staff:compared")).content.decode()
    book = load_workbook(BytesIO(b"".join(client.get(reverse("staff:takings_xlsx")))))
    assert [sheet.title for sheet in book] == ["Takings", "Orders", "Payment service"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x", "to": "y", "by": "z"},
        {"from": "2026-12-31", "to": "2026-01-01"},
        {"from": "0001-01-01", "to": "9999-12-31"},
        {"to": "0001-01-01"},
        {"from": "9999-12-31"},
    ],
)
@pytest.mark.usefixtures("payment_service")
def test_no_day_is_an_error(client: Client, query: dict[str, str]) -> None:
    for name in ("staff:takings", "staff:compared", "staff:takings_csv", "staff:takings_xlsx"):
        assert client.get(reverse(name), query).status_code == 200


def test_the_report_takes_as_many_queries_for_many_refunds_and_orders(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    found = []
    for number in (1, 6):
        for _n in range(number):
            give_back(taxed[1], 100, at=NOW + timedelta(days=3), service=payment_service)
        for url in ("staff:takings", "staff:compared"):
            client.get(reverse(url), {**MONTH, "by": "course"})
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse(url), {**MONTH, "by": "course"})
            found.append(len(asked))
    assert found[:2] == found[2:]


# --- Beside the payment service -------------------------------------------------------------------


def test_our_sums_are_those_of_the_service_with_fees_and_payouts(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    number = payment_service.pay_out()
    found = compared(client)
    assert [(one.ours, one.theirs) for one in found.beside] == [(16500, 16500), (1000, 1000)]
    assert found.differences == []
    (balance,) = found.balances
    assert (balance.moved, balance.fees, balance.paid_out, balance.rest) == (
        15500,
        2 * FEE,
        15500 - 2 * FEE,
        0,
    )
    (payout,) = found.payouts
    assert (payout.number, payout.paid, payout.moved) == (number, 15500 - 2 * FEE, 15500 - 2 * FEE)
    takings = client.get(reverse("staff:takings"), MONTH).context["found"].totals[0]
    assert takings.left == balance.moved


def test_each_difference_has_its_name(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    first, second = taxed
    payment_service.refund_outside(first.payment, 300)
    payment_service.dispute(second.payment, 2000)
    Order.objects.filter(pk=second.pk).update(received=11000)
    found = compared(client)
    said = [(one.reference, one.sentence) for one in found.differences]
    assert len(said) == 3
    assert ("We have £110, and the payment service has £120.") in [text for _ref, text in said]
    assert any("we do not know of it" in text for ref, text in said if ref == second.reference)
    assert any("£3" in text for ref, text in said if ref == first.reference)
    Order.objects.filter(pk=first.pk).update(payment="")
    said = [one.sentence for one in compared(client).differences]
    assert any(first.payment in text and "no order here does" in text for text in said)


def test_a_refund_that_came_back_is_counted_by_neither(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    refund = Refund.objects.get()
    payment_service.settle_refund(refund.gateway_id, TheirRefundState.FAILED)
    paying.bring_up_to_date(order_id=taxed[1].pk, at=NOW + timedelta(days=4))
    found = compared(client)
    assert [(one.ours, one.theirs) for one in found.beside] == [(16500, 16500), (0, 0)]


def test_a_service_that_is_away_is_no_error(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    payment_service.fail_next(GatewayUnavailable(), times=2)
    assert "cannot be reached just now" in client.get(reverse("staff:compared"), MONTH).content.decode()
    book = load_workbook(BytesIO(b"".join(client.get(reverse("staff:takings_xlsx"), MONTH))))
    assert "cannot be reached" in str(book["Payment service"]["A1"].value)


# --- Tables ---------------------------------------------------------------------------------------


def table(client: Client, **query: str) -> list[list[str]]:
    answer: Any = client.get(reverse("staff:takings_csv"), {**MONTH, **query})
    assert "no-store" in answer["Cache-Control"]
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_the_table_has_the_rows_of_the_page_and_totals_that_tie(client: Client, taxed: list[Order]) -> None:
    lines = table(client)
    assert [line[0] for line in lines[1:]] == [
        "23 November 2026",
        "25 November 2026",
        "26 November 2026",
        "Together",
    ]
    for column in (3, 4, 5, 6, 7):
        cells = [Decimal(line[column]) for line in lines[1:]]
        assert sum(cells[:-1]) == cells[-1]
    assert lines[-1][3:6] == ["165.00", "10.00", "155.00"]


def test_no_cell_is_a_formula(client: Client, taxed: list[Order]) -> None:
    """Abuse case 50."""
    for number, start in enumerate(("=cmd()", "@sum", "+1", "\tx")):
        Course.objects.update(title=f"{start} {number}")
        Cohort.objects.update(name="=1+1\x07")
        assert all(not line[0].startswith(("=", "@", "+", "\t")) for line in table(client, by="course"))
        answer = client.get(reverse("staff:takings_xlsx"), {**MONTH, "by": "course"})
        book = load_workbook(BytesIO(b"".join(answer)))
        for sheet in book:
            assert "f" not in {cell.data_type for line in sheet for cell in line}


def test_the_spreadsheet_holds_takings_orders_and_movements_and_no_names(
    client: Client, taxed: list[Order], payment_service: MemoryGateway
) -> None:
    payment_service.pay_out()
    book = load_workbook(BytesIO(b"".join(client.get(reverse("staff:takings_xlsx"), MONTH))))
    cells = [cell.value for sheet in book for line in sheet for cell in line]
    assert {order.reference for order in taxed} <= set(cells)
    sold = [line[8].value for line in book["Orders"].iter_rows(min_row=2)]
    assert sum(sold) == Decimal("165")
    assert book["Takings"].cell(row=book["Takings"].max_row, column=4).value == Decimal("165")
    beside = [line[2:5] for line in book["Payment service"].iter_rows(min_row=2, max_row=3, values_only=True)]
    assert beside == [(165, 165, 0), (10, 10, 0)]
    said = " ".join(str(cell) for cell in cells)
    for person in User.objects.all():
        assert person.email not in said
    assert OrderLine.objects.count() == len(sold)
