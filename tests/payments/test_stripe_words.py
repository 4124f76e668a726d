"""What Stripe's words mean to us, as tables. Every word that its library knows is decided here."""

from typing import Any, Literal, get_args, get_origin

import pytest

from courses.payments import stripe_words
from courses.payments.gateway import DisputeState, MovementKind, PaymentState, RefundState
from scripts.stripe_stand_in import objects
from tests.contracts import sdk_types

PAYMENTS = {
    "requires_payment_method": PaymentState.WAITING,
    "requires_confirmation": PaymentState.WAITING,
    "requires_action": PaymentState.WAITING,
    "requires_capture": PaymentState.WAITING,
    "processing": PaymentState.PROCESSING,
    "succeeded": PaymentState.SUCCEEDED,
    "canceled": PaymentState.FAILED,
}
DISPUTES = {
    "warning_needs_response": (DisputeState.NONE, 0),
    "warning_under_review": (DisputeState.NONE, 0),
    "warning_closed": (DisputeState.NONE, 0),
    "prevented": (DisputeState.NONE, 0),
    "needs_response": (DisputeState.OPEN, 700),
    "under_review": (DisputeState.OPEN, 700),
    "appeal_needs_response": (DisputeState.OPEN, 700),
    "appeal_under_review": (DisputeState.OPEN, 700),
    "won": (DisputeState.WON, 0),
    "lost": (DisputeState.LOST, 700),
}
REFUNDS = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
    "a word of tomorrow": RefundState.PENDING,
}


def words(kind: str, name: str) -> set[str]:
    """The words that the library knows for a field."""
    of = sdk_types.class_of(kind)
    assert of is not None
    inside = get_args(sdk_types.fields(of)[name])
    return {word for one in inside if get_origin(one) is Literal for word in get_args(one)}


def payment(status: str, charge: Any = None, disputes: Any = ()) -> Any:
    made = objects.make("payment_intent", status=status, latest_charge=charge)
    return stripe_words.payment(made, refunds=[], disputes=disputes)


def test_no_word_of_the_library_is_left_undecided() -> None:
    assert words("payment_intent", "status") == set(PAYMENTS)
    assert words("dispute", "status") == set(DISPUTES)


@pytest.mark.parametrize(("word", "state"), PAYMENTS.items())
def test_the_state_of_a_payment(word: str, state: PaymentState) -> None:
    assert payment(word).state is state


@pytest.mark.parametrize(("word", "state"), REFUNDS.items())
def test_the_state_of_a_refund(word: str, state: RefundState) -> None:
    assert stripe_words.refund(objects.make("refund", status=word)).state is state


@pytest.mark.parametrize(("word", "found"), DISPUTES.items())
def test_the_state_of_a_dispute_and_what_it_takes(word: str, found: tuple[DisputeState, int]) -> None:
    told = payment("succeeded", disputes=[objects.make("dispute", status=word, amount=700)])
    assert (told.dispute, told.disputed) == found


def test_of_several_disputes_the_worst_is_told_and_all_that_was_taken() -> None:
    several = [objects.make("dispute", status=word, amount=100) for word in ("won", "lost", "under_review")]
    told = payment("succeeded", disputes=several)
    assert (told.dispute, told.disputed) == (DisputeState.OPEN, 200)


@pytest.mark.parametrize(
    ("method", "state"), [("card", PaymentState.WAITING), ("bacs_debit", PaymentState.FAILED)]
)
def test_after_a_declined_card_another_can_be_tried_and_a_refused_debit_is_the_end(
    method: str, state: PaymentState
) -> None:
    charge = objects.make("charge", status="failed", payment_method_details={"type": method})
    assert payment("requires_payment_method", charge).state is state


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("charge", MovementKind.PAYMENT),
        ("charge_failure", MovementKind.PAYMENT),
        ("refund", MovementKind.REFUND),
        ("refund_failure", MovementKind.REFUND),
        ("dispute", MovementKind.DISPUTE),
        ("dispute_reversal", MovementKind.DISPUTE),
        ("payout", MovementKind.PAYOUT),
        ("payout_reversal", MovementKind.PAYOUT),
        ("fee", MovementKind.OTHER),
        ("a word of tomorrow", MovementKind.OTHER),
    ],
)
def test_the_kind_of_a_movement(category: str, kind: MovementKind) -> None:
    moved = objects.make("balance_transaction", reporting_category=category, amount=500, fee=20, source=None)
    told = stripe_words.movement(moved, payout="")
    assert (told.kind, told.net, told.payment, told.payout) == (kind, 480, "", "")


def test_an_object_that_is_there_in_full_is_known_by_its_number() -> None:
    whole = objects.make("payment_intent", id="pi_1")
    session = objects.make("checkout.session", payment_intent=whole, currency="gbp", amount_total=1)
    assert stripe_words.checkout(session).payment == "pi_1"
