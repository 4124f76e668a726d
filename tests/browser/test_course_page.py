"""The course page on a phone: what decides comes first, and the rest opens at a press."""

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS, course_page
from tests.browser.test_every_page import TOO_WIDE

pytestmark = pytest.mark.browser

FOLDED = "details:is(.accordion__part, .stage__steps)"
HIDDEN = f"""() => [...document.querySelectorAll('{FOLDED} > :not(summary)')]
    .filter(part => !part.checkVisibility({{contentVisibilityAuto: true}}) || !part.offsetHeight).length"""
# How long the page is at most, against itself with all its parts open: letters differ between machines.
MOST_OF_ITSELF = 0.53
HEIGHT = "document.documentElement.scrollHeight"


def part(page: Page, name: str) -> Locator:
    return page.locator(FOLDED).filter(has=page.get_by_role("heading", name=name))


def test_the_rest_opens_by_keyboard_without_scripts(open_page: OpenPage) -> None:
    page = open_page(course_page().url, size=PHONE, java_script_enabled=False)
    for heading in ("Who it is for", "How much time it takes", "What you will be able to do", "Step by step"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    accredited = page.get_by_role("heading", name="Accreditation")
    expect(accredited).to_be_hidden()
    summary = part(page, "Your certificate").locator("summary")
    summary.focus()
    summary.press("Enter")
    expect(accredited).to_be_visible()
    steps = page.locator(".stage__steps").first
    expect(steps.locator(".activity").first).to_be_hidden()
    steps.locator("summary").press("Space")
    expect(steps.locator(".activity").first).to_be_visible()


def test_the_page_is_short_on_a_screen_and_whole_on_paper(open_page: OpenPage) -> None:
    page = open_page(course_page().url, size=PHONE)
    short = page.evaluate(HEIGHT)
    assert page.evaluate(HIDDEN) == page.locator(FOLDED).count() > 5
    page.emulate_media(media="print")
    page.wait_for_function(f"({HIDDEN})() === 0")
    page.emulate_media(media="screen")
    for one in page.locator(f"{FOLDED} > summary").all():
        one.click()
    page.wait_for_function(f"({HIDDEN})() === 0")
    assert short < MOST_OF_ITSELF * page.evaluate(HEIGHT)
    assert page.evaluate(TOO_WIDE) == []


def test_on_paper_a_meaning_stands_in_brackets_behind_its_word(open_page: OpenPage) -> None:
    page = open_page(reverse("components"), email=EMAILS["editor"])
    meaning = page.locator("#meaning-example")
    page.emulate_media(media="print")
    assert meaning.inner_text().strip() == "(Somebody in the same place in life as you)"
