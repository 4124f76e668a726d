"""Settling an order that was paid and has no place: refund, waiting list, or a place after all."""

from datetime import datetime, timedelta

import pytest

from cms.users.models import User
from courses.actions import buy, enrol, offers, paying, refunding, settling
from courses.actions.settling import SettlingRefused
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Place, WaitingEntry
from courses.ledger.models import LedgerEntry
from courses.outbox import delivery
from courses.payments.orders import Order, Refund
from courses.payments.states import OrderState
from tests.factories import buying
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

WHY = "The place was gone"


@pytest.fixture
def lost(course: BuiltCourse, ada: User, ben: User, payment_service: MemoryGateway, now: datetime) -> Order:
    """Ada paid; Ben had the last place by then."""
    Cohort.objects.filter(pk=course.cohort.pk).update(has_waiting_list=True)
    buying.priced(course.cohort)
    order = buying.paid_too_late(course.cohort, ada, instead=ben, service=payment_service, at=now)
    assert (order.state, order.attention) == (OrderState.ATTENTION, Order.Attention.PLACE_LOST)
    return order


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=4)


def test_all_the_money_goes_back_once_however_often_it_is_pressed(
    lost: Order, ada: User, payment_service: MemoryGateway, later: datetime
) -> None:
    first = settling.refund_all(order_id=lost.pk, by=ada, at=later, reason=WHY)
    again = settling.refund_all(order_id=lost.pk, by=ada, at=later, reason=WHY)
    assert first == again
    refunding.carry_out(refund_id=Refund.objects.get().pk, at=later)
    lost.refresh_from_db()
    assert (lost.state, lost.kept, lost.wish, lost.attention) == (OrderState.REFUNDED, 0, "refund", "")
    assert len(payment_service.payment(lost.payment).refunds) == 1


def test_who_waits_keeps_the_money_here_and_gets_the_next_place_without_paying_again(
    lost: Order, ada: User, ben: User, later: datetime
) -> None:
    settling.wait(order_id=lost.pk, by=ada, at=later)
    settling.wait(order_id=lost.pk, by=ada, at=later)
    entry = WaitingEntry.objects.get(learner=ada)
    enrol.remove(enrolment_id=Enrolment.objects.get(learner=ben).pk, by=ben, at=later, reason="Left")
    delivery.sweep(at=later + timedelta(minutes=5))
    entry.refresh_from_db()
    assert entry.offer is not None
    offers.accept(offer_id=entry.offer.pk, learner=ada, at=later + timedelta(minutes=6))
    lost.refresh_from_db()
    assert (lost.state, lost.attention) == (OrderState.PAID, "")


def test_waiting_gives_a_place_at_once_when_one_has_come_free(
    lost: Order, ada: User, later: datetime
) -> None:
    Cohort.objects.update(capacity=2)
    assert settling.wait(order_id=lost.pk, by=ada, at=later).state is OrderState.PAID
    assert not WaitingEntry.objects.exists()


def test_nobody_waits_for_a_group_without_a_list_and_hears_what_else_there_is(
    lost: Order, ada: User, later: datetime
) -> None:
    Cohort.objects.update(has_waiting_list=False)
    with pytest.raises(SettlingRefused, match="can be given back"):
        settling.wait(order_id=lost.pk, by=ada, at=later)


def test_who_waited_and_wants_the_money_after_all_waits_no_longer(
    lost: Order, ada: User, later: datetime
) -> None:
    settling.wait(order_id=lost.pk, by=ada, at=later)
    settling.refund_all(order_id=lost.pk, by=ada, at=later, reason=WHY)
    assert WaitingEntry.objects.get().status == "left"
    assert Order.objects.get().wish == "refund"


def test_a_place_beyond_the_number_is_given_by_name_and_with_a_reason(
    lost: Order, ada: User, ben: User, amy: User, later: datetime
) -> None:
    with pytest.raises(SettlingRefused, match="All places are taken"):
        settling.give_place(order_id=lost.pk, by=amy, at=later, reason=WHY)
    order = settling.give_place(order_id=lost.pk, by=amy, at=later, reason=WHY, over_capacity=True)
    again = settling.give_place(order_id=lost.pk, by=amy, at=later, reason=WHY, over_capacity=True)
    assert order.state is again.state is OrderState.PAID
    assert Place.objects.get(enrolment__learner=ada).over_capacity
    entry = LedgerEntry.objects.get(action="order given its place")
    assert (entry.by, entry.reason) == (amy, WHY)
    assert Enrolment.objects.filter(learner=ada).count() == 1


def test_an_order_that_stands_well_is_not_settled_again(
    course: BuiltCourse, ada: User, payment_service: MemoryGateway, now: datetime
) -> None:
    buying.priced(course.cohort)
    order = buying.paid(course.cohort, ada, service=payment_service, at=now)
    with pytest.raises(SettlingRefused):
        settling.refund_all(order_id=order.pk, by=ada, at=now, reason=WHY)
    assert settling.wait(order_id=order.pk, by=ada, at=now).state is OrderState.PAID
    assert not Refund.objects.exists()


def test_somebody_who_paid_twice_gets_no_second_place(
    course: BuiltCourse, ada: User, amy: User, payment_service: MemoryGateway, now: datetime
) -> None:
    buying.priced(course.cohort)
    first = buying.opened(course.cohort, ada, at=now)
    payment_service.pay(first.checkout)
    buy.give_up(order_id=first.pk, buyer=ada, at=now)
    second = buying.paid(course.cohort, ada, service=payment_service, at=now)
    first = paying.bring_up_to_date(order_id=first.pk, at=now)
    assert (second.state, first.attention) == (OrderState.PAID, Order.Attention.PAID_TWICE)
    with pytest.raises(SettlingRefused, match="paid for already"):
        settling.give_place(order_id=first.pk, by=amy, at=now, reason=WHY)
    settling.refund_all(order_id=first.pk, by=amy, at=now, reason=WHY)
    refunding.carry_out(refund_id=Refund.objects.get().pk, at=now)
    assert Enrolment.objects.get(learner=ada).status == "active"
