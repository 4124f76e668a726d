"""Many orders are paid at the same moment: each gets its number, none is left out and none given twice."""

from datetime import datetime
from functools import partial

import pytest

from courses.actions import papers, paying
from courses.cohorts.models import Cohort
from courses.payments.orders import Order
from courses.payments.papers import Paper, PaperSeries
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories import courses as build
from tests.factories import payments, people
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

ORDERS = 20


@pytest.fixture
def waiting(course: BuiltCourse, now: datetime, payment_service: MemoryGateway) -> list[Order]:
    """Orders that were paid and not heard of, each in its own group: no lock of a group is in the way."""
    orders = []
    for place in range(ORDERS):
        cohort = build.cohort(course.edition, at=now, name=f"Group {place}")
        buyer = people.person(f"buyer{place}", f"Buyer {place}")
        order = payments.order(payments.price(cohort), buyer, at=now)
        payment_service.pay(payments.checkout(order, at=now))
        orders.append(order)
    assert Cohort.objects.count() == ORDERS + 1
    return orders


def hear_of(orders: list[Order], at: datetime) -> list[object]:
    return race([partial(paying.bring_up_to_date, order_id=order.pk, at=at) for order in orders])


def test_twenty_orders_get_twenty_numbers(waiting: list[Order], now: datetime) -> None:
    PaperSeries.objects.create(kind="receipt", year=now.year)
    with everybody_waits_after((papers, "_series"), people=ORDERS, locks=True):
        found = hear_of(waiting, now)
    assert errors(found) == []
    numbers = sorted(Paper.objects.filter(kind="receipt").values_list("number", flat=True))
    assert numbers == list(range(1, ORDERS + 1))
    assert PaperSeries.objects.get().last == ORDERS


def test_the_first_numbers_of_a_year_are_taken_at_once(waiting: list[Order], now: datetime) -> None:
    """Nobody has made the series of this year yet."""
    assert errors(hear_of(waiting, now)) == []
    numbers = sorted(Paper.objects.values_list("number", flat=True))
    assert numbers == list(range(1, ORDERS + 1))


def test_without_the_lock_a_number_is_given_twice_and_the_database_says_no(
    waiting: list[Order], now: datetime
) -> None:
    """The control. What is refused is taken back, so that even then no number is printed twice."""
    PaperSeries.objects.create(kind="receipt", year=now.year)
    two = waiting[:2]
    with everybody_waits_after((papers, "_series"), people=2, locks=False):
        found = hear_of(two, now)
    assert caught_by(found) == ["paper_number_once"]
    assert Paper.objects.count() == 1
