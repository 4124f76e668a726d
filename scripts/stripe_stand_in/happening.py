"""What people and banks do, and what Stripe makes of it. Each is told as news. Callers hold the lock."""

from scripts.stripe_stand_in import events, objects
from scripts.stripe_stand_in.errors import Impossible, not_found
from scripts.stripe_stand_in.state import State, Thing

COMPLETED = "checkout.session.completed"
GONE_BACK = {"pending", "succeeded"}
TAKEN = {"needs_response", "under_review", "lost"}


def pay(state: State, session: Thing, *, method: str = "card") -> Thing:
    """Somebody pays: a card pays at once, a bank debit says so days later. Gives the payment."""
    _must_be_open(session)
    payment = _begun(state, session)
    is_card = method == "card"
    status = "succeeded" if is_card else "pending"
    charge = state.add(objects.charge(payment, method, status=status, at=state.now()))
    payment.update(
        latest_charge=charge["id"], payment_method=charge["payment_method"], last_payment_error=None
    )
    payment["status"] = "processing"
    session.update(status="complete", url=None)
    session["customer_details"] = _customer(session)
    if is_card:
        _receive(state, session, payment, charge)
    events.tell(state, COMPLETED, session)
    return payment


def decline(state: State, session: Thing) -> Thing:
    """A card that its bank does not let pay. The page stays open for another."""
    _must_be_open(session)
    payment = _begun(state, session)
    charge = state.add(objects.charge(payment, "card", status="failed", at=state.now()))
    payment.update(latest_charge=charge["id"], status="requires_payment_method")
    payment["last_payment_error"] = {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "generic_decline",
        "message": "Your card was declined.",
        "charge": charge["id"],
    }
    events.tell(state, "payment_intent.payment_failed", payment)
    return payment


def settle_debit(state: State, payment: Thing, *, comes: bool) -> None:
    """Days later the bank sends the money of a debit, or does not."""
    if payment["status"] != "processing":
        raise Impossible("This payment is not on its way.")
    session = next(one for one in state.all("checkout.session") if one["payment_intent"] == payment["id"])
    charge = state.objects[payment["latest_charge"]]
    if comes:
        charge.update(status="succeeded", amount_captured=charge["amount"])
        _receive(state, session, payment, charge)
        events.tell(state, "checkout.session.async_payment_succeeded", session)
        return
    charge.update(status="failed", paid=False, captured=False, failure_code="insufficient_funds")
    payment["status"] = "requires_payment_method"
    events.tell(state, "checkout.session.async_payment_failed", session)


def expire(state: State, session: Thing) -> None:
    if session["status"] != "open":
        raise Impossible(
            f"Only Checkout Sessions that are open can be expired; this one is {session['status']}."
        )
    session.update(status="expired", url=None)
    events.tell(state, "checkout.session.expired", session)


