"""Stripe's objects as they are when they are made. Their fields lie in shapes/, one file for each kind."""

import json
import secrets
from functools import cache
from pathlib import Path

from scripts.stripe_stand_in.state import Thing, copied, number

SHAPES = Path(__file__).parent / "shapes"
API_VERSION = "2026-10-28.endive"
# What Stripe keeps of a card payment and of a bank debit, more or less: a share in basis points and a part.
FEES = {"card": (150, 20), "bacs_debit": (100, 20), "sepa_debit": (80, 30)}
DISPUTE_FEE = 2000
DAYS_TO_PAYOUT = 3
DAY = 24 * 60 * 60
DAYS_TO_ANSWER = 7


@cache
def _shapes() -> dict[str, Thing]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SHAPES.glob("*.json")}


def make(kind: str, **fields: object) -> Thing:
    """An object of this kind, complete, with these fields filled in."""
    shape = copied(_shapes()[kind])
    unknown = set(fields) - set(shape)
    if unknown:
        raise KeyError(f"{kind} has no {', '.join(sorted(unknown))}")
    return {**shape, **fields}


def intent(session: Thing, about: Thing, *, at: int) -> Thing:
    """The payment that somebody begins on a page."""
    its_number = number("pi")
    return make(
        "payment_intent",
        id=its_number,
        amount=session["amount_total"],
        client_secret=f"{its_number}_secret_{secrets.token_hex(8)}",
        created=at,
        currency=session["currency"],
        livemode=session["livemode"],
        metadata=about,
        payment_method_types=session["payment_method_types"],
    )


def charge(payment: Thing, method: str, *, status: str, at: int) -> Thing:
    """One try at getting the money. Nothing of a card is in it."""
    is_card = method == "card"
    failed = status == "failed"
    return make(
        "charge",
        id=number("ch" if is_card else "py"),
        amount=payment["amount"],
        amount_captured=payment["amount"] if status == "succeeded" else 0,
        captured=not failed,
        created=at,
        currency=payment["currency"],
        failure_code="card_declined" if failed and is_card else None,
        livemode=payment["livemode"],
        metadata=dict(payment["metadata"]),
        paid=not failed,
        payment_intent=payment["id"],
        payment_method=number("pm"),
        payment_method_details={"type": method},
        status=status,
    )


def movement(source: Thing, amount: int, fee: int, *, kind: tuple[str, str], at: int) -> Thing:
    """Money on the account. `kind` is its type and its reporting category."""
    return make(
        "balance_transaction",
        id=number("txn"),
        amount=amount,
        available_on=at + DAYS_TO_PAYOUT * DAY,
        created=at,
        currency=source["currency"],
        fee=fee,
        fee_details=[
            {
                "amount": fee,
                "application": None,
                "currency": source["currency"],
                "description": "Fee",
                "type": "stripe_fee",
            }
        ]
        if fee
        else [],
        net=amount - fee,
        reporting_category=kind[1],
        source=source["id"],
        type=kind[0],
    )


def refund(charged: Thing, amount: int, about: Thing, *, at: int) -> Thing:
    return make(
        "refund",
        id=number("re"),
        amount=amount,
        charge=charged["id"],
        created=at,
        currency=charged["currency"],
        metadata=about,
        payment_intent=charged["payment_intent"],
    )


def dispute(charged: Thing, amount: int, *, status: str, at: int) -> Thing:
    made = make(
        "dispute",
        id=number("du"),
        amount=amount,
        charge=charged["id"],
        created=at,
        currency=charged["currency"],
        is_charge_refundable=status.startswith("warning_"),
        livemode=charged["livemode"],
        payment_intent=charged["payment_intent"],
        reason="product_not_received",
        status=status,
    )
    made["evidence_details"]["due_by"] = at + DAYS_TO_ANSWER * DAY
    return made


def payout(amount: int, currency: str, *, at: int) -> Thing:
    return make(
        "payout", id=number("po"), amount=amount, arrival_date=at + DAY, created=at, currency=currency
    )


def fee_of(method: str, amount: int) -> int:
    share, part = FEES[method]
    return amount * share // 10_000 + part
