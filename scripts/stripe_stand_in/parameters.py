"""Reading parameters: what is missing, wrong or unknown is refused as Stripe would."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from scripts.stripe_stand_in.errors import missing, unknown, wrong
from scripts.stripe_stand_in.state import State, Thing

WHOLE = re.compile(r"\d{1,12}")
ADDRESS = re.compile(r"https?://[^\s]+")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CURRENCIES = ("gbp", "eur", "usd")
LEAST = {"gbp": 30, "eur": 50, "usd": 50}
# Which debit is known for which currency.
METHODS = {"card": CURRENCIES, "bacs_debit": ("gbp",), "sepa_debit": ("eur",)}
SHORTEST, LONGEST = 30 * 60, 24 * 60 * 60
OF_SESSIONS = frozenset(
    {
        *("mode", "line_items", "allowed_payment_method_types", "adaptive_pricing", "client_reference_id"),
        *("metadata", "payment_intent_data", "customer_email", "success_url", "cancel_url", "expires_at"),
        *("expand",),
    }
)


def only(given: Mapping[str, Any], allowed: Collection[str], inside: str = "") -> None:
    for name in given:
        if name not in allowed:
            raise unknown(f"{inside}[{name}]" if inside else name)


def whole(given: Mapping[str, Any], name: str) -> int:
    value = given.get(name)
    if value is None:
        raise missing(name)
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise wrong(name, "must be a whole number", "parameter_invalid_integer")
    return int(value)


def about(given: Mapping[str, Any], name: str = "metadata") -> dict[str, str]:
    found = given.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise wrong(name, "must be keys and texts")
    return dict(found)


def session(state: State, given: Mapping[str, Any]) -> tuple[Thing, Thing]:
    """Fields of a new page, and what stands beside it."""
    only(given, OF_SESSIONS)
    if given.get("mode") != "payment":
        raise wrong("mode", "only payment is known here")
    lines = [_line(one) for one in _list(given, "line_items")]
    total, currency = _total(lines)
    for name in ("success_url", "cancel_url"):
        if not ADDRESS.fullmatch(given.get(name, "")):
            raise wrong(name, "not a valid URL", "url_invalid")
    if not EMAIL.fullmatch(given.get("customer_email", "nobody@example.org")):
        raise wrong("customer_email", "not an e-mail address", "email_invalid")
    ends_at = whole(given, "expires_at") if "expires_at" in given else state.now() + LONGEST
    # A second is for the way from there to here.
    if not SHORTEST - 1 <= ends_at - state.now() <= LONGEST:
        raise wrong("expires_at", "must be between 30 minutes and 24 hours from now")
    inner = given.get("payment_intent_data", {})
    only(inner, {"metadata"}, "payment_intent_data")
    fields = {
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": given["cancel_url"],
        "client_reference_id": given.get("client_reference_id"),
        "created": state.now(),
        "currency": currency,
        "customer_email": given.get("customer_email"),
        "expires_at": ends_at,
        "metadata": about(given),
        "payment_method_types": _methods(given, currency),
        "success_url": given["success_url"],
    }
    return fields, {"lines": lines, "about": about(inner)}


def _list(given: Mapping[str, Any], name: str) -> list[Any]:
    found = given.get(name)
    if not isinstance(found, list) or not found:
        raise missing(name)
    return found


def _line(given: Mapping[str, Any]) -> Thing:
    only(given, {"price_data", "quantity"}, "line_items[0]")
    price = given.get("price_data", {})
    only(price, {"currency", "unit_amount", "product_data"}, "line_items[0][price_data]")
    product = price.get("product_data", {})
    only(product, {"name"}, "line_items[0][price_data][product_data]")
    if not product.get("name"):
        raise missing("line_items[0][price_data][product_data][name]")
    if price.get("currency") not in CURRENCIES:
        raise wrong("currency", "not known here")
    quantity = whole(given, "quantity")
    if not quantity:
        raise wrong("quantity", "must be 1 or more", "parameter_invalid_integer")
    return {
        "name": product["name"],
        "currency": price["currency"],
        "amount": whole(price, "unit_amount"),
        "quantity": quantity,
    }


def _total(lines: list[Thing]) -> tuple[int, str]:
    currency = lines[0]["currency"]
    if any(line["currency"] != currency for line in lines):
        raise wrong("currency", "all lines must be in one")
    total = sum(line["amount"] * line["quantity"] for line in lines)
    if total < LEAST[currency]:
        raise wrong("line_items", "the total is less than can be paid", "amount_too_small")
    return total, currency


def _methods(given: Mapping[str, Any], currency: str) -> list[str]:
    found = given.get("allowed_payment_method_types", ["card"])
    for method in found:
        if currency not in METHODS.get(method, ()):
            raise wrong("allowed_payment_method_types", f"{method} cannot be used in {currency}")
    return list(found)