def expire_due(state: State) -> None:
    """Close the pages whose time is up."""
    for session in state.all("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= state.now():
            expire(state, session)


def give_back(state: State, payment: Thing, amount: int | None, about: Thing) -> Thing:
    """Refund a payment, or what is left of it."""
    charge = _charge_of(state, payment)
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise Impossible("This charge has been refunded already.", code="charge_already_refunded")
    if any(one["status"] in TAKEN for one in _disputes_of(state, charge)):
        raise Impossible("This charge is disputed.", code="charge_disputed")
    wanted = left if amount is None else amount
    if wanted > left:
        raise Impossible(f"Only {left} of this charge are left to refund.", param="amount")
    made = state.add(objects.refund(charge, wanted, about, at=state.now()))
    made["balance_transaction"] = _move(state, made, -wanted, 0, ("refund", "refund"))
    _count_refunds(state, charge)
    events.tell(state, "refund.created", made)
    events.tell(state, "charge.refunded", charge)
    return made


def settle_refund(state: State, refund: Thing, status: str) -> None:
    """What becomes of a refund later: a bank may send it back."""
    before = refund["status"]
    refund["status"] = status
    if status == "failed":
        refund["failure_reason"] = "lost_or_stolen_card"
        if before in GONE_BACK:
            moved = _move(state, refund, refund["amount"], 0, ("refund_failure", "refund_failure"))
            refund["failure_balance_transaction"] = moved
        _count_refunds(state, state.objects[refund["charge"]])
        events.tell(state, "refund.failed", refund)
    events.tell(state, "refund.updated", refund)


def dispute(state: State, payment: Thing, amount: int | None, *, inquiry: bool = False) -> Thing:
    """The payer's bank takes money back until it is decided; an inquiry only asks."""
    charge = _charge_of(state, payment)
    taken = charge["amount"] if amount is None else amount
    status = "warning_needs_response" if inquiry else "needs_response"
    made = state.add(objects.dispute(charge, taken, status=status, at=state.now()))
    charge["disputed"] = True
    if not inquiry:
        _move_disputed(state, made, -taken, objects.DISPUTE_FEE, "dispute")
    events.tell(state, "charge.dispute.created", made)
    return made


def close_dispute(state: State, disputed: Thing, status: str) -> None:
    disputed["status"] = status
    if status == "won":
        _move_disputed(state, disputed, disputed["amount"], 0, "dispute_reversal")
    events.tell(state, "charge.dispute.closed", disputed)


def pay_out(state: State, *, automatic: bool = True) -> list[Thing]:
    """Send what is on the account to the bank, one payout for each currency."""
    gone = {number for beside in state.beside.values() for number in beside.get("inside", [])}
    waiting = [one for one in state.all("balance_transaction") if one["id"] not in gone]
    made = []
    for currency in sorted({one["currency"] for one in waiting}):
        mine = [one for one in waiting if one["currency"] == currency]
        total = sum(one["net"] for one in mine)
        payout = state.add(objects.payout(total, currency, at=state.now()))
        moved = _move(state, payout, -total, 0, ("payout", "payout"))
        # Which movements went out with it: Stripe knows, and says so only when asked for them.
        payout.update(balance_transaction=moved, automatic=automatic)
        state.beside[payout["id"]] = {"inside": [*(one["id"] for one in mine), moved]}
        made.append(payout)
    return made


def _begun(state: State, session: Thing) -> Thing:
    if session["payment_intent"]:
        return state.objects[session["payment_intent"]]
    payment = state.add(objects.intent(session, state.beside[session["id"]]["about"], at=state.now()))
    session["payment_intent"] = payment["id"]
    return payment


def _receive(state: State, session: Thing, payment: Thing, charge: Thing) -> None:
    method = charge["payment_method_details"]["type"]
    fee = objects.fee_of(method, charge["amount"])
    kind = "charge" if method == "card" else "payment"
    charge["balance_transaction"] = _move(state, charge, charge["amount"], fee, (kind, "charge"))
    payment.update(status="succeeded", amount_received=charge["amount"])
    session["payment_status"] = "paid"


def _move(state: State, source: Thing, amount: int, fee: int, kind: tuple[str, str]) -> str:
    moved = state.add(objects.movement(source, amount, fee, kind=kind, at=state.now()))
    return str(moved["id"])


def _move_disputed(state: State, disputed: Thing, amount: int, fee: int, category: str) -> None:
    moved = _move(state, disputed, amount, fee, ("adjustment", category))
    disputed["balance_transactions"].append(dict(state.objects[moved]))


def _count_refunds(state: State, charge: Thing) -> None:
    gone = sum(
        one["amount"]
        for one in state.all("refund")
        if one["charge"] == charge["id"] and one["status"] in GONE_BACK
    )
    charge.update(amount_refunded=gone, refunded=gone == charge["amount"])


def _charge_of(state: State, payment: Thing) -> Thing:
    charge = state.find("charge", payment["latest_charge"] or "")
    if charge is None or charge["status"] != "succeeded":
        raise Impossible("This PaymentIntent does not have a successful charge to refund.")
    return charge


def _disputes_of(state: State, charge: Thing) -> list[Thing]:
    return [one for one in state.all("dispute") if one["charge"] == charge["id"]]


def _must_be_open(session: Thing) -> None:
    if session["status"] != "open":
        raise Impossible(f"Nobody can pay here any more: this page is {session['status']}.")


def _customer(session: Thing) -> Thing:
    empty = ("address", "business_name", "individual_name", "name", "phone", "tax_ids")
    return {**dict.fromkeys(empty), "email": session["customer_email"], "tax_exempt": "none"}


def found(state: State, kind: str, number: str) -> Thing:
    """An object, or Stripe's word for that it is not there."""
    thing = state.find(kind, number)
    if thing is None:
        raise not_found(kind, number)
    return thing
