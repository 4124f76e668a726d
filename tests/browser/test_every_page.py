"""Every kind of page: nothing for axe to find, no scrolling sideways, and room for large letters."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import DEFAULT_OPTIONS
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cms.users.models import User
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.pages import EMAILS, PAGES, PageKind
from tests.factories import courses as build

pytestmark = pytest.mark.browser

# A window of 1280 pixels at 400 %, which is also the narrowest telephone.
NARROW = (320, 640)
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const isHidden = (element) => element.closest(".visually-hidden, .skip-link, [hidden], svg");
  const wide = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1) && !isHidden(element);
  });
  if (document.documentElement.scrollWidth > width) wide.push(document.documentElement);
  return wide.map((element) => element.outerHTML.slice(0, 160));
}"""
VIOLATIONS = "async (options) => (await axe.run(options)).violations"
# What can differ between light and dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


@pytest.mark.parametrize("kind", PAGES, ids=str)
def test_a_page_is_accessible_and_fits_a_narrow_window(open_page: OpenPage, kind: PageKind) -> None:
    page = open_page(kind.path(), email=kind.email)
    expect_accessible(page)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    assert page.evaluate(TOO_WIDE) == []


def test_letters_may_be_twice_as_large(open_page: OpenPage, browser_with_large_letters: Browser) -> None:
    wide = {}
    for who, email in {kind.who: kind.email for kind in PAGES}.items():
        page = open_page(email=email, using=browser_with_large_letters)
        assert page.evaluate("() => getComputedStyle(document.documentElement).fontSize") == "32px"
        for kind in (kind for kind in PAGES if kind.who == who):
            page.goto(kind.path())
            for width, height in (DESKTOP, PHONE):
                page.set_viewport_size({"width": width, "height": height})
                wide[f"{kind}, {width}"] = page.evaluate(TOO_WIDE)
    assert {where: found for where, found in wide.items() if found} == {}


def test_a_form_that_came_back_is_accessible_and_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("/accounts/signup/")
    page.get_by_role("button", name="Create my account").click()
    expect(page).to_have_title(re.compile("Please look again"))
    page.get_by_role("alert").get_by_role("link").first.click()
    assert page.evaluate("() => document.activeElement.getAttribute('aria-invalid')") == "true"
    expect_accessible(page)


def test_a_lesson_that_is_not_open_yet_says_what_is_needed(open_page: OpenPage) -> None:
    """The demo has one stage only, so the course with two that other tests use is added to it."""
    at = timezone.now()
    course = build.course(at=at)
    enrolment = course.enrol(User.objects.get(email=EMAILS["cleo"]), at=at)
    path = reverse("learning:activity", args=[enrolment.pk, course.quiz_id])
    page = open_page(path, email=EMAILS["cleo"], size=NARROW)
    expect(page.get_by_text("This is not open yet")).to_be_visible()
    expect(page.get_by_role("link", name="Start")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)


def test_the_mailbox_of_the_demo_is_accessible(open_page: OpenPage, settings: Any, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "tests.browser.urls_with_mailbox"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    mail.send_mail("A test", f"Open http://localhost/{'x' * 80}/", None, ["zoe@example.org"])
    page = open_page("/demo/mailbox/", size=NARROW)
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)
    page.get_by_role("link", name="A test").click()
    page.get_by_role("heading", name="Links in this e-mail").wait_for()
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)


def expect_accessible(page: Page) -> None:
    """The page has one heading of the first rank, and no rule of axe is broken in light or dark."""
    assert page.get_by_role("heading", level=1).count() == 1
    page.evaluate(AXE_SCRIPT)
    for scheme, options in (("light", DEFAULT_OPTIONS), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(VIOLATIONS, options)
        assert [_described(rule, scheme) for rule in found] == []


def _described(rule: dict[str, Any], scheme: str) -> str:
    where = "; ".join(node["html"][:200] + " " + node["failureSummary"] for node in rule["nodes"][:4])
    return f"{scheme}: {rule['id']} ({rule['impact']}): {where}"
