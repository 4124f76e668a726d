"""Notices and the choices about reminders, as a learner meets them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms.core import unread
from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import tell
from courses.enrolment.models import Enrolment
from courses.messages.models import MailTrouble, Notice, ReminderChoice
from courses.queries import notices
from tests.factories.courses import BuiltCourse

SignIn = Callable[[Any], Client]
ADDRESS = "/learning/notices/"


@pytest.fixture
def notice(enrolment: Enrolment) -> Notice:
    """Ada has been told that she has a place."""
    at = timezone.now() - timedelta(hours=1)
    given = {"about": f"enrolment:{enrolment.pk}", "at": at, "enrolment": enrolment.pk}
    assert tell.now(kind="placed", person=enrolment.learner, **given)
    return Notice.objects.get()


def more(person: User, enrolment: Enrolment, count: int, *, kind: str = "placed") -> None:
    at = timezone.now() - timedelta(days=1)
    Notice.objects.bulk_create(
        Notice(
            user=person,
            kind=kind,
            about=f"x:{n}",
            ids={"enrolment": enrolment.pk},
            cohort=enrolment.cohort,
            at=at,
        )
        for n in range(count)
    )


def test_the_dashboard_shows_the_newest_three_and_how_many_more(
    notice: Notice, enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    more(ada, enrolment, 4)
    page = sign_in(ada).get("/learning/").content.decode()
    assert page.count('class="notices__row') == 3
    assert "You have a place" in page
    assert "All notices, 2 more are new" in page
    assert '<span class="count">5<span class="visually-hidden"> notices to read' in page


def test_without_notices_the_dashboard_and_the_head_say_nothing(
    enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    page = sign_in(ada).get("/learning/").content.decode()
    assert "New for you" not in page
    assert 'class="count"' not in page


def test_a_visitor_costs_no_count(course: BuiltCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(person_id: int) -> int:
        raise AssertionError

    monkeypatch.setattr(unread, "_counts", [counted])
    assert Client().get("/courses/").status_code == 200


def test_a_notice_shows_the_words_of_its_email_and_opening_it_changes_nothing(
    notice: Notice, enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    page = sign_in(ada).get(f"{ADDRESS}{notice.pk}/").content.decode()
    assert "You have been given a place on the course Course TEST" in page
    assert "Open your course" in page
    notice.refresh_from_db()
    assert notice.read_at is None


def test_putting_a_notice_away_and_going_on(
    notice: Notice, enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    browser = sign_in(ada)
    for _time in range(2):
        gone_on = browser.post(f"{ADDRESS}{notice.pk}/read/", {"go": "1"})
        assert gone_on.url == f"http://testserver/learning/{enrolment.pk}/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "New for you" not in browser.get("/learning/").content.decode()


def test_going_on_leads_to_no_other_site(notice: Notice, ada: User, sign_in: SignIn) -> None:
    response = sign_in(ada).post(f"{ADDRESS}{notice.pk}/read/", {"go": "https://evil.example/"})
    assert response.url.startswith("http://testserver/learning/")


def test_the_number_in_the_head_follows_at_once(
    notice: Notice, enrolment: Enrolment, ada: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    more(ada, enrolment, 2)
    browser = sign_in(ada)
    assert '<span class="count">3<' in browser.get("/account/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{ADDRESS}{notice.pk}/read/")
    assert '<span class="count">2<' in browser.get("/account/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{ADDRESS}read/")
    assert 'class="count"' not in browser.get("/account/").content.decode()


def test_a_notice_of_somebody_else_is_not_there(notice: Notice, cleo: User, sign_in: SignIn) -> None:
    browser = sign_in(cleo)
    assert browser.get(f"{ADDRESS}{notice.pk}/").status_code == 404
    assert browser.post(f"{ADDRESS}{notice.pk}/read/").status_code == 404
    browser.post(f"{ADDRESS}read/")
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("kind", ["offered", "waiting", "reminder_session_tomorrow", "no-such-kind"])
def test_what_is_gone_says_that_it_is_no_longer_current(
    enrolment: Enrolment, ada: User, sign_in: SignIn, kind: str
) -> None:
    ids = {"offered": {"offer": 99}, "waiting": {"waiting": 99}}.get(kind, {"enrolment": 99})
    row = Notice.objects.create(user=ada, kind=kind, about="x:1", ids=ids, at=timezone.now())
    browser = sign_in(ada)
    assert "no longer current" in browser.get(f"{ADDRESS}{row.pk}/").content.decode()
    assert browser.get(ADDRESS).status_code == 200
    assert browser.post(f"{ADDRESS}{row.pk}/read/", {"go": "1"}).url == ADDRESS


def test_a_hostile_name_stays_text(notice: Notice, ada: User, sign_in: SignIn) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name="<script>x</script>{0.__class__}")
    page = sign_in(User.objects.get(pk=ada.pk)).get(f"{ADDRESS}{notice.pk}/").content.decode()
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page


def test_lists_cost_the_same_at_five_and_at_fifty(
    enrolment: Enrolment, ada: User, django_assert_num_queries: Any
) -> None:
    now = timezone.now()
    more(ada, enrolment, 5)
    notices.unread_of(ada)
    with django_assert_num_queries(1):
        notices.on_dashboard(person=ada, at=now)
    with django_assert_num_queries(2):
        notices.page(person=ada, number="1")
    Notice.objects.all().delete()
    more(ada, enrolment, 50)
    unread.forget(ada.pk)
    notices.unread_of(ada)
    with django_assert_num_queries(1):
        assert notices.on_dashboard(person=ada, at=now).more == 47
    with django_assert_num_queries(2):
        assert len(notices.page(person=ada, number="3").object_list) == 10


@pytest.mark.parametrize("page", ["0", "99", "-1", "x", "9" * 30])
def test_any_page_number_is_answered(notice: Notice, ada: User, sign_in: SignIn, page: str) -> None:
    assert sign_in(ada).get(f"{ADDRESS}?p={page}").status_code == 200


# --- Reminders ----------------------------------------------------------------------------------


def test_the_rules_stand_there_in_words(enrolment: Enrolment, ada: User, sign_in: SignIn) -> None:
    page = sign_in(ada).get("/account/reminders/").content.decode()
    assert "We write if" in page
    assert "you have not begun 7 days after you joined." in page
    assert "Course TEST" in page


def test_pausing_until_a_day_and_switching_on_again(enrolment: Enrolment, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    day = (timezone.localtime() + timedelta(days=10)).date()
    browser.post("/account/reminders/pause/", {"how_long": "day", "last_day": day.isoformat()})
    assert ReminderChoice.objects.get().until.date() >= day
    assert "We send you no reminders until" in browser.get("/account/reminders/").content.decode()
    browser.post("/account/reminders/resume/")
    assert not ReminderChoice.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Please choose how long."),
        ({"how_long": "day"}, "Please choose the last day without reminders."),
        ({"how_long": "day", "last_day": "31 31 2026"}, "Please write the day like"),
        ({"how_long": "day", "last_day": "2001-01-01"}, "That day is over."),
        ({"how_long": "day", "last_day": "9999-12-31"}, "Please choose a day within a year"),
        ({"how_long": "for ever"}, "Select a valid choice"),
    ],
)
def test_a_pause_that_cannot_be_is_said_in_words_and_what_was_typed_stays(
    ada: User, sign_in: SignIn, typed: dict[str, str], sentence: str
) -> None:
    response = sign_in(ada).post("/account/reminders/pause/", typed)
    assert response.status_code in (409, 422)
    page = response.content.decode()
    assert sentence in page
    assert typed.get("last_day", "") in page
    assert not ReminderChoice.objects.exists()


def test_a_week_of_quiet_for_one_course(enrolment: Enrolment, ada: User, ben: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    browser.post(f"/account/reminders/{enrolment.pk}/snooze/")
    assert "No reminders until" in browser.get("/account/reminders/").content.decode()
    assert sign_in(ben).post(f"/account/reminders/{enrolment.pk}/wake/").status_code == 404
    browser.post(f"/account/reminders/{enrolment.pk}/wake/")
    assert not ReminderChoice.objects.exists()


# --- Personal data ------------------------------------------------------------------------------


def test_a_download_tells_of_notices_choices_and_trouble(
    notice: Notice, enrolment: Enrolment, ada: User, now: datetime
) -> None:
    ReminderChoice.objects.create(user=ada, enrolment=None, until=None)
    MailTrouble.objects.create(user=ada, address_digest="x", failures=1, last_at=now)
    sections = {section.title: section.rows for section in privacy.collect(ada).sections}
    assert sections["Your notices"][0][:2] == [("Notice", "You have a place"), ("Course", "Course TEST")]
    assert sections["When you want no reminders"] == [
        [("Course", "all"), ("Until", "until you switch them on again")]
    ]
    assert sections["E-mails that came back"][0][0] == ("How often", "1")
    assert "E-mails we sent you" in sections


def test_erasure_takes_all_of_it(notice: Notice, ada: User, now: datetime) -> None:
    ReminderChoice.objects.create(user=ada, enrolment=None, until=None)
    MailTrouble.objects.create(user=ada, address_digest="x", failures=1, last_at=now)
    accounts.erase(user_id=ada.pk, at=now)
    for model in (Notice, ReminderChoice, MailTrouble):
        assert not model.objects.exists()


def test_notices_are_kept_a_year(notice: Notice) -> None:
    rule = next(rule for rule in privacy.retention_rules if rule.name == "notices")
    assert rule.delete(notice.at + timedelta(days=364)) == 0
    assert rule.delete(notice.at + timedelta(days=366)) == 1
