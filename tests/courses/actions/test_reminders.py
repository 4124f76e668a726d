"""Reminders: once, gathered in one e-mail a day, and none to whoever wants none or has nothing to do."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import enrol, reminder_choices, reminders
from courses.actions.reminder_choices import ChoiceRefused
from courses.cohorts.schedule import CohortDate
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment, Offer, Place
from courses.enrolment.states import State
from courses.messages.models import Notice, ReminderChoice, ReminderRun
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)


def remind(at: datetime) -> list[Any]:
    """Write and deliver what is due; the e-mails of it."""
    mail.outbox.clear()
    reminders.write_due(at=at)
    delivery.sweep(at=at)
    return list(mail.outbox)


@pytest.fixture(autouse=True)
def welcomed(request: pytest.FixtureRequest) -> None:
    """Ada's welcome was sent before."""
    if "enrolment" in request.fixturenames:
        request.getfixturevalue("enrolment")
        OutboxEntry.objects.all().delete()


def kinds_of(person: User) -> list[str]:
    return sorted(Notice.objects.filter(user=person).values_list("kind", flat=True))


def deadline(cohort: Any, *, on: date, **fields: Any) -> CohortDate:
    given = {"what": "deadline", "anchor": "date", "local_time": time(12, 0), "stage_number": 1}
    return CohortDate.objects.create(cohort=cohort, on=on, **{**given, **fields})


def meeting(course: BuiltCourse, starts_at: datetime) -> LiveSession:
    return LiveSession.objects.create(
        cohort=course.cohort,
        activity_id=course.lesson_id,
        title="First meeting",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        changed_at=starts_at - 30 * DAY,
    )


def test_who_has_not_begun_is_reminded_once(enrolment: Enrolment, now: datetime) -> None:
    assert remind(now + 6 * DAY) == []
    (message,) = remind(now + 7 * DAY)
    assert message.to == ["ada@example.org"]
    assert message.subject == "What is coming up on your courses"
    assert "Course TEST: You joined on 23 November 2026." in message.body
    assert f"http://testserver/learning/{enrolment.pk}/" in message.body
    assert "http://testserver/account/reminders/" in message.body
    for days in (7, 8, 20, 40):
        assert remind(now + days * DAY) == []
    assert kinds_of(enrolment.learner) == ["reminder_not_begun"]


def test_nothing_goes_out_at_night(enrolment: Enrolment, now: datetime) -> None:
    night = (now + 8 * DAY).replace(hour=5)
    assert remind(night) == []
    assert not ReminderRun.objects.exists()
    assert len(remind(night.replace(hour=9))) == 1


def test_all_of_a_day_is_one_email_and_a_notice_for_each(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    at = now + 7 * DAY
    deadline(course.cohort, on=(at + DAY).date())
    meeting(course, at + DAY)
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=at + 10 * DAY)
    (message,) = remind(at)
    assert kinds_of(enrolment.learner) == [
        "access_ending",
        "reminder_deadline_near",
        "reminder_not_begun",
        "reminder_session_tomorrow",
    ]
    said = [
        "Course TEST: “First meeting” begins on 1 December 2026, 10:00 (London time).",
        "Course TEST: “First stage” should be done by 1 December 2026, 12:00 (London time).",
        "Course TEST: The course is open to you until Thursday 10 December 2026, 10:00 (London time).",
        "Course TEST: You joined on 23 November 2026.",
    ]
    places = [message.body.find(sentence) for sentence in said]
    assert -1 not in places, message.body
    assert places == sorted(places)
    assert message.alternatives[0][0].count("<a ") == 5


def test_two_courses_are_one_email(
    course: BuiltCourse, enrolment: Enrolment, ada: User, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    other.enrol(ada, at=now)
    OutboxEntry.objects.all().delete()
    (message,) = remind(now + 7 * DAY)
    assert "Course TEST" in message.body
    assert "Course OTHER" in message.body


def test_running_again_on_the_same_day_adds_nothing(enrolment: Enrolment, now: datetime) -> None:
    at = now + 7 * DAY
    assert len(remind(at)) == 1
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=at + DAY)
    assert remind(at + timedelta(hours=1)) == []
    (message,) = remind(at + timedelta(hours=22))
    assert message.subject == "Your time on the course is ending soon"


