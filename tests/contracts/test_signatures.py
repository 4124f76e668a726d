"""Only what the payment service has signed, just now, is news: in memory and with Stripe's own library."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from courses.payments.gateway import SignatureRefused
from courses.payments.stripe_gateway import StripeGateway
from tests.contracts.worlds import StandInWorld, World, wanted
from tests.payments.stand_in import StandIn

MINUTE = timedelta(minutes=1)
SECRET = "whsec_known"
EVENT: dict[str, Any] = {
    "object": "event",
    "id": "evt_1",
    "type": "refund.created",
    "created": 1780000000,
    "livemode": False,
    "data": {"object": {"object": "refund", "id": "re_1", "payment_intent": "pi_1"}},
}


@pytest.fixture
def gateway(settings: Any) -> StripeGateway:
    settings.STRIPE_SECRET_KEY = "sk_test_never_asked"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_older", SECRET]
    return StripeGateway()


def made_by_hand(body: bytes, at: datetime, secret: str = SECRET) -> str:
    """A signature, without the library that will check it."""
    seconds = int(at.timestamp())
    right = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={right}"


def as_body(said: object) -> bytes:
    return json.dumps(said).encode()


# --- Every payment service


def sent(played: World) -> tuple[bytes, str]:
    """One event as it comes to the webhook."""
    opened = played.gateway.open_checkout(wanted())
    played.pay(opened)
    if isinstance(played, StandInWorld):
        (told,) = [one for one in played.stand_in.news() if one["type"] == "checkout.session.completed"]
        return told["body"].encode(), told["signature"]
    memory: Any = played.gateway
    return memory.sent(memory.events[-1])  # type: ignore[no-any-return]


def test_what_was_signed_just_now_is_read(played: World) -> None:
    body, signature = sent(played)
    event = played.gateway.read_event(body=body, signature=signature, at=datetime.now(UTC))
    assert event.kind == "checkout.session.completed"


@pytest.mark.parametrize("minutes", [-60, -6, 6, 10])
def test_what_was_signed_too_long_ago_or_in_the_future_is_refused(played: World, minutes: int) -> None:
    body, signature = sent(played)
    with pytest.raises(SignatureRefused):
        played.gateway.read_event(body=body, signature=signature, at=datetime.now(UTC) + minutes * MINUTE)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "nothing of the sort",
        lambda signature: signature.partition(",")[0],
        lambda signature: signature.replace("v1=", "v0="),
        lambda signature: signature.replace("t=", "t=1"),
        lambda signature: signature.replace("t=", "t=x"),
        lambda signature: signature[:-1] + ("0" if signature[-1] != "0" else "1"),
        lambda signature: signature.replace("v1=", "v1=é"),
        lambda signature: signature.partition(",")[2],
    ],
)
def test_a_signature_that_is_missing_or_wrong_is_refused(played: World, change: Callable[[str], str]) -> None:
    body, signature = sent(played)
    with pytest.raises(SignatureRefused):
        played.gateway.read_event(body=body, signature=change(signature), at=datetime.now(UTC))


def test_a_body_that_was_written_anew_is_refused(played: World) -> None:
    body, signature = sent(played)
    anew = json.dumps(json.loads(body), separators=(",", ":")).encode()
    with pytest.raises(SignatureRefused):
        played.gateway.read_event(body=anew, signature=signature, at=datetime.now(UTC))


# --- Stripe's library


def test_case_05_one_right_signature_of_several_is_enough(gateway: StripeGateway) -> None:
    now, body = datetime.now(UTC), as_body(EVENT)
    right = made_by_hand(body, now)
    newer = made_by_hand(body, now, "whsec_newer").partition(",")[2]
    for signature in (f"{right},{newer}", right.replace(",", f",{newer},")):
        assert gateway.read_event(body=body, signature=signature, at=now).id == "evt_1"


def test_every_secret_is_tried_until_it_is_taken_away(gateway: StripeGateway, settings: Any) -> None:
    now, body = datetime.now(UTC), as_body(EVENT)
    signature = made_by_hand(body, now)
    assert gateway.read_event(body=body, signature=signature, at=now).payment == "pi_1"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_newer"]
    with pytest.raises(SignatureRefused):
        gateway.read_event(body=body, signature=signature, at=now)
    settings.STRIPE_WEBHOOK_SECRETS = []
    with pytest.raises(SignatureRefused):
        gateway.read_event(body=body, signature=signature, at=now)


def test_the_first_date_counts_so_that_none_can_be_put_before_it(gateway: StripeGateway) -> None:
    old, body = datetime.now(UTC) - 10 * MINUTE, as_body(EVENT)
    fresh = int(datetime.now(UTC).timestamp())
    with pytest.raises(SignatureRefused):
        gateway.read_event(body=body, signature=f"t={fresh},{made_by_hand(body, old)}", at=datetime.now(UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"event"',
        b"{",
        as_body({**EVENT, "object": "v2.core.event"}),
        as_body({**EVENT, "id": None}),
        as_body({**EVENT, "created": "today"}),
        as_body({**EVENT, "created": 10**20}),
        as_body({**EVENT, "livemode": "no"}),
        as_body({**EVENT, "data": {}}),
        as_body({**EVENT, "data": {"object": "refund"}}),
        as_body({name: value for name, value in EVENT.items() if name != "livemode"}),
    ],
)
def test_what_is_signed_and_no_event_is_refused(gateway: StripeGateway, body: bytes) -> None:
    now = datetime.now(UTC)
    with pytest.raises(SignatureRefused):
        gateway.read_event(body=body, signature=made_by_hand(body, now), at=now)


def test_whose_event_it_is_and_of_which_world_is_handed_on(gateway: StripeGateway) -> None:
    now, body = datetime.now(UTC), as_body({**EVENT, "account": "acct_other", "livemode": True})
    event = gateway.read_event(body=body, signature=made_by_hand(body, now), at=now)
    assert (event.account, event.is_live) == ("acct_other", True)


def test_an_event_about_something_else_names_neither_page_nor_payment(gateway: StripeGateway) -> None:
    about = {"object": "payout", "id": "po_1"}
    now, body = datetime.now(UTC), as_body({**EVENT, "type": "payout.paid", "data": {"object": about}})
    event = gateway.read_event(body=body, signature=made_by_hand(body, now), at=now)
    assert (event.kind, event.checkout, event.payment) == ("payout.paid", "", "")


# --- Faults of the stand-in


@pytest.mark.parametrize(
    "fault", ["wrong_signature", "no_signature", "stale", "future", "changed_body", "no_event"]
)
def test_the_stand_in_can_send_what_must_be_refused(stripe_stand_in: StandIn, fault: str) -> None:
    gateway = StripeGateway()
    told = _told_with(stripe_stand_in, gateway, fault)
    with pytest.raises(SignatureRefused):
        gateway.read_event(body=told["body"].encode(), signature=told["signature"], at=datetime.now(UTC))
    number = json.loads(told["body"]).get("id")
    if fault != "no_event":
        stripe_stand_in.do(f"events/{number}/again", faults=[])
    else:
        stripe_stand_in.do("forget")


@pytest.mark.parametrize(
    ("fault", "account", "is_live"),
    [("live", "", True), ("other_account", "acct_other", False), ("rotated", "", False)],
)
def test_the_stand_in_can_send_what_the_action_must_judge(
    stripe_stand_in: StandIn, fault: str, account: str, *, is_live: bool
) -> None:
    gateway = StripeGateway()
    told = _told_with(stripe_stand_in, gateway, fault)
    event = gateway.read_event(body=told["body"].encode(), signature=told["signature"], at=datetime.now(UTC))
    assert (event.account, event.is_live) == (account, is_live)


def _told_with(stand_in: StandIn, gateway: StripeGateway, fault: str) -> dict[str, Any]:
    stand_in.do("events/next", faults=[fault])
    opened = gateway.open_checkout(wanted())
    stand_in.do(f"checkouts/{opened.id}/pay")
    (told,) = stand_in.news()
    return told
