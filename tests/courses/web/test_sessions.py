"""Meetings on the pages of learners: what is coming, word in the room, calendars."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
import vobject
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import attendance, run_sheets, sessions
from courses.actions.run_sheets import DateDetails
from courses.cohorts.calendar_feeds import CalendarFeed
from courses.cohorts.dates import Anchor, What
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.attendance import Attendance
from courses.progress.turnout import Status
from courses.queries import coming
from courses.queries import sessions as queries
from courses.queries.access import learning
from tests.factories import courses as build
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    return meetings.course(at=now, meetings=3, needed=2)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def planned(course: BuiltCourse, fay: User, now: datetime) -> list[LiveSession]:
    """One is over, one is on now, one is in a week."""
    return meetings.plan(course, by=fay, at=now, days=(-7, 0, 7))


@pytest.fixture
def enrolment(course: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    return course.enrol(ada, at=now)


def page(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(html.split())


@pytest.mark.parametrize("name", ["learning:dashboard", "learning:course"])
def test_the_next_meeting_stands_on_the_dashboard_and_on_the_course_page(
    planned: list[LiveSession], enrolment: Enrolment, sign_in: SignIn, now: datetime, name: str
) -> None:
    args = [enrolment.pk] if name == "learning:course" else []
    with time_machine.travel(now - timedelta(hours=2)):
        html = words(page(sign_in(enrolment.learner), name, *args))
    assert "Next meeting" in html
    assert planned[1].title in html
    assert "Monday 23 November 2026, 10:00 to 12:00" in html
    assert "You need 2 meetings. None counts for you yet." in html
    assert planned[2].title not in html


def test_times_are_the_readers_own_and_the_cohorts_beside_them(
    planned: list[LiveSession], enrolment: Enrolment, sign_in: SignIn, now: datetime
) -> None:
    enrolment.learner.time_zone = "America/New_York"
    enrolment.learner.save()
    with time_machine.travel(now - timedelta(hours=2)):
        html = words(page(sign_in(enrolment.learner), "learning:dashboard"))
    assert "Monday 23 November 2026, 05:00 to 07:00 (10:00 to 12:00 in London)" in html


def test_one_query_for_any_number_of_courses_and_none_for_a_course_without_dates(
    course: BuiltCourse, planned: list[LiveSession], enrolment: Enrolment, ada: User, now: datetime
) -> None:
    other = meetings.dated_cohort(course.edition, at=now, name="Other group")
    second = Enrolment.objects.create(learner=ada, cohort=other, status="active", started_at=now)
    found = [learning(enrolment_id=pk, learner=ada, at=now) for pk in (enrolment.pk, second.pk)]
    for count in (1, 2):
        with CaptureQueriesContext(connection) as asked:
            assert set(coming.of(found[:count], now)) == {one.enrolment.pk for one in found[:count]}
        assert len(asked) == 1
    plain = build.course(at=now)
    rolling = learning(enrolment_id=plain.enrol(ada, at=now).pk, learner=ada, at=now)
    with CaptureQueriesContext(connection) as asked:
        assert coming.of([rolling], now) == {}
    assert len(asked) == 0


def plan_date(course: BuiltCourse, fay: User, now: datetime, **fields: Any) -> None:
    details = DateDetails(**{"what": What.DEADLINE, "local_time": now.time().replace(hour=9), **fields})
    run_sheets.add_date(cohort_id=course.cohort.pk, details=details, by=fay, at=now)


def test_deadlines_that_hang_on_meetings_are_told_until_they_are_done(
    course: BuiltCourse,
    planned: list[LiveSession],
    enrolment: Enrolment,
    fay: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    hang = {"anchor": Anchor.SESSION, "session_activity_id": planned[2].activity_id, "offset_days": 3}
    plan_date(course, fay, now, activity_id=course.lesson_id, **hang)
    plan_date(course, fay, now, what=What.REMINDER, text="Nothing for learners", anchor=Anchor.START)
    with time_machine.travel(now):
        html = words(page(sign_in(enrolment.learner), "learning:course", enrolment.pk))
        assert "“Before we meet”: please do it by Thursday 3 December 2026, 09:00." in html
        assert "Nothing for learners" not in html
        course.do_lessons(enrolment, at=now)
        html = words(page(sign_in(enrolment.learner), "learning:course", enrolment.pk))
    assert "please do it by" not in html


def test_the_early_warning_stands_on_the_course_page(
    planned: list[LiveSession], enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    for session in planned[:2]:
        attendance.mark(
            session_id=session.pk, enrolment_id=enrolment.pk, status=Status.ABSENT, by=fay, at=now
        )
    html = words(page(sign_in(enrolment.learner), "learning:course", enrolment.pk))
    assert "Coming to all meetings that are left is not quite enough." in html


def test_what_an_activity_page_is_told(
    course: BuiltCourse, planned: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    over, on, to_come = (queries.for_activity(enrolment, s.activity_id, now) for s in planned)
    assert over is not None
    assert on is not None
    assert to_come is not None
    assert (over.is_over, over.can_apologise, on.is_now, on.can_check_in) == (True, False, True, True)
    assert (to_come.can_apologise, to_come.can_check_in, to_come.was_missed) == (True, False, False)
    sessions.cancel(session_id=planned[2].pk, reason="Fay is ill.", by=fay, at=now)
    cancelled = queries.for_activity(enrolment, planned[2].activity_id, now)
    assert cancelled is not None
    assert (cancelled.is_cancelled, cancelled.cancel_reason, cancelled.can_apologise) == (
        True,
        "Fay is ill.",
        False,
    )
    meetings.plan(course, by=fay, at=now, days=(-7, 0, 9))
    anew = queries.for_activity(enrolment, planned[2].activity_id, now)
    assert anew is not None
    assert not anew.is_cancelled
    assert queries.for_activity(enrolment, course.lesson_id, now) is None
    assert len(queries.of_cohort(enrolment, now)) == 3


# Sending word, and being there


def test_an_apology_and_its_taking_back(
    planned: list[LiveSession], enrolment: Enrolment, sign_in: SignIn, now: datetime
) -> None:
    client, args = sign_in(enrolment.learner), [enrolment.pk, planned[2].pk]
    with time_machine.travel(now):
        said = client.post(reverse("learning:apologise", args=args), follow=True)
        assert "Thank you for telling us." in words(said.content.decode())
        assert Attendance.objects.get().status == Status.APOLOGISED
        client.post(reverse("learning:come_after_all", args=args))
    assert not Attendance.objects.exists()


def test_the_code_in_the_room_works_through_the_sign_in(
    planned: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    word = attendance.renew_word(session_id=planned[1].pk, by=fay, at=now)
    url, client = reverse("learning:check_in", args=[planned[1].pk, word]), Client()
    with time_machine.travel(now):
        asked = client.get(url)
        assert asked.status_code == 302
        signed_in = client.post(
            asked.url, {"login": enrolment.learner.email, "password": "correct horse battery"}
        )
        assert signed_in.url == url
        shown = client.get(url)
        assert "I am here" in shown.content.decode()
        assert not Attendance.objects.exists()
        client.post(url)
    assert Attendance.objects.get().status == Status.ATTENDED


def test_the_word_can_be_typed(
    planned: list[LiveSession], enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    word = attendance.renew_word(session_id=planned[1].pk, by=fay, at=now)
    client = sign_in(enrolment.learner)
    with time_machine.travel(now):
        wrong = client.post(reverse("learning:word"), {"word": "BBBBBB"})
        assert (wrong.status_code, "BBBBBB" in wrong.content.decode()) == (409, True)
        found = client.post(reverse("learning:word"), {"word": word.lower()})
    assert found.url == reverse("learning:check_in", args=[planned[1].pk, word])


def test_guessing_words_ends_soon(
    planned: list[LiveSession], enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    attendance.renew_word(session_id=planned[1].pk, by=fay, at=now)
    client, url = sign_in(enrolment.learner), reverse("learning:check_in", args=[planned[1].pk, "BBBBBB"])
    with time_machine.travel(now):
        answers = [client.post(url).status_code for _try in range(12)]
    assert answers == [409] * 10 + [429] * 2


def test_a_stranger_finds_no_session(
    planned: list[LiveSession], cleo: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    word = attendance.renew_word(session_id=planned[1].pk, by=fay, at=now)
    client = sign_in(cleo)
    for url in (
        reverse("learning:check_in", args=[planned[1].pk, word]),
        reverse("learning:session_calendar", args=[planned[1].pk]),
    ):
        assert client.get(url).status_code == 404
    assert client.post(reverse("learning:check_in", args=[planned[1].pk, word])).status_code == 404


# Calendars


def test_one_session_as_a_file_for_learners_and_staff(
    planned: list[LiveSession], enrolment: Enrolment, fay: User, sign_in: SignIn
) -> None:
    for person in (enrolment.learner, fay):
        response = sign_in(person).get(reverse("learning:session_calendar", args=[planned[0].pk]))
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        event = vobject.readOne(response.content.decode()).vevent
        assert event.uid.value.startswith(str(planned[0].uid))


def feed(client: Client, user: User) -> tuple[str, Any]:
    """The learner's address as the page shows it, and what it gives to somebody who knows nobody."""
    html = page(client, "learning:calendar")
    address = html.split('id="feed"')[1].split('value="')[1].split('"')[0]
    return address, Client().get(address.removeprefix("http://testserver"))


