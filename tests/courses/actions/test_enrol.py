"""Joining a cohort."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import enrol
from courses.actions.enrol import EnrolmentRefused
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.rules import Answer
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from tests.factories.courses import BuiltCourse


def test_joining_gives_a_place_a_grant_and_an_active_seat(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    enrolment = enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    assert enrolment.status == State.ACTIVE.value
    assert Place.objects.get(enrolment=enrolment).reason == Place.Reason.LEARNER
    assert Grant.objects.get(enrolment=enrolment).kind == "free"
    assert LedgerEntry.objects.get(action="enrolled").learner == ada


def test_joining_twice_gives_the_same_place(course: BuiltCourse, ada: User, now: datetime) -> None:
    first = enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    second = enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    assert first == second
    assert Place.objects.count() == 1


def test_joining_welcomes_once_by_e_mail(
    course: BuiltCourse, ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert ada.printed_name not in mail.outbox[0].subject


def test_a_full_cohort_refuses_with_a_next_step(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    type(course.cohort).objects.update(capacity=1)
    enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    with pytest.raises(EnrolmentRefused, match="waiting list"):
        enrol.start(cohort_id=course.cohort.pk, learner=ben, at=now)
    assert not Enrolment.objects.filter(learner=ben).exists()


def test_a_hold_past_its_time_does_not_count(course: BuiltCourse, ada: User, now: datetime) -> None:
    type(course.cohort).objects.update(capacity=1)
    hold = Place.objects.create(
        cohort=course.cohort, reason=Place.Reason.HOLD, held_until=now + timedelta(minutes=5)
    )
    with pytest.raises(EnrolmentRefused):
        enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    enrolment = enrol.start(cohort_id=course.cohort.pk, learner=ada, at=hold.held_until)
    assert enrolment.status == State.ACTIVE.value


def test_joining_before_it_opens_is_refused(course: BuiltCourse, ada: User, now: datetime) -> None:
    with pytest.raises(EnrolmentRefused, match="You can join from"):
        enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now - timedelta(days=2))


def test_joining_after_it_closed_is_refused(course: BuiltCourse, ada: User, now: datetime) -> None:
    type(course.cohort).objects.update(enrolment_closes_at=now)
    with pytest.raises(EnrolmentRefused, match="Joining has closed"):
        enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)


def test_an_open_cohort_has_nothing_to_refuse(course: BuiltCourse) -> None:
    assert enrol.refusal_sentence(Answer.OPEN, course.cohort) == ""


def test_case_15_who_left_may_join_again_on_a_new_place(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    first = course.enrol(ada, at=now)
    first.move_to(State.ENDED, ended_at=now)
    second = course.enrol(ada, at=now)
    assert second != first
    assert Enrolment.objects.filter(learner=ada).exclude(status="ended").count() == 1


def test_a_suspended_learner_who_joins_again_stays_suspended(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    enrolment.move_to(State.SUSPENDED)
    again = course.enrol(enrolment.learner, at=now)
    assert (again, again.status) == (enrolment, State.SUSPENDED.value)


# --- Leaving ---------------------------------------------------------------------------------------


def test_leaving_frees_the_place_and_keeps_what_was_done(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    left = enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now, reason="No time")
    assert (left.status, left.ended_at, left.end_reason) == (State.ENDED.value, now, "withdrawn")
    assert not Place.objects.filter(cohort=left.cohort).exists()
    assert Grant.objects.get(enrolment=left).withdrawn_at == now
    assert left.records.exists()
    entry = LedgerEntry.objects.get(action="withdrew")
    assert (entry.learner, entry.by, entry.reason) == (left.learner, left.learner, "No time")


def test_leaving_twice_leaves_once(enrolment: Enrolment, now: datetime) -> None:
    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now)
    again = enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now + timedelta(days=1))
    assert again.ended_at == now
    assert LedgerEntry.objects.filter(action="withdrew").count() == 1


def test_who_has_finished_has_nothing_to_leave(course: BuiltCourse, ada: User, now: datetime) -> None:
    finished = course.complete(ada, at=now)
    with pytest.raises(EnrolmentRefused, match="finished already"):
        enrol.withdraw(enrolment_id=finished.pk, by=ada, at=now)
    assert Place.objects.filter(enrolment=finished).exists()


def test_who_left_by_themselves_may_come_back(
    enrolment: Enrolment, course: BuiltCourse, now: datetime
) -> None:
    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now)
    assert course.enrol(enrolment.learner, at=now) != enrolment
