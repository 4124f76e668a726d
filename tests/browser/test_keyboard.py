"""Everything can be done with the keyboard alone, and it is always plain where one is."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.catalogue.outline import Kind
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, activity_path, certificate_path, course_path, question_path

pytestmark = pytest.mark.browser

# What has the focus: its name, whether a ring is drawn around it, and where it stands on the page.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  // A box to tick and its words are one thing to press, so the ring may be around the words.
  // Where a whole card leads on, the ring is around the card: drawn by what stands after the link.
  const parts = [element, ...(element.labels || [])];
  const ring = parts.some((part) => [null, "::after"].some((pseudo) => {
    const drawn = getComputedStyle(part, pseudo);
    return drawn.outlineStyle !== "none" && parseFloat(drawn.outlineWidth) >= 2;
  }));
  const box = element.getBoundingClientRect();
  return {
    name: element.innerText || element.value || element.id,
    role: element.tagName.toLowerCase(),
    ring,
    isSeen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.left >= 0,
  };
}"""
MOST_STOPS = 60


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Press Tab from the top of a page to its end; tell what has the focus each time."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            return
        yield focused


@pytest.mark.parametrize(
    ("path", "who"),
    [
        ("home", ""),
        ("course", ""),
        ("sign up", ""),
        ("dashboard", "learner"),
        ("lesson", "learner"),
        ("question", "hal"),
        ("certificate", "gus"),
    ],
)
def test_every_stop_is_seen_and_has_a_ring(open_page: OpenPage, path: str, who: str) -> None:
    paths = {
        "home": lambda: "/",
        "course": course_path,
        "sign up": lambda: "/accounts/signup/",
        "dashboard": lambda: "/learning/",
        "lesson": lambda: activity_path("learner", Kind.LESSON, 1),
        "question": lambda: question_path("hal"),
        "certificate": lambda: certificate_path("view"),
    }
    page = open_page(paths[path](), email=EMAILS.get(who, ""))
    found = list(stops(page))
    assert len(found) > 10
    assert [stop for stop in found if not (stop["ring"] and stop["isSeen"])] == []


def test_the_skip_link_is_first_and_leads_past_the_menus(open_page: OpenPage) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name=content.start_link())).to_be_focused()


def test_the_next_step_is_two_presses_behind_the_skip_link(open_page: OpenPage) -> None:
    """Past the way back and the course's name comes the one thing to do."""
    page = open_page("/learning/", email=EMAILS["learner"])
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    names = [stop["name"] for stop in stops(page)]
    assert any(name.startswith("Go on") for name in names[:5])


def test_nothing_stands_between_the_address_and_the_password(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/")
    page.get_by_label("E-mail address").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()


def test_a_lesson_is_done_with_the_keyboard(open_page: OpenPage) -> None:
    page = open_page(activity_path("learner", Kind.LESSON, 1), email=EMAILS["learner"])
    tab_to(page, "I’ve done this")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. You have done “")).to_be_visible()


def test_a_quiz_is_answered_and_handed_in_with_the_keyboard(open_page: OpenPage) -> None:
    asked = content.questions()
    page = open_page(activity_path("hal", Kind.QUIZ), email=EMAILS["hal"])
    tab_to(page, "Go on with the quiz")
    page.keyboard.press("Enter")
    for place, question in enumerate(asked, start=1):
        expect(page.get_by_role("heading", name=f"Question {place} of {len(asked)}")).to_be_visible()
        choose(page, question)
        tab_to(page, "Save and check my answers" if place == len(asked) else "Save and go on")
        page.keyboard.press("Enter")
    expect(page.get_by_text("You have answered every question.")).to_be_visible()
    tab_to(page, "Hand in my answers")
    page.keyboard.press("Enter")
    expect(page.get_by_text("100%", exact=True)).to_be_visible()


def choose(page: Page, question: content.Asked) -> None:
    """Arrows move between the options of which one counts; Space ticks where several may."""
    group = page.get_by_role("group", name=question.text)
    options = group.get_by_role(question.role)
    tab_until_focused(page, question.role)
    if question.role == "radio":
        wanted = group.get_by_label(question.right[0].text, exact=True)
        page.keyboard.press("Space")
        while not wanted.is_checked():
            page.keyboard.press("ArrowDown")
        return
    for place in range(options.count()):
        box = options.nth(place)
        expect(box).to_be_focused()
        if any(group.get_by_label(right.text, exact=True).and_(box).count() for right in question.right):
            page.keyboard.press("Space")
            expect(box).to_be_checked()
        if place < options.count() - 1:
            page.keyboard.press("Tab")


def tab_until_focused(page: Page, kind: str) -> None:
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.type") == kind:
            return
    raise AssertionError(f"No {kind} was reached with Tab.")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the button or link with this name has the focus."""
    assert any(stop["name"].strip() == name for stop in stops(page)), f"“{name}” was not reached with Tab."