def test_an_address_of_their_own_shows_every_meeting_and_names_nobody(
    course: BuiltCourse,
    planned: list[LiveSession],
    enrolment: Enrolment,
    fay: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    client = sign_in(enrolment.learner)
    client.post(reverse("learning:calendar"), {"do": "make"})
    address, response = feed(client, enrolment.learner)
    assert enrolment.learner.email not in address
    text = response.content.decode()
    assert len(vobject.readOne(text).vevent_list) == 3
    for person in (enrolment.learner, fay):
        assert person.printed_name not in text
        assert person.email not in text
    sessions.cancel(session_id=planned[2].pk, reason="Fay is ill.", by=fay, at=now)
    events = vobject.readOne(feed(client, enrolment.learner)[1].content.decode()).vevent_list
    assert [(e.status.value, e.sequence.value) for e in events] == [
        ("CONFIRMED", "0"),
        ("CONFIRMED", "0"),
        ("CANCELLED", "1"),
    ]


def test_a_new_address_ends_the_old_and_it_can_be_turned_off(
    planned: list[LiveSession], enrolment: Enrolment, sign_in: SignIn
) -> None:
    client = sign_in(enrolment.learner)
    client.post(reverse("learning:calendar"), {"do": "make"})
    old, _response = feed(client, enrolment.learner)
    client.post(reverse("learning:calendar"), {"do": "renew"})
    new, response = feed(client, enrolment.learner)
    assert old != new
    assert response.status_code == 200
    assert Client().get(old.removeprefix("http://testserver")).status_code == 404
    client.post(reverse("learning:calendar"), {"do": "stop"})
    assert Client().get(new.removeprefix("http://testserver")).status_code == 404


def test_the_address_is_stored_sealed_and_follows_the_place_and_the_account(
    planned: list[LiveSession], enrolment: Enrolment, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(enrolment.learner)
    client.post(reverse("learning:calendar"), {"do": "make"})
    address, _response = feed(client, enrolment.learner)
    token = address.rpartition("/")[2].removesuffix(".ics")
    stored = CalendarFeed.objects.get()
    assert token not in stored.token_hash + stored.sealed_token
    enrolment.move_to(State.ENDED, ended_at=now, end_reason="withdrawn")
    empty = Client().get(address.removeprefix("http://testserver"))
    assert "VEVENT" not in empty.content.decode()
    enrolment.learner.is_active = False
    enrolment.learner.save()
    assert Client().get(address.removeprefix("http://testserver")).status_code == 404


def test_a_calendar_of_a_group_elsewhere_has_its_zone(
    course: BuiltCourse, fay: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    course.cohort.time_zone = "America/New_York"
    course.cohort.save()
    course.enrol(ada, at=now)
    planned = meetings.plan(course, by=fay, at=now, days=(7,))
    client = sign_in(ada)
    client.post(reverse("learning:calendar"), {"do": "make"})
    event = vobject.readOne(feed(client, ada)[1].content.decode()).vevent
    assert event.dtstart.params["X-VOBJ-ORIGINAL-TZID"] == ["America/New_York"]
    assert event.dtstart.value == planned[0].starts_at
    assert planned[0].starts_at.astimezone(ZoneInfo("America/New_York")).hour == 10


def test_the_address_survives_a_new_key_of_the_site(
    enrolment: Enrolment, sign_in: SignIn, settings: Any
) -> None:
    client = sign_in(enrolment.learner)
    client.post(reverse("learning:calendar"), {"do": "make"})
    address, _response = feed(client, enrolment.learner)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "k" * 50
    call_command("seal_again")
    settings.SECRET_KEY_FALLBACKS = []
    client.force_login(enrolment.learner)
    assert feed(client, enrolment.learner)[0] == address
