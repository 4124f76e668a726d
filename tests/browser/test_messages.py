"""A learner reads a notice and decides about reminders, on a narrow window and without JavaScript."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.core import unread
from cms.users.models import User
from courses.enrolment.models import Enrolment
from courses.messages.models import Notice, ReminderChoice
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS
from tests.browser.test_every_page import NARROW, TOO_WIDE, expect_accessible

pytestmark = pytest.mark.browser


def told(email: str) -> Notice:
    """Somebody was told that they have a place."""
    enrolment = Enrolment.objects.filter(learner__email=email).earliest("pk")
    unread.forget(enrolment.learner_id)
    return Notice.objects.create(
        user=User.objects.get(email=email),
        kind="placed",
        about=f"enrolment:{enrolment.pk}",
        ids={"enrolment": enrolment.pk},
        cohort=enrolment.cohort,
        at=timezone.now(),
    )


def test_a_notice_is_read_and_put_away_without_javascript(open_page: OpenPage) -> None:
    email = EMAILS["learner"]
    notice = told(email)
    page = open_page("/learning/", email=email, size=NARROW, java_script_enabled=False)
    expect(page.get_by_role("heading", name="New for you")).to_be_visible()
    page.get_by_role("link", name="You have a place").click()
    page.get_by_role("button", name="Open your course").click()
    page.wait_for_url("**/learning/*/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    page.goto("/learning/")
    expect(page.get_by_role("heading", name="New for you")).to_have_count(0)


def test_the_pages_are_accessible_and_fit_a_narrow_window(open_page: OpenPage) -> None:
    email = EMAILS["learner"]
    notice = told(email)
    page = open_page("/learning/", email=email)
    for path in (
        "/learning/",
        "/learning/notices/",
        f"/learning/notices/{notice.pk}/",
        "/account/reminders/",
    ):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        expect_accessible(page)
        page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
        assert page.evaluate(TOO_WIDE) == []


def test_reminders_are_stopped_and_switched_on_again(open_page: OpenPage) -> None:
    page = open_page("/account/reminders/", email=EMAILS["learner"], size=NARROW, java_script_enabled=False)
    page.get_by_role("button", name="Stop reminders").click()
    expect(page.get_by_role("alert")).to_contain_text("Please choose how long.")
    page.get_by_label("Until I switch them on again").check()
    page.get_by_role("button", name="Stop reminders").click()
    expect(page.get_by_text("We send you no reminders until you switch them on again.")).to_be_visible()
    assert ReminderChoice.objects.count() == 1
    page.get_by_role("button", name="Switch reminders on again").click()
    expect(page.get_by_text("Saved. Reminders come again.")).to_be_visible()
    assert not ReminderChoice.objects.exists()
