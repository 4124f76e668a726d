"""A visitor finds their way: by the home page, the search, the foot, the keyboard, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


def bottom(page: Page, selector: str) -> float:
    """Where the lower edge of something is, from the top of the page."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_one_screen_of_a_phone_shows_what_this_is_and_the_first_way_in(open_page: OpenPage) -> None:
    page = open_page("/", size=PHONE)
    for selector in ("h1", ".welcome .lead", ".welcome .button", ".way"):
        assert bottom(page, selector) <= PHONE[1], selector


def test_one_screen_of_a_desktop_shows_all_three_ways_in(open_page: OpenPage) -> None:
    page = open_page("/", size=DESKTOP)
    assert page.locator(".way").count() == 3
    assert bottom(page, ".ways__list") <= DESKTOP[1]


@BOTH
def test_a_visitor_finds_a_course_the_research_and_help_without_javascript(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page("/", size=size, java_script_enabled=False)
    page.get_by_role("navigation", name="Ways in").get_by_role("link", name="Read the research").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Research")
    page.get_by_role("link", name="Search", exact=True).first.click()
    page.get_by_label("Words to look for").fill("helping groups")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("navigation", name="Kinds of result").get_by_role(
        "link", name=re.compile("Courses")
    ).click()
    expect(page).to_have_url(re.compile("kind=courses"))
    expect(page.locator(".entry__kind")).to_have_text("Course")
    page.locator(".site-footer").get_by_role("link", name="Help", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")
    page.locator(".site-footer").get_by_role("link", name="Complaints and appeals").click()
    expect(page.get_by_text("Version", exact=True)).to_be_visible()
    assert page.context.cookies() == []


def test_the_ways_in_are_reached_and_opened_with_the_keyboard(open_page: OpenPage) -> None:
    page = open_page("/")
    link = page.get_by_role("link", name="Meet the groups")
    for _stop in range(30):
        page.keyboard.press("Tab")
        if link.evaluate("(element) => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Groups that do research")


@BOTH
def test_somebody_who_is_lost_finds_a_way_on(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("/no/such/page/", size=size)
    page.get_by_label("Words to look for").fill("slf-help")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="self help").click()
    expect(page.locator(".entry").first).to_be_visible()


LETTERS = pytest.mark.parametrize("letters", ["", "large", "larger"])
OVERLAP = """() => {
  const name = document.querySelector(".brand span").getBoundingClientRect();
  return [...document.querySelectorAll(".site-nav a")].filter((link) => {
    const box = link.getBoundingClientRect();
    return box.left < name.right && name.left < box.right && box.top < name.bottom && name.top < box.bottom;
  }).map((link) => link.textContent);
}"""


WIDTHS = (320, 375, 390, 460, 540, 600, 768, 820, 1000, 1280)


def overlaps(page: Page, letters: str) -> dict[int, list[str]]:
    """What lies over the name of the site, for each width of the window; only where there is something."""
    page.evaluate("(size) => { if (size) document.documentElement.dataset.textSize = size; }", letters)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate(OVERLAP)
    return {width: links for width, links in found.items() if links}


@LETTERS
def test_nothing_lies_over_the_name_of_the_site(open_page: OpenPage, letters: str) -> None:
    assert overlaps(open_page("/"), letters) == {}


@LETTERS
def test_nothing_lies_over_the_name_in_a_browser_with_large_letters(
    open_page: OpenPage, browser_with_large_letters: Browser, letters: str
) -> None:
    assert overlaps(open_page("/", using=browser_with_large_letters), letters) == {}


def test_no_line_of_breadcrumbs_begins_with_a_mark(open_page: OpenPage) -> None:
    page = open_page("/accessibility/")
    marks = page.evaluate(
        "() => [...document.querySelectorAll('.breadcrumbs li')]"
        ".map(li => [getComputedStyle(li, '::before').content, getComputedStyle(li, '::after').content])"
    )
    assert marks == [["none", '"/"'], ["none", "none"]]


def test_breadcrumbs_end_without_a_stray_mark_on_a_phone(open_page: OpenPage) -> None:
    page = open_page("/accessibility/", size=PHONE)
    assert page.locator(".breadcrumbs").inner_text().strip() == "Home"
    shown = page.evaluate(
        "() => [...document.querySelectorAll('.breadcrumbs li')].filter(li => li.offsetWidth)"
        ".map(li => getComputedStyle(li, '::after').content + getComputedStyle(li, '::before').content)"
    )
    assert shown == ["nonenone"]
