"""The e-mails about meetings, as they arrive."""

from datetime import datetime, timedelta

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import attendance, new_meetings, run_sheets, sessions, tell
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.messages.models import Notice
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from courses.progress.turnout import Status
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    return meetings.course(at=now, meetings=3, needed=3)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def enrolment(course: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    ada.time_zone = "America/New_York"
    ada.save()
    return course.enrol(ada, at=now)


@pytest.fixture
def session(course: BuiltCourse, fay: User, now: datetime) -> LiveSession:
    return meetings.plan(course, by=fay, at=now, days=(1,))[0]


def delivered(kind: str, at: datetime) -> list[mail.EmailMessage]:
    """What arrives of this kind, when everything that is waiting is sent, and sent once more."""
    for entry in OutboxEntry.objects.filter(kind=new_meetings.KIND, due_at__lte=at, handled_at=None):
        delivery.deliver(entry_id=entry.pk, at=at)
    mail.outbox.clear()
    for _twice in range(2):
        for entry in OutboxEntry.objects.filter(kind="tell"):
            if entry.payload["message"] == kind:
                tell.deliver(payload=entry.payload, at=at)
    return mail.outbox


def test_a_change_arrives_once_in_the_learners_own_time(
    course: BuiltCourse, session: LiveSession, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    other = meetings.details(course, on=now.date() + timedelta(days=2), link="https://meet.example.org/a")
    sessions.change(session_id=session.pk, details=other, seen=0, by=fay, at=now)
    (message,) = delivered("session_changed", now)
    assert message.subject == "A meeting of your course has changed"
    assert "Wednesday 25 November 2026, 05:00 to 07:00 (10:00 to 12:00 in London)" in message.body
    for words in (other.title, other.place, other.link, f"/learning/{enrolment.pk}/{session.activity_id}/"):
        assert words in message.body
    assert Notice.objects.get(kind="session_changed").user == enrolment.learner


def test_who_was_not_told_of_a_change_before_it_was_cancelled_hears_only_that(
    course: BuiltCourse, session: LiveSession, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    other = meetings.details(course, on=now.date() + timedelta(days=2))
    sessions.change(session_id=session.pk, details=other, seen=0, by=fay, at=now)
    sessions.cancel(session_id=session.pk, reason="The room is <b>flooded</b>.", by=fay, at=now)
    assert delivered("session_changed", now) == []
    (message,) = delivered("session_cancelled", now)
    assert "The room is <b>flooded</b>." in message.body
    assert "The room is &lt;b&gt;flooded&lt;/b&gt;." in str(message.alternatives[0][0])


def test_a_moved_cohort_is_told_once(
    course: BuiltCourse, session: LiveSession, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    start = course.cohort.starts_on
    later = start + timedelta(days=7)
    run_sheets.move_start(cohort_id=course.cohort.pk, starts_on=later, seen=start, by=fay, at=now)
    (message,) = delivered("dates_moved", now)
    assert f"/learning/{enrolment.pk}/" in message.body


def test_the_early_warning_is_not_sent_when_it_has_come_right_since(
    course: BuiltCourse, session: LiveSession, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    at = session.ends_at
    which = {"session_id": session.pk, "enrolment_id": enrolment.pk, "by": fay, "at": at}
    attendance.mark(**which, status=Status.ABSENT)
    (message,) = delivered("attendance_at_risk", at)
    assert "asks for 3 meetings. 0 count for you so far, and 2 are still to come." in message.body
    attendance.mark(**which, status=Status.ATTENDED)
    assert delivered("attendance_at_risk", at) == []


def test_who_has_left_is_not_told(
    course: BuiltCourse, session: LiveSession, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    sessions.cancel(session_id=session.pk, reason="Fay is ill.", by=fay, at=now)
    Enrolment.objects.filter(pk=enrolment.pk).update(status="ended", ended_at=now, end_reason="withdrawn")
    assert delivered("session_cancelled", now) == []


def test_a_meeting_that_is_added_is_told_once_to_who_is_on_the_cohort(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    for _twice in range(2):
        (session,) = meetings.plan(course, by=fay, at=now, days=(1,))
    (message,) = delivered("session_added", now)
    assert message.subject == "A meeting was added to your course"
    for words in (session.title, session.place, f"/learning/{enrolment.pk}/{session.activity_id}/"):
        assert words in message.body
    assert Notice.objects.get(kind="session_added").user == enrolment.learner


def test_meetings_that_are_planned_one_after_the_other_are_told_in_one_message_and_one_notice(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    planned = meetings.plan(course, by=fay, at=now, days=(7, 14, 21))
    assert delivered("sessions_added", now) == []
    (message,) = delivered("sessions_added", now + new_meetings.WAIT)
    for session in planned:
        assert session.title in message.body
    assert message.body.count("Quaker House") == 3
    assert "05:00 to 07:00 (10:00 to 12:00 in London)" in message.body
    assert Notice.objects.get().kind == "sessions_added"
    assert delivered("session_added", now + new_meetings.WAIT) == []


def test_one_meeting_alone_is_told_with_the_way_to_it_and_a_later_one_is_told_anew(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    (first,) = meetings.plan(course, by=fay, at=now, days=(7,))
    (message,) = delivered("session_added", now + new_meetings.WAIT)
    assert f"/learning/{enrolment.pk}/{first.activity_id}/" in message.body
    later = now + timedelta(hours=2)
    _again, _second, third = meetings.plan(course, by=fay, at=later, days=(7, 14, 21))
    (message,) = delivered("sessions_added", later + new_meetings.WAIT)
    assert first.title not in message.body
    assert third.title in message.body


def test_a_meeting_that_is_changed_or_cancelled_before_it_was_told_of_is_told_as_it_stands(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    first, second, third = meetings.plan(course, by=fay, at=now, days=(7, 14, 21))
    other = meetings.details(course, on=now.date() + timedelta(days=15), title="On another day")
    sessions.change(session_id=second.pk, details=other, seen=0, by=fay, at=now)
    sessions.cancel(session_id=third.pk, reason="A slip.", by=fay, at=now)
    (message,) = delivered("sessions_added", now + new_meetings.WAIT)
    assert "On another day" in message.body
    assert first.title in message.body
    assert third.title not in message.body
    assert delivered("session_changed", now + new_meetings.WAIT) == []


def test_who_joins_between_the_planning_and_the_message_has_seen_the_meetings(
    course: BuiltCourse, enrolment: Enrolment, ben: User, fay: User, now: datetime
) -> None:
    meetings.plan(course, by=fay, at=now, days=(7, 14))
    course.enrol(ben, at=now + timedelta(minutes=5))
    (message,) = delivered("sessions_added", now + new_meetings.WAIT)
    assert message.to == [enrolment.learner.email]


def test_who_joins_later_is_told_nothing_of_meetings_that_were_there(
    course: BuiltCourse, session: LiveSession, ada: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    assert delivered("session_added", now) == []


def test_a_meeting_that_was_over_when_it_was_put_in_is_no_news(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    meetings.plan(course, by=fay, at=now, days=(-1,))
    assert delivered("session_added", now) == []


def test_a_meeting_that_was_cancelled_before_it_was_told_of_is_told_of_as_cancelled_only(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    (session,) = meetings.plan(course, by=fay, at=now, days=(1,))
    sessions.cancel(session_id=session.pk, reason="A slip.", by=fay, at=now)
    assert delivered("session_added", now) == []
    assert len(delivered("session_cancelled", now)) == 1
