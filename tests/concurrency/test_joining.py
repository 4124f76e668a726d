"""Fifty people press "Join" at the same moment."""

from datetime import datetime
from functools import partial

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import enrol
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Grant, Place
from courses.ledger.models import LedgerEntry
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories.courses import BuiltCourse

CROWD = 50
LOOKED = (enrol, "may_join")


def crowd() -> list[User]:
    """Fifty accounts that nobody signs in to."""
    return User.objects.bulk_create(User(email=f"person-{n}@example.org", password="!") for n in range(CROWD))


def join_at_once(cohort: Cohort, people: list[User], at: datetime) -> list[object]:
    return race([partial(enrol.start, cohort_id=cohort.pk, learner=person, at=at) for person in people])


@pytest.mark.parametrize("places", [1, 2, 3, 4, 5])
def test_case_09_the_last_places_are_given_once(course: BuiltCourse, now: datetime, places: int) -> None:
    Cohort.objects.update(capacity=places)
    with everybody_waits_after(LOOKED, people=CROWD, locks=True):
        found = join_at_once(course.cohort, crowd(), now)
    refused = errors(found)
    assert {type(error) for error in refused} == {EnrolmentRefused}
    assert len(refused) == CROWD - places
    assert Place.objects.count() == Enrolment.objects.count() == Grant.objects.count() == places
    assert LedgerEntry.objects.filter(action="enrolled").count() == places
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == places


@pytest.mark.parametrize("places", [1, 5])
def test_without_the_lock_places_are_given_twice(course: BuiltCourse, now: datetime, places: int) -> None:
    """The negative control: if this fails, the test above proves nothing."""
    Cohort.objects.update(capacity=places)
    with everybody_waits_after(LOOKED, people=CROWD, locks=False):
        join_at_once(course.cohort, crowd(), now)
    assert Place.objects.count() > places


def test_case_15_joining_in_two_windows_gives_one_place(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    with everybody_waits_after(LOOKED, people=2, locks=True):
        first, second = join_at_once(course.cohort, [ada, ada], now)
    assert first == second == Enrolment.objects.get()
    assert Place.objects.count() == 1
    assert len(mail.outbox) == 1


def test_without_the_lock_only_the_database_refuses_a_second_place(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    with everybody_waits_after(LOOKED, people=2, locks=False):
        found = join_at_once(course.cohort, [ada, ada], now)
    assert caught_by(found) == ["enrolment_one_live_per_cohort"]
    assert Enrolment.objects.count() == 1
