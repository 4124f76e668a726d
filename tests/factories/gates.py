"""A course whose second stage waits for a quiz with safety questions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from cms.users.models import User
from courses.actions import editions, quiz, study
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

# The places of the safety questions among the five; three right answers reach the pass mark of 60 %.
SAFETY = (1, 3)


def course(
    *, at: datetime, must_be_right: Collection[int] = SAFETY, code: str = "GATE", **quiz_fields: Any
) -> BuiltCourse:
    """Stage one with two lessons and the quiz "The gate", as often as you like; stage two with a lesson."""
    key = ("gate", at, tuple(must_be_right), code, *sorted(quiz_fields.items()))
    return build.remembered(
        key, lambda: _course(at=at, must_be_right=must_be_right, code=code, **quiz_fields)
    )


def _course(*, at: datetime, must_be_right: Collection[int], code: str, **quiz_fields: Any) -> BuiltCourse:
    page = build.course_page(code=code, slug=f"{code.lower()}-course")
    first = build.stage(page, "Doing no harm")
    build.lesson(first, "Consent")
    build.lesson(first, "Distress")
    asked = [build.question(page.course, f"Question {number}") for number in range(1, 6)]
    build.quiz_page(
        first, "The gate", asked, must_be_right=must_be_right, **{"attempts_allowed": None, **quiz_fields}
    )
    build.lesson(build.stage(page, "Interviewing"), "Asking")
    return published(page, at=at)


def published(page: CoursePage, *, at: datetime) -> BuiltCourse:
    """The next edition of the course, with an open cohort of its own."""
    publisher, _ = User.objects.get_or_create(email=f"publisher-{page.pk}@example.org")
    edition = editions.publish(course_page=page, by=publisher, at=at)
    return BuiltCourse(page=page, edition=edition, cohort=build.cohort(edition, at=at))


def before(course: BuiltCourse, learner: User, *, at: datetime) -> Enrolment:
    """A place on the course, with the lessons before the quiz done."""
    enrolment = course.enrol(learner, at=at)
    for lesson_id in course.ids(Kind.LESSON)[:2]:
        study.mark_done(enrolment_id=enrolment.pk, activity_id=lesson_id, learner=learner, at=at)
    return enrolment


def sit(course: BuiltCourse, enrolment: Enrolment, *, right: Collection[int], at: datetime) -> Attempt:
    """One whole try at the quiz, with the questions at these places right and all others wrong."""
    attempt = course.begin(enrolment, at=at)
    course.answer(attempt, right=right, at=at)
    return quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=at)
