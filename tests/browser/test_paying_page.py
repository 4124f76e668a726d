"""The page on which somebody pays in the demo, in a real browser; and the policy that guards the way."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from courses.payments.gateway import Checkout, CheckoutLine, NewCheckout
from courses.payments.stripe_gateway import StripeGateway
from tests.browser.test_every_page import TOO_WIDE, expect_accessible
from tests.contracts.worlds import wanted
from tests.payments.stand_in import StandIn

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
LONG_NAME = "A place in the group of people who know one another by letter: " + "x" * 60


@contextmanager
def a_site(policy: str = "") -> Iterator[str]:
    """A site with one form, which leads where its address says; and a page to come back to."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"Content-Security-Policy": policy} if policy else {})

        def do_POST(self) -> None:
            self._answer(303, {"Location": self.path.partition("?to=")[2]})

        def _answer(self, status: int, headers: dict[str, str]) -> None:
            body = b"<!doctype html><title>Site</title><h1>Site</h1><form method=post><button>Pay</button>"
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body if status == 200 else b"")

        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport=NARROW, locale="en-GB") as context:  # type: ignore[arg-type]
        yield context.new_page()


def opened(**changes: Any) -> Checkout:
    asked: NewCheckout = replace(wanted(), **changes)
    return StripeGateway().open_checkout(asked)


def test_somebody_pays_and_comes_back(page: Page, stripe_stand_in: StandIn) -> None:
    with a_site() as site:
        checkout = opened(
            lines=(CheckoutLine(LONG_NAME, 123456), CheckoutLine("<b>A book</b>", 1550, 2)),
            success_url=f"{site}/paid/",
            cancel_url=f"{site}/back/",
        )
        page.goto(checkout.url)
        expect(page.get_by_text("Demo. No real money. Not Stripe.")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).to_have_text("Pay Lived Learning")
        expect(page.get_by_role("row", name="Total")).to_contain_text("£1,265.56")
        expect(page.get_by_text("<b>A book</b> × 2")).to_be_visible()
        assert page.evaluate(TOO_WIDE) == []
        expect_accessible(page)

        page.get_by_label("Test card number").fill("4000 0000 0000 0002")
        page.get_by_role("button", name="Pay £1,265.56").click()
        expect(page.get_by_role("alert")).to_contain_text("declined")
        assert page.get_by_label("Test card number").input_value() == ""
        expect_accessible(page)

        page.keyboard.press("Tab")
        page.get_by_label("Test card number").press_sequentially("4242424242424242")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{site}/paid/")
    assert StripeGateway().checkout(checkout.id).is_paid

    page.goto(checkout.url)
    expect(page.get_by_text("You have paid already.")).to_be_visible()
    expect_accessible(page)


def test_somebody_chooses_a_bank_debit_and_somebody_plays_bank(page: Page, stripe_stand_in: StandIn) -> None:
    with a_site() as site:
        checkout = opened(allows_delayed=True, success_url=f"{site}/paid/", cancel_url=f"{site}/back/")
        page.goto(checkout.url)
        page.get_by_label("Bank debit").check()
        expect_accessible(page)
        page.get_by_role("button", name="Pay").click()
        expect(page).to_have_url(f"{site}/paid/")
    assert not StripeGateway().checkout(checkout.id).is_paid

    page.goto(f"{stripe_stand_in.address}/_control/bank")
    expect_accessible(page)
    page.get_by_role("button", name="The money comes").click()
    expect(page.get_by_text("No bank debit is under way.")).to_be_visible()
    assert StripeGateway().checkout(checkout.id).is_paid


def test_somebody_goes_back_without_paying(page: Page, stripe_stand_in: StandIn) -> None:
    with a_site() as site:
        page.goto(opened(cancel_url=f"{site}/back/").url)
        page.get_by_role("link", name="Go back without paying").click()
        expect(page).to_have_url(f"{site}/back/")


def test_a_form_leads_to_payment_only_if_the_policy_of_its_page_names_where(
    page: Page, stripe_stand_in: StandIn
) -> None:
    """Why views that lead to payment are marked: browsers apply `form-action` to redirects, too."""
    checkout = opened()
    for policy, is_there in (
        ("form-action 'self'", False),
        (f"form-action 'self' {stripe_stand_in.address}", True),
    ):
        with a_site(policy) as site:
            page.goto(f"{site}/?to={checkout.url}")
            page.get_by_role("button", name="Pay").click()
            page.wait_for_timeout(300)
            assert (page.url == checkout.url) is is_there
