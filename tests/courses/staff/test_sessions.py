"""Planning meetings and moving them, in the admin."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text

from cms.users.models import User
from courses.actions import new_meetings
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.outbox.models import OutboxEntry
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def today(now: datetime) -> Any:
    with time_machine.travel(now):
        yield


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    return meetings.course(at=now)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def client(fay: User, sign_in: SignIn) -> Client:
    return sign_in(fay)


@pytest.fixture
def session(course: BuiltCourse, fay: User, now: datetime) -> LiveSession:
    """A week from now, at ten."""
    return meetings.plan(course, by=fay, at=now, days=(7,))[0]


def typed(**fields: object) -> dict[str, object]:
    """What the form sends."""
    said = {
        "title": "Getting to know each other",
        "day": "2026-12-01",
        "begins": "10:00",
        "ends": "12:00",
        "place": "Quaker House",
        "link": "",
        "capacity": "",
        "materials": rich_text("<p>Bring a pen.</p>"),
    }
    return {**said, **fields}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_meeting_is_planned_in_the_cohorts_own_time(
    course: BuiltCourse, client: Client, now: datetime
) -> None:
    course.cohort.time_zone = "America/New_York"
    course.cohort.save()
    url = reverse("staff:add_session", args=[course.cohort.pk, meetings.ids(course)[0]])
    assert "Times of the clock in New York" in text(client.get(url))
    client.post(url, typed())
    planned = LiveSession.objects.get()
    assert planned.starts_at.isoformat() == "2026-12-01T15:00:00+00:00"
    assert "Bring a pen." in planned.materials
    html = text(client.get(reverse("staff:sessions", args=[course.cohort.pk])))
    assert "Tuesday 1 December 2026, 10:00 to 12:00" in html
    assert html.count("No date yet") == 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"ends": "10:00"}, "The end must be after the beginning"),
        ({"day": "9999-12-31"}, "more than ten years away"),
        ({"day": "soon"}, "Enter a valid date"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"title": ""}, "This field is required"),
    ],
)
def test_what_was_typed_stays_when_it_is_refused(
    course: BuiltCourse, client: Client, fields: dict[str, str], sentence: str
) -> None:
    url = reverse("staff:add_session", args=[course.cohort.pk, meetings.ids(course)[0]])
    response = client.post(url, typed(**fields))
    assert response.status_code == 409
    assert sentence in text(response)
    assert "Quaker House" in text(response)
    assert not LiveSession.objects.exists()


@pytest.mark.parametrize("garbage", ["{", "[]", "7", "null", '{"blocks": 3}', "<p>x</p>"])
def test_what_the_editor_never_sends_is_no_fault(course: BuiltCourse, client: Client, garbage: str) -> None:
    url = reverse("staff:add_session", args=[course.cohort.pk, meetings.ids(course)[0]])
    assert client.post(url, typed(materials=garbage)).status_code == 302
    assert LiveSession.objects.get().materials == ""


def test_a_day_outside_the_cohort_is_planned_with_a_warning(course: BuiltCourse, client: Client) -> None:
    url = reverse("staff:add_session", args=[course.cohort.pk, meetings.ids(course)[0]])
    response = client.post(url, typed(day="2027-12-01"), follow=True)
    assert "This day is outside the dates of the cohort." in text(response)


def test_another_time_says_first_what_follows_and_only_then_saves(
    course: BuiltCourse, session: LiveSession, client: Client, ada: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    OutboxEntry.objects.filter(kind=new_meetings.KIND).update(handled_at=now)
    CohortDate.objects.create(
        cohort=course.cohort,
        what="deadline",
        text="Read chapter two",
        anchor="session",
        session_activity=session.activity,
        offset_days=3,
        local_time="09:00",
    )
    url = reverse("staff:change_session", args=[session.pk])
    shown = client.post(url, {**typed(), "seen": 0})
    html = text(shown)
    assert shown.status_code == 200
    assert "Read chapter two" in html
    assert "Thursday 3 December 2026, 09:00" in html
    assert "Friday 4 December 2026, 09:00" in html
    assert "1 learner is told, once." in html
    session.refresh_from_db()
    assert session.sequence == 0
    hidden = shown.context["typed"]
    back = client.post(url, {**dict(hidden), "seen": 0, "do": "back"})
    assert 'value="2026-12-01"' in back.content.decode()
    client.post(url, {**dict(hidden), "seen": 0, "do": "save"})
    session.refresh_from_db()
    assert (session.sequence, session.starts_at.isoformat()) == (1, "2026-12-01T10:00:00+00:00")
    assert "Bring a pen." in session.materials
    assert OutboxEntry.objects.filter(kind="tell", payload__message="session_changed").count() == 1


def test_who_saves_over_another_is_told_and_loses_nothing(
    session: LiveSession, client: Client, now: datetime
) -> None:
    LiveSession.objects.filter(pk=session.pk).update(sequence=1)
    url = reverse("staff:change_session", args=[session.pk])
    response = client.post(url, {**typed(), "seen": 0, "do": "save"})
    assert response.status_code == 409
    assert "Somebody else has changed this session" in text(response)
    assert "Getting to know each other" in text(response)


def test_cancelling_asks_why(session: LiveSession, client: Client) -> None:
    url = reverse("staff:cancel_session", args=[session.pk])
    assert "There is nobody to tell yet." in text(client.get(url))
    assert client.post(url, {"reason": " "}).status_code == 409
    client.post(url, {"reason": "The room is flooded."})
    session.refresh_from_db()
    assert session.cancel_reason == "The room is flooded."
    assert client.get(reverse("staff:change_session", args=[session.pk])).status_code == 302


# The run sheet


def test_the_run_sheet_has_everything_in_the_order_of_time(
    course: BuiltCourse, session: LiveSession, client: Client
) -> None:
    add = reverse("staff:add_date", args=[course.cohort.pk])
    said = {"what": "deadline", "text": "Read chapter two", "local_time": "09:00", "days_off": "GB-ENG"}
    follows = {"anchor": "session", "session_activity_id": session.activity_id, "offset_days": "25"}
    assert client.post(add, {**said, **follows}).status_code == 302
    assert client.post(add, {**said, "anchor": "session", "text": "Hanging"}).status_code == 409
    unplanned = {**follows, "session_activity_id": meetings.ids(course)[1], "text": "Later"}
    assert client.post(add, {**said, **unplanned}).status_code == 302
    html = text(client.get(reverse("staff:run_sheet", args=[course.cohort.pk])))
    # Three and a half weeks after 30 November is Christmas Day; then Boxing Day, a weekend, a Monday.
    assert "Tuesday 29 December 2026" in html
    assert "25 days after “Meeting 1”" in html
    order = ["First day of the cohort", session.title, "Read chapter two", "Last day of the cohort", "Later"]
    places = [html.index(word) for word in order]
    assert places == sorted(places)
    assert html.index("Not fixed yet") < html.index("Later")


def test_a_date_is_changed_and_taken_off(course: BuiltCourse, client: Client) -> None:
    planned = CohortDate.objects.create(
        cohort=course.cohort, what="deadline", text="Old", anchor="start", local_time="09:00"
    )
    url = reverse("staff:change_date", args=[planned.pk])
    assert 'value="Old"' in client.get(url).content.decode()
    fixed = {"what": "release", "stage_number": "1", "anchor": "date", "on": "2026-12-24"}
    assert client.post(url, {**fixed, "local_time": "08:30", "offset_days": "3"}).status_code == 302
    planned.refresh_from_db()
    assert (planned.what, planned.offset_days, str(planned.on), planned.text) == (
        "release",
        0,
        "2026-12-24",
        "",
    )
    client.post(reverse("staff:remove_date", args=[planned.pk]))
    assert not CohortDate.objects.exists()


def test_moving_the_start_shows_before_and_after_and_saves_on_the_second_press(
    course: BuiltCourse, session: LiveSession, client: Client, ada: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    url = reverse("staff:move_cohort", args=[course.cohort.pk])
    starts_on = course.cohort.starts_on + timedelta(days=28)
    sent = {"starts_on": starts_on.isoformat(), "seen": course.cohort.starts_on.isoformat()}
    html = text(client.post(url, sent))
    assert "Monday 30 November 2026, 10:00 to 12:00" in html
    assert "Monday 28 December 2026, 10:00 to 12:00" in html
    assert Cohort.objects.get(pk=course.cohort.pk).starts_on == course.cohort.starts_on
    for _twice in range(2):
        assert client.post(url, {**sent, "do": "save"}).status_code == 302
    assert Cohort.objects.get(pk=course.cohort.pk).starts_on == starts_on
    assert OutboxEntry.objects.filter(kind="tell", payload__message="dates_moved").count() == 1


@pytest.mark.parametrize("day", ["", "soon", "2026-11-16", "0001-01-01", "9999-12-31"])
def test_a_first_day_that_cannot_be_is_refused(course: BuiltCourse, client: Client, day: str) -> None:
    url = reverse("staff:move_cohort", args=[course.cohort.pk])
    assert client.post(url, {"starts_on": day, "seen": "x"}).status_code == 409
    stale = {"starts_on": "2026-12-20", "seen": "nonsense", "do": "save"}
    assert client.post(url, stale).status_code == 409


# Who may


@pytest.mark.parametrize("role", [CohortStaff.Role.ASSESSOR, CohortStaff.Role.BUDDY])
def test_assessors_and_buddies_see_and_change_nothing(
    course: BuiltCourse, session: LiveSession, ana: User, sign_in: SignIn, role: str
) -> None:
    meetings.facilitator(course.cohort, ana, role)
    client, cohort = sign_in(ana), course.cohort.pk
    for name in ("staff:sessions", "staff:run_sheet", "staff:attendance"):
        shown = client.get(reverse(name, args=[cohort]))
        assert shown.status_code == 200
        assert reverse("staff:change_session", args=[session.pk]) not in shown.content.decode()
    for url in (
        reverse("staff:add_session", args=[cohort, meetings.ids(course)[1]]),
        reverse("staff:change_session", args=[session.pk]),
        reverse("staff:cancel_session", args=[session.pk]),
        reverse("staff:session_register", args=[session.pk]),
        reverse("staff:session_word", args=[session.pk]),
        reverse("staff:session_list", args=[session.pk]),
        reverse("staff:add_date", args=[cohort]),
        reverse("staff:move_cohort", args=[cohort]),
    ):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {}).status_code == 404, url
