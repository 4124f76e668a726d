"""Several people use a code of one use at the same moment."""

from datetime import datetime
from functools import partial

import pytest

from cms.users.models import User
from courses.actions import codes
from courses.actions.codes import CodeRefused
from courses.cohorts.models import Cohort
from courses.enrolment.codes import CodeUse
from courses.enrolment.models import Enrolment, Place
from tests.concurrency.racing import errors, everybody_waits_after, race
from tests.factories import people
from tests.factories.courses import BuiltCourse

LOOKED = (codes, "_check_code")


@pytest.fixture
def code(course: BuiltCourse, now: datetime) -> str:
    """A code of one use; places are no matter."""
    Cohort.objects.update(capacity=None)
    fay = people.person("fay", "Fay")
    (made,) = codes.make(cohort_id=course.cohort.pk, number=1, uses_allowed=1, by=fay, at=now)
    return made.code


@pytest.mark.parametrize("crowd", [2, 20])
def test_a_code_of_one_use_lets_one_in(course: BuiltCourse, code: str, now: datetime, crowd: int) -> None:
    everybody = User.objects.bulk_create(User(email=f"p-{n}@example.org", password="!") for n in range(crowd))
    with everybody_waits_after(LOOKED, people=crowd, locks=True):
        found = race([partial(codes.use, code=code, learner=person, at=now) for person in everybody])
    assert [type(error) for error in errors(found)] == [CodeRefused] * (crowd - 1)
    assert CodeUse.objects.count() == Enrolment.objects.count() == Place.objects.count() == 1


def test_without_the_lock_it_lets_two_in(
    course: BuiltCourse, ada: User, ben: User, code: str, now: datetime
) -> None:
    """The negative control: if this fails, the test above proves nothing."""
    with everybody_waits_after(LOOKED, people=2, locks=False):
        race([partial(codes.use, code=code, learner=person, at=now) for person in (ada, ben)])
    assert CodeUse.objects.count() == 2


def test_one_person_in_two_windows_spends_one_use(
    course: BuiltCourse, ada: User, code: str, now: datetime
) -> None:
    with everybody_waits_after(LOOKED, people=2, locks=True):
        first, second = race([partial(codes.use, code=code, learner=ada, at=now)] * 2)
    assert first == second == Enrolment.objects.get()
    assert CodeUse.objects.count() == 1
