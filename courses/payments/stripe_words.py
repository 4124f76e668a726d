"""What Stripe's objects say, in the words of `gateway`. Nothing is asked here.

Stripe's states: https://docs.stripe.com/payments/paymentintents/lifecycle,
https://docs.stripe.com/disputes/how-disputes-work, https://docs.stripe.com/reports/reporting-categories.
A state that is not known is taken for the one that promises least.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from courses.payments.gateway import (
    Checkout,
    CheckoutState,
    DisputeState,
    Event,
    Movement,
    MovementKind,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    SignatureRefused,
)

# One of Stripe's objects as it was sent.
Said = Mapping[str, Any]

CARD = "card"
PAYMENTS = {
    "processing": PaymentState.PROCESSING,
    "succeeded": PaymentState.SUCCEEDED,
    "canceled": PaymentState.FAILED,
}
REFUNDS = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
# Inquiries (`warning_…`) and what was settled before it became a dispute take nothing.
DISPUTES = {
    "needs_response": DisputeState.OPEN,
    "under_review": DisputeState.OPEN,
    "appeal_needs_response": DisputeState.OPEN,
    "appeal_under_review": DisputeState.OPEN,
    "won": DisputeState.WON,
    "lost": DisputeState.LOST,
}
MOVEMENTS = {
    "charge": MovementKind.PAYMENT,
    "charge_failure": MovementKind.PAYMENT,
    "refund": MovementKind.REFUND,
    "refund_failure": MovementKind.REFUND,
    "dispute": MovementKind.DISPUTE,
    "dispute_reversal": MovementKind.DISPUTE,
    "payout": MovementKind.PAYOUT,
    "payout_reversal": MovementKind.PAYOUT,
}


def checkout(session: Said) -> Checkout:
    return Checkout(
        id=session["id"],
        state=CheckoutState(session["status"]),
        is_paid=session["payment_status"] != "unpaid",
        amount=session["amount_total"] or 0,
        currency=session["currency"] or "",
        order=session["client_reference_id"] or "",
        payment=_id(session["payment_intent"]),
        is_live=session["livemode"],
        url=session["url"] or "",
    )


def payment(intent: Said, *, refunds: Iterable[Said], disputes: Iterable[Said]) -> Payment:
    """Refunds and disputes come newest first; refunds are told oldest first."""
    state, disputed = _dispute(disputes)
    return Payment(
        id=intent["id"],
        state=_payment_state(intent),
        amount=intent["amount"],
        received=intent["amount_received"],
        currency=intent["currency"],
        order=intent["metadata"].get("order", ""),
        is_live=intent["livemode"],
        refunds=tuple(refund(said) for said in refunds)[::-1],
        dispute=state,
        disputed=disputed,
    )


def refund(said: Said) -> Refund:
    return Refund(
        id=said["id"],
        payment=_id(said["payment_intent"]),
        amount=said["amount"],
        currency=said["currency"],
        state=REFUNDS.get(said["status"], RefundState.PENDING),
        key=(said["metadata"] or {}).get("key", ""),
    )


def movement(moved: Said, *, payout: str) -> Movement:
    """One balance transaction, its source expanded."""
    kind = MOVEMENTS.get(moved["reporting_category"], MovementKind.OTHER)
    source = moved["source"] or {}
    return Movement(
        id=moved["id"],
        kind=kind,
        amount=moved["amount"],
        fee=moved["fee"],
        currency=moved["currency"],
        made_at=_moment(moved["created"]),
        payment=_id(source.get("payment_intent")),
        payout=payout or (source["id"] if source.get("object") == "payout" else ""),
    )


def event(said: object) -> Event:
    """Raises SignatureRefused when it is no event: Stripe signs nothing else."""
    try:
        return _event(said)  # type: ignore[arg-type]
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        raise SignatureRefused from None


def _event(said: Said) -> Event:
    about = said["data"]["object"]
    if said["object"] != "event" or not isinstance(said["livemode"], bool):
        raise ValueError
    is_checkout, is_payment = (about["object"] == one for one in ("checkout.session", "payment_intent"))
    return Event(
        id=_text(said["id"]),
        kind=_text(said["type"]),
        made_at=_moment(said["created"]),
        is_live=said["livemode"],
        account=said.get("account") or "",
        checkout=_text(about["id"]) if is_checkout else "",
        payment=_text(about["id"]) if is_payment else _id(about.get("payment_intent")),
    )


def _payment_state(intent: Said) -> PaymentState:
    """After a card was declined another can be tried, so that is no failure; a bank's no is the end."""
    found = PAYMENTS.get(intent["status"], PaymentState.WAITING)
    charge = intent["latest_charge"]
    if found is not PaymentState.WAITING or charge is None or charge["status"] != "failed":
        return found
    method = (charge["payment_method_details"] or {}).get("type", CARD)
    return PaymentState.WAITING if method == CARD else PaymentState.FAILED


def _dispute(disputes: Iterable[Said]) -> tuple[DisputeState, int]:
    """The worst of them, and what the bank holds or has kept."""
    found = [(DISPUTES.get(said["status"], DisputeState.NONE), said["amount"]) for said in disputes]
    states = {state for state, _ in found}
    taken = {DisputeState.OPEN, DisputeState.LOST}
    ordered = (DisputeState.OPEN, DisputeState.LOST, DisputeState.WON)
    worst = next((state for state in ordered if state in states), DisputeState.NONE)
    return worst, sum(amount for state, amount in found if state in taken)


def _id(said: Any) -> str:
    """Of an object that is there in full, by its id alone, or not at all."""
    if said is None or isinstance(said, str):
        return said or ""
    return _text(said["id"])


def _text(said: object) -> str:
    if not isinstance(said, str):
        raise TypeError
    return said


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
