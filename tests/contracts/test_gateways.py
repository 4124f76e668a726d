"""What every payment service promises: the one in memory, Stripe's stand-in, and Stripe in its test mode."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from courses.payments.gateway import (
    Checkout,
    CheckoutLine,
    CheckoutState,
    DisputeState,
    GatewayRefused,
    GatewayUnavailable,
    Movement,
    MovementKind,
    PaymentState,
    RefundState,
)
from tests.contracts.worlds import World, kinds, wanted

TOTAL = 12000 + 2 * 1550
MINUTE = timedelta(minutes=1)


def around_now() -> dict[str, datetime]:
    now = datetime.now(UTC)
    return {"since": now - MINUTE, "until": now + MINUTE}


def with_id(checkouts: Iterable[Checkout], number: str) -> list[Checkout]:
    return [one for one in checkouts if one.id == number]


# --- The page on which somebody pays


def test_an_open_page_says_what_is_to_be_paid_and_where(world: World) -> None:
    asked = wanted()
    opened = world.gateway.open_checkout(asked)
    assert (opened.state, opened.is_paid, opened.payment) == (CheckoutState.OPEN, False, "")
    assert (opened.amount, opened.currency, opened.order) == (TOTAL, "gbp", asked.order)
    assert opened.url.startswith("http")
    assert opened.is_live is world.gateway.is_live is False
    assert world.gateway.checkout(opened.id) == opened


def test_asking_twice_with_one_key_opens_one_page(world: World) -> None:
    asked = wanted()
    assert world.gateway.open_checkout(asked) == world.gateway.open_checkout(asked)


def test_one_key_is_not_for_two_things(world: World) -> None:
    asked = wanted()
    world.gateway.open_checkout(asked)
    with pytest.raises(GatewayRefused) as refused:
        world.gateway.open_checkout(replace(asked, lines=(CheckoutLine("Less", 100),)))
    assert refused.value.code == "idempotency_error"


def test_a_page_that_is_closed_stays_closed_and_has_no_address(world: World) -> None:
    opened = world.gateway.open_checkout(wanted())
    for _ in range(2):
        closed = world.gateway.close_checkout(opened.id)
        assert (closed.state, closed.url, closed.is_paid) == (CheckoutState.EXPIRED, "", False)


def test_what_is_not_there_is_refused(world: World) -> None:
    for ask in (world.gateway.checkout, world.gateway.close_checkout, world.gateway.payment):
        with pytest.raises(GatewayRefused) as refused:
            ask("cs_test_none")
        assert refused.value.code == "resource_missing"


def test_all_pages_since_a_moment_are_listed_newest_first(world: World) -> None:
    opened = [world.gateway.open_checkout(wanted()) for _ in range(3)]
    found = list(world.gateway.checkouts(since=datetime.now(UTC) - MINUTE))
    numbers = [one.id for one in found]
    places = [numbers.index(one.id) for one in opened]
    assert places == sorted(places, reverse=True)
    assert with_id(found, opened[0].id) == [opened[0]]
    assert not with_id(world.gateway.checkouts(since=datetime.now(UTC) + MINUTE), opened[0].id)


def test_a_card_pays_the_page_and_the_payment_at_once(played: World) -> None:
    opened = played.gateway.open_checkout(wanted())
    played.pay(opened)
    found = played.gateway.checkout(opened.id)
    assert (found.state, found.is_paid, found.url) == (CheckoutState.COMPLETE, True, "")
    payment = played.gateway.payment(found.payment)
    assert (payment.state, payment.amount, payment.received) == (PaymentState.SUCCEEDED, TOTAL, TOTAL)
    assert (payment.order, payment.currency, payment.is_live) == (opened.order, "gbp", False)
    assert (payment.refunds, payment.dispute, payment.disputed) == ((), DisputeState.NONE, 0)


def test_closing_a_page_that_is_paid_changes_nothing(played: World) -> None:
    opened = played.gateway.open_checkout(wanted())
    played.pay(opened)
    closed = played.gateway.close_checkout(opened.id)
    assert (closed.state, closed.is_paid) == (CheckoutState.COMPLETE, True)


def test_a_declined_card_leaves_the_page_open_for_another(played: World) -> None:
    opened = played.gateway.open_checkout(wanted())
    played.decline(opened)
    found = played.gateway.checkout(opened.id)
    assert (found.state, found.is_paid, found.url) == (CheckoutState.OPEN, False, opened.url)
    assert played.gateway.payment(found.payment).state is PaymentState.WAITING
    played.pay(opened)
    assert played.gateway.checkout(opened.id).is_paid
    assert kinds(played.events()) == ["checkout.session.completed"]


@pytest.mark.parametrize("comes", [True, False])
def test_a_bank_debit_is_under_way_until_the_bank_says(played: World, *, comes: bool) -> None:
    opened = played.gateway.open_checkout(wanted(allows_delayed=True))
    played.pay_later(opened)
    found = played.gateway.checkout(opened.id)
    assert (found.state, found.is_paid) == (CheckoutState.COMPLETE, False)
    payment = played.gateway.payment(found.payment)
    assert (payment.state, payment.received) == (PaymentState.PROCESSING, 0)

    played.settle_debit(opened, comes=comes)
    payment = played.gateway.payment(found.payment)
    assert payment.state is (PaymentState.SUCCEEDED if comes else PaymentState.FAILED)
    assert payment.received == (TOTAL if comes else 0)
    assert played.gateway.checkout(opened.id).is_paid is comes
    last = "async_payment_succeeded" if comes else "async_payment_failed"
    assert kinds(played.events()) == ["checkout.session.completed", f"checkout.session.{last}"]


def test_a_page_closes_by_itself_when_its_time_is_up(played: World) -> None:
    opened = played.gateway.open_checkout(wanted())
    played.expire(opened)
    found = played.gateway.checkout(opened.id)
    assert (found.state, found.url, found.is_paid) == (CheckoutState.EXPIRED, "", False)
    assert kinds(played.events()) == ["checkout.session.expired"]


# --- Giving back


def test_two_refunds_add_up_and_each_keeps_its_key(world: World) -> None:
    payment = world.paid(5000)
    first = world.gateway.refund(payment_id=payment, amount=1000, key=f"{payment}-1")
    second = world.gateway.refund(payment_id=payment, amount=4000, key=f"{payment}-2")
    found = world.gateway.payment(payment)
    assert found.refunds == (first, second)
    assert [one.key for one in found.refunds] == [f"{payment}-1", f"{payment}-2"]
    assert {one.state for one in found.refunds} == {RefundState.SUCCEEDED}
    assert (first.payment, first.amount, first.currency) == (payment, 1000, "gbp")


def test_asking_twice_for_a_refund_gives_back_once(world: World) -> None:
    payment = world.paid(5000)
    made = [world.gateway.refund(payment_id=payment, amount=1000, key=f"{payment}-1") for _ in range(2)]
    assert made[0] == made[1]
    assert len(world.gateway.payment(payment).refunds) == 1


def test_no_more_is_given_back_than_came(world: World) -> None:
    payment = world.paid(5000)
    world.gateway.refund(payment_id=payment, amount=4000, key=f"{payment}-1")
    with pytest.raises(GatewayRefused):
        world.gateway.refund(payment_id=payment, amount=1001, key=f"{payment}-2")
    world.gateway.refund(payment_id=payment, amount=1000, key=f"{payment}-3")
    with pytest.raises(GatewayRefused) as refused:
        world.gateway.refund(payment_id=payment, amount=1, key=f"{payment}-4")
    assert refused.value.code == "charge_already_refunded"


def test_a_refund_that_somebody_else_made_has_no_key(world: World) -> None:
    payment = world.paid(5000)
    world.refund_outside(payment, 700)
    (found,) = world.gateway.payment(payment).refunds
    assert (found.amount, found.key) == (700, "")


def test_a_refund_that_fails_later_may_be_made_again(played: World) -> None:
    payment = played.paid(5000)
    first = played.gateway.refund(payment_id=payment, amount=5000, key="first")
    played.settle_refund(first.id, RefundState.FAILED)
    second = played.gateway.refund(payment_id=payment, amount=5000, key="second")
    states = [one.state for one in played.gateway.payment(payment).refunds]
    assert states == [RefundState.FAILED, RefundState.SUCCEEDED]
    assert second.id != first.id
    heard = kinds(played.events())
    assert heard.count("refund.failed") == 1
    assert heard.count("refund.created") == 2


def test_a_refund_can_wait_at_a_bank(played: World) -> None:
    payment = played.paid(5000)
    made = played.gateway.refund(payment_id=payment, amount=5000, key="first")
    played.settle_refund(made.id, RefundState.PENDING)
    (found,) = played.gateway.payment(payment).refunds
    assert found.state is RefundState.PENDING


# --- Disputes


@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_takes_the_money_until_it_is_won(played: World, *, won: bool) -> None:
    payment = played.paid(5000)
    played.dispute(payment)
    found = played.gateway.payment(payment)
    assert (found.state, found.dispute, found.disputed) == (PaymentState.SUCCEEDED, DisputeState.OPEN, 5000)
    with pytest.raises(GatewayRefused) as refused:
        played.gateway.refund(payment_id=payment, amount=100, key="meanwhile")
    assert refused.value.code == "charge_disputed"

    played.close_dispute(payment, won=won)
    found = played.gateway.payment(payment)
    assert found.dispute is (DisputeState.WON if won else DisputeState.LOST)
    assert found.disputed == (0 if won else 5000)
    assert kinds(played.events())[1:] == ["charge.dispute.created", "charge.dispute.closed"]


def test_an_inquiry_takes_nothing(played: World) -> None:
    payment = played.paid(5000)
    played.inquire(payment)
    found = played.gateway.payment(payment)
    assert (found.dispute, found.disputed) == (DisputeState.NONE, 0)


# --- News


def test_news_say_where_to_look(played: World) -> None:
    opened = played.gateway.open_checkout(wanted())
    played.pay(opened)
    payment = played.gateway.checkout(opened.id).payment
    played.gateway.refund(payment_id=payment, amount=100, key="one")
    played.dispute(payment)
    events = played.events()
    completed = next(one for one in events if one.kind == "checkout.session.completed")
    assert (completed.checkout, completed.payment) == (opened.id, payment)
    about_payment = [one for one in events if one.kind in {"refund.created", "charge.dispute.created"}]
    assert [(one.checkout, one.payment) for one in about_payment] == [("", payment)] * 2
    assert len({one.id for one in events}) == len(events)
    assert {(one.is_live, one.account) for one in events} == {(False, "")}
    assert all(abs(datetime.now(UTC) - one.made_at) < MINUTE for one in events)


# --- What moved on the account


def test_movements_tie_to_payments_refunds_and_payouts(played: World) -> None:
    payment = played.paid(5000)
    played.gateway.refund(payment_id=payment, amount=1000, key="one")
    payout = played.pay_out()
    later = played.paid(700)
    found = list(played.gateway.movements(**around_now()))
    assert [(one.kind, one.amount, one.payment, one.payout) for one in found] == [
        (MovementKind.PAYMENT, 700, later, ""),
        (MovementKind.PAYOUT, -sum(one.net for one in found[2:]), "", payout),
        (MovementKind.REFUND, -1000, payment, payout),
        (MovementKind.PAYMENT, 5000, payment, payout),
    ]
    assert found[3].fee > 0
    assert sum(one.net for one in found if one.payout == payout) == 0


def test_a_dispute_that_is_won_and_a_refund_that_failed_come_back(played: World) -> None:
    payment = played.paid(5000)
    played.dispute(payment)
    played.close_dispute(payment, won=True)
    made = played.gateway.refund(payment_id=payment, amount=1000, key="one")
    played.settle_refund(made.id, RefundState.FAILED)
    found: list[Movement] = list(played.gateway.movements(**around_now()))[::-1]
    assert [(one.kind, one.amount) for one in found] == [
        (MovementKind.PAYMENT, 5000),
        (MovementKind.DISPUTE, -5000),
        (MovementKind.DISPUTE, 5000),
        (MovementKind.REFUND, -1000),
        (MovementKind.REFUND, 1000),
    ]


def test_movements_of_another_time_are_left_out(played: World) -> None:
    played.paid(5000)
    now = datetime.now(UTC)
    assert not list(played.gateway.movements(since=now - 9 * MINUTE, until=now - MINUTE))
    assert not list(played.gateway.movements(since=now + MINUTE, until=now + 9 * MINUTE))


# --- When it cannot be reached


def test_what_was_not_done_can_be_asked_again(played: World) -> None:
    asked = wanted()
    played.break_down()
    with pytest.raises(GatewayUnavailable):
        played.gateway.open_checkout(asked)
    opened = played.gateway.open_checkout(asked)
    assert [one.id for one in played.gateway.checkouts(since=datetime.now(UTC) - MINUTE)] == [opened.id]


def test_what_was_done_before_the_answer_was_lost_is_done_once(played: World) -> None:
    asked = wanted()
    played.break_down(after_doing=True)
    with pytest.raises(GatewayUnavailable):
        played.gateway.open_checkout(asked)
    opened = played.gateway.open_checkout(asked)
    assert [one.id for one in played.gateway.checkouts(since=datetime.now(UTC) - MINUTE)] == [opened.id]

    payment = played.paid(5000)
    played.break_down(after_doing=True)
    with pytest.raises(GatewayUnavailable):
        played.gateway.refund(payment_id=payment, amount=1000, key="one")
    made = played.gateway.refund(payment_id=payment, amount=1000, key="one")
    assert played.gateway.payment(payment).refunds == (made,)
