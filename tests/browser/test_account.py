"""Somebody's own account in a real browser: a passkey, an app for codes, letters, signing out elsewhere."""

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from home.demo.people import PASSWORD
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.pages import EMAILS
from tests.browser.test_every_page import NARROW, TOO_WIDE, expect_accessible

pytestmark = pytest.mark.browser
LEARNER = EMAILS["learner"]


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(LEARNER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def with_finger(page: Page, *, is_the_right_one: bool = True) -> str:
    """Give the browser a device that keeps passkeys and answers by itself; give its id."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": is_the_right_one,
        "automaticPresenceSimulation": True,
    }
    added = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return str(added["authenticatorId"])


def test_a_passkey_is_made_and_then_opens_the_account_alone(open_page: OpenPage) -> None:
    page = open_page(size=PHONE)
    with_finger(page)
    sign_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Signing in with a second step").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("A name for it").fill("My phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)

    sign_out(page)
    page.goto("/accounts/login/?next=/account/signed-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Where you are signed in", level=1)).to_be_visible()

    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", name="Your learning", level=1)).to_be_visible()


def test_the_pages_of_the_second_step_are_accessible(open_page: OpenPage) -> None:
    """They ask for the password first, so the list of all pages cannot open them."""
    page = open_page(size=NARROW)
    with_finger(page)
    sign_in(page)
    look_at(page, "/accounts/second-step/totp/activate/")
    page.get_by_text("I cannot use the camera").click()
    expect_fitting(page)
    look_at(page, "/accounts/second-step/webauthn/add/")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect_fitting(page)
    for path in ("", "webauthn/", "recovery-codes/generate/", "webauthn/reauthenticate/"):
        look_at(page, f"/accounts/second-step/{path}")
    page.goto("/accounts/second-step/webauthn/")
    page.get_by_role("link", name="Change its name").click()
    expect_fitting(page)
    page.go_back()
    page.get_by_role("link", name="Remove it").click()
    expect_fitting(page)
    sign_out(page)
    sign_in(page)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_text("I cannot do this").click()
    expect_fitting(page)


def look_at(page: Page, path: str) -> None:
    page.goto(path)
    expect_fitting(page)


def expect_fitting(page: Page) -> None:
    expect_accessible(page)
    assert page.evaluate(TOO_WIDE) == []


def test_a_passkey_that_is_refused_says_so_kindly(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/", size=PHONE)
    with_finger(page, is_the_right_one=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("It did not work, or you stopped it.")).to_be_visible(timeout=70_000)


def test_an_app_for_codes_is_connected_and_used_without_scripts(open_page: OpenPage) -> None:
    page = open_page(size=DESKTOP, java_script_enabled=False)
    sign_in(page)
    page.goto("/accounts/second-step/")
    page.get_by_role("link", name="Connect an app").click()
    page.get_by_text("I cannot use the camera").click()
    secret = "".join(page.locator(".key").inner_text().split())
    page.get_by_label("Your code").fill(_code(secret))
    page.get_by_role("button", name="Connect my app").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    sign_out(page)
    sign_in(page)
    page.get_by_label("Your code").fill(_code(secret, later=1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your learning", level=1)).to_be_visible()


def _code(secret: str, *, later: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def test_larger_letters_come_at_once_and_on_every_page(open_page: OpenPage) -> None:
    page = open_page("/account/reading/", email=LEARNER, size=PHONE)
    page.get_by_label("Very large").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    for path in ("/account/", "/learning/", "/"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-text-size", "larger")
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wider), path


def test_signing_out_another_device_ends_it_there(open_page: OpenPage) -> None:
    phone, tablet = open_page(size=PHONE), open_page(size=DESKTOP)
    sign_in(phone)
    sign_in(tablet)
    phone.goto("/account/signed-in/")
    expect(phone.get_by_text("This is where you are now")).to_be_visible()
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_text("You are signed out there.")).to_be_visible()
    tablet.goto("/learning/")
    expect(tablet.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    phone.goto("/learning/")
    expect(phone.get_by_role("heading", name="Your learning", level=1)).to_be_visible()


def test_a_time_zone_is_found_by_typing_part_of_it(open_page: OpenPage) -> None:
    page = open_page("/account/name/", email=LEARNER, size=PHONE, timezone_id="Asia/Tokyo")
    page.get_by_label("Find your city").fill("kath")
    expect(page.get_by_text("places found.")).to_be_visible()
    page.get_by_label("Time zone", exact=True).select_option("Asia/Kathmandu")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Asia/Kathmandu")
    page.get_by_role("button", name="Use the time of this device: Asia: Tokyo").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Asia/Tokyo")
