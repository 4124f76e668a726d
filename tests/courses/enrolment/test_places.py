"""How full a cohort is."""

from datetime import datetime, timedelta

from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.rules import Answer
from tests.factories.courses import BuiltCourse


def test_a_hold_counts_until_its_time_and_not_a_moment_longer(course: BuiltCourse, now: datetime) -> None:
    until = now + timedelta(minutes=10)
    hold = Place.objects.create(cohort=course.cohort, reason=Place.Reason.HOLD, held_until=until)
    assert places.seats(cohort=course.cohort, at=now).taken == 1
    assert places.seats(cohort=course.cohort, at=until).taken == 0
    assert str(hold) == f"place {hold.pk} (hold)"


def test_a_learner_counts_for_ever(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    later = now + timedelta(days=9999)
    assert places.seats(cohort=course.cohort, at=later).left == 9
    assert str(Grant.objects.get()).startswith("free grant")
    assert str(enrolment) == f"enrolment {enrolment.pk}"


def test_without_a_limit_nobody_is_counted(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    type(course.cohort).objects.update(capacity=None)
    course.cohort.refresh_from_db()
    answer, seats = places.answer(cohort=course.cohort, at=now)
    assert (answer, seats.left, seats.taken) == (Answer.OPEN, None, 0)
