"""Payments are compared with the payment service: what was lost is mended, what is odd is named."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from cms.users.models import User
from courses.actions import buy, due, paying, reconcile, refunding
from courses.actions.reconcile import Kind, Report
from courses.enrolment.models import Enrolment, Grant
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from courses.payments.gateway import DisputeState, GatewayUnavailable
from courses.payments.gateway import RefundState as TheirRefundState
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import OrderState
from tests.factories import buying
from tests.factories.buying import NOW
from tests.factories.courses import BuiltCourse
from tests.payments.memory_gateway import MemoryGateway

MONTH = timedelta(days=30)


@pytest.fixture
def service(payment_service: MemoryGateway, course: BuiltCourse, now: datetime) -> MemoryGateway:
    """A payment service on the clock of the test, and a cohort that costs something."""
    payment_service.at = now
    buying.priced(course.cohort)
    return payment_service


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=3)


def kinds(found: Report) -> list[Kind]:
    return [one.kind for one in found.left]


def test_a_payment_whose_news_was_lost_entirely_is_found_and_the_place_is_there(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    order = buying.opened(course.cohort, ada, at=now)
    service.pay(order.checkout)
    looked = reconcile.run(since=MONTH, repair=False, at=later)
    assert [one.reference for one in looked.mended] == [order.reference]
    order.refresh_from_db()
    assert order.state is OrderState.AWAITING
    found = reconcile.run(since=MONTH, repair=True, at=later)
    order.refresh_from_db()
    assert ([one.kind for one in found.mended], found.left) == ([Kind.BEHIND], [])
    assert order.state is OrderState.PAID
    assert Enrolment.objects.get(learner=ada).status == "active"
    again = reconcile.run(since=MONTH, repair=True, at=later + timedelta(minutes=1))
    assert (again.mended, again.left) == ([], [])


def _refunded_outside(service: MemoryGateway, order: Order) -> None:
    service.refund_outside(order.payment, 1500)


def _disputed(service: MemoryGateway, order: Order) -> None:
    service.dispute(order.payment)


def _lost(service: MemoryGateway, order: Order) -> None:
    service.dispute(order.payment)
    service.close_dispute(order.payment, won=False)


@pytest.mark.parametrize(
    ("happens", "state", "returned"),
    [
        (_refunded_outside, OrderState.PARTLY_REFUNDED, 1500),
        (_disputed, OrderState.DISPUTED, 0),
        (_lost, OrderState.REFUNDED, 4500),
    ],
)
def test_what_happened_at_the_service_unheard_is_followed(
    service: MemoryGateway,
    course: BuiltCourse,
    ada: User,
    happens: Callable[[MemoryGateway, Order], None],
    state: OrderState,
    returned: int,
) -> None:
    now, later = NOW, NOW + timedelta(hours=3)
    order = buying.paid(course.cohort, ada, service=service, at=now)
    service.at = now + timedelta(hours=1)
    happens(service, order)
    assert reconcile.run(since=MONTH, repair=False, at=later).mended
    reconcile.run(since=MONTH, repair=True, at=later)
    order.refresh_from_db()
    assert (order.state, order.returned) == (state, returned)
    assert not reconcile.run(since=MONTH, repair=False, at=later + timedelta(minutes=1)).mended


def test_the_end_of_a_dispute_moves_no_money_and_is_found_all_the_same(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    order = buying.paid(course.cohort, ada, service=service, at=now)
    service.at = now + timedelta(hours=1)
    service.dispute(order.payment)
    paying.bring_up_to_date(order_id=order.pk, at=now + timedelta(hours=2))
    service.close_dispute(order.payment, won=False)
    assert service.payment(order.payment).dispute is DisputeState.LOST
    reconcile.run(since=MONTH, repair=True, at=later)
    order.refresh_from_db()
    assert (order.state, order.lost) == (OrderState.REFUNDED, 4500)


def test_a_refund_that_was_asked_for_and_not_heard_of_is_carried_out_once(
    service: MemoryGateway, course: BuiltCourse, ada: User, amy: User, now: datetime, later: datetime
) -> None:
    order = buying.paid(course.cohort, ada, service=service, at=now)
    refund = refunding.ask(
        order_id=order.pk, amount=1000, seat=Refund.Seat.KEEP, key="refund-1", by=amy, at=now, reason="Ill"
    )
    service.fail_next(GatewayUnavailable(), after_doing=True)
    with pytest.raises(GatewayUnavailable):
        refunding.carry_out(refund_id=refund.pk, at=now)
    reconcile.run(since=MONTH, repair=True, at=later)
    refund.refresh_from_db()
    assert refund.status == "succeeded"
    assert [one.amount for one in service.payment(order.payment).refunds] == [1000]


def test_a_refund_that_the_bank_sends_back_later_is_found(
    service: MemoryGateway, course: BuiltCourse, ada: User, amy: User, now: datetime, later: datetime
) -> None:
    order = buying.paid(course.cohort, ada, service=service, at=now)
    refund = refunding.ask(
        order_id=order.pk, amount=1000, seat=Refund.Seat.KEEP, key="refund-1", by=amy, at=now, reason="Ill"
    )
    refunding.carry_out(refund_id=refund.pk, at=now)
    service.at = later
    refund.refresh_from_db()
    service.settle_refund(refund.gateway_id, TheirRefundState.FAILED)
    reconcile.run(since=MONTH, repair=True, at=later + timedelta(hours=1))
    order.refresh_from_db()
    refund.refresh_from_db()
    assert (refund.status, order.returned, order.state) == ("failed", 0, OrderState.PAID)


def test_case_56_a_backup_of_yesterday_is_brought_up_to_today(
    service: MemoryGateway,
    course: BuiltCourse,
    ada: User,
    ben: User,
    cleo: User,
) -> None:
    """Ada had begun to pay by then, Ben had paid, and Cleo ordered only after it."""
    now, later = NOW, NOW + timedelta(hours=3)
    begun = buying.started(course.cohort, ada, at=now)
    bens = buying.paid(course.cohort, ben, service=service, at=now)
    backup = transaction.savepoint()
    today = now + timedelta(minutes=20)
    service.at = today
    buy.pay_page(order_id=begun.pk, buyer=ada, return_url=buying.RETURN, at=today)
    begun.refresh_from_db()
    service.pay(begun.checkout)
    paying.bring_up_to_date(order_id=begun.pk, at=today)
    refund = refunding.ask(
        order_id=bens.pk, amount=4500, seat=Refund.Seat.END, key="refund-1", by=ben, at=today, reason="Ill"
    )
    refunding.carry_out(refund_id=refund.pk, at=today)
    cleos = buying.paid(course.cohort, cleo, service=service, at=today)
    transaction.savepoint_rollback(backup)
    assert Order.objects.get(pk=bens.pk).state is OrderState.PAID

    found = reconcile.run(since=MONTH, repair=True, at=later)
    adas, bens = Order.objects.get(pk=begun.pk), Order.objects.get(pk=bens.pk)
    assert (adas.state, adas.payment != "") == (OrderState.PAID, True)
    assert Enrolment.objects.get(learner=ada).status == "active"
    assert (bens.state, bens.kept) == (OrderState.REFUNDED, 0)
    # Her order is gone with the day: a person gives the money back, or the place.
    assert [(one.kind, one.reference, one.amount) for one in found.left] == [
        (Kind.UNKNOWN_PAGE, cleos.reference, "£45")
    ]
    again = reconcile.run(since=MONTH, repair=True, at=later + timedelta(minutes=1))
    assert again.mended == []


def test_case_56_a_backup_in_which_the_order_had_expired_still_finds_the_money(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    order = buying.opened(course.cohort, ada, at=now)
    service.pay(order.checkout)
    page = order.checkout
    Order.objects.update(checkout="", status=OrderState.EXPIRED.value, place=None)
    assert len(reconcile.run(since=MONTH, repair=False, at=later).mended) == 1
    reconcile.run(since=MONTH, repair=True, at=later)
    order.refresh_from_db()
    assert (order.checkout, order.state) == (page, OrderState.PAID)


def test_a_payment_of_nobody_is_left_to_a_person_and_touched_by_nobody(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    order = buying.opened(course.cohort, ada, at=now)
    service.pay(order.checkout)
    Order.objects.update(reference="OTHER123", checkout="")
    found = reconcile.run(since=MONTH, repair=True, at=later)
    assert set(kinds(found)) == {Kind.UNKNOWN_PAGE}
    assert order.reference in reconcile.words(found.left[0])


def test_a_payment_from_before_the_days_is_asked_for_by_its_number(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime
) -> None:
    order = buying.paid(course.cohort, ada, service=service, at=now)
    Order.objects.update(payment="")
    service.at = much_later = now + timedelta(days=40)
    service.refund_outside(order.payment, 500)
    reconcile.run(since=timedelta(days=7), repair=True, at=much_later + timedelta(hours=1))
    order.refresh_from_db()
    assert order.returned == 500
    Order.objects.update(reference="OTHER123", payment="")
    found = reconcile.run(since=timedelta(days=7), repair=True, at=much_later + timedelta(hours=1))
    assert Kind.UNKNOWN_PAYMENT in kinds(found)


def test_paid_without_a_place_and_a_place_without_money_are_both_named(
    service: MemoryGateway, course: BuiltCourse, ada: User, ben: User, now: datetime, later: datetime
) -> None:
    order = buying.paid(course.cohort, ada, service=service, at=now)
    OrderLine.objects.update(grant=None)
    found = reconcile.run(since=MONTH, repair=True, at=later)
    assert kinds(found) == [Kind.PAID_WITHOUT_PLACE, Kind.PLACE_WITHOUT_MONEY]
    assert order.reference in reconcile.words(found.left[0])
    assert str(Enrolment.objects.get(learner=ada).pk) in reconcile.words(found.left[1])
    Grant.objects.update(kind="staff")
    assert kinds(reconcile.run(since=MONTH, repair=True, at=later)) == [Kind.PAID_WITHOUT_PLACE]


def test_an_order_that_needs_a_person_is_named_until_it_is_settled(
    service: MemoryGateway, course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    order = buying.paid_too_late(course.cohort, ada, instead=ben, service=service, at=now)
    found = reconcile.run(since=MONTH, repair=True, at=now + timedelta(hours=6))
    assert [(one.kind, one.reference) for one in found.left] == [(Kind.ATTENTION, order.reference)]


def test_a_page_that_the_service_does_not_know_is_named(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    buying.opened(course.cohort, ada, at=now)
    Order.objects.update(checkout="cs_gone")
    assert kinds(reconcile.run(since=MONTH, repair=True, at=later)) == [Kind.NOT_THERE]


@pytest.mark.parametrize("fails_after", range(6))
def test_case_54_a_service_that_goes_away_at_any_moment_stops_nothing_and_is_asked_next_time(
    service: MemoryGateway,
    course: BuiltCourse,
    ada: User,
    ben: User,
    fails_after: int,
) -> None:
    now, later = NOW, NOW + timedelta(hours=3)
    mine = buying.opened(course.cohort, ada, at=now)
    service.pay(mine.checkout)
    theirs = buying.opened(course.cohort, ben, at=now)
    service.pay(theirs.checkout)
    good = service._failing
    calls = iter(range(100))

    def failing(name: str) -> Any:
        if next(calls) == fails_after:
            raise GatewayUnavailable
        return good(name)

    service._failing = failing  # type: ignore[method-assign]
    assert reconcile.run(since=MONTH, repair=True, at=later).is_down
    found = reconcile.run(since=MONTH, repair=True, at=later + timedelta(minutes=1))
    assert not found.is_down
    assert {order.state for order in Order.objects.all()} == {OrderState.PAID}


# --- The command and the daily run ---------------------------------------------------------------------


def command(*arguments: str) -> tuple[int, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("reconcile_payments", *arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def test_the_command_says_in_plain_words_what_it_found_and_ends_with_a_number(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime, later: datetime
) -> None:
    order = buying.opened(course.cohort, ada, at=now)
    service.pay(order.checkout)
    with time_machine.travel(later, tick=False):
        ended, said = command()
        assert (ended, f"Order {order.reference} does not stand" in said) == (1, True)
        assert command("--repair", "--since", "2")[0] == 0
        ended, said = command()
        assert (ended, "Left for a person: 0" in said) == (0, True)
        service.fail_next(GatewayUnavailable())
        ended, said = command("--repair")
    assert (ended, "Nothing is lost" in said) == (2, True)
    with pytest.raises(CommandError):
        command("--since", "0")


@pytest.mark.django_db
def test_without_a_payment_service_the_command_says_so_and_all_is_well() -> None:
    ended, said = command("--repair")
    assert (ended, "not switched on" in said) == (0, True)


def test_it_runs_by_itself_at_most_once_a_day_however_often_run_due_does(
    service: MemoryGateway, course: BuiltCourse, ada: User, now: datetime
) -> None:
    order = buying.opened(course.cohort, ada, at=now)
    service.pay(order.checkout)
    for minutes in range(3):
        due.run(at=now + timedelta(minutes=minutes))
    entry = OutboxEntry.objects.get(kind="reconcile-payments")
    assert "checkouts" not in service.calls
    delivery.sweep(at=now + timedelta(days=1, minutes=1))
    entry.refresh_from_db()
    order.refresh_from_db()
    assert entry.handled_at is not None
    assert order.state is OrderState.PAID
    assert service.calls.count("checkouts") == 1
    due.run(at=now + timedelta(days=1, minutes=2))
    assert OutboxEntry.objects.filter(kind="reconcile-payments").count() == 2


def test_the_daily_run_writes_what_is_left_into_the_log_without_names(
    service: MemoryGateway,
    course: BuiltCourse,
    ada: User,
    now: datetime,
    later: datetime,
    caplog: pytest.LogCaptureFixture,
) -> None:
    buying.paid(course.cohort, ada, service=service, at=now)
    OrderLine.objects.update(grant=None)
    reconcile.daily(at=later)
    service.fail_next(GatewayUnavailable())
    reconcile.daily(at=later)
    assert "paid_without_place" in caplog.text
    assert "cannot be reached" in caplog.text
    assert ada.email not in caplog.text


@pytest.mark.django_db
def test_nothing_is_planned_where_there_is_no_payment_service(now: datetime) -> None:
    assert reconcile.plan_daily(at=now) == 0
    assert not OutboxEntry.objects.exists()
