"""A payment service that is only there while a test runs: the same promises as `StripeGateway`, no network.

`tests/contracts` proves that it answers as Stripe's stand-in does. What a test does beside the promises:

    memory.pay(checkout.id)             somebody pays by card
    memory.decline(checkout.id)         their card is declined; they may try another
    memory.pay_later(checkout.id)       by bank debit; then succeed(checkout.id) or fail(checkout.id)
    memory.expire(checkout.id)          nobody paid in time
    memory.refund_outside(payment_id, amount), memory.settle_refund(refund_id, state)
    memory.dispute(payment_id), memory.close_dispute(payment_id, won=True), memory.inquire(payment_id)
    memory.pay_out()                    what came in goes to the bank account
    memory.fail_next(GatewayUnavailable(), after_doing=True)
    memory.events                       what happened, oldest first; `memory.sent(event)` is (body, signature)
    memory.calls                        which promises were called, in order
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar, cast

from courses.payments.gateway import (
    Checkout,
    CheckoutState,
    DisputeState,
    Event,
    GatewayRefused,
    Movement,
    MovementKind,
    NewCheckout,
    Payment,
    PaymentState,
    Refund,
    RefundState,
    SignatureRefused,
)
from tests.payments import signatures

SECRET = "whsec_memory"
PAGE = "https://pay.example.org/"
FEE = 30
DISPUTE_FEE = 2000
T = TypeVar("T")
GONE_BACK = {RefundState.PENDING, RefundState.SUCCEEDED}
TAKEN = {DisputeState.OPEN, DisputeState.LOST}


@dataclass(slots=True)
class _Failure:
    error: Exception
    after_doing: bool


@dataclass
class MemoryGateway:
    """One account at a payment service. `at` is its clock: the real one unless a test sets it."""

    is_live: bool = False
    at: datetime | None = None
    secrets: list[str] = field(default_factory=lambda: [SECRET])
    events: list[Event] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    _checkouts: dict[str, Checkout] = field(default_factory=dict)
    _made_at: dict[str, datetime] = field(default_factory=dict)
    _payments: dict[str, Payment] = field(default_factory=dict)
    _asked: dict[str, tuple[object, Any]] = field(default_factory=dict)
    _refunds: dict[str, Refund] = field(default_factory=dict)
    _movements: list[Movement] = field(default_factory=list)
    _failures: list[_Failure] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    # --- What every gateway promises

    def open_checkout(self, wanted: NewCheckout) -> Checkout:
        with self._failing("open_checkout"):
            return self._once(wanted.key, wanted, lambda: self._open(wanted))

    def checkout(self, checkout_id: str) -> Checkout:
        with self._failing("checkout"):
            return _of(self._checkouts, checkout_id)

    def close_checkout(self, checkout_id: str) -> Checkout:
        with self._failing("close_checkout"):
            if _of(self._checkouts, checkout_id).state is CheckoutState.OPEN:
                self.expire(checkout_id)
            return self._checkouts[checkout_id]

    def payment(self, payment_id: str) -> Payment:
        with self._failing("payment"):
            found = _of(self._payments, payment_id)
            mine = tuple(one for one in self._refunds.values() if one.payment == payment_id)
            return replace(found, refunds=mine)

    def refund(self, *, payment_id: str, amount: int, key: str) -> Refund:
        with self._failing("refund"):
            return self._once(key, (payment_id, amount), lambda: self._give_back(payment_id, amount, key))

    def checkouts(self, *, since: datetime) -> Iterator[Checkout]:
        with self._failing("checkouts"):
            found = [one for one in self._checkouts.values() if self._made_at[one.id] >= since]
        yield from reversed(found)

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        with self._failing("movements"):
            found = [one for one in self._movements if since <= one.made_at < until]
        yield from reversed(found)

    def read_event(self, *, body: bytes, signature: str, at: datetime) -> Event:
        if not any(signatures.is_right(body, signature, secret, at) for secret in self.secrets):
            raise SignatureRefused
        try:
            said = json.loads(body)
            return Event(**{**said, "made_at": datetime.fromisoformat(said["made_at"])})
        except (ValueError, TypeError, KeyError):
            raise SignatureRefused from None

    # --- What people and banks do

    def pay(self, checkout_id: str, *, amount: int | None = None, currency: str = "") -> str:
        """Somebody pays by card: gives the payment's number. Another amount or currency if a test says so."""
        self._alter(checkout_id, amount, currency)
        payment_id = self._payment_of(checkout_id)
        self._complete(checkout_id, payment_id, PaymentState.SUCCEEDED)
        self._tell("checkout.session.completed", checkout_id)
        return payment_id

    def decline(self, checkout_id: str) -> None:
        """Their bank says no. Nothing that we listen to happens, and they may try again."""
        self._payment_of(checkout_id)

    def pay_later(self, checkout_id: str) -> str:
        """Somebody lets us take it from their bank account, which takes days."""
        payment_id = self._payment_of(checkout_id)
        self._complete(checkout_id, payment_id, PaymentState.PROCESSING)
        self._tell("checkout.session.completed", checkout_id)
        return payment_id

    def succeed(self, checkout_id: str) -> None:
        """The bank debit came."""
        payment_id = _of(self._checkouts, checkout_id).payment
        self._complete(checkout_id, payment_id, PaymentState.SUCCEEDED)
        self._tell("checkout.session.async_payment_succeeded", checkout_id)

    def fail(self, checkout_id: str) -> None:
        """The bank debit did not come."""
        payment_id = _of(self._checkouts, checkout_id).payment
        self._complete(checkout_id, payment_id, PaymentState.FAILED)
        self._tell("checkout.session.async_payment_failed", checkout_id)

    def expire(self, checkout_id: str) -> None:
        found = _of(self._checkouts, checkout_id)
        self._checkouts[checkout_id] = replace(found, state=CheckoutState.EXPIRED, url="")
        self._tell("checkout.session.expired", checkout_id)

    def refund_outside(self, payment_id: str, amount: int) -> Refund:
        """Somebody gives money back at the payment service itself, without us."""
        return self._give_back(payment_id, amount, "")

    def settle_refund(self, refund_id: str, state: RefundState) -> None:
        """What becomes of a refund later; a bank can send it back."""
        old = self._refunds[refund_id]
        self._refunds[refund_id] = replace(old, state=state)
        if old.state in GONE_BACK and state is RefundState.FAILED:
            self._move(MovementKind.REFUND, old.amount, 0, old.payment)
        self._tell_payment("refund.updated", old.payment)
        if state is RefundState.FAILED:
            self._tell_payment("refund.failed", old.payment)

    def dispute(self, payment_id: str, amount: int | None = None) -> None:
        """The payer's bank takes the money back until it is decided."""
        found = self._payments[payment_id]
        taken = found.amount if amount is None else amount
        self._payments[payment_id] = replace(found, dispute=DisputeState.OPEN, disputed=taken)
        self._move(MovementKind.DISPUTE, -taken, DISPUTE_FEE, payment_id)
        self._tell_payment("charge.dispute.created", payment_id)

    def close_dispute(self, payment_id: str, *, won: bool) -> None:
        found = self._payments[payment_id]
        state = DisputeState.WON if won else DisputeState.LOST
        self._payments[payment_id] = replace(found, dispute=state, disputed=0 if won else found.disputed)
        if won:
            self._move(MovementKind.DISPUTE, found.disputed, 0, payment_id)
        self._tell_payment("charge.dispute.closed", payment_id)

    def inquire(self, payment_id: str) -> None:
        """The payer's bank only asks. It is told as if it were a dispute, and takes nothing."""
        self._tell_payment("charge.dispute.created", payment_id)

    def pay_out(self) -> str:
        """Send what is there to the bank account; gives the payout's number."""
        number = self._number("po")
        waiting = [one for one in self._movements if not one.payout]
        self._movements = [one if one.payout else replace(one, payout=number) for one in self._movements]
        total = sum(one.net for one in waiting)
        self._move(MovementKind.PAYOUT, -total, 0, "")
        self._movements[-1] = replace(self._movements[-1], payout=number)
        return number

    # --- What goes wrong

    def fail_next(self, error: Exception, *, times: int = 1, after_doing: bool = False) -> None:
        """Let the next calls fail; `after_doing`: it was done, and the answer was lost."""
        self._failures += [_Failure(error, after_doing)] * times

    def sent(self, event: Event, *, at: datetime | None = None, secret: str = "") -> tuple[bytes, str]:
        """An event as it comes to the webhook: its body, and what signs it."""
        body = json.dumps({**asdict(event), "made_at": event.made_at.isoformat()}).encode()
        return body, signatures.signed(body, at=at or self._now(), secret=secret or self.secrets[0])

    # --- Inside

    @contextmanager
    def _failing(self, name: str) -> Iterator[None]:
        self.calls.append(name)
        failure = self._failures.pop(0) if self._failures else None
        if failure and not failure.after_doing:
            raise failure.error
        yield
        if failure:
            raise failure.error

    def _once(self, key: str, asked: object, make: Callable[[], T]) -> T:
        """The first answer to a key is the answer for ever; the same key for something else is refused."""
        if key not in self._asked:
            self._asked[key] = (asked, make())
        before, answer = self._asked[key]
        if before != asked:
            raise GatewayRefused("idempotency_error")
        return cast("T", answer)

    def _open(self, wanted: NewCheckout) -> Checkout:
        number = self._number("cs")
        made = Checkout(
            id=number,
            state=CheckoutState.OPEN,
            is_paid=False,
            amount=sum(line.amount * line.quantity for line in wanted.lines),
            currency=wanted.currency,
            order=wanted.order,
            payment="",
            is_live=self.is_live,
            url=f"{PAGE}{number}",
        )
        self._checkouts[number] = made
        self._made_at[number] = self._now()
        return made

    def _payment_of(self, checkout_id: str) -> str:
        """The payment that somebody begins on an open page; the one they tried before, if they did."""
        found = _of(self._checkouts, checkout_id)
        if found.state is not CheckoutState.OPEN:
            raise AssertionError(f"nobody can pay at a page that is {found.state}")
        if not found.payment:
            found = replace(found, payment=self._number("pi"))
            self._checkouts[checkout_id] = found
        self._payments[found.payment] = Payment(
            id=found.payment,
            state=PaymentState.WAITING,
            amount=found.amount,
            received=0,
            currency=found.currency,
            order=found.order,
            is_live=found.is_live,
        )
        return found.payment

    def _complete(self, checkout_id: str, payment_id: str, state: PaymentState) -> None:
        page, payment = self._checkouts[checkout_id], self._payments[payment_id]
        is_paid = state is PaymentState.SUCCEEDED
        received = payment.amount if is_paid else 0
        self._payments[payment_id] = replace(payment, state=state, received=received)
        self._checkouts[checkout_id] = replace(page, state=CheckoutState.COMPLETE, is_paid=is_paid, url="")
        if is_paid:
            self._move(MovementKind.PAYMENT, payment.amount, FEE, payment_id)

    def _alter(self, checkout_id: str, amount: int | None, currency: str) -> None:
        found = _of(self._checkouts, checkout_id)
        self._checkouts[checkout_id] = replace(
            found,
            amount=found.amount if amount is None else amount,
            currency=currency or found.currency,
        )

    def _give_back(self, payment_id: str, amount: int, key: str) -> Refund:
        found = _of(self._payments, payment_id)
        gone = sum(
            one.amount
            for one in self._refunds.values()
            if one.payment == payment_id and one.state in GONE_BACK
        )
        if gone and gone >= found.received:
            raise GatewayRefused("charge_already_refunded")
        if found.dispute in TAKEN:
            raise GatewayRefused("charge_disputed")
        if not 0 < amount <= found.received - gone:
            raise GatewayRefused("invalid_request_error")
        made = Refund(
            id=self._number("re"),
            payment=payment_id,
            amount=amount,
            currency=found.currency,
            state=RefundState.SUCCEEDED,
            key=key,
        )
        self._refunds[made.id] = made
        self._move(MovementKind.REFUND, -amount, 0, payment_id)
        self._tell_payment("refund.created", payment_id)
        return made

    def _move(self, kind: MovementKind, amount: int, fee: int, payment_id: str) -> None:
        currency = self._payments[payment_id].currency if payment_id else "gbp"
        self._movements.append(
            Movement(self._number("txn"), kind, amount, fee, currency, self._now(), payment_id)
        )

    def _tell(self, kind: str, checkout_id: str) -> None:
        page = self._checkouts[checkout_id]
        self.events.append(
            Event(
                id=self._number("evt"),
                kind=kind,
                made_at=self._now(),
                is_live=self.is_live,
                checkout=checkout_id,
                payment=page.payment,
            )
        )

    def _tell_payment(self, kind: str, payment_id: str) -> None:
        self.events.append(
            Event(
                id=self._number("evt"),
                kind=kind,
                made_at=self._now(),
                is_live=self.is_live,
                payment=payment_id,
            )
        )

    def _number(self, kind: str) -> str:
        return f"{kind}_memory_{next(self._numbers)}"

    def _now(self) -> datetime:
        return self.at or datetime.now(UTC)


_current: list[MemoryGateway] = []


def begin() -> MemoryGateway:
    """A new service, which `current` gives from now on."""
    _current[:] = [MemoryGateway()]
    return _current[0]


def current() -> MemoryGateway:
    """What the setting PAYMENT_GATEWAY names in tests."""
    return _current[0]


def _of(kept: dict[str, T], number: str) -> T:
    try:
        return kept[number]
    except KeyError:
        raise GatewayRefused("resource_missing") from None
