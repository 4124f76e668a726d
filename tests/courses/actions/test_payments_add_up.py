"""Whatever happens to an order in whatever order, heard of twice, late or never: the end is right."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.actions import buy, paying, refunding
from courses.actions.refusals import ActionRefused
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.states import State
from courses.outbox.models import OutboxEntry
from courses.payments.gateway import RefundState
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import GIVEN_UP, MONEY, OPEN, OrderState
from tests.conftest import NOW
from tests.factories import courses, payments, people
from tests.payments import memory_gateway
from tests.payments.memory_gateway import MemoryGateway

pytestmark = pytest.mark.django_db

HAPPENINGS = (
    "pay",
    "pay_later",
    "succeed",
    "fail",
    "expire",
    "refund_outside",
    "refund_here",
    "refund_fails",
    "dispute",
    "win",
    "lose",
    "give_up",
    "time",
)
# After each happening some of the news so far is delivered: which, in which order, is Hypothesis's choice.
STEPS = st.lists(st.tuples(st.sampled_from(HAPPENINGS), st.lists(st.integers(0, 30), max_size=4)), max_size=8)


class Life:
    """One order, the service it is paid at, and a clock."""

    def __init__(self, service: MemoryGateway) -> None:
        self.service, self.at = service, NOW
        built = courses.course(at=NOW)
        self.buyer = people.person("ada", "Ada Lerner")
        self.order = payments.order(payments.price(built.cohort), self.buyer, at=NOW)
        self.page = payments.checkout(self.order, at=NOW)

    @property
    def payment(self) -> str:
        return self.service.checkout(self.page).payment

    def do(self, what: str) -> None:
        """Let one thing happen, if it can."""
        acts: dict[str, Any] = {
            "pay": lambda: self.service.pay(self.page),
            "pay_later": lambda: self.service.pay_later(self.page),
            "succeed": lambda: self._debit() and self.service.succeed(self.page),
            "fail": lambda: self._debit() and self.service.fail(self.page),
            "expire": lambda: self.service.close_checkout(self.page),
            "refund_outside": lambda: self.payment and self.service.refund_outside(self.payment, 1500),
            "refund_here": self._refund,
            "refund_fails": self._refund_fails,
            "dispute": lambda: self._succeeded("") and self.service.dispute(self.payment),
            "win": lambda: self._succeeded("open") and self.service.close_dispute(self.payment, won=True),
            "lose": lambda: self._succeeded("open") and self.service.close_dispute(self.payment, won=False),
            "give_up": lambda: buy.give_up(order_id=self.order.pk, buyer=self.buyer, at=self.at),
            "time": self._time,
        }
        try:
            with transaction.atomic():
                acts[what]()
        except (ActionRefused, AssertionError, memory_gateway.GatewayRefused):
            return

    def _debit(self) -> bool:
        return bool(self.payment) and self.service.payment(self.payment).state == "processing"

    def _succeeded(self, dispute: str) -> bool:
        if not self.payment:
            return False
        found = self.service.payment(self.payment)
        return found.state == "succeeded" and found.dispute == dispute

    def _refund(self) -> None:
        refund = refunding.ask(
            order_id=self.order.pk,
            amount=1000,
            seat=Refund.Seat.KEEP,
            key=refunding.new_key(),
            by=self.buyer,
            at=self.at,
            reason="test",
        )
        refunding.carry_out(refund_id=refund.pk, at=self.at)

    def _refund_fails(self) -> None:
        going = [one for one in self.service.payment(self.payment).refunds if one.state == "succeeded"]
        if going:
            self.service.settle_refund(going[0].id, RefundState.FAILED)

    def _time(self) -> None:
        self.at += timedelta(hours=3)
        paying.expire_due(at=self.at)

    def deliver(self, numbers: list[int]) -> None:
        known = self.service.events
        chosen = [known[number] for number in numbers if number < len(known)]
        payments.deliver(self.service, at=self.at, events=chosen)

    def check(self) -> None:
        """What is true at every step."""
        order = Order.objects.get(pk=self.order.pk)
        lines = OrderLine.objects.filter(order=order)
        assert sum(line.total for line in lines) == order.total
        assert 0 <= order.returned <= order.received
        if order.state in MONEY:
            assert order.received == order.total
        if order.state is OrderState.PAID:
            assert order.kept == order.total
        if order.state is OrderState.REFUNDED:
            assert order.kept == 0
        if order.state in GIVEN_UP | OPEN:
            assert not Grant.objects.filter(kind="paid").exists()
        for enrolment in Enrolment.objects.exclude(status=State.ENDED.value):
            assert enrolment.grants.filter(withdrawn_at=None).exists()
            assert Place.objects.filter(enrolment=enrolment).count() == 1
        for grant in Grant.objects.filter(kind="paid", withdrawn_at=None):
            assert OrderLine.objects.filter(grant=grant).count() == 1
        assert Place.objects.count() <= 1
        assert OutboxEntry.objects.filter(payload__message="order_paid").count() <= 1

    def end(self) -> tuple[str, int, int, str]:
        """Ask once more, as the sweep and the reconciling do; how it all stands then."""
        paying.bring_up_to_date(order_id=self.order.pk, at=self.at)
        self.check()
        order = Order.objects.get(pk=self.order.pk)
        enrolment = Enrolment.objects.first()
        return order.status, order.received, order.returned, enrolment.status if enrolment else ""


def live(steps: list[tuple[str, list[int]]], *, in_order: bool) -> tuple[str, int, int, str]:
    """One life of an order; with `in_order` everything is delivered at once, else as the steps say."""
    with transaction.atomic():
        life = Life(memory_gateway.begin())
        for what, numbers in steps:
            life.do(what)
            life.deliver(list(range(99)) if in_order else numbers)
            life.check()
        found = life.end()
        transaction.set_rollback(True)
    return found


@settings(max_examples=60)
@given(STEPS)
def test_sums_and_places_are_right_at_every_step_whatever_is_heard(
    payment_service: MemoryGateway, steps: list[tuple[str, list[int]]]
) -> None:
    live(steps, in_order=False)


# What somebody does here depends on what was heard; what only banks and the service do must not.
OUTSIDE = tuple(what for what in HAPPENINGS if what not in ("refund_here", "give_up", "time"))
OUTSIDE_STEPS = st.lists(
    st.tuples(st.sampled_from(OUTSIDE), st.lists(st.integers(0, 30), max_size=4)), max_size=8
)


@settings(max_examples=60)
@given(OUTSIDE_STEPS)
def test_the_end_is_the_same_as_when_all_news_came_in_order(
    payment_service: MemoryGateway, steps: list[tuple[str, list[int]]]
) -> None:
    assert live(steps, in_order=False) == live(steps, in_order=True)


def test_the_property_can_see_a_difference(payment_service: MemoryGateway, now: datetime) -> None:
    """Paid and not paid must not look alike, or the property would prove nothing."""
    assert live([("pay", [])], in_order=True) != live([("expire", [])], in_order=True)
