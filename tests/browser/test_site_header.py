"""The head of every page: with large letters on a small screen it leaves room for the page."""

import pytest
from playwright.sync_api import expect

from cms.users.models import User
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.pages import EMAILS
from tests.browser.test_every_page import expect_accessible

pytestmark = pytest.mark.browser
# The last is a phone whose reader has zoomed to 200 %.
SMALL = pytest.mark.parametrize(
    ("size", "letters"),
    [(PHONE, "larger"), ((320, 640), "larger"), ((320, 640), ""), ((195, 422), "")],
    ids=["390, very large", "320, very large", "320", "390 at 200 %"],
)


@SMALL
@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_head_takes_less_than_a_third_of_a_small_screen_and_its_menu_opens(
    open_page: OpenPage, size: tuple[int, int], letters: str, java_script: bool
) -> None:
    User.objects.filter(email=EMAILS["learner"]).update(text_size=letters)
    page = open_page("/learning/", email=EMAILS["learner"], size=size, java_script_enabled=java_script)
    head = page.locator(".site-header").bounding_box()
    assert head is not None
    assert head["height"] < size[1] / 3
    assert head["width"] <= size[0]
    link = page.get_by_role("link", name="Courses", exact=True)
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    if java_script:
        expect_accessible(page)
    for name in ("Courses", "Search", "Your account", "Sign out"):
        expect(page.get_by_role("navigation").get_by_role("link", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["390", "desktop"])
def test_where_there_is_room_the_menu_lies_open(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("/", size=size)
    expect(page.get_by_role("link", name="Courses", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Close the menu")).to_be_hidden()
