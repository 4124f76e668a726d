"""Answers are kept as they are chosen; when one is not, the page says so and its buttons still work."""

import pytest
from playwright.sync_api import Locator, Page, expect

from courses.assessment.models import AttemptAnswer
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, attempt, question_path

pytestmark = pytest.mark.browser

HAL = EMAILS["hal"]


def test_an_answer_is_there_after_the_tab_was_closed_without_a_press(open_page: OpenPage) -> None:
    page = open_page(question_path("hal"), email=HAL)
    option(page, 1).check()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.close()
    again = open_page(question_path("hal"), email=HAL)
    expect(option(again, 1)).to_be_checked()
    expect(again.get_by_text("Saved at ")).to_be_visible()


def test_changing_ones_mind_quickly_keeps_the_last_choice(open_page: OpenPage) -> None:
    page = open_page(question_path("hal"), email=HAL)
    for place in (0, 1, 2, 0, 3):
        option(page, place).check()
    # The server's sentence comes back once for the last save as well.
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    press(page, "Save and go on")
    expect(page.get_by_role("heading", name="Question 2 of 8")).to_be_visible()
    page.goto(question_path("hal"))
    expect(option(page, 3)).to_be_checked()


def test_a_stale_tab_is_told_and_the_newer_answer_is_kept(open_page: OpenPage) -> None:
    stale = open_page(question_path("hal"), email=HAL)
    newer = stale.context.new_page()
    newer.goto(question_path("hal"))
    option(newer, 1).check()
    expect(newer.get_by_text("Saved.", exact=True)).to_be_visible()
    option(stale, 2).check()
    expect(stale.get_by_text("We kept that newer answer.")).to_be_visible()
    stale.get_by_role("link", name="Open this question again").click()
    expect(option(stale, 1)).to_be_checked()
    # From here on the tab is not stale any more.
    option(stale, 2).check()
    expect(stale.get_by_text("Saved.", exact=True)).to_be_visible()
    assert kept() == [content.questions()[0].options[2].text]


def test_a_stale_tab_is_told_without_javascript_too(open_page: OpenPage) -> None:
    stale = open_page(question_path("hal"), email=HAL, java_script_enabled=False)
    newer = stale.context.new_page()
    newer.goto(question_path("hal"))
    option(newer, 1).check()
    press(newer, "Save and go on")
    expect(newer.get_by_role("heading", name="Question 2 of 8")).to_be_visible()
    option(stale, 2).check()
    press(stale, "Save and go on")
    expect(stale.get_by_role("alert").get_by_text("You answered this somewhere else")).to_be_visible()
    expect(option(stale, 1)).to_be_checked()
    assert kept() == [content.questions()[0].options[1].text]


def test_when_the_network_is_lost_the_page_says_so_and_the_button_works_later(open_page: OpenPage) -> None:
    page = open_page(question_path("hal"), email=HAL)
    page.context.set_offline(True)
    option(page, 2).check()
    expect(page.get_by_text("We could not save just now.")).to_be_visible()
    expect(option(page, 2)).to_be_checked()
    page.context.set_offline(False)
    press(page, "Save and go on")
    expect(page.get_by_role("heading", name="Question 2 of 8")).to_be_visible()
    assert kept() == [content.questions()[0].options[2].text]


def test_a_save_after_signing_out_says_that_it_was_not_saved(open_page: OpenPage) -> None:
    page = open_page(question_path("hal"), email=HAL)
    page.context.clear_cookies(name="session")
    option(page, 2).check()
    expect(page.get_by_text("We could not save just now.")).to_be_visible()
    press(page, "Save and go on")
    expect(page.get_by_role("heading", name="Sign in", level=1)).to_be_visible()
    assert kept() == []


def option(page: Page, place: int) -> Locator:
    """An option of the first question, by its place in the text that it comes from."""
    asked = content.questions()[0]
    group = page.get_by_role("group", name=asked.text)
    return group.get_by_label(asked.options[place].text, exact=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def kept() -> list[str]:
    """The words of the answer to the first question that is in the database."""
    found = attempt("hal")
    asked = found.paper.question(1)
    assert asked is not None
    choice = AttemptAnswer.objects.get(attempt=found, slot=1).choice
    return [option.text for option in asked.options if option.key in choice]
