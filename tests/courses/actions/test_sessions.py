"""Planning, changing and cancelling sessions, and moving a whole cohort."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from wagtail.models import ModelLogEntry

from cms.users.models import User
from courses.actions import attendance, run_sheets, sessions
from courses.actions.run_sheets import DateDetails, DateRefused
from courses.actions.sessions import SessionRefused
from courses.cohorts import schedule
from courses.cohorts.dates import Anchor, DaysOff, What
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.outbox.models import OutboxEntry
from courses.progress.turnout import Status
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    return meetings.course(at=now)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def planned(course: BuiltCourse, fay: User, now: datetime) -> list[LiveSession]:
    """Three sessions: tomorrow, in a week and a day, and a week later."""
    return meetings.plan(course, by=fay, at=now, days=(1, 8, 15))


def told(kind: str) -> list[dict]:
    return [
        entry.payload for entry in OutboxEntry.objects.filter(kind="tell") if entry.payload["message"] == kind
    ]


def logged(cohort: Cohort) -> list[str]:
    return [
        entry.action.removeprefix("courses.")
        for entry in ModelLogEntry.objects.for_instance(cohort).order_by("timestamp", "pk")
    ]


def test_a_session_is_planned_once(
    course: BuiltCourse, planned: list[LiveSession], fay: User, now: datetime
) -> None:
    again = meetings.plan(course, by=fay, at=now, days=(1, 8, 15))
    assert again == planned
    assert logged(course.cohort).count("session_added") == 3
    assert told("session_changed") == []


def test_an_activity_has_one_session_and_it_must_be_a_meeting(
    course: BuiltCourse, planned: list[LiveSession], fay: User, now: datetime
) -> None:
    other = meetings.details(course, on=now.date() + timedelta(days=40))
    for activity_id, sentence in (
        (planned[0].activity_id, "planned already"),
        (course.lesson_id, "no such live session"),
    ):
        with pytest.raises(SessionRefused, match=sentence):
            sessions.add(cohort_id=course.cohort.pk, activity_id=activity_id, details=other, by=fay, at=now)


def test_two_sessions_never_take_place_at_once(
    course: BuiltCourse, planned: list[LiveSession], fay: User, now: datetime
) -> None:
    other = meetings.details(course, on=now.date() + timedelta(days=8), clock="11:30")
    with pytest.raises(SessionRefused, match="takes place at that time"):
        sessions.change(session_id=planned[0].pk, details=other, seen=0, by=fay, at=now)
    planned[0].refresh_from_db()
    assert planned[0].sequence == 0


def test_a_change_raises_the_sequence_keeps_the_uid_and_tells_everybody_once(
    course: BuiltCourse, planned: list[LiveSession], fay: User, ada: User, ben: User, now: datetime
) -> None:
    for learner in (ada, ben):
        course.enrol(learner, at=now)
    uid = planned[0].uid
    other = meetings.details(course, on=now.date() + timedelta(days=2))
    for _twice in range(2):
        sessions.change(session_id=planned[0].pk, details=other, seen=0, by=fay, at=now)
    changed = LiveSession.objects.get(pk=planned[0].pk)
    assert (changed.uid, changed.sequence, changed.starts_at) == (uid, 1, other.starts_at)
    assert sorted(payload["to"] for payload in told("session_changed")) == sorted([ada.pk, ben.pk])
    assert logged(course.cohort).count("session_changed") == 1


def test_new_materials_alone_tell_nobody(
    course: BuiltCourse, planned: list[LiveSession], fay: User, ada: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    first = planned[0]
    same = meetings.details(course, on=now.date() + timedelta(days=1), materials="<p>Read this.</p>")
    changed = sessions.change(session_id=first.pk, details=same, seen=0, by=fay, at=now)
    assert (changed.materials, changed.sequence) == ("<p>Read this.</p>", 0)
    assert told("session_changed") == []


def test_who_looked_at_an_older_page_is_told(
    course: BuiltCourse, planned: list[LiveSession], fay: User, now: datetime
) -> None:
    one, two = (meetings.details(course, on=now.date() + timedelta(days=n)) for n in (2, 3))
    sessions.change(session_id=planned[0].pk, details=one, seen=0, by=fay, at=now)
    with pytest.raises(SessionRefused, match="Somebody else"):
        sessions.change(session_id=planned[0].pk, details=two, seen=0, by=fay, at=now)


def test_cancelling_says_why_once_and_leaves_room_for_a_new_session(
    course: BuiltCourse, planned: list[LiveSession], fay: User, ada: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    with pytest.raises(SessionRefused, match="say why"):
        sessions.cancel(session_id=planned[0].pk, reason="  ", by=fay, at=now)
    did = [sessions.cancel(session_id=planned[0].pk, reason="Fay is ill.", by=fay, at=now) for _n in range(2)]
    assert did == [True, False]
    assert len(told("session_cancelled")) == 1
    cancelled = LiveSession.objects.get(pk=planned[0].pk)
    assert (cancelled.sequence, cancelled.cancel_reason) == (1, "Fay is ill.")
    anew = meetings.plan(course, by=fay, at=now, days=(1,))[0]
    assert anew.pk != cancelled.pk
    assert anew.uid != cancelled.uid


def test_a_session_that_took_place_cannot_be_cancelled(
    course: BuiltCourse, fay: User, ada: User, now: datetime
) -> None:
    enrolment = course.enrol(ada, at=now)
    session = meetings.plan(course, by=fay, at=now, days=(0,))[0]
    attendance.mark(
        session_id=session.pk,
        enrolment_id=enrolment.pk,
        status=Status.ATTENDED,
        by=fay,
        at=session.starts_at,
    )
    with pytest.raises(SessionRefused, match="took place"):
        sessions.cancel(session_id=session.pk, reason="No.", by=fay, at=now)


@pytest.mark.parametrize("role", [CohortStaff.Role.ASSESSOR, None])
def test_only_facilitators_and_administrators_plan(
    course: BuiltCourse, planned: list[LiveSession], ana: User, amy: User, now: datetime, role: str | None
) -> None:
    if role:
        meetings.facilitator(course.cohort, ana, role)
    with pytest.raises(Cohort.DoesNotExist):
        sessions.cancel(session_id=planned[0].pk, reason="No.", by=ana, at=now)
    assert sessions.cancel(session_id=planned[0].pk, reason="No.", by=amy, at=now)


# Dates that are worked out, and moving


def plan_date(course: BuiltCourse, fay: User, now: datetime, **fields: object) -> CohortDate:
    said = {"what": What.DEADLINE, "anchor": Anchor.START, "text": "Something"}
    details = DateDetails(**{**said, "local_time": now.time().replace(hour=9), **fields})
    return run_sheets.add_date(cohort_id=course.cohort.pk, details=details, by=fay, at=now)


def fallen(course: BuiltCourse) -> list[datetime | None]:
    cohort = Cohort.objects.get(pk=course.cohort.pk)
    return [row.at for row in schedule.of_cohorts([cohort])[cohort.pk]]


def test_a_date_follows_its_session_and_a_new_session_in_its_place(
    course: BuiltCourse, planned: list[LiveSession], fay: User, now: datetime
) -> None:
    second = planned[1]
    for _twice in range(2):
        plan_date(
            course,
            fay,
            now,
            anchor=Anchor.SESSION,
            session_activity_id=second.activity_id,
            offset_days=3,
            activity_id=course.lesson_id,
            text="",
        )
    at_nine = second.starts_at.astimezone(LONDON).replace(hour=9) + timedelta(days=3)
    assert fallen(course) == [at_nine]
    sessions.cancel(session_id=second.pk, reason="Fay is ill.", by=fay, at=now)
    assert fallen(course) == [None]
    details = meetings.details(course, on=now.date() + timedelta(days=10))
    sessions.add(cohort_id=course.cohort.pk, activity_id=second.activity_id, details=details, by=fay, at=now)
    assert fallen(course) == [at_nine + timedelta(days=2)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"what": What.RELEASE}, "choose the stage"),
        ({"text": ""}, "what this date is about"),
        ({"stage_number": 99}, "no such stage"),
        ({"activity_id": 999_999}, "not part of the course"),
        ({"anchor": Anchor.SESSION}, "choose the live session"),
        ({"anchor": Anchor.DATE}, "give the day"),
        ({"offset_days": 4000}, "ten years"),
    ],
)
def test_a_date_that_does_not_fit_is_refused(
    course: BuiltCourse, fay: User, now: datetime, fields: dict, sentence: str
) -> None:
    with pytest.raises(DateRefused, match=sentence):
        plan_date(course, fay, now, **fields)


def test_moving_the_start_moves_what_is_to_come_and_tells_once(
    course: BuiltCourse, fay: User, ada: User, now: datetime
) -> None:
    """A session that is over stays; the others keep their time of the clock, when they change."""
    enrolment = course.enrol(ada, at=now)
    over, next_one, last = meetings.plan(course, by=fay, at=now, days=(-3, 1, 8))
    plan_date(course, fay, now, anchor=Anchor.START, offset_days=10, days_off=DaysOff.NONE)
    before = course.cohort
    days = timedelta(days=140)  # November to April: the clocks go forward in between
    starts_on = before.starts_on + days
    moved = [
        run_sheets.move_start(cohort_id=before.pk, starts_on=starts_on, seen=before.starts_on, by=fay, at=now)
        for _twice in range(2)
    ]
    assert moved == [2, 0]
    cohort = Cohort.objects.get(pk=before.pk)
    assert (cohort.starts_on, cohort.ends_on) == (starts_on, before.ends_on + days)
    for session, shift in ((over, 0), (next_one, 140), (last, 140)):
        now_at = LiveSession.objects.get(pk=session.pk)
        there = session.starts_at.astimezone(LONDON) + timedelta(days=shift)
        assert now_at.starts_at.astimezone(LONDON).replace(tzinfo=None) == there.replace(tzinfo=None)
        assert now_at.sequence == (1 if shift else 0)
    assert fallen(course)[0].astimezone(LONDON).date() == starts_on + timedelta(days=10)
    assert [payload["ids"] for payload in told("dates_moved")] == [{"enrolment": enrolment.pk}]
    assert told("session_changed") == []


def test_a_move_that_brings_two_sessions_together_is_refused(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    meetings.plan(course, by=fay, at=now, days=(-3, 1))
    start = course.cohort.starts_on
    with pytest.raises(DateRefused, match="at the same time"):
        run_sheets.move_start(
            cohort_id=course.cohort.pk, starts_on=start - timedelta(days=4), seen=start, by=fay, at=now
        )
    assert Cohort.objects.get(pk=course.cohort.pk).starts_on == start
