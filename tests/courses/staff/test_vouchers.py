"""Vouchers in Wagtail's admin."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.users.models import User
from courses.payments.vouchers import Voucher
from courses.staff import roles
from tests.factories import payments, people
from tests.factories import vouchers as build
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
LIST, MAKE = "staff:vouchers", "staff:make_vouchers"


@pytest.fixture
def pat_in(sign_in: SignIn) -> Client:
    """Pat, who is a course administrator and no superuser, signed in."""
    return sign_in(people.staff("pat", "Pat Aymaster", group="Course administrators"))


def asked(**fields: Any) -> dict[str, Any]:
    return {"number": 1, "kind": "percent", "value": "50", "purpose": "sales", **fields}


def test_nobody_else_of_the_team_learns_that_there_are_vouchers(
    fay: User, ed: User, amy: User, sign_in: SignIn
) -> None:
    voucher = build.made(by=amy, at=timezone.now())
    for person in (fay, ed):
        client = sign_in(person)
        for name, args in (
            (LIST, []),
            (MAKE, []),
            ("staff:vouchers_csv", []),
            ("staff:voucher", [voucher.pk]),
        ):
            assert client.get(reverse(name, args=args)).status_code == 404
        assert client.post(reverse(MAKE), asked()).status_code == 404
        assert client.post(reverse("staff:switch_off_voucher", args=[voucher.pk])).status_code == 404
    voucher.refresh_from_db()
    assert voucher.switched_off_at is None
    assert Voucher.objects.count() == 1


def test_a_voucher_is_made_with_all_its_rules(course: BuiltCourse, ada: User, pat_in: Client) -> None:
    payments.price(course.cohort)
    sent = asked(
        code="Spring-Offer",
        kind="amount",
        value="15.50",
        currency="gbp",
        uses_allowed=5,
        uses_each=2,
        first_day="2027-03-01",
        last_day="2027-03-31",
        courses=[course.edition.course_id],
        cohorts=[course.cohort.pk],
        email_domain="@Example.ORG",
        person="ADA@example.org",
        note="Flyer",
        switched_off_at="2020-01-01",
        made_by=ada.pk,
    )
    assert pat_in.post(reverse(MAKE), sent).url == reverse(LIST)
    voucher = Voucher.objects.get()
    assert (voucher.code, voucher.kind, voucher.value, voucher.currency) == (
        "Spring-Offer",
        "amount",
        1550,
        "gbp",
    )
    assert (voucher.uses_allowed, voucher.uses_each, voucher.email_domain) == (5, 2, "example.org")
    assert (voucher.person, voucher.made_by.email) == (ada, "pat@example.org")
    assert voucher.switched_off_at is None
    page = pat_in.get(reverse("staff:voucher", args=[voucher.pk])).content.decode()
    for words in (
        "£15.50 less",
        "From Monday 1 March 2027",
        "Until Wednesday 31 March 2027",
        "2 times for each person",
        "Only with an address at example.org",
        "Only for Ada Lerner",
        "Nobody has used it so far.",
    ):
        assert words in page


def test_many_are_made_at_once_and_downloaded(pat_in: Client) -> None:
    pat_in.post(reverse(MAKE), asked(number=3, note="=1+1"))
    answer = pat_in.get(reverse("staff:vouchers_csv"))
    assert "no-store" in answer["Cache-Control"]
    table = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["Code"] for row in rows} == set(Voucher.objects.values_list("code", flat=True))
    assert {row["Note"] for row in rows} == {"'=1+1"}
    assert len(rows) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 0},
        {"number": 501},
        {"number": 2, "code": "ONLY-FOR-ONE"},
        {"code": "SHORT"},
        {"code": "test half"},
        {"kind": "gift"},
        {"value": "0"},
        {"value": "101"},
        {"value": "x"},
        {"value": "1e9"},
        {"kind": "amount", "value": "5"},
        {"kind": "amount", "value": "5", "currency": "yen"},
        {"kind": "fixed_price", "value": "0.20", "currency": "gbp"},
        {"uses_allowed": 0},
        {"uses_each": 10**12},
        {"first_day": "0001-01-01"},
        {"last_day": "9999-12-31"},
        {"last_day": "2001-01-01"},
        {"email_domain": "not a domain"},
        {"person": "nobody@example.org"},
        {"courses": ["x"]},
        {"cohorts": [10**12]},
        {"purpose": "fun"},
        {"note": "n" * 201},
    ],
    ids=str,
)
def test_what_cannot_be_comes_back_with_what_was_typed(
    wrong: dict[str, Any], pat_in: Client, amy: User
) -> None:
    build.made(by=amy, at=timezone.now())
    answer = pat_in.post(reverse(MAKE), asked(**{"note": "Flyer in the library", **wrong}))
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors
    if "note" not in wrong:
        assert "Flyer in the library" in answer.content.decode()
    assert Voucher.objects.count() == 1


def test_how_often_and_by_which_orders_a_voucher_was_used(
    course: BuiltCourse, ada: User, ben: User, amy: User, pat_in: Client, payment_service: MemoryGateway
) -> None:
    at = timezone.now()
    price = payments.price(course.cohort)
    voucher = build.made(by=amy, at=at, uses_allowed=2)
    paid = build.order(price, ada, at=at)
    payment_service.pay(payments.checkout(paid, at=at))
    payments.deliver(payment_service, at=at)
    build.order(price, ben, at=at)
    shown = pat_in.get(reverse(LIST)).content.decode()
    assert "1 of 2" in shown
    assert "1 waits for payment" in shown
    page = pat_in.get(reverse("staff:voucher", args=[voucher.pk])).content.decode()
    for words in (
        "Ada Lerner",
        paid.reference,
        "£30",
        "Ben Lerner",
        "Not paid yet: the use is kept until then",
    ):
        assert words in page


def test_a_voucher_is_switched_off_by_a_post_alone(pat_in: Client, amy: User) -> None:
    voucher = build.made(by=amy, at=timezone.now() - timedelta(days=1))
    url = reverse("staff:switch_off_voucher", args=[voucher.pk])
    assert pat_in.get(url).status_code == 405
    assert "Switched off" in pat_in.post(url, follow=True).content.decode()
    voucher.refresh_from_db()
    assert voucher.switched_off_by is not None
    assert pat_in.post(reverse("staff:switch_off_voucher", args=[voucher.pk + 1])).status_code == 404


@pytest.mark.statements
def test_a_longer_list_asks_no_more_questions(pat_in: Client, amy: User, course: BuiltCourse) -> None:
    payments.price(course.cohort)
    counts = []
    for number in (5, 45):
        for n in range(number):
            build.made(f"CODE-{number}-{n:03}", by=amy, at=timezone.now(), cohorts=[course.cohort.pk])
        pat_in.get(reverse(LIST))
        with CaptureQueriesContext(connection) as asked_for:
            pat_in.get(reverse(LIST))
        counts.append(len(asked_for))
    assert counts[0] == counts[1]


def test_no_role_may_delete_a_voucher() -> None:
    assert not [role.name for role in roles.ROLES if "courses.delete_voucher" in role.permissions]
