"""Stripe, behind the words of `gateway`. The only module that knows the `stripe` library.

What Stripe says is read, never what an event says: events only tell where to look. Nothing that was sent
or received is logged, only Stripe's number of a request and its word for why it said no.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from courses.payments import stripe_words
from courses.payments.gateway import (
    Checkout,
    CheckoutState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    Movement,
    NewCheckout,
    Payment,
    Refund,
    SignatureRefused,
)

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

logger = logging.getLogger(__name__)

# What Stripe's answers and events look like. Goes up together with the library, whose types describe it.
API_VERSION = "2026-10-28.endive"
SECONDS_TO_CONNECT = 10
SECONDS_TO_ANSWER = 10
PAGE = 100
TOLERANCE = 300  # seconds
# Debits by the bank's own rails, which take days; each is known in one currency only.
DELAYED = {"gbp": "bacs_debit", "eur": "sepa_debit"}

# How long requests take, and on what machine, is nobody's business.
stripe.enable_telemetry = False


class StripeGateway:
    """A `Gateway` for the account that the settings name."""

    def __init__(self) -> None:
        self.is_live = settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
        self._api = _client(
            settings.STRIPE_SECRET_KEY,
            settings.STRIPE_ACCOUNT,
            settings.STRIPE_ADDRESS,
            settings.STRIPE_RETRIES,
        ).v1

    def open_checkout(self, wanted: NewCheckout) -> Checkout:
        with _asked():
            session = self._api.checkout.sessions.create(
                _session_params(wanted), {"idempotency_key": wanted.key}
            )
        return stripe_words.checkout(session.to_dict())

    def checkout(self, checkout_id: str) -> Checkout:
        with _asked():
            return stripe_words.checkout(self._api.checkout.sessions.retrieve(checkout_id).to_dict())

    def close_checkout(self, checkout_id: str) -> Checkout:
        try:
            with _asked():
                return stripe_words.checkout(self._api.checkout.sessions.expire(checkout_id).to_dict())
        except GatewayRefused:
            # Only an open page can be closed: see what has become of it.
            found = self.checkout(checkout_id)
            if found.state is CheckoutState.OPEN:
                raise
            return found

    def payment(self, payment_id: str) -> Payment:
        with _asked():
            intent = self._api.payment_intents.retrieve(payment_id, {"expand": ["latest_charge"]})
            if intent.latest_charge is None:
                return stripe_words.payment(intent.to_dict(), refunds=[], disputes=[])
            refunds = self._api.refunds.list({"payment_intent": payment_id, "limit": PAGE})
            disputes = self._api.disputes.list({"payment_intent": payment_id, "limit": PAGE})
            return stripe_words.payment(
                intent.to_dict(),
                refunds=[one.to_dict() for one in refunds.auto_paging_iter()],
                disputes=[one.to_dict() for one in disputes.auto_paging_iter()],
            )

    def refund(self, *, payment_id: str, amount: int, key: str) -> Refund:
        with _asked():
            made = self._api.refunds.create(
                {"payment_intent": payment_id, "amount": amount, "metadata": {"key": key}},
                {"idempotency_key": key},
            )
        return stripe_words.refund(made.to_dict())

    def checkouts(self, *, since: datetime) -> Iterator[Checkout]:
        with _asked():
            pages = self._api.checkout.sessions.list(
                {"created": {"gte": int(since.timestamp())}, "limit": PAGE}
            )
            for session in pages.auto_paging_iter():
                yield stripe_words.checkout(session.to_dict())

    def movements(self, *, since: datetime, until: datetime) -> Iterator[Movement]:
        first, end = int(since.timestamp()), int(until.timestamp())
        with _asked():
            paid_out = self._paid_out(since=first)
            pages = self._api.balance_transactions.list(
                {"created": {"gte": first, "lt": end}, "limit": PAGE, "expand": ["data.source"]}
            )
            for moved in pages.auto_paging_iter():
                yield stripe_words.movement(moved.to_dict(), payout=paid_out.get(moved.id, ""))

    def read_event(self, *, body: bytes, signature: str, at: datetime) -> Event:
        _check_signature(body, signature, at)
        return stripe_words.event(_json(body))

    def _paid_out(self, *, since: int) -> dict[str, str]:
        """Which payout each movement went out with. What moved since then can only be in later payouts."""
        found: dict[str, str] = {}
        payouts = self._api.payouts.list({"created": {"gte": since}, "limit": PAGE})
        for payout in payouts.auto_paging_iter():
            if payout.automatic:  # of the others Stripe does not know what is in them
                inside = self._api.balance_transactions.list({"payout": payout.id, "limit": PAGE})
                found |= {moved.id: payout.id for moved in inside.auto_paging_iter()}
        return found


@cache
def _client(key: str, account: str, address: str, retries: int) -> stripe.StripeClient:
    """Made once in a process: it keeps connections open."""
    if address and not settings.DEMO_ALLOWED:
        raise ImproperlyConfigured("STRIPE_ADDRESS is only for the demo and the tests.")
    return stripe.StripeClient(
        key,
        stripe_account=account or None,
        stripe_version=API_VERSION,
        base_addresses={"api": address} if address else None,
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=(SECONDS_TO_CONNECT, SECONDS_TO_ANSWER)),
    )


def _session_params(wanted: NewCheckout) -> "SessionCreateParams":
    about: dict[str, str] = {"order": wanted.order}
    delayed = DELAYED.get(wanted.currency) if wanted.allows_delayed else None
    methods: list[Any] = ["card", *([delayed] if delayed else [])]
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": wanted.currency,
                    "unit_amount": line.amount,
                    "product_data": {"name": line.name},
                },
                "quantity": line.quantity,
            }
            for line in wanted.lines
        ],
        "allowed_payment_method_types": methods,
        # Nobody is to pay in another currency than the one that the order is in.
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": wanted.order,
        "metadata": about,
        "payment_intent_data": {"metadata": about},
        "customer_email": wanted.email,
        "success_url": wanted.success_url,
        "cancel_url": wanted.cancel_url,
        "expires_at": int(wanted.expires_at.timestamp()),
    }


@contextmanager
def _asked() -> Iterator[None]:
    """Turn the library's errors into ours. Their texts may repeat what was sent, so they end here."""
    try:
        yield
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        # The key is wrong or may not do this: once somebody has mended it, asking again is right.
        logger.critical("Stripe does not accept our key (request %s)", error.request_id)
        raise GatewayUnavailable from None
    except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as error:
        logger.warning("Stripe said no: %s (request %s)", _code(error), error.request_id)
        raise GatewayRefused(_code(error)) from None
    except stripe.StripeError as error:
        logger.warning("Stripe could not be asked: %s (request %s)", _code(error), error.request_id)
        raise GatewayUnavailable from None


def _code(error: stripe.StripeError) -> str:
    """Stripe's word for what is wrong; what sort of error it is where there is none."""
    return str(error.code or (error.error and error.error.type) or type(error).__name__)


def _check_signature(body: bytes, signature: str, at: datetime) -> None:
    """Every secret is tried, so that one can take the place of another while events are under way.

    The library only looks back, and by its own clock; ours looks both ways.
    """
    if not signature.isascii() or not any(
        _is_signed(body, signature, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS
    ):
        raise SignatureRefused
    signed_at = next(int(part[2:]) for part in signature.split(",") if part.startswith("t="))
    if abs(int(at.astimezone(UTC).timestamp()) - signed_at) > TOLERANCE:
        raise SignatureRefused


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _is_signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE))
    except (stripe.SignatureVerificationError, ValueError):  # the latter: not even text
        return False
