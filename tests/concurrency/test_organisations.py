"""Managers, learners and the team want the same seat of an organisation at the same moment."""

from datetime import datetime
from functools import partial

import pytest

from cms.users.models import User
from courses.actions import offers, organisation_seats, organisations
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Enrolment, Offer, Place
from tests.concurrency.racing import errors, everybody_waits_after, race
from tests.factories import organisations as orgs
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.factories.organisations import WHY

BY_LOCK = pytest.mark.parametrize("locks", [True, False], ids=["with the locks", "without the locks"])
LOCKED = (organisations, "locked")


@pytest.fixture
def mo(transactional_db: None) -> User:
    return people.person("mo", "Mo Manager")


@pytest.fixture
def one(course: BuiltCourse, mo: User, now: datetime) -> Allocation:
    """A single seat on a cohort with room for nobody else."""
    made = orgs.seats(course.cohort, 1, by=mo, at=now)
    Cohort.objects.update(capacity=1)
    return made


@BY_LOCK
def test_two_managers_assign_the_last_free_seat(
    one: Allocation, mo: User, now: datetime, locks: bool
) -> None:
    assign = partial(organisation_seats.assign, allocation_id=one.pk, by=mo, at=now)
    jobs = [partial(assign, addresses=[f"p{number}@example.org"]) for number in range(2)]
    with everybody_waits_after(LOCKED, people=2, locks=locks):
        found = race(jobs)
    assert len(errors(found)) == 1
    # Without the lock both take the seat for free; then the database alone refuses the second.
    assert isinstance(errors(found)[0], ActionRefused) is locks
    assert Place.objects.count() == Offer.objects.count() == 1


@BY_LOCK
def test_a_seat_is_taken_back_while_it_is_accepted(
    one: Allocation, ada: User, mo: User, now: datetime, locks: bool
) -> None:
    """Whoever comes second finds it done: the seat is Ada's, or free, and never both nor neither."""
    (offer,) = organisation_seats.assign(allocation_id=one.pk, addresses=[ada.email], by=mo, at=now)
    take_back = partial(
        organisation_seats.take_back,
        seat_id=offer.place_id,
        allocation_id=one.pk,
        held_by=f"offer:{offer.pk}",
        by=mo,
        at=now,
        reason=WHY,
    )
    accept = partial(offers.accept, offer_id=offer.pk, learner=ada, at=now)
    with everybody_waits_after((offers, "_locked"), people=2, locks=locks):
        found = race([take_back, accept])
    offer.refresh_from_db()
    seat = Place.objects.filter(allocation=one).first()
    agrees = seat is not None and (
        (offer.status == "accepted") == Enrolment.objects.exists() == (seat.enrolment_id is not None)
    )
    if locks:
        assert agrees
        assert len(errors(found)) <= 1
        assert all(isinstance(error, ActionRefused) for error in errors(found))
    else:
        assert not agrees or len(errors(found)) == 1


@BY_LOCK
def test_a_seat_is_given_back_while_it_is_assigned(
    one: Allocation, mo: User, now: datetime, locks: bool
) -> None:
    jobs = [
        partial(organisation_seats.assign, allocation_id=one.pk, addresses=["p@example.org"], by=mo, at=now),
        partial(organisations.take_back_seats, allocation_id=one.pk, seats=1, by=mo, at=now),
    ]
    with everybody_waits_after(LOCKED, people=2, locks=locks):
        found = race(jobs)
    whole = Place.objects.count() == Offer.objects.filter(place__isnull=False).count()
    if locks:
        assert len(errors(found)) == 1
        assert isinstance(errors(found)[0], ActionRefused)
        assert whole
        assert Offer.objects.count() == Place.objects.count()
    else:
        assert not whole or Offer.objects.count() != Place.objects.count() or len(errors(found)) == 1


def test_a_crowd_with_one_link_takes_one_seat(one: Allocation, ada: User, mo: User, now: datetime) -> None:
    crowd = User.objects.bulk_create(User(email=f"person-{n}@example.org", password="!") for n in range(10))
    (offer,) = organisation_seats.assign(allocation_id=one.pk, addresses=["x@example.org"], by=mo, at=now)
    secret = offers.new_secret(offer)
    found = race([partial(offers.accept_by_token, token=secret, learner=person, at=now) for person in crowd])
    assert len(errors(found)) == 9
    assert Place.objects.filter(allocation=one).count() == Enrolment.objects.count() == 1
