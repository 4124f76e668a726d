"""Access that ends: promised at joining, and never moved by a later rule."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cms.users.models import User
from courses.actions import access_end, enrol
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Place
from courses.enrolment.rules import access_until, end_of_day
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from tests.factories import people
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)


def test_a_self_paced_learner_has_so_many_whole_days(course: BuiltCourse, ada: User, now: datetime) -> None:
    Cohort.objects.update(access_days=10)
    enrolment = course.enrol(ada, at=now)
    assert enrolment.access_until == datetime(2026, 12, 4, 0, 0, tzinfo=ZoneInfo("Europe/London"))


def test_a_later_change_of_the_cohort_does_not_move_a_promise(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    Cohort.objects.update(access_days=10)
    enrolment = course.enrol(ada, at=now)
    Cohort.objects.update(access_days=1)
    assert access_end.end_due(at=now + 9 * DAY) == 0
    enrolment.refresh_from_db()
    assert enrolment.status == State.ACTIVE.value


def test_access_ends_once_and_frees_the_place(course: BuiltCourse, ada: User, now: datetime) -> None:
    Cohort.objects.update(access_days=10)
    course.enrol(ada, at=now)
    assert access_end.end_due(at=now + 11 * DAY) == 1
    assert access_end.end_due(at=now + 11 * DAY) == 0
    enrolment = Enrolment.objects.get()
    assert (enrolment.status, enrolment.end_reason) == (State.ENDED.value, "access_over")
    assert not Place.objects.exists()
    assert LedgerEntry.objects.get(action="access ended").by is None


def test_after_access_is_over_joining_again_begins_anew(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    Cohort.objects.update(access_days=1)
    course.enrol(ada, at=now)
    access_end.end_due(at=now + 5 * DAY)
    assert course.enrol(ada, at=now + 5 * DAY).status == State.ACTIVE.value
    assert Enrolment.objects.count() == 2


def test_staff_may_give_more_time_with_a_reason(course: BuiltCourse, ada: User, now: datetime) -> None:
    Cohort.objects.update(access_days=1)
    enrolment = course.enrol(ada, at=now)
    fay = people.person("fay", "Fay")
    with pytest.raises(EnrolmentRefused, match="say why"):
        access_end.extend(enrolment_id=enrolment.pk, until=now + 9 * DAY, by=fay, at=now, reason=" ")
    with pytest.raises(EnrolmentRefused, match="still to come"):
        access_end.extend(enrolment_id=enrolment.pk, until=now, by=fay, at=now, reason="Ill.")
    access_end.extend(enrolment_id=enrolment.pk, until=now + 9 * DAY, by=fay, at=now, reason="Ill.")
    assert access_end.end_due(at=now + 5 * DAY) == 0
    assert LedgerEntry.objects.get(action="access changed").details["after"] == (now + 9 * DAY).isoformat()
    enrol.withdraw(enrolment_id=enrolment.pk, by=ada, at=now)
    with pytest.raises(EnrolmentRefused, match="has ended"):
        access_end.extend(enrolment_id=enrolment.pk, until=now + 9 * DAY, by=fay, at=now, reason="Ill.")


@pytest.mark.parametrize(
    ("zone", "joined", "days", "hours"),
    [
        # The night the clocks go back has 25 hours, the night they go forward 23.
        ("Europe/London", datetime(2026, 10, 24, 12, tzinfo=UTC), 1, 36),
        ("Europe/London", datetime(2026, 3, 28, 12, tzinfo=UTC), 1, 35),
        ("Australia/Sydney", datetime(2026, 4, 3, 14, tzinfo=UTC), 1, 48),
        ("Australia/Sydney", datetime(2026, 10, 2, 14, tzinfo=UTC), 1, 47),
    ],
)
def test_days_of_access_are_days_of_the_calendar_there(
    zone: str, joined: datetime, days: int, hours: int
) -> None:
    end = access_until(joined_at=joined, time_zone=zone, days=days, last_day=None)
    assert end is not None
    assert end.astimezone(ZoneInfo(zone)).hour == 0
    assert end.astimezone(UTC) - joined == timedelta(hours=hours)


def test_the_earlier_of_two_ends_holds() -> None:
    last = date(2026, 12, 1)
    found = access_until(
        joined_at=datetime(2026, 11, 23, tzinfo=UTC), time_zone="Europe/London", days=100, last_day=last
    )
    assert found == end_of_day(last, time_zone="Europe/London")


def test_without_a_rule_access_has_no_end(course: BuiltCourse, ada: User, now: datetime) -> None:
    assert course.enrol(ada, at=now).access_until is None
    assert access_end.end_due(at=now + 9999 * DAY) == 0
