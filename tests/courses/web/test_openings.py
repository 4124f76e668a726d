"""Stages that open on a date of the run sheet: shut to learners before, on every page and in every action."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import coursework, editions, quiz, run_sheets, sessions, study
from courses.actions.coursework import Work
from courses.actions.run_sheets import DateDetails
from courses.actions.sessions import Details
from courses.actions.study import StudyRefused
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.cohorts.dates import Anchor, DaysOff, What
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.messages import gathering
from courses.progress.models import Record
from courses.progress.notes import Note
from courses.queries import access
from tests.factories import courses as build
from tests.factories import meetings
from tests.factories.courses import SECRET_LESSON, BuiltCourse

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
DAY = timedelta(days=1)


@pytest.fixture
def course(course: BuiltCourse, now: datetime) -> BuiltCourse:
    """The small course in a cohort with dates."""
    Cohort.objects.filter(pk=course.cohort.pk).update(
        is_rolling=False, starts_on=now.date() - DAY, ends_on=now.date() + 90 * DAY
    )
    course.cohort.refresh_from_db()
    return course


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def enrolment(course: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    return course.enrol(ada, at=now)


def release(
    cohort: Cohort, *, by: User, at: datetime, stage: int = 1, clock: time = time(9), **rule: Any
) -> Any:
    rule = rule or {"anchor": Anchor.DATE, "on": date(2027, 3, 3)}
    details = DateDetails(what=What.RELEASE, stage_number=stage, local_time=clock, **rule)
    return run_sheets.add_date(cohort_id=cohort.pk, details=details, by=by, at=at)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


SENTENCE = "This opens on Wednesday 3 March 2027, 09:00."


def test_a_stage_says_when_it_opens_and_gives_nothing_away_before(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    release(course.cohort, by=fay, at=now)
    lesson = reverse("learning:activity", args=[enrolment.pk, course.lesson_id])
    with time_machine.travel(now):
        client = sign_in(enrolment.learner)
        for name, args in (("learning:course", [enrolment.pk]), ("learning:dashboard", [])):
            page = words(client.get(reverse(name, args=args)))
            assert SENTENCE in page
            assert lesson not in page
        shut = client.get(lesson)
        assert shut.status_code == 403
        assert SENTENCE in words(shut)
        assert SECRET_LESSON not in words(shut)
        pack = words(client.get(reverse("learning:print_stage", args=[enrolment.pk, 1])))
        assert SENTENCE in pack
        assert SECRET_LESSON not in pack
    with time_machine.travel(datetime.fromisoformat("2027-03-03T09:00Z")):
        assert SECRET_LESSON in words(sign_in(enrolment.learner).get(lesson))


def test_no_direct_post_reaches_what_is_shut(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    release(course.cohort, by=fay, at=now, stage=2)
    extra = course.ids(Kind.LESSON)[2]
    release(course.cohort, by=fay, at=now, stage=1)
    with time_machine.travel(now):
        client = sign_in(enrolment.learner)
        for name, activity, sent in (
            ("learning:done", extra, {}),
            ("learning:begin", course.quiz_id, {}),
            ("learning:note", extra, {"text": "Mine", "sequence": "1", "seal": "x"}),
        ):
            answer = client.post(reverse(name, args=[enrolment.pk, activity]), sent, follow=True)
            assert "opens on Wednesday 3 March 2027, 09:00" in words(answer), name
    assert not Record.objects.filter(activity=extra).exists()
    assert not Attempt.objects.exists()
    assert not Note.objects.exists()


def test_what_was_done_before_a_date_was_set_stays_done_and_can_be_read(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    release(course.cohort, by=fay, at=now)
    found = access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=now)
    assert found.standing.percent == 66
    with time_machine.travel(now):
        lesson = reverse("learning:activity", args=[enrolment.pk, course.lesson_id])
        assert SECRET_LESSON in words(sign_in(enrolment.learner).get(lesson))


def test_a_quiz_that_was_begun_can_be_handed_in_when_a_date_is_set_afterwards(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    attempt = course.begin(enrolment, at=now)
    release(course.cohort, by=fay, at=now, stage=2)
    course.answer(attempt, right=3, at=now)
    assert quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now).passed
    with time_machine.travel(now):
        page = sign_in(enrolment.learner).get(reverse("learning:review", args=[attempt.pk]))
        assert page.status_code == 200


def test_a_stage_that_waits_for_both_names_the_date_and_the_stage(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    release(course.cohort, by=fay, at=now, stage=2)
    found = access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=now)
    assert access.lock_sentence(found.standing.stages[1]) == f"{SENTENCE} First, finish stage 1."
    assert access.lock_sentence(found.standing.stages[0]) == ""
    later = datetime.fromisoformat("2027-03-03T09:00Z")
    after = access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=later)
    assert access.lock_sentence(after.standing.stages[1]) == "This opens when you have finished stage 1."


def opens(enrolment: Enrolment, at: datetime) -> list[str]:
    found = access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=at)
    return [stage.opens for stage in found.standing.stages]


def test_moving_a_date_a_meeting_or_the_cohort_moves_the_opening_at_once(
    fay: User, ada: User, now: datetime
) -> None:
    course = meetings.course(at=now, meetings=1)
    meetings.facilitator(course.cohort, fay)
    enrolment = course.enrol(ada, at=now)
    (activity,) = meetings.ids(course)
    row = release(
        course.cohort,
        by=fay,
        at=now,
        anchor=Anchor.SESSION,
        session_activity_id=activity,
        offset_days=3,
    )
    # A meeting without a date keeps nothing shut.
    assert opens(enrolment, now) == [""]
    (planned,) = meetings.plan(course, by=fay, at=now, days=(7,))
    assert opens(enrolment, now) == ["Thursday 3 December 2026, 09:00"]
    details: Any = {
        "title": planned.title,
        "starts_at": planned.starts_at + DAY,
        "ends_at": planned.ends_at + DAY,
    }
    sessions.change(session_id=planned.pk, details=Details(**details), seen=0, by=fay, at=now)
    assert opens(enrolment, now) == ["Friday 4 December 2026, 09:00"]
    changed = DateDetails(what=What.RELEASE, stage_number=1, local_time=time(18, 30), anchor=Anchor.START)
    run_sheets.change_date(date_id=row.pk, details=changed, by=fay, at=now)
    assert opens(enrolment, now) == [""]
    starts_on = course.cohort.starts_on
    run_sheets.move_start(
        cohort_id=course.cohort.pk, starts_on=starts_on + 30 * DAY, seen=starts_on, by=fay, at=now
    )
    assert opens(enrolment, now) == ["Wednesday 16 December 2026, 18:30"]
    run_sheets.remove_date(date_id=row.pk, by=fay, at=now)
    assert opens(enrolment, now) == [""]


@pytest.mark.parametrize(
    ("zone", "on", "moment"),
    [
        # Clocks go forward in the night to 28 March 2027, and back in the night to 31 October.
        ("Europe/London", date(2027, 3, 27), "2027-03-27T09:00Z"),
        ("Europe/London", date(2027, 3, 28), "2027-03-28T08:00Z"),
        ("Europe/London", date(2027, 10, 30), "2027-10-30T08:00Z"),
        ("Europe/London", date(2027, 10, 31), "2027-10-31T09:00Z"),
        ("America/New_York", date(2027, 3, 13), "2027-03-13T14:00Z"),
        ("America/New_York", date(2027, 3, 14), "2027-03-14T13:00Z"),
    ],
)
def test_it_opens_at_nine_by_the_clock_of_the_cohort_also_when_clocks_change(
    enrolment: Enrolment,
    fay: User,
    now: datetime,
    zone: str,
    on: date,
    moment: str,
) -> None:
    Cohort.objects.filter(pk=enrolment.cohort_id).update(time_zone=zone)
    cohort = Cohort.objects.get(pk=enrolment.cohort_id)
    release(cohort, by=fay, at=now, anchor=Anchor.DATE, on=on)

    def do(at: datetime) -> None:
        study.mark_done(
            enrolment_id=enrolment.pk,
            activity_id=cohort.edition.outline.activities[0].activity_id,
            learner=enrolment.learner,
            at=at,
        )

    opens_at = datetime.fromisoformat(moment)
    with pytest.raises(StudyRefused, match="opens on"):
        do(opens_at - timedelta(seconds=1))
    do(opens_at)


def test_the_reader_is_told_in_their_own_time_with_the_cohorts_beside_it(
    course: BuiltCourse, enrolment: Enrolment, fay: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    release(course.cohort, by=fay, at=now)
    other = course.enrol(ben, at=now)
    User.objects.filter(pk=ben.pk).update(time_zone="America/New_York")
    with time_machine.travel(now):
        near, away = (
            words(sign_in(User.objects.get(pk=e.learner_id)).get(reverse("learning:course", args=[e.pk])))
            for e in (enrolment, other)
        )
    assert SENTENCE in near
    assert "This opens on Wednesday 3 March 2027, 04:00 (09:00 in London)." in away


def test_who_looks_is_told_the_days_of_the_cohort_in_their_own_time_and_that_it_is_not_the_learner_s(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    release(course.cohort, by=fay, at=now)
    User.objects.filter(pk=enrolment.learner_id).update(time_zone="America/New_York")
    with time_machine.travel(now):
        client = sign_in(fay)
        client.post(reverse("staff:look_at_learner", args=[enrolment.pk]))
        shown = words(client.get(reverse("learning:course", args=[enrolment.pk])))
        board = words(client.get(reverse("learning:cohort", args=[enrolment.pk])))
    assert SENTENCE in shown
    for page in (shown, board):
        assert "in London)" not in page
        assert "The learner reads them in another one." in page


def test_days_off_are_stepped_over_and_the_last_of_two_dates_counts(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    saturday = {"anchor": Anchor.DATE, "on": date(2027, 3, 6), "days_off": DaysOff.WEEKENDS}
    release(course.cohort, by=fay, at=now, **saturday)
    assert opens(enrolment, now) == ["Monday 8 March 2027, 09:00", ""]
    release(course.cohort, by=fay, at=now)
    assert opens(enrolment, now) == ["Monday 8 March 2027, 09:00", ""]


def test_other_cohorts_staff_and_samples_are_not_held_up(
    course: BuiltCourse, enrolment: Enrolment, fay: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    release(course.cohort, by=fay, at=now)
    other = build.cohort(course.edition, at=now, name="At any time")
    seat = Enrolment.objects.create(learner=ben, cohort=other, status="active", started_at=now)
    assert opens(seat, now) == ["", ""]
    with time_machine.travel(now):
        client = sign_in(fay)
        start = reverse("staff:look_at_edition", args=[course.edition.pk])
        client.post(start, {"cohort": course.cohort.pk})
        lesson = client.get(reverse("learning:activity", args=[0, course.lesson_id]))
        assert SECRET_LESSON in words(lesson)


def test_the_same_statements_with_ten_dates_as_with_none(
    course: BuiltCourse, enrolment: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(enrolment.learner)
    addresses = [
        reverse("learning:activity", args=[enrolment.pk, course.lesson_id]),
        reverse("learning:course", args=[enrolment.pk]),
        reverse("learning:dashboard"),
    ]

    def counted() -> list[int]:
        found = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            found.append(len(asked))
        return found

    with time_machine.travel(now):
        before = counted()
        for day in range(10):
            release(course.cohort, by=fay, at=now, stage=2, anchor=Anchor.START, offset_days=day + 5)
        assert counted() == before


def test_nobody_is_reminded_to_go_on_while_the_next_stage_is_shut(
    course: BuiltCourse, enrolment: Enrolment, fay: User, now: datetime
) -> None:
    def can_go_on() -> bool:
        (found,) = gathering.facts_of([enrolment.learner_id], at=now)
        return found.facts.can_go_on

    assert can_go_on()
    release(course.cohort, by=fay, at=now)
    assert not can_go_on()


def test_coursework_of_a_shut_stage_cannot_be_handed_in(fay: User, ada: User, now: datetime) -> None:
    page = build.course_page(code="WORK", slug="work-course")
    build.coursework_page(build.stage(page, "A stage"), "A page")
    edition = editions.publish(course_page=page, by=meetings.publisher(), at=now)
    cohort = meetings.dated_cohort(edition, at=now)
    meetings.facilitator(cohort, fay)
    enrolment = Enrolment.objects.create(learner=ada, cohort=cohort, status="active", started_at=now)
    release(cohort, by=fay, at=now)
    (activity,) = edition.outline.activities
    with pytest.raises(StudyRefused, match="opens on Wednesday 3 March 2027"):
        coursework.hand_in(
            enrolment_id=enrolment.pk,
            activity_id=activity.activity_id,
            work=Work(text="Some words.", token=uuid4()),
            learner=ada,
            at=now,
        )
