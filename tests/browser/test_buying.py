"""Buying a place in a real browser, from the course page to the receipt; and what a voucher shows."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.enrolment.models import Enrolment
from courses.payments.orders import Order
from home.demo import groups
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS
from tests.browser.test_every_page import TOO_WIDE, expect_accessible
from tests.payments.stand_in import StandIn

pytestmark = pytest.mark.browser

CARD = "4242 4242 4242 4242"


def look(page: Page, *, java_script: bool = True) -> None:
    """Look a page over. Axe itself needs scripts."""
    if java_script:
        assert page.evaluate(TOO_WIDE) == []
        expect_accessible(page)


def go_to_the_prices(page: Page) -> None:
    """From the course page, as somebody would."""
    page.get_by_role("link", name=f"Join: {groups.NEXT}").click()
    expect(page.get_by_text("£60, and £20 for some people").first).to_be_visible()
    page.get_by_role("link", name="Buy a place").click()


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_somebody_buys_a_place_on_a_phone(
    open_page: OpenPage, stripe_stand_in: StandIn, java_script: bool
) -> None:
    page = open_page(
        "/courses/working-with-self-help-groups/",
        email=EMAILS["cleo"],
        size=PHONE,
        java_script_enabled=java_script,
        pays_at=stripe_stand_in.address,
    )
    go_to_the_prices(page)
    look(page, java_script=java_script)
    page.get_by_role("button", name="Go on to the payment").click()
    expect(page.get_by_role("heading", name="Please look at this again")).to_be_visible()
    look(page, java_script=java_script)
    page.get_by_label(re.compile("Lower price")).check()
    page.get_by_label("I agree to the terms of use").check()
    page.get_by_role("button", name="Go on to the payment").click()

    expect(page.get_by_role("row", name="Total")).to_contain_text("£20.00")
    page.get_by_role("link", name="Go back without paying").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your place is kept. Please pay")
    look(page, java_script=java_script)
    page.get_by_role("button", name="Go to the page for paying").click()
    page.get_by_label("Test card number").fill(CARD)
    page.get_by_role("button", name="Pay £20.00").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("We wait for word of your payment")
    look(page, java_script=java_script)
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have the place")
    look(page, java_script=java_script)
    page.get_by_role("link", name=re.compile("^Receipt R-")).click()
    expect(page.get_by_text("£20.00").first).to_be_visible()
    look(page, java_script=java_script)
    page.goto(reverse("learning:orders"))
    look(page, java_script=java_script)
    assert Enrolment.objects.filter(learner__email=EMAILS["cleo"], cohort__name=groups.NEXT).exists()


def test_a_voucher_shows_its_price_before_anybody_pays(open_page: OpenPage, stripe_stand_in: StandIn) -> None:
    page = open_page(
        "/courses/working-with-self-help-groups/", email=EMAILS["cleo"], pays_at=stripe_stand_in.address
    )
    go_to_the_prices(page)
    page.get_by_label(re.compile("Standard price")).check()
    page.get_by_label(re.compile("Voucher code")).fill("demo-half")
    page.get_by_role("button", name="Use the voucher").click()
    expect(page.get_by_text(re.compile("£30")).first).to_be_visible()
    look(page)
    assert not Order.objects.exists()
