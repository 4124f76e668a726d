"""Finding a course: filters by keyboard, by script and by the button alone, on a desktop and a phone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from home.demo.text import read_yaml
from tests.browser import content
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.demo import PLANNED
from tests.browser.test_every_page import TOO_WIDE, expect_accessible

pytestmark = pytest.mark.browser

COURSE = content.course_title()
OTHER = str(read_yaml(content.CONTENT / "courses/older-people-as-researchers/course.yaml")["title"])


def titles(page: Page) -> list[str]:
    return page.locator("#results .card__title").all_inner_texts()


def expect_address(page: Page, query: str) -> None:
    expect(page).to_have_url(re.compile(rf"/courses/{re.escape(query)}(#results)?$"))


def test_filters_by_keyboard_keep_the_focus_and_say_the_number(open_page: OpenPage) -> None:
    page = open_page("/courses/", size=DESKTOP)
    expect(page.get_by_role("status")).to_have_text("3 courses")
    box = page.get_by_role("checkbox", name="Open now")
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("status")).to_have_text("2 courses")
    assert set(titles(page)) == {COURSE, OTHER}
    expect_address(page, "?open=1")
    expect(box).to_be_focused()
    expect(page.locator('[data-count="topic:life-stories"]')).to_contain_text("0")
    page.get_by_role("checkbox", name="Life stories").press("Space")
    expect(page.get_by_role("status")).to_have_text("0 courses")
    expect(page.get_by_text("No course fits all of this")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("link", name="Take away: Open now").press("Enter")
    expect_address(page, "?topic=life-stories")
    assert titles(page) == [PLANNED]
    expect(page.get_by_role("checkbox", name="Life stories")).to_be_checked()
    page.get_by_role("link", name="Clear all filters").press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 courses")
    expect_address(page, "")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_filters_work_with_the_button_alone(open_page: OpenPage, size: tuple[int, int]) -> None:
    page = open_page("/courses/", size=size, java_script_enabled=False)
    if size == PHONE:
        page.get_by_text("Narrow down and sort").click()
    page.get_by_role("radio", name="At your own pace").check()
    page.get_by_label("Sort by").select_option("Shortest first")
    page.get_by_role("button", name="Show courses").click()
    expect(page.get_by_role("status")).to_have_text("1 course")
    assert titles(page) == [COURSE]
    expect(page.get_by_label("Sort by")).to_have_value("shortest")
    page.get_by_role("link", name="Take away: At your own pace").click()
    assert titles(page) == [COURSE, OTHER, PLANNED]


def test_the_filters_of_a_phone_are_out_of_the_way_until_wanted(open_page: OpenPage) -> None:
    page = open_page("/courses/?topic=self-help-groups", size=PHONE)
    expect(page.get_by_role("checkbox", name="Self-help groups")).to_be_hidden()
    expect(page.get_by_role("link", name=COURSE)).to_be_in_viewport()
    page.locator(".filters__summary").press("Enter")
    expect(page.get_by_role("checkbox", name="Self-help groups")).to_be_checked()
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)


def course_page() -> CoursePage:
    return CoursePage.objects.get(title=COURSE)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_way_in_is_in_view_at_once_and_on_a_desktop_stays_there(
    open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(course_page().url, size=size)
    join = page.get_by_role("link", name="Join: Start any time")
    expect(join).to_be_in_viewport()
    last = "Step by step" if size == DESKTOP else "Who is responsible"
    page.get_by_role("heading", name=last).evaluate("heading => heading.scrollIntoView()")
    if size == DESKTOP:
        expect(join).to_be_in_viewport()
    else:
        page.get_by_role("link", name="Back up to joining").click()
        expect(join).to_be_in_viewport()


def test_several_open_cohorts_are_chosen_among(open_page: OpenPage) -> None:
    now = timezone.now()
    edition = Edition.objects.filter(course__page__title=COURSE).latest("number")
    Cohort.objects.create(
        edition=edition,
        name="Spring group",
        is_rolling=False,
        starts_on=(now + timedelta(days=60)).date(),
        ends_on=(now + timedelta(days=90)).date(),
        enrolment_opens_at=now - timedelta(days=1),
    )
    page = open_page(course_page().url, size=PHONE)
    expect(page.get_by_role("heading", name="Choose when to start")).to_be_in_viewport()
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)
    page.get_by_role("link", name="Join: Spring group").click()
    expect(page.get_by_role("heading", name="Spring group")).to_be_visible()
    expect(page.get_by_role("heading", name="What is agreed")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == []
    expect_accessible(page)
