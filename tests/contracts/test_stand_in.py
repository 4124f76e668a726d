"""The stand-in of Stripe itself: that it refuses what Stripe refuses, goes wrong when told to, and lasts."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import stripe

from courses.payments.gateway import (
    CheckoutLine,
    CheckoutState,
    Event,
    GatewayRefused,
    GatewayUnavailable,
    MovementKind,
)
from courses.payments.stripe_gateway import API_VERSION, StripeGateway
from tests.contracts.worlds import wanted
from tests.payments import stand_in
from tests.payments.stand_in import KEY, Impossible, StandIn

LONG = 10  # seconds


@pytest.fixture
def gateway(stripe_stand_in: StandIn) -> StripeGateway:
    return StripeGateway()


def until(check: Callable[[], Any]) -> Any:
    """Wait for something that happens in another process."""
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        if found := check():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")


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


# --- News on their way


@dataclass
class Webhook:
    """Somebody who listens, and answers with what a test says."""

    address: str
    came: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def read(self) -> list[Event]:
        at = datetime.now(UTC)
        return [StripeGateway().read_event(body=b, signature=s, at=at) for b, s in self.came]


@pytest.fixture
def webhook(stripe_stand_in: StandIn) -> Iterator[Webhook]:
    with _listening() as listening:
        stripe_stand_in.do("webhook", address=listening.address)
        yield listening
        stripe_stand_in.do("webhook", address="")


@contextmanager
def _listening() -> Iterator[Webhook]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.came.append((body, self.headers.get("Stripe-Signature", "")))
            self.send_response(heard.answers.pop(0) if heard.answers else HTTPStatus.OK)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard = Webhook(f"http://127.0.0.1:{server.server_port}/payments/stripe/")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


def paid(gateway: StripeGateway, stand_in: StandIn) -> str:
    opened = gateway.open_checkout(wanted())
    stand_in.do(f"checkouts/{opened.id}/pay")
    return opened.id


def test_news_come_signed_to_the_webhook(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    number = paid(gateway, stripe_stand_in)
    until(lambda: webhook.came)
    assert [one.checkout for one in webhook.read()] == [number]


def test_news_that_nobody_took_come_again(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    webhook.answers += [500, 500]
    paid(gateway, stripe_stand_in)
    for times in (1, 2, 3):
        until(lambda times=times: len(webhook.came) == times)
        stripe_stand_in.do("events/deliver")
    until(lambda: stripe_stand_in.news()[0]["is_done"])
    assert len({one.id for one in webhook.read()}) == 1
    assert stripe_stand_in.news()[0]["tries"] == 3


def test_news_can_come_twice_never_or_backwards(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    stripe_stand_in.do("events/next", faults=["duplicate"])
    twice = paid(gateway, stripe_stand_in)
    until(lambda: len(webhook.came) == 2)
    assert [one.checkout for one in webhook.read()] == [twice, twice]

    stripe_stand_in.do("events/next", faults=["lost"])
    paid(gateway, stripe_stand_in)
    until(lambda: stripe_stand_in.news()[-1]["is_done"])
    assert len(webhook.came) == 2

    stripe_stand_in.do("events/next", faults=["held"], times=2)
    held = [paid(gateway, stripe_stand_in) for _ in range(2)]
    time.sleep(0.2)
    assert len(webhook.came) == 2
    stripe_stand_in.do("events/release", backwards=True)
    until(lambda: len(webhook.came) == 4)
    assert [one.checkout for one in webhook.read()[2:]] == held[::-1]


def test_the_clock_can_be_ahead_so_that_pages_close_and_say_so(
    webhook: Webhook, stripe_stand_in: StandIn, gateway: StripeGateway
) -> None:
    opened = gateway.open_checkout(wanted())
    stripe_stand_in.do("clock", ahead=2 * 60 * 60)
    until(lambda: webhook.came)
    assert [(one.kind, one.checkout) for one in webhook.read()] == [("checkout.session.expired", opened.id)]


# --- It lasts


def test_what_it_remembers_outlives_it_and_its_pages_move_with_it(tmp_path: Path, settings: Any) -> None:
    file = str(tmp_path / "stripe.json")
    settings.STRIPE_SECRET_KEY = KEY
    with stand_in.running("--state", file, "--public", "https://old.example.org") as first:
        settings.STRIPE_ADDRESS = first.address
        asked = wanted()
        opened = StripeGateway().open_checkout(asked)
    assert opened.url == f"https://old.example.org/pay/{opened.id}"
    assert "4242" not in Path(file).read_text(encoding="utf-8")
    with (
        _listening() as heard,
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
