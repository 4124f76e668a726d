"""The editor and the facilitator at work in the admin, whose policy allows what its scripts need."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from courses.catalogue.outline import Kind
from courses.catalogue.pages import LessonPage, QuizPage
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, activity_path, cohort, course_page

pytestmark = pytest.mark.browser

NEW_WORDS = "These words are new today."


def edit_path(model: type[LessonPage] | type[QuizPage], title: str) -> str:
    return reverse("wagtailadmin_pages:edit", args=[model.objects.get(title=title).pk])


def test_an_editor_signs_in_changes_a_lesson_and_learners_see_the_new_words(open_page: OpenPage) -> None:
    title = content.lesson_titles()[0]
    page = open_page(edit_path(LessonPage, title))
    page.get_by_label("E-mail address").fill(EMAILS["editor"])
    page.get_by_label("Password", exact=True).fill("lived-learning-demo")
    page.get_by_role("button", name="Sign in", exact=True).click()
    text = page.get_by_role("textbox").and_(page.locator("[contenteditable=true]")).first
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type(f"{NEW_WORDS} ")
    # The editor hands its text to the form a moment after the last key; nobody publishes as fast as a test.
    expect(page.locator("input[name=body-1-value]")).to_have_value(re.compile(NEW_WORDS))
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(re.compile("has been .*published"))).to_be_visible()

    ada = open_page(activity_path("learner", Kind.LESSON), email=EMAILS["learner"])
    expect(ada.get_by_text(NEW_WORDS)).to_be_visible()


def test_the_editor_of_a_quiz_opens(open_page: OpenPage) -> None:
    page = open_page(edit_path(QuizPage, content.quiz_title()), email=EMAILS["editor"])
    expect(page.get_by_label(re.compile("pass mark", re.IGNORECASE)).first).to_have_value("75")


def test_the_editor_is_told_that_there_is_nothing_to_publish(open_page: OpenPage) -> None:
    path = reverse("staff:publish_edition", args=[course_page().pk])
    page = open_page(path, email=EMAILS["editor"])
    expect(page.get_by_text("The newest edition is number 2")).to_be_visible()
    expect(page.get_by_text("Nothing has changed since edition 2")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Publish edition"))).to_have_count(0)


def test_the_facilitator_reads_the_register_of_her_cohort(open_page: OpenPage) -> None:
    page = open_page("/admin/", email=EMAILS["facilitator"])
    page.get_by_role("link", name="Cohort registers").click()
    address = reverse("staff:register", args=[cohort().pk])
    page.locator(f'main a[href="{address}"]').first.click()
    expect(page.get_by_role("row").filter(has_text="Gus Example")).to_contain_text("100%")
    expect(page.get_by_text("Cleo Example")).to_have_count(0)
