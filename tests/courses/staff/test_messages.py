"""Staff change the words of messages within limits, try them, and go back to the standard ones."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cms.users.models import User
from courses.actions import tell
from courses.enrolment.models import Enrolment
from courses.messages.models import MessageTemplate
from courses.staff import roles
from tests.factories import people

SignIn = Callable[[Any], Client]
ADDRESS = "/admin/learning/messages/"
GOOD = {"subject": "News about your place", "body": "Dear {learner_name},\n\nGo to {course_title}:\n{url}"}


@pytest.fixture
def admin(db: None, sign_in: SignIn) -> Client:
    """Somebody of the course administrators."""
    return sign_in(people.staff("adi", "Adi Min", group="Course administrators"))


def post(browser: Client, **changes: str) -> Any:
    return browser.post(f"{ADDRESS}placed/", {**GOOD, "do": "save", **changes})


def test_an_administrator_finds_every_kind_in_the_learning_menu(admin: Client) -> None:
    assert ADDRESS in admin.get("/admin/").content.decode()
    page = admin.get(ADDRESS).content.decode()
    assert "You have been offered a place" in page
    assert "Standard words" in page


@pytest.mark.parametrize("key", ["fay", "ed"])
def test_nobody_else_changes_words(key: str, request: pytest.FixtureRequest, sign_in: SignIn) -> None:
    browser = sign_in(request.getfixturevalue(key))
    for path in (ADDRESS, f"{ADDRESS}placed/"):
        response = browser.get(path)
        assert response.status_code in (302, 403)
        assert not response.get("Location", "").endswith("placed/")
    post(browser)
    browser.post(f"{ADDRESS}placed/standard/")
    assert not MessageTemplate.objects.exists()


def test_the_form_begins_with_the_standard_words(admin: Client) -> None:
    page = admin.get(f"{ADDRESS}placed/").content.decode()
    assert "Hello {learner_name}," in page
    assert "the group {cohort_name}." in page
    assert "Open your course:\n{url}" in page


def test_own_words_are_kept_sent_logged_and_taken_back(
    admin: Client, enrolment: Enrolment, now: datetime
) -> None:
    assert post(admin).status_code == 302
    assert post(admin).status_code == 302
    post(admin, subject="Other news")
    page = admin.get(f"{ADDRESS}placed/").content.decode()
    assert "Your own words are sent." in page
    assert page.count("<summary>") == 2
    assert "Adi Min" in page
    tell.now(kind="placed", person=enrolment.learner, about="x:1", at=now, enrolment=enrolment.pk)
    assert mail.outbox[-1].subject == "Other news"
    assert "Dear Ada Lerner,\n\nGo to Course TEST:\nhttp://testserver/" in mail.outbox[-1].body
    for _time in range(2):
        admin.post(f"{ADDRESS}placed/standard/")
    page = admin.get(f"{ADDRESS}placed/").content.decode()
    assert "The standard words are sent." in page
    assert "back to the standard words" in page
    assert not MessageTemplate.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "Go on:\n{url}\n\n{0.__class__}"}, "{0.__class__} is not known here."),
        (
            {"body": "Go on:\n{url}\n\n{password}"},
            "{password} is not known here. You can use: {learner_name}",
        ),
        ({"body": "No way on."}, "{url} is missing."),
        ({"body": "Go to {url} now"}, "{url} must stand on a line of its own"),
        ({"body": "Go on:\n{url}\n{"}, "There is a single { or }."),
        ({"subject": "For {learner_name}"}, "So {learner_name} cannot stand in it."),
        ({"subject": "For {course_title}"}, "So {course_title} cannot stand in it."),
        ({"subject": ""}, "This field is required."),
        ({"subject": "x" * 121}, "at most 120 characters"),
        ({"body": "x" * 5001}, "at most 5000 characters"),
    ],
)
def test_what_is_not_allowed_is_said_in_words_and_what_was_typed_stays(
    admin: Client, changes: dict[str, str], sentence: str
) -> None:
    response = post(admin, **changes)
    assert response.status_code == 422
    page = response.content.decode()
    assert sentence in page
    for words in changes.values():
        assert words in page
    assert not MessageTemplate.objects.exists()


def test_a_subject_stays_one_line(admin: Client) -> None:
    post(admin, subject="News\r\nBcc: all@example.org")
    assert MessageTemplate.objects.get().subject == "News Bcc: all@example.org"


def test_a_preview_shows_real_data_and_keeps_nothing(admin: Client, enrolment: Enrolment) -> None:
    response = post(admin, do="preview", enrolment=str(enrolment.pk))
    assert response.status_code == 200
    page = response.content.decode()
    assert "What Ada Lerner would get" in page
    assert "Dear Ada Lerner," in page
    assert f"http://testserver/learning/{enrolment.pk}/" in page
    assert 'sandbox=""' in page
    assert 'srcdoc="&lt;!doctype html&gt;' in page
    assert not MessageTemplate.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("kind", ["offered", "session_changed", "certificate_issued", "reminders"])
def test_a_preview_without_the_real_thing_says_what_is_missing(
    admin: Client, enrolment: Enrolment, kind: str
) -> None:
    page = admin.get(f"{ADDRESS}{kind}/")
    given = page.context["form"].initial
    body = f"{given['body']}\n\nGo on:\n{{url}}"
    response = admin.post(
        f"{ADDRESS}{kind}/",
        {"subject": given["subject"], "body": body, "do": "preview", "enrolment": enrolment.pk},
    )
    assert response.status_code == 200
    assert "This person has nothing to show for:" in response.content.decode()


@pytest.mark.parametrize("chosen", ["", "0", "999", "x"])
def test_a_preview_of_nobody_asks_for_somebody(admin: Client, enrolment: Enrolment, chosen: str) -> None:
    page = post(admin, do="preview", enrolment=chosen).content.decode()
    assert "Please choose whose data the preview shows." in page
    assert "Go to {course_title}:" in page


def test_markup_in_a_name_stays_text_in_the_preview(admin: Client, enrolment: Enrolment, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name="<script>x</script>")
    page = post(admin, do="preview", enrolment=str(enrolment.pk)).content.decode()
    assert "<script>x" not in page
    assert "&amp;lt;script&amp;gt;x" in page


def test_a_kind_that_is_not_there_is_not_found(admin: Client) -> None:
    assert admin.get(f"{ADDRESS}nothing/").status_code == 404
    assert admin.post(f"{ADDRESS}nothing/standard/").status_code == 404


def test_the_role_of_administrators_may_change_words() -> None:
    may = {role.name for role in roles.ROLES if "courses.change_messagetemplate" in role.permissions}
    assert may == {"Course administrators"}
