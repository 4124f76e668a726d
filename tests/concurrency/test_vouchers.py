"""Many want the last use of a voucher at the same moment, each for a group of their own.

The lock of a cohort does not help there: only the voucher's does.
"""

from datetime import datetime
from functools import partial

import pytest

from cms.users.models import User
from courses.actions import vouchers
from courses.actions.vouchers import VoucherRefused
from courses.payments.orders import Order
from tests.concurrency.racing import errors, everybody_waits_after, race
from tests.factories import courses, payments, people
from tests.factories import vouchers as build
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

LOOKED = (vouchers, "used")
PEOPLE = 20
BY_LOCK = pytest.mark.parametrize("locks", [True, False], ids=["with the locks", "without the locks"])


@BY_LOCK
def test_case_13_a_single_use_voucher_raced_by_many_has_one_winner(
    course: BuiltCourse, amy: User, now: datetime, payment_service: MemoryGateway, locks: bool
) -> None:
    build.made(by=amy, at=now, uses_allowed=1)
    buyers = [people.person(f"buyer{n}", f"Buyer {n}") for n in range(PEOPLE)]
    cohorts = [courses.cohort(course.edition, at=now, name=f"Group {n}") for n in range(PEOPLE)]
    prices = [payments.price(cohort) for cohort in cohorts]
    jobs = [partial(build.order, price, buyer, at=now) for price, buyer in zip(prices, buyers, strict=True)]
    with everybody_waits_after(LOOKED, people=PEOPLE, locks=locks):
        found = race(jobs)
    if locks:
        assert len(errors(found)) == PEOPLE - 1
        assert all(isinstance(one, VoucherRefused) for one in errors(found))
        assert Order.objects.count() == 1
    else:
        assert Order.objects.count() > 1
