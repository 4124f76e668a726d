"""The stand-in of Stripe itself: that it refuses what Stripe refuses, goes wrong when told to, and lasts."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import stripe

from courses.payments.gateway import (
    CheckoutLine,
    CheckoutState,
    GatewayRefused,
    GatewayUnavailable,
    MovementKind,
    PaymentState,
)
from courses.payments.stripe_gateway import API_VERSION, StripeGateway
from tests.contracts.webhooks import listening, paid, until
from tests.contracts.worlds import wanted
from tests.payments import stand_in
from tests.payments.stand_in import KEY, Impossible, StandIn


@pytest.fixture
def gateway(stripe_stand_in: StandIn) -> StripeGateway:
    return StripeGateway()


# --- What it is asked


def test_stripe_is_told_no_more_than_it_must_know(stripe_stand_in: StandIn, gateway: StripeGateway) -> None:
    asked = wanted(lines=(CheckoutLine("A place", 12000, 3),))
    gateway.open_checkout(asked)
    (said,) = stripe_stand_in.record()
    price = {"currency": "gbp", "unit_amount": "12000", "product_data": {"name": "A place"}}
    assert said["key"] == asked.key
    assert said["given"] == {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": "3"}],
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": "false"},
        "client_reference_id": asked.order,
        "metadata": {"order": asked.order},
        "payment_intent_data": {"metadata": {"order": asked.order}},
        "customer_email": "ada@example.org",
        "success_url": asked.success_url,
        "cancel_url": asked.cancel_url,
        "expires_at": str(int(asked.expires_at.timestamp())),
    }


@pytest.mark.parametrize(
    ("currency", "allows_delayed", "methods"),
    [
        ("gbp", False, ["card"]),
        ("gbp", True, ["card", "bacs_debit"]),
        ("eur", True, ["card", "sepa_debit"]),
        ("usd", True, ["card"]),
    ],
)
def test_a_bank_debit_is_offered_only_where_waiting_is_right_and_the_currency_knows_one(
    stripe_stand_in: StandIn,
    gateway: StripeGateway,
    currency: str,
    methods: list[str],
    *,
    allows_delayed: bool,
) -> None:
    gateway.open_checkout(wanted(currency=currency, allows_delayed=allows_delayed))
    assert stripe_stand_in.record()[0]["given"]["allowed_payment_method_types"] == methods


# --- What it refuses


@pytest.mark.parametrize(
    "change",
    [
        {"lines": ()},
        {"lines": (CheckoutLine("", 100),)},
        {"lines": (CheckoutLine("Too little", 29),)},
        {"lines": (CheckoutLine("None", 100, 0),)},
        {"currency": "xyz"},
        {"email": "nobody"},
        {"success_url": "/paid/"},
        {"cancel_url": "javascript:alert(1)"},
        {"expires_at": datetime.now(UTC) + timedelta(minutes=20)},
        {"expires_at": datetime.now(UTC) + timedelta(hours=25)},
    ],
)
def test_a_page_that_stripe_would_not_open_is_refused(gateway: StripeGateway, change: dict[str, Any]) -> None:
    asked = replace(wanted(), **change)
    with pytest.raises(GatewayRefused):
        gateway.open_checkout(asked)
    # A request that was wrong is not kept with its key.
    assert gateway.open_checkout(wanted(key=asked.key)).state is CheckoutState.OPEN


def test_parameters_that_stripe_does_not_know_and_debits_in_another_currency_are_refused(
    stripe_stand_in: StandIn,
) -> None:
    client = stripe.StripeClient(
        KEY, base_addresses={"api": stripe_stand_in.address}, stripe_version=API_VERSION
    )
    line = {
        "price_data": {"currency": "eur", "unit_amount": 100, "product_data": {"name": "It"}},
        "quantity": 1,
    }
    right: Any = {
        "mode": "payment",
        "line_items": [line],
        "success_url": "https://example.org/",
        "cancel_url": "https://example.org/",
    }
    for wrong in (
        {"payment_method_types": ["card"]},
        {"allowed_payment_method_types": ["bacs_debit"]},
        {"mode": "setup"},
        {"line_items": [{**line, "price": "price_1"}]},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.checkout.sessions.create({**right, **wrong})
    stripe_stand_in.do("forget")  # these were wrong on purpose


def test_a_wrong_key_and_another_account_are_told_as_out_of_order(
    stripe_stand_in: StandIn, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(GatewayUnavailable):
        StripeGateway().open_checkout(wanted())
    settings.STRIPE_SECRET_KEY, settings.STRIPE_ACCOUNT = KEY, "acct_other"
    with pytest.raises(GatewayUnavailable):
        StripeGateway().open_checkout(wanted())
    assert [record.levelname for record in caplog.records] == ["CRITICAL", "CRITICAL"]


def test_nothing_that_was_sent_is_logged_or_in_an_error(
    gateway: StripeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="courses")
    with pytest.raises(GatewayRefused) as refused:
        gateway.open_checkout(wanted(email="ada-at-example", order="o-77"))
    assert refused.value.__cause__ is None
    assert refused.value.code == "email_invalid"
    assert "ada-at-example" not in caplog.text
    assert "o-77" not in caplog.text
    assert "email_invalid" in caplog.text


# --- What goes wrong


@pytest.mark.parametrize("kind", ["unavailable", "too_many", "no_json", "lost_answer"])
def test_every_fault_of_an_answer_is_told_as_out_of_order_and_passes(
    stripe_stand_in: StandIn, gateway: StripeGateway, kind: str
) -> None:
    asked = wanted()
    stripe_stand_in.do("faults", kind=kind, path="/v1/checkout", times=2)
    for _ in range(2):
        with pytest.raises(GatewayUnavailable):
            gateway.open_checkout(asked)
    assert gateway.open_checkout(asked).state is CheckoutState.OPEN


def test_an_answer_that_takes_too_long_is_given_up(
    stripe_stand_in: StandIn, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.payments.stripe_gateway.SECONDS_TO_ANSWER", 0.2)
    settings.STRIPE_ADDRESS = stripe_stand_in.address.replace("127.0.0.1", "localhost")  # a client of its own
    stripe_stand_in.do("faults", kind="slow", seconds=1)
    with pytest.raises(GatewayUnavailable):
        StripeGateway().open_checkout(wanted())


def test_the_library_asks_again_by_itself_when_it_may(stripe_stand_in: StandIn, settings: Any) -> None:
    settings.STRIPE_RETRIES = 1
    stripe_stand_in.do("faults", kind="lost_answer")
    opened = StripeGateway().open_checkout(wanted())
    assert [one.id for one in StripeGateway().checkouts(since=datetime(2026, 1, 1, tzinfo=UTC))] == [
        opened.id
    ]


def test_somebody_can_have_paid_another_amount_in_another_currency(
    stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do(f"checkouts/{opened.id}/alter", amount_total=1, currency="usd")
    stripe_stand_in.do(f"checkouts/{opened.id}/pay")
    found = gateway.checkout(opened.id)
    paid = gateway.payment(found.payment)
    assert {(one.amount, one.currency) for one in (found, paid)} == {(1, "usd")}


def test_an_object_can_be_of_the_other_world(stripe_stand_in: StandIn, gateway: StripeGateway) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do(f"checkouts/{opened.id}/alter", livemode=True)
    assert gateway.checkout(opened.id).is_live


def test_what_nobody_knows_is_not_done(stripe_stand_in: StandIn) -> None:
    for what in ("nothing", "events/nothing", "checkouts/cs_none/pay", "events/evt_none/again"):
        with pytest.raises(Impossible):
            stripe_stand_in.do(what)
    with pytest.raises(Impossible):
        stripe_stand_in.do("events/next", faults=["boredom"])


# --- Many of them


def test_all_pages_of_a_list_are_read(gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.payments.stripe_gateway.PAGE", 2)
    opened = [gateway.open_checkout(wanted()).id for _ in range(5)]
    found = [one.id for one in gateway.checkouts(since=datetime.now(UTC) - timedelta(minutes=1))]
    assert found == opened[::-1]


def test_all_pages_of_refunds_and_movements_are_read(
    gateway: StripeGateway, stripe_stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.payments.stripe_gateway.PAGE", 2)
    payment = gateway.checkout(paid(gateway, stripe_stand_in)).payment
    made = [gateway.refund(payment_id=payment, amount=100 + number, key=f"{number}") for number in range(5)]
    assert list(gateway.payment(payment).refunds) == made
    (payout,) = stripe_stand_in.do("payouts")
    now = datetime.now(UTC)
    found = list(gateway.movements(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1)))
    assert len(found) == 7
    assert {one.payout for one in found} == {payout["id"]}


def test_a_payment_that_nobody_has_tried_yet_waits(stripe_stand_in: StandIn, gateway: StripeGateway) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do(f"checkouts/{opened.id}/decline")
    number = gateway.checkout(opened.id).payment
    stripe_stand_in.do(f"payments/{number}/alter", latest_charge=None, last_payment_error=None)
    found = gateway.payment(number)
    assert (found.state, found.received, found.refunds) == (PaymentState.WAITING, 0, ())


def test_a_page_that_stripe_does_not_close_is_not_told_as_closed(
    gateway: StripeGateway, monkeypatch: pytest.MonkeyPatch, stripe_stand_in: StandIn
) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do("faults", kind="refused", path=f"/v1/checkout/sessions/{opened.id}/expire")
    with pytest.raises(GatewayRefused):
        gateway.close_checkout(opened.id)
    assert gateway.checkout(opened.id).state is CheckoutState.OPEN


def test_a_refund_that_was_impossible_stays_so_with_its_key(
    gateway: StripeGateway, stripe_stand_in: StandIn
) -> None:
    payment = gateway.checkout(paid(gateway, stripe_stand_in)).payment
    first = gateway.refund(payment_id=payment, amount=15000, key="first")
    for _ in range(2):
        with pytest.raises(GatewayRefused):
            gateway.refund(payment_id=payment, amount=500, key="second")
        stripe_stand_in.do(f"refunds/{first.id}/fail")
    assert gateway.refund(payment_id=payment, amount=500, key="third").amount == 500


def test_whose_account_it_is_can_be_asked(stripe_stand_in: StandIn) -> None:
    client = stripe.StripeClient(
        KEY, base_addresses={"api": stripe_stand_in.address}, stripe_version=API_VERSION
    )
    found = client.v1.accounts.retrieve_current()
    assert (found.id, found.country) == ("acct_standin", "GB")


def test_payouts_that_somebody_made_by_hand_do_not_say_what_is_in_them(
    stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do(f"checkouts/{opened.id}/pay")
    (made,) = stripe_stand_in.do("payouts", automatic=False)
    now = datetime.now(UTC)
    found = gateway.movements(since=now - timedelta(minutes=1), until=now + timedelta(minutes=1))
    assert [(one.kind, one.payout) for one in found] == [
        (MovementKind.PAYOUT, made["id"]),
        (MovementKind.PAYMENT, ""),
    ]


# --- It lasts


def test_what_it_remembers_outlives_it_and_its_pages_move_with_it(tmp_path: Path, settings: Any) -> None:
    file = str(tmp_path / "stripe.json")
    settings.STRIPE_SECRET_KEY = KEY
    with stand_in.running("--state", file, "--public", "https://old.example.org") as first:
        settings.STRIPE_ADDRESS = first.address
        asked = wanted()
        opened = StripeGateway().open_checkout(asked)
    assert opened.url == f"https://old.example.org/pay/{opened.id}"
    with (
        listening() as heard,
        stand_in.running("--state", file, "--public", "https://new.example.org") as second,
    ):
        settings.STRIPE_ADDRESS = second.address
        settings.STRIPE_WEBHOOK_SECRETS = [second.secret]
        moved = f"https://new.example.org/pay/{opened.id}"
        assert StripeGateway().checkout(opened.id).url == moved
        assert StripeGateway().open_checkout(asked) == replace(opened, url=moved)
        second.do(f"checkouts/{opened.id}/pay")
        second.do("webhook", address=heard.address)
        until(lambda: heard.came)


def test_no_number_of_a_card_is_kept(tmp_path: Path, settings: Any) -> None:
    file = tmp_path / "stripe.json"
    settings.STRIPE_SECRET_KEY = KEY
    with stand_in.running("--state", str(file), "--record") as started:
        settings.STRIPE_ADDRESS = started.address
        for typed, status in (
            ("4000000000000002", 422),
            ("5555555555554444", 422),
            ("4242424242424242", 303),
        ):
            opened = StripeGateway().open_checkout(wanted())
            assert started.type_card(opened.url, typed)[0] == status
            assert typed not in file.read_text(encoding="utf-8")
            assert typed not in json.dumps(started.record())


def test_a_file_that_nobody_can_read_is_a_new_beginning(tmp_path: Path) -> None:
    file = tmp_path / "stripe.json"
    file.write_text("{")
    with stand_in.running("--state", str(file)) as started:
        assert started.news() == []


def test_other_machines_reach_the_pages_and_nothing_else(tmp_path: Path) -> None:
    with stand_in.running("--page-port", "0") as started:
        pages = StandIn(started.page_address, started.secret, started.child)
        for path in ("/v1/checkout/sessions", "/_control/events", "/_control/bank"):
            assert pages.send("GET", path)[0] == HTTPStatus.NOT_FOUND
        assert pages.send("POST", "/_control/forget", "{}")[0] == HTTPStatus.NOT_FOUND
        assert pages.send("GET", "/pay/cs_test_none")[0] == HTTPStatus.NOT_FOUND


def test_no_other_site_plays_bank_through_a_browser(stripe_stand_in: StandIn) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        assert stripe_stand_in.send("POST", "/_control/forget", "{}", headers)[0] == HTTPStatus.FORBIDDEN
    assert json.loads(stripe_stand_in.send("GET", "/_control/events")[2]) == []
