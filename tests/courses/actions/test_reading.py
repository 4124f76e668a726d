"""Where a learner stopped, and the version they like: remembered, and never a sign of progress."""

from datetime import datetime, timedelta

import pytest

from cms.users.models import User
from courses.actions import reading, study
from courses.actions.study import StudyRefused
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from courses.progress.notes import ReadingPlace
from courses.queries import access, places
from courses.queries.places import Place
from tests.factories import lessons
from tests.factories.courses import BuiltCourse

WAY = "part-what-gets-in-the-way"


@pytest.fixture(autouse=True)
def words(course: BuiltCourse) -> None:
    lessons.write(course, body=lessons.body())


def keep(course: BuiltCourse, enrolment: Enrolment, anchor: str, *, at: datetime) -> ReadingPlace:
    return reading.keep_place(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        anchor=anchor,
        is_easy=False,
        learner=enrolment.learner,
        at=at,
    )


def place(enrolment: Enrolment) -> Place | None:
    return places.of(
        access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=enrolment.started_at)
    )


def test_the_place_leads_back_to_the_heading(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    keep(course, enrolment, WAY, at=now)
    found = place(enrolment)
    assert found is not None
    assert (found.title, found.heading, found.kept_at) == ("Lesson one", "What gets in the way", now)
    assert found.url == f"/learning/{enrolment.pk}/{course.lesson_id}/#{WAY}"


def test_there_is_one_place_a_course_and_the_latest_is_kept(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    keep(course, enrolment, WAY, at=now)
    keep(course, enrolment, "part-an-evening", at=now + timedelta(minutes=5))
    kept = ReadingPlace.objects.get()
    assert (kept.heading, kept.kept_at) == ("An evening", now + timedelta(minutes=5))


@pytest.mark.parametrize("anchor", ["", "part-nowhere", "<script>", "x" * 5000])
def test_what_is_no_heading_counts_as_the_beginning(
    course: BuiltCourse, enrolment: Enrolment, now: datetime, anchor: str
) -> None:
    keep(course, enrolment, anchor, at=now)
    found = place(enrolment)
    assert found is not None
    assert (found.heading, found.anchor) == ("", "")


def test_a_place_is_no_progress(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    keep(course, enrolment, WAY, at=now)
    assert not Record.objects.exists()
    assert (
        access.learning(
            enrolment_id=enrolment.pk, learner=enrolment.learner, at=enrolment.started_at
        ).standing.done
        == 0
    )


def test_a_lesson_that_was_finished_is_not_offered_again(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    keep(course, enrolment, WAY, at=now)
    study.mark_done(
        enrolment_id=enrolment.pk, activity_id=course.lesson_id, learner=enrolment.learner, at=now
    )
    assert place(enrolment) is None


def test_no_place_is_kept_in_what_is_not_theirs_or_not_open(
    course: BuiltCourse, enrolment: Enrolment, ben: User, now: datetime
) -> None:
    def keep_as(learner: User, activity_id: int) -> None:
        reading.keep_place(
            enrolment_id=enrolment.pk,
            activity_id=activity_id,
            anchor="",
            is_easy=False,
            learner=learner,
            at=now,
        )

    with pytest.raises(Enrolment.DoesNotExist):
        keep_as(ben, course.lesson_id)
    with pytest.raises(StudyRefused, match="still locked"):
        keep_as(enrolment.learner, course.quiz_id)
    course.do_lessons(enrolment, at=now)
    with pytest.raises(StudyRefused, match="not a lesson"):
        keep_as(enrolment.learner, course.quiz_id)
    assert not ReadingPlace.objects.exists()


def test_the_version_is_remembered_with_the_person(ada: User) -> None:
    reading.choose_version(learner=ada, is_easy=True)
    assert User.objects.get(pk=ada.pk).prefers_easy_read
    reading.choose_version(learner=ada, is_easy=False)
    assert not User.objects.get(pk=ada.pk).prefers_easy_read
