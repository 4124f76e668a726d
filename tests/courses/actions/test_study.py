"""Working through a course."""

from datetime import datetime, timedelta

import pytest

from cms.users.models import User
from courses.actions import study
from courses.actions.study import StudyRefused
from courses.catalogue.outline import Kind
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.progress.models import Completion, Record
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


def do(enrolment: Enrolment, activity_id: int, at: datetime, learner: User | None = None) -> study.Standing:
    return study.mark_done(
        enrolment_id=enrolment.pk, activity_id=activity_id, learner=learner or enrolment.learner, at=at
    )


def test_a_lesson_is_done_when_the_learner_says_so(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    standing = do(enrolment, course.lesson_id, now)
    record = Record.objects.get()
    assert (record.outcome, record.at, record.by) == ("done", now, enrolment.learner)
    assert (standing.done, standing.total, standing.is_complete) == (1, 3, False)
    assert LedgerEntry.objects.get(action="lesson done").details == {"activity": course.lesson_id}
    assert str(record) == f"done: activity {course.lesson_id}"


def test_saying_it_twice_keeps_the_first_time(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    first = do(enrolment, course.lesson_id, now)
    second = do(enrolment, course.lesson_id, now + timedelta(hours=1))
    assert first == second
    assert Record.objects.get().at == now
    assert LedgerEntry.objects.filter(action="lesson done").count() == 1


def test_a_quiz_is_never_done_by_saying_so(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    course.do_lessons(enrolment, at=now)
    with pytest.raises(StudyRefused, match="finished in another way"):
        do(enrolment, course.quiz_id, now)
    assert not Record.objects.filter(activity=course.quiz_id).exists()


def test_a_locked_lesson_is_refused_even_by_a_direct_call(ada: User, now: datetime) -> None:
    page = build.course_page(code="GATED", slug="gated")
    build.lesson(build.stage(page, "One"), "First")
    build.lesson(build.stage(page, "Two"), "Second")
    edition = build.editions.publish(course_page=page, by=ada, at=now)
    enrolment = build.enrol.start(cohort_id=build.cohort(edition, at=now).pk, learner=ada, at=now)
    first, second = (a.activity_id for a in edition.outline.activities)
    with pytest.raises(StudyRefused, match="still locked"):
        do(enrolment, second, now)
    assert not Record.objects.exists()
    do(enrolment, first, now)
    assert do(enrolment, second, now).is_complete


def test_an_activity_of_another_course_is_refused(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    for stranger in (other.lesson_id, 0, 10**9):
        with pytest.raises(StudyRefused, match="not part of your course"):
            do(enrolment, stranger, now)


def test_somebody_else_s_place_is_not_there(
    course: BuiltCourse, enrolment: Enrolment, ben: User, now: datetime
) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        do(enrolment, course.lesson_id, now, learner=ben)


@pytest.mark.parametrize("state", [State.SUSPENDED, State.ENDED])
def test_a_seat_that_is_not_active_changes_nothing(
    course: BuiltCourse, enrolment: Enrolment, now: datetime, state: State
) -> None:
    fields = {"ended_at": now} if state is State.ENDED else {}
    assert enrolment.move_to(state, **fields)
    with pytest.raises(StudyRefused, match="not active"):
        do(enrolment, course.lesson_id, now)
    assert not Record.objects.exists()


def test_the_last_step_completes_the_course_once(ada: User, now: datetime) -> None:
    page = build.course_page(code="SHORT", slug="short")
    first = build.stage(page, "One")
    build.lesson(first, "First")
    build.lesson(first, "Extra", is_required=False)
    edition = build.editions.publish(course_page=page, by=ada, at=now)
    enrolment = build.enrol.start(cohort_id=build.cohort(edition, at=now).pk, learner=ada, at=now)
    required, extra = (a.activity_id for a in edition.outline.activities)
    assert do(enrolment, required, now).is_complete
    assert do(enrolment, extra, now + timedelta(days=1)).is_complete
    completion = Completion.objects.get()
    assert completion.completed_at == now
    assert str(completion) == f"completion of enrolment {enrolment.pk}"
    assert LedgerEntry.objects.filter(action="completed").count() == 1
    assert OutboxEntry.objects.filter(kind="completed").count() == 1


def test_every_lesson_alone_does_not_complete_a_course_with_a_quiz(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    for activity in course.outline.activities:
        if activity.kind is Kind.LESSON:
            assert not do(enrolment, activity.activity_id, now).is_complete
    assert not Completion.objects.exists()
