"""Vouchers: what they give, who may use them, and when a use is used up or free again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as django_settings

from cms.users.models import User
from courses.actions import buy, paying, refunding, settling, vouchers
from courses.actions.vouchers import VoucherNotMade, VoucherRefused, Wish
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Enrolment, Grant, Place
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.pricing import Discount, DiscountKind
from courses.payments.states import GRACE
from courses.payments.vouchers import Voucher
from tests.factories import courses, payments
from tests.factories import vouchers as build
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db

MINUTES = timedelta(minutes=django_settings.PAYMENT_MINUTES)
LATE = MINUTES + timedelta(hours=1)
DAY = timedelta(days=1)
CODE = "TEST-HALF"


@pytest.fixture
def price(course: BuiltCourse, payment_service: MemoryGateway) -> Price:
    return payments.price(course.cohort)


def pay(service: MemoryGateway, order: Order, *, at: datetime) -> Order:
    service.pay(payments.checkout(order, at=at))
    payments.deliver(service, at=at)
    order.refresh_from_db()
    return order


def refusal(price: Price, buyer: User, code: str = CODE, *, at: datetime) -> str:
    with pytest.raises(VoucherRefused) as refused:
        build.order(price, buyer, code, at=at)
    assert not Order.objects.filter(buyer=buyer, cohort=price.cohort_id, status="draft").exists()
    return refused.value.sentence


@pytest.mark.parametrize(
    ("gives", "total"),
    [
        ({"discount": build.HALF}, 3000),
        (build.amount(1500), 4500),
        (build.fixed(2000), 2000),
    ],
)
def test_an_order_costs_what_the_voucher_leaves(
    gives: dict[str, Any], total: int, price: Price, ada: User, amy: User, now: datetime
) -> None:
    voucher = build.made(by=amy, at=now, **gives)
    order = build.order(price, ada, "test half", at=now)
    line = OrderLine.objects.get(order=order)
    assert (order.voucher, order.total) == (voucher, total)
    assert (line.unit, line.discount, line.total) == (6000, 6000 - total, total)


def test_what_is_paid_is_the_lower_price(
    price: Price, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    build.made(by=amy, at=now)
    order = pay(payment_service, build.order(price, ada, at=now), at=now)
    assert (order.status, order.received) == ("paid", 3000)


def test_tax_is_of_the_lower_price(
    course: BuiltCourse, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    taxed = payments.price(course.cohort, 12000, tax="standard", tax_percent=20)
    build.made(by=amy, at=now)
    order = build.order(taxed, ada, at=now)
    assert (order.net, order.tax, order.total) == (5000, 1000, 6000)


@pytest.mark.parametrize("gives", [{"discount": build.ALL}, build.fixed(0), build.amount(5960)])
def test_an_order_that_comes_to_nothing_is_settled_at_once_without_a_payment_service(
    gives: dict[str, Any], course: BuiltCourse, ada: User, amy: User, now: datetime
) -> None:
    price = payments.price(course.cohort)
    build.made(by=amy, at=now, uses_allowed=1, **gives)
    order = build.order(price, ada, at=now)
    assert (order.status, order.method, order.total) == ("paid", "nothing", 0)
    assert [grant.kind for grant in Grant.objects.all()] == ["paid"]
    assert Voucher.objects.get().orders.count() == 1


def test_the_order_keeps_its_discount_whatever_happens_to_the_voucher(
    price: Price, ada: User, amy: User, now: datetime, payment_service: MemoryGateway
) -> None:
    voucher = build.made(by=amy, at=now, ends_at=now + timedelta(minutes=1))
    order = build.order(price, ada, at=now)
    vouchers.switch_off(voucher_id=voucher.pk, by=amy, at=now)
    later = now + timedelta(minutes=5)
    assert build.order(price, ada, at=later) == order
    assert pay(payment_service, order, at=later).received == 3000


def test_pressing_twice_uses_one_use(price: Price, ada: User, amy: User, now: datetime) -> None:
    build.made(by=amy, at=now, uses_allowed=1, uses_each=1)
    assert build.order(price, ada, at=now) == build.order(price, ada, "TESTHALF", at=now)
    assert Order.objects.count() == Place.objects.count() == 1


def test_an_order_without_the_voucher_is_replaced_by_one_with_it_and_back(
    price: Price, ada: User, amy: User, now: datetime
) -> None:
    build.made(by=amy, at=now, uses_allowed=1)
    first = payments.order(price, ada, at=now)
    second = build.order(price, ada, at=now)
    third = payments.order(price, ada, at=now)
    totals = [(one.total, Order.objects.get(pk=one.pk).status) for one in (first, second, third)]
    assert totals == [(6000, "cancelled"), (3000, "cancelled"), (6000, "draft")]
    assert Place.objects.count() == 1


def test_a_wrong_code_leaves_the_open_order_as_it_is(
    price: Price, ada: User, amy: User, now: datetime
) -> None:
    first = payments.order(price, ada, at=now)
    with pytest.raises(VoucherRefused):
        build.order(price, ada, "NOBODY-KNOWS", at=now)
    first.refresh_from_db()
    assert first.status == "draft"


LIMITS: dict[str, tuple[dict[str, Any], str]] = {
    "not yet": ({"starts_at": DAY}, "can be used from"),
    "over": ({"ends_at": timedelta(minutes=5)}, "The time of this voucher is over."),
    "another place": ({"cohorts": "another"}, "for another course or another group"),
    "another person": ({"person_id": "ben"}, "made for another account"),
    "another address": ({"email_domain": "example.com"}, "an e-mail address at example.com"),
    "nothing off": (build.fixed(9000), "does not make this price lower"),
    "another currency": (
        {"discount": Discount(DiscountKind.AMOUNT, 500), "currency": "eur"},
        "a price in another currency",
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_a_voucher_that_does_not_fit_says_why(  # noqa: PLR0917 - fixtures
    name: str, price: Price, course: BuiltCourse, ada: User, ben: User, amy: User, now: datetime
) -> None:
    fields, words = dict(LIMITS[name][0]), LIMITS[name][1]
    made_at = now - timedelta(hours=1)
    for field in ("starts_at", "ends_at"):
        if field in fields:
            fields[field] = made_at + fields[field]
    if "person_id" in fields:
        fields["person_id"] = ben.pk
    if "cohorts" in fields:
        fields["cohorts"] = [courses.cohort(course.edition, at=now, name="Another").pk]
    build.made(by=amy, at=made_at, **fields)
    assert words in refusal(price, ada, at=now)


def test_a_voucher_for_this_person_course_and_address_can_be_used(
    price: Price, course: BuiltCourse, ada: User, amy: User, now: datetime
) -> None:
    build.made(
        by=amy,
        at=now,
        person_id=ada.pk,
        courses=[course.edition.course_id],
        email_domain="@Example.ORG",
        starts_at=now,
        ends_at=now + DAY,
    )
    assert build.order(price, ada, at=now).total == 3000


def test_an_address_that_is_not_confirmed_does_not_count(
    price: Price, ada: User, amy: User, now: datetime
) -> None:
    build.made(by=amy, at=now, email_domain="example.com")
    own = EmailAddress.objects.create(user=ada, email="ada@example.com", verified=False)
    refusal(price, ada, at=now)
    EmailAddress.objects.filter(pk=own.pk).update(verified=True)
    assert build.order(price, ada, at=now).total == 3000


@pytest.mark.parametrize(
    "typed", ["NOBODY-KNOWS", "x", "'; DROP TABLE", "\x00\x00\x00\x00\x00\x00", "ö" * 40]
)
def test_a_code_that_nobody_knows_is_refused(typed: str, price: Price, ada: User, now: datetime) -> None:
    assert "We do not know this voucher." in refusal(price, ada, typed, at=now)


# --- Uses ----------------------------------------------------------------------------------------------


@pytest.fixture
def one_use(amy: User, now: datetime) -> Voucher:
    return build.made(by=amy, at=now, uses_allowed=1)


def test_an_open_order_holds_the_last_use_and_a_paid_one_uses_it_up(
    price: Price, one_use: Voucher, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    order = build.order(price, ada, at=now)
    assert "Somebody is paying with this voucher now." in refusal(price, ben, at=now)
    pay(payment_service, order, at=now)
    assert "used as often as it can be" in refusal(price, ben, at=now)


EndIt = Callable[[Order, datetime], object]
GIVEN_UP: dict[str, EndIt] = {
    "given up": lambda order, at: buy.give_up(order_id=order.pk, buyer=order.buyer, at=at),
    "expired": lambda order, at: paying.expire_due(at=at + MINUTES),
    "too late, and nobody has looked": lambda order, at: None,
}


@pytest.mark.parametrize("end", GIVEN_UP)
def test_an_order_that_is_not_paid_gives_its_use_back(
    end: str, price: Price, one_use: Voucher, ada: User, ben: User, now: datetime
) -> None:
    order = build.order(price, ada, at=now)
    GIVEN_UP[end](order, now)
    assert build.order(price, ben, at=now + MINUTES + GRACE).total == 3000


def test_an_order_refunded_in_full_gives_its_use_back_and_a_part_does_not(  # noqa: PLR0917 - fixtures
    price: Price,
    one_use: Voucher,
    ada: User,
    ben: User,
    amy: User,
    now: datetime,
    payment_service: MemoryGateway,
) -> None:
    order = pay(payment_service, build.order(price, ada, at=now), at=now)
    for amount in (1000, 2000):
        assert "used as often as it can be" in refusal(price, ben, at=now)
        refund = refunding.ask(
            order_id=order.pk,
            amount=amount,
            seat=Refund.Seat.END,
            key=refunding.new_key(),
            by=amy,
            at=now,
            reason="test",
        )
        refunding.carry_out(refund_id=refund.pk, at=now)
    order.refresh_from_db()
    assert order.status == "refunded"
    assert build.order(price, ben, at=now).total == 3000


def test_money_that_comes_late_is_honoured_though_the_use_went_to_somebody_else(
    price: Price, one_use: Voucher, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    late = build.order(price, ada, at=now)
    payment_service.pay(payments.checkout(late, at=now))
    pay(payment_service, build.order(price, ben, at=now + LATE), at=now + LATE)
    late.refresh_from_db()
    assert (late.status, late.received) == ("paid", 3000)
    assert one_use.orders.filter(status="paid").count() == 2


def test_nobody_uses_a_voucher_more_often_than_each_may(
    price: Price, course: BuiltCourse, ada: User, ben: User, amy: User, now: datetime
) -> None:
    build.made(by=amy, at=now, uses_each=1)
    build.order(price, ada, at=now)
    other = payments.price(courses.cohort(course.edition, at=now, name="Another"))
    assert "You have used this voucher" in refusal(other, ada, at=now)
    assert build.order(price, ben, at=now).total == 3000


# --- Making --------------------------------------------------------------------------------------------


def test_many_are_made_with_codes_of_their_own(amy: User, course: BuiltCourse, now: datetime) -> None:
    wish = Wish(build.HALF, "sales", courses=[course.edition.course_id], cohorts=[course.cohort.pk])
    made = vouchers.make(wish=wish, number=30, by=amy, at=now)
    assert len({voucher.key for voucher in made}) == 30
    assert all(list(voucher.courses.all()) == [course.edition.course] for voucher in made[::10])
    assert all(list(voucher.cohorts.all()) == [course.cohort] for voucher in made[::10])


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"number": 0}, {}),
        ({"number": 501}, {}),
        ({"code": "test half"}, {}),
        ({"code": "NEW-CODE", "number": 2}, {}),
        ({"code": "SHORT"}, {}),
        ({"code": "WÖRTER-CODE"}, {}),
        ({}, {"discount": Discount(DiscountKind.PERCENT, 0)}),
        ({}, {"discount": Discount(DiscountKind.FIXED_PRICE, 20), "currency": "gbp"}),
        ({}, {"ends_at": timedelta()}),
        ({}, {"starts_at": 2 * DAY, "ends_at": DAY}),
    ],
)
def test_what_cannot_be_is_not_made(
    asked: dict[str, Any], fields: dict[str, Any], amy: User, now: datetime
) -> None:
    build.made(by=amy, at=now)
    times = {name: now + value for name, value in fields.items() if isinstance(value, timedelta)}
    wish = Wish(**{"discount": build.HALF, "purpose": "sales", **fields, **times})
    with pytest.raises(VoucherNotMade):
        vouchers.make(wish=wish, by=amy, at=now, **asked)
    assert Voucher.objects.count() == 1


def test_switching_off_twice_keeps_the_first_time(
    price: Price, one_use: Voucher, ada: User, amy: User, ben: User, now: datetime
) -> None:
    vouchers.switch_off(voucher_id=one_use.pk, by=amy, at=now)
    vouchers.switch_off(voucher_id=one_use.pk, by=ben, at=now + DAY)
    one_use.refresh_from_db()
    assert (one_use.switched_off_at, one_use.switched_off_by) == (now, amy)
    assert "does not work any more" in refusal(price, ada, at=now)


def test_whoever_lost_the_place_and_has_all_back_gives_the_use_back(
    price: Price, one_use: Voucher, ada: User, ben: User, now: datetime, payment_service: MemoryGateway
) -> None:
    Cohort.objects.update(capacity=1)
    order = build.order(price, ada, at=now)
    payment_service.pay(payments.checkout(order, at=now))
    payments.order(price, ben, at=now + LATE)
    payments.deliver(payment_service, at=now + LATE)
    order.refresh_from_db()
    assert order.attention == "place_lost"
    assert not Enrolment.objects.exists()
    refund = settling.refund_all(order_id=order.pk, by=ada, at=now + LATE, reason="I chose this")
    assert refund is not None
    refunding.carry_out(refund_id=refund.pk, at=now + LATE)
    used = vouchers.used(one_use, buyer=ben, cohort=price.cohort, at=now + LATE)
    assert (used.spent, used.held) == (0, 0)
