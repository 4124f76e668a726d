"""What we ask of a payment service, in our own words. Only `stripe_gateway` knows whose service it is.

Amounts are integers in minor units (pence, cents). Times have a zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class GatewayUnavailable(Exception):
    """The service could not be reached, or asks us to come back. Nobody knows whether it did what we asked:
    ask again with the same key."""


class GatewayRefused(Exception):
    """The service understood and said no. `code` is its word for why; asking again would change nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SignatureRefused(Exception):
    """What was sent to the webhook does not come from the service, or not from just now."""


class CheckoutState(StrEnum):
    """The page on which somebody pays. `complete` does not say that the money is there."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


class PaymentState(StrEnum):
    """The money itself. A bank debit is `processing` for days."""

    WAITING = "waiting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    """The payer's bank asks the money back. An inquiry takes nothing, so it is none."""

    NONE = ""
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One line on the page where somebody pays. `amount` is for one, tax and discount already in it."""

    name: str
    amount: int
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class NewCheckout:
    """What somebody is to pay. `key` makes asking twice the same as asking once; `order` is our reference."""

    key: str
    order: str
    currency: str
    lines: tuple[CheckoutLine, ...]
    email: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    allows_delayed: bool = False


@dataclass(frozen=True, slots=True)
class Checkout:
    """How a page for paying stands now. `url` is empty once it is closed, `payment` until somebody pays."""

    id: str
    state: CheckoutState
    is_paid: bool
    amount: int
    currency: str
    order: str
    payment: str
    is_live: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back. `key` is what we called it when we asked; empty when somebody else did."""

    id: str
    payment: str
    amount: int
    currency: str
    state: RefundState
    key: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """How a payment stands now, with all its refunds. `received` is what has arrived."""

    id: str
    state: PaymentState
    amount: int
    received: int
    currency: str
    order: str
    is_live: bool
    refunds: tuple[Refund, ...] = ()
    dispute: DisputeState = DisputeState.NONE
    disputed: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """That something happened to a checkout or a payment. Never what: that is asked for."""

    id: str
    kind: str
    made_at: datetime
    is_live: bool
    account: str = ""
    checkout: str = ""
    payment: str = ""


class MovementKind(StrEnum):
    """What moved money on the service's account."""

    PAYMENT = "payment"
    REFUND = "refund"
    DISPUTE = "dispute"
    PAYOUT = "payout"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement on the service's account. `amount` is negative when money leaves; net = amount - fee."""

    id: str
    kind: MovementKind
    amount: int
    fee: int
    currency: str
    made_at: datetime
    payment: str = ""
    payout: str = ""

    @property
    def net(self) -> int:
        return self.amount - self.fee


# What we want to hear about; anything else is answered politely and forgotten.
HEARD = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.closed",
    }
)


class Gateway(Protocol):
    """A payment service. Every call but `read_event` may raise GatewayUnavailable and GatewayRefused.

    `is_live` says whether real money moves: what comes from the other world is not for us.
    """

    is_live: bool

    def open_checkout(self, wanted: NewCheckout) -> Checkout:
        """A page on which the order can be paid. The same key gives the same page."""

    def checkout(self, checkout_id: str) -> Checkout:
        """How it stands now."""

    def close_checkout(self, checkout_id: str) -> Checkout:
        """Let nobody pay there any more; who has paid already has paid. Safe to repeat."""

    def payment(self, payment_id: str) -> Payment:
        """How it stands now."""

    def refund(self, *, payment_id: str, amount: int, key: str) -> Refund:
        """Give so much back, the way it came. The same key gives the same refund."""

    def checkouts(self, *, since: datetime) -> Iterator[Checkout]:
        """Every page for paying that was opened since then, whoever opened it, newest first."""

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        """Every movement on the account from then to then, newest first."""

    def read_event(self, *, body: bytes, signature: str, at: datetime) -> Event:
        """What the webhook was sent, once it is sure who sent it, and when.

        Raises SignatureRefused when the signature is missing, wrong, or more than five minutes old or early,
        or what is signed is no event.
        """


def is_switched_on() -> bool:
    """Whether people can pay by card here."""
    return bool(settings.STRIPE_SECRET_KEY)


def current() -> Gateway | None:
    """The payment service of this installation; None while paying by card is not switched on."""
    if not is_switched_on():
        return None
    made: Gateway = import_string(settings.PAYMENT_GATEWAY)()
    return made
