"""Three payment services that must keep the same promises, and how a test plays people and banks at each.

`MemoryWorld` is what most tests use; `StandInWorld` is Stripe's library talking to the stand-in of Stripe;
`LiveWorld` is Stripe's own test mode, where nobody can press the buttons of the hosted page for us.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

import pytest
import stripe

from courses.payments.gateway import Checkout, CheckoutLine, Event, Gateway, NewCheckout, RefundState
from courses.payments.stripe_gateway import API_VERSION, StripeGateway
from tests.payments.memory_gateway import MemoryGateway
from tests.payments.stand_in import StandIn

WORDS = {RefundState.FAILED: "fail", RefundState.SUCCEEDED: "succeed", RefundState.PENDING: "wait"}


def wanted(**changes: object) -> NewCheckout:
    """What somebody is to pay: £120 and twice £15.50, with a key of its own."""
    order = uuid4().hex
    return NewCheckout(
        **{
            "key": f"order-{order}",
            "order": order,
            "currency": "gbp",
            "lines": (CheckoutLine("A place", 12000), CheckoutLine("A book & a <pen>", 1550, 2)),
            "email": "ada@example.org",
            "success_url": "https://example.org/orders/1/paid/",
            "cancel_url": "https://example.org/orders/1/",
            "expires_at": datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1),
            **changes,
        }
    )


class World(Protocol):
    """A payment service, the people who pay there and their banks."""

    gateway: Gateway

    def paid(self, amount: int) -> str:
        """A payment by card that came; gives its number."""

    def pay(self, checkout: Checkout) -> None: ...
    def decline(self, checkout: Checkout) -> None: ...
    def pay_later(self, checkout: Checkout) -> None: ...
    def settle_debit(self, checkout: Checkout, *, comes: bool) -> None: ...
    def expire(self, checkout: Checkout) -> None: ...
    def refund_outside(self, payment_id: str, amount: int) -> None: ...
    def settle_refund(self, refund_id: str, state: RefundState) -> None: ...
    def dispute(self, payment_id: str) -> None: ...
    def inquire(self, payment_id: str) -> None: ...
    def close_dispute(self, payment_id: str, *, won: bool) -> None: ...
    def pay_out(self) -> str: ...
    def break_down(self, *, after_doing: bool = False) -> None: ...
    def events(self) -> list[Event]:
        """All news that was told, as the webhook reads it, oldest first."""


@dataclass
class MemoryWorld:
    gateway: MemoryGateway

    def paid(self, amount: int) -> str:
        return self.gateway.pay(self.gateway.open_checkout(wanted(lines=(CheckoutLine("It", amount),))).id)

    def pay(self, checkout: Checkout) -> None:
        self.gateway.pay(checkout.id)

    def decline(self, checkout: Checkout) -> None:
        self.gateway.decline(checkout.id)

    def pay_later(self, checkout: Checkout) -> None:
        self.gateway.pay_later(checkout.id)

    def settle_debit(self, checkout: Checkout, *, comes: bool) -> None:
        (self.gateway.succeed if comes else self.gateway.fail)(checkout.id)

    def expire(self, checkout: Checkout) -> None:
        self.gateway.expire(checkout.id)

    def refund_outside(self, payment_id: str, amount: int) -> None:
        self.gateway.refund_outside(payment_id, amount)

    def settle_refund(self, refund_id: str, state: RefundState) -> None:
        self.gateway.settle_refund(refund_id, state)

    def dispute(self, payment_id: str) -> None:
        self.gateway.dispute(payment_id)

    def inquire(self, payment_id: str) -> None:
        self.gateway.inquire(payment_id)

    def close_dispute(self, payment_id: str, *, won: bool) -> None:
        self.gateway.close_dispute(payment_id, won=won)

    def pay_out(self) -> str:
        return self.gateway.pay_out()

    def break_down(self, *, after_doing: bool = False) -> None:
        from courses.payments.gateway import GatewayUnavailable

        self.gateway.fail_next(GatewayUnavailable(), after_doing=after_doing)

    def events(self) -> list[Event]:
        at = datetime.now(UTC)
        sent = [self.gateway.sent(event, at=at) for event in self.gateway.events]
        return [self.gateway.read_event(body=body, signature=signature, at=at) for body, signature in sent]


@dataclass
class StandInWorld:
    stand_in: StandIn
    gateway: StripeGateway = field(default_factory=StripeGateway)
    _disputes: dict[str, str] = field(default_factory=dict)

    def paid(self, amount: int) -> str:
        opened = self.gateway.open_checkout(wanted(lines=(CheckoutLine("It", amount),)))
        self.pay(opened)
        return self.gateway.checkout(opened.id).payment

    def pay(self, checkout: Checkout) -> None:
        assert self.stand_in.type_card(checkout.url, "4242 4242 4242 4242")[0] == 303

    def decline(self, checkout: Checkout) -> None:
        assert self.stand_in.type_card(checkout.url, "4000 0000 0000 0002")[0] == 422

    def pay_later(self, checkout: Checkout) -> None:
        assert self.stand_in.type_card(checkout.url, "", method="bacs_debit")[0] == 303

    def settle_debit(self, checkout: Checkout, *, comes: bool) -> None:
        payment = self.gateway.checkout(checkout.id).payment
        self.stand_in.do(f"payments/{payment}/{'succeed' if comes else 'fail'}")

    def expire(self, checkout: Checkout) -> None:
        self.stand_in.do("clock", ahead=2 * 60 * 60)

    def refund_outside(self, payment_id: str, amount: int) -> None:
        self.stand_in.do(f"payments/{payment_id}/refund", amount=amount)

    def settle_refund(self, refund_id: str, state: RefundState) -> None:
        self.stand_in.do(f"refunds/{refund_id}/{WORDS[state]}")

    def dispute(self, payment_id: str) -> None:
        self._disputes[payment_id] = self.stand_in.do(f"payments/{payment_id}/dispute")["id"]

    def inquire(self, payment_id: str) -> None:
        self.stand_in.do(f"payments/{payment_id}/dispute", inquiry=True)

    def close_dispute(self, payment_id: str, *, won: bool) -> None:
        self.stand_in.do(f"disputes/{self._disputes[payment_id]}/{'won' if won else 'lost'}")

    def pay_out(self) -> str:
        (made,) = self.stand_in.do("payouts")
        return str(made["id"])

    def break_down(self, *, after_doing: bool = False) -> None:
        self.stand_in.do("faults", kind="lost_answer" if after_doing else "unavailable")

    def events(self) -> list[Event]:
        at = datetime.now(UTC)
        return [
            self.gateway.read_event(body=told["body"].encode(), signature=told["signature"], at=at)
            for told in self.stand_in.news()
        ]


@dataclass
class LiveWorld:
    """What test mode lets a program do: cards without a page. The rest skips, and says why."""

    key: str
    gateway: StripeGateway = field(default_factory=StripeGateway)

    def paid(self, amount: int) -> str:
        return self._paid_with("pm_card_visa", amount)

    def dispute(self, payment_id: str) -> None:
        pytest.skip("In Stripe's test mode a payment is disputed by the card it was paid with.")

    def refund_outside(self, payment_id: str, amount: int) -> None:
        self._api.v1.refunds.create({"payment_intent": payment_id, "amount": amount})

    def __getattr__(self, name: str) -> object:
        pytest.skip(f"In Stripe's test mode no program can do this: {name}.")

    @property
    def _api(self) -> stripe.StripeClient:
        return stripe.StripeClient(self.key, stripe_version=API_VERSION)

    def _paid_with(self, card: str, amount: int) -> str:
        return self._api.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "gbp",
                "confirm": True,
                "payment_method": card,
                "metadata": {"order": uuid4().hex},
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            }
        ).id


def kinds(found: Iterator[object] | list[Event]) -> list[str]:
    """What the news say happened, leaving out what we do not listen to."""
    from courses.payments.gateway import HEARD

    return [event.kind for event in found if isinstance(event, Event) and event.kind in HEARD]
