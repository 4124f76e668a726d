"""Judges all that the library and the stand-in said to each other in a test."""

import json
import re
from typing import Any

from stripe import params
from stripe.params import checkout

from courses.payments.stripe_gateway import API_VERSION
from tests.contracts import oracle
from tests.payments.stand_in import StandIn

KEY_LENGTH = 255
# What may be asked where, and what must be answered.
ADDRESSES: list[tuple[str, str, type, str]] = [
    ("POST", r"/v1/checkout/sessions", checkout.SessionCreateParams, "checkout.session"),
    ("GET", r"/v1/checkout/sessions", checkout.SessionListParams, "list"),
    ("GET", r"/v1/checkout/sessions/\w+", checkout.SessionRetrieveParams, "checkout.session"),
    ("POST", r"/v1/checkout/sessions/\w+/expire", checkout.SessionExpireParams, "checkout.session"),
    ("GET", r"/v1/payment_intents/\w+", params.PaymentIntentRetrieveParams, "payment_intent"),
    ("GET", r"/v1/charges/\w+", params.ChargeRetrieveParams, "charge"),
    ("POST", r"/v1/refunds", params.RefundCreateParams, "refund"),
    ("GET", r"/v1/refunds", params.RefundListParams, "list"),
    ("GET", r"/v1/refunds/\w+", params.RefundRetrieveParams, "refund"),
    ("GET", r"/v1/disputes", params.DisputeListParams, "list"),
    ("GET", r"/v1/disputes/\w+", params.DisputeRetrieveParams, "dispute"),
    ("GET", r"/v1/balance_transactions", params.BalanceTransactionListParams, "list"),
    ("GET", r"/v1/payouts", params.PayoutListParams, "list"),
    ("GET", r"/v1/payouts/\w+", params.PayoutRetrieveParams, "payout"),
]


def problems(stand_in: StandIn) -> list[str]:
    """What is wrong with any request, answer or news since the stand-in forgot everything."""
    found = [f"{one['method']} {one['path']}: {text}" for one in stand_in.record() for text in exchange(one)]
    for told in stand_in.news():
        found += [f"{told['type']}: {text}" for text in oracle.in_answer(json.loads(told["body"]))]
    return found


def exchange(said: dict[str, Any]) -> list[str]:
    """What is wrong with one request and its answer."""
    known = [
        (asked, answered)
        for method, path, asked, answered in ADDRESSES
        if method == said["method"] and re.fullmatch(path, said["path"])
    ]
    if not known:
        return ["nobody knows this address"]
    ((asked, answered),) = known
    found = oracle.in_request(asked, said["given"])
    if said["version"] != API_VERSION:
        found.append(f"asked in version {said['version']!r}")
    if said["method"] == "POST" and not said["path"].endswith("/expire") and not said["key"]:
        found.append("asked without a key: asked twice, it would be done twice")
    if said["status"] != 200:
        return [*found, *oracle.in_error(said["answer"])]
    return [*found, *oracle.in_answer(said["answer"], kind=answered)]