def test_quiet_and_nearly_there(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    course.do_lessons(enrolment, at=now)
    assert remind(now + 13 * DAY) == []
    (message,) = remind(now + 14 * DAY)
    assert "Everything is as you left it." in message.body
    assert remind(now + 15 * DAY) == []


def test_who_came_back_is_not_told_that_it_was_quiet(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now + 10 * DAY)
    assert remind(now + 14 * DAY) == []


def test_a_deadline_is_told_before_and_after_and_not_when_the_work_is_done(
    course: BuiltCourse, enrolment: Enrolment, ben: User, now: datetime
) -> None:
    deadline(course.cohort, on=(now + 3 * DAY).date())
    done = course.enrol(ben, at=now)
    OutboxEntry.objects.all().delete()
    course.do_lessons(done, at=now)
    (before,) = remind(now + DAY)
    assert before.to == ["ada@example.org"]
    (after,) = remind(now + 4 * DAY)
    assert "You can still do it, and you can ask for help." in after.body
    assert remind(now + 5 * DAY) == []


def test_a_deadline_in_words_alone_is_never_called_late(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    deadline(course.cohort, on=(now + 2 * DAY).date(), stage_number=None, text="Find a partner")
    (message,) = remind(now + DAY)
    assert "“Find a partner” should be done by" in message.body
    assert remind(now + 3 * DAY) == []


def test_a_reminder_that_the_team_planned(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    deadline(
        course.cohort,
        on=now.date(),
        what="reminder",
        stage_number=None,
        text="Bring your notebook.",
        local_time=time(9, 0),
    )
    (message,) = remind(now)
    assert "Course TEST: Bring your notebook." in message.body
    assert remind(now + DAY) == []


def test_a_meeting_that_was_moved_is_told_for_its_new_day(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    session = meeting(course, now + DAY)
    assert len(remind(now)) == 1
    LiveSession.objects.filter(pk=session.pk).update(starts_at=now + 4 * DAY, ends_at=now + 5 * DAY)
    assert remind(now + DAY) == []
    assert len(remind(now + 3 * DAY)) == 1


def test_what_no_longer_holds_when_it_is_sent_is_left_out(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    session = meeting(course, now + DAY)
    reminders.write_due(at=now)
    LiveSession.objects.filter(pk=session.pk).update(cancelled_at=now)
    delivery.sweep(at=now)
    assert mail.outbox == []


@pytest.mark.parametrize("days_left", [14, 3])
def test_the_end_of_access_alone_has_words_of_its_own(
    course: BuiltCourse, enrolment: Enrolment, now: datetime, days_left: int
) -> None:
    course.do_lessons(enrolment, at=now)
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=now + days_left * DAY)
    (message,) = remind(now)
    assert message.subject == "Your time on the course is ending soon"
    assert Notice.objects.filter(user=enrolment.learner, kind="access_ending").count() == 1
    assert remind(now + DAY) == []


# --- Stopping -----------------------------------------------------------------------------------


def test_nobody_is_reminded_who_has_finished_left_paused_or_gone(
    course: BuiltCourse, ada: User, ben: User, cleo: User, now: datetime, amy: User
) -> None:
    course.complete(ada, at=now)
    enrol.withdraw(enrolment_id=course.enrol(ben, at=now).pk, by=ben, at=now)
    enrol.suspend(enrolment_id=course.enrol(cleo, at=now).pk, by=amy, at=now, reason="A rest.")
    dee = people.person("dee", "Dee Lerner")
    course.enrol(dee, at=now)
    User.objects.filter(pk=dee.pk).update(is_active=False)
    OutboxEntry.objects.all().delete()
    for days in (7, 14, 20):
        assert remind(now + days * DAY) == []


def test_leaving_between_writing_and_sending_stops_it(enrolment: Enrolment, now: datetime) -> None:
    at = now + 7 * DAY
    reminders.write_due(at=at)
    Enrolment.objects.filter(pk=enrolment.pk).update(status=State.ENDED.value, ended_at=at)
    delivery.sweep(at=at)
    assert mail.outbox == []


# --- Choices ------------------------------------------------------------------------------------


def test_a_pause_of_all_stops_until_its_day_is_over(enrolment: Enrolment, ada: User, now: datetime) -> None:
    reminder_choices.pause(person=ada, last_day=(now + 8 * DAY).date(), at=now)
    assert remind(now + 7 * DAY) == []
    assert remind(now + 8 * DAY) == []
    assert len(remind(now + 9 * DAY)) == 1


def test_switched_off_stays_off_until_it_is_switched_on(
    enrolment: Enrolment, ada: User, now: datetime
) -> None:
    reminder_choices.pause(person=ada, last_day=None, at=now)
    assert remind(now + 7 * DAY) == []
    reminder_choices.resume(person=ada)
    assert len(remind(now + 8 * DAY)) == 1


def test_a_week_of_quiet_is_for_one_course(enrolment: Enrolment, ada: User, now: datetime) -> None:
    other = build.course(at=now, code="OTHER").enrol(ada, at=now)
    OutboxEntry.objects.all().delete()
    reminder_choices.snooze(enrolment_id=other.pk, person=ada, at=now + 5 * DAY)
    (message,) = remind(now + 7 * DAY)
    assert "Course OTHER" not in message.body
    (message,) = remind(now + 12 * DAY)
    assert "Course OTHER" in message.body


def test_that_access_ends_is_told_in_any_case(
    course: BuiltCourse, enrolment: Enrolment, ada: User, now: datetime
) -> None:
    reminder_choices.pause(person=ada, last_day=None, at=now)
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=now + 10 * DAY)
    (message,) = remind(now + 7 * DAY)
    assert message.subject == "Your time on the course is ending soon"


def test_choices_are_safe_to_repeat_and_keep_one_row(enrolment: Enrolment, ada: User, now: datetime) -> None:
    for _time in range(2):
        reminder_choices.pause(person=ada, last_day=None, at=now)
        reminder_choices.snooze(enrolment_id=enrolment.pk, person=ada, at=now)
    assert ReminderChoice.objects.count() == 2
    for _time in range(2):
        reminder_choices.resume(person=ada)
        reminder_choices.wake(enrolment_id=enrolment.pk, person=ada)
    assert not ReminderChoice.objects.exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_a_pause_ends_on_a_day_that_makes_sense(ada: User, now: datetime, days: int) -> None:
    with pytest.raises(ChoiceRefused):
        reminder_choices.pause(person=ada, last_day=(now + days * DAY).date(), at=now)


def test_nobody_chooses_for_somebody_else(enrolment: Enrolment, ben: User, now: datetime) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        reminder_choices.snooze(enrolment_id=enrolment.pk, person=ben, at=now)
    with pytest.raises(Enrolment.DoesNotExist):
        reminder_choices.wake(enrolment_id=enrolment.pk, person=ben)


# --- Many ---------------------------------------------------------------------------------------


def many(course: BuiltCourse, now: datetime, count: int) -> None:
    for number in range(count):
        person = User.objects.create_user(f"many-{count}-{number}@example.org", printed_name="One")
        enrolment = Enrolment.objects.create(
            learner=person, cohort=course.cohort, status=State.ACTIVE.value, started_at=now
        )
        Place.objects.create(cohort=course.cohort, enrolment=enrolment, reason=Place.Reason.LEARNER)


def test_fifty_people_cost_as_many_queries_as_five(
    course: BuiltCourse, now: datetime, django_assert_num_queries: Any
) -> None:
    at = now + 7 * DAY
    deadline(course.cohort, on=(at + DAY).date())
    meeting(course, at + DAY)
    many(course, now, 5)
    course.cohort.edition.outline  # noqa: B018 - in memory, as in a process that has drawn a page
    with django_assert_num_queries(23) as five:
        assert reminders.write_due(at=at) == 15
    many(course, now, 50)
    with django_assert_num_queries(len(five)):
        assert reminders.write_due(at=at + DAY) >= 50


def test_a_run_that_was_cut_short_goes_on_where_it_stopped(
    course: BuiltCourse, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(course, now, 5)
    monkeypatch.setattr(reminders, "BATCH", 2)
    monkeypatch.setattr(reminders, "BATCHES_A_RUN", 1)
    at = now + 7 * DAY
    assert [reminders.write_due(at=at + timedelta(minutes=n)) for n in range(5)] == [2, 2, 1, 0, 0]
    assert ReminderRun.objects.get().done_at is not None


# --- Offers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made_before", "left", "is_told"),
    [(30, 18, True), (30, 25, False), (2, 20, False), (30, 0, False), (20, 2, False)],
)
def test_a_day_before_an_offer_ends_the_person_is_asked_again_once(
    course: BuiltCourse, ada: User, now: datetime, made_before: int, left: int, is_told: bool
) -> None:
    by = now + timedelta(hours=left)
    made = now - timedelta(hours=made_before)
    Offer.objects.create(cohort=course.cohort, kind="waiting_list", learner=ada, made_at=made, answer_by=by)
    told = [reminders.write_ending_offers(at=now + timedelta(minutes=n)) for n in range(3)]
    assert told == [1 if is_told else 0, 0, 0]
