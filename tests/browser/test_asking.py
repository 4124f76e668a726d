"""A learner asks on a phone, the facilitator answers in the admin, and the learner reads it."""

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.catalogue.outline import Kind
from courses.conversations.models import Conversation, Message
from home.demo.people import PASSWORD
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS, activity_path, enrolment

pytestmark = pytest.mark.browser

QUESTION = "May I answer in my own words?"
ANSWER = "Yes, please do. There is no wrong way to begin."


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_question_is_asked_on_a_phone_and_answered_in_the_admin(
    open_page: OpenPage, java_script: bool
) -> None:
    mail.outbox.clear()
    path = activity_path("dora", Kind.LESSON)
    dora = open_page(path, email=EMAILS["dora"], size=PHONE, java_script_enabled=java_script)
    dora.get_by_role("link", name="Ask about this lesson").click()
    expect(dora.get_by_text("Fay Example reads and answers questions on this course.")).to_be_visible()
    dora.get_by_label("Your question").fill(QUESTION)
    dora.get_by_role("button", name="Send my question").click()
    expect(dora.get_by_text("Your question is sent.")).to_be_visible()
    expect(dora.get_by_text("This is waiting for an answer.")).to_be_visible()
    assert [message.to for message in mail.outbox] == [[EMAILS["facilitator"]]]

    answers_in_the_admin(open_page("/admin/", email=EMAILS["facilitator"]))
    assert mail.outbox[-1].to == [EMAILS["dora"]]
    assert ANSWER in mail.outbox[-1].body

    dora.goto("/learning/")
    dora.get_by_role("link", name="Read what was answered").click()
    dora.get_by_role("link", name=QUESTION).click()
    expect(dora.get_by_text(ANSWER)).to_be_visible()
    dora.get_by_role("button", name="Thank you, I have read this").click()
    expect(dora.get_by_role("button", name="Thank you, I have read this")).to_have_count(0)
    dora.goto("/learning/")
    expect(dora.get_by_text("You have an answer")).to_have_count(0)


def answers_in_the_admin(fay: Page) -> None:
    """Hers is the newest of the questions that wait."""
    expect(fay.get_by_text("2 questions wait.")).to_be_visible()
    fay.get_by_role("link", name=QUESTION).click()
    fay.get_by_label("Your answer").fill(ANSWER)
    fay.get_by_role("button", name="Send this answer").click()
    expect(fay.get_by_text("Your answer is sent.")).to_be_visible()
    expect(fay.get_by_role("link", name=QUESTION)).to_have_count(0)


def test_an_answer_that_was_looked_at_is_not_new_any_more(open_page: OpenPage) -> None:
    asked = Conversation.objects.get(enrolment=enrolment("learner"))
    page = open_page(reverse("learning:conversation", args=[asked.pk]), email=EMAILS["learner"])
    with page.expect_response(lambda response: response.url.endswith("/read/")) as sent:
        expect(page.get_by_text("New", exact=True)).to_be_visible()
    assert sent.value.status in (200, 302)
    page.goto("/learning/")
    expect(page.get_by_text("You have an answer")).to_have_count(0)
    assert not Message.objects.filter(is_answer=True, read_at=None).exists()


def test_words_survive_the_end_of_a_session(open_page: OpenPage) -> None:
    path = reverse("learning:ask", args=[enrolment("dora").pk])
    page = open_page(path, email=EMAILS["dora"], size=PHONE, java_script_enabled=False)
    page.get_by_label("Your question").fill(QUESTION)
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Send my question").click()
    expect(page.get_by_text("What you wrote is kept for you.")).to_be_visible()
    page.get_by_label("E-mail address").fill(EMAILS["dora"])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Your question")).to_have_value(QUESTION)
    page.get_by_role("button", name="Send my question").click()
    expect(page.get_by_text("Your question is sent.")).to_be_visible()
