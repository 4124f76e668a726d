"""Several people want the same place, or the same offer, at the same moment."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from cms.users.models import User
from courses.actions import enrol, moving, offers, waiting
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Offer, Place, WaitingEntry
from tests.concurrency.racing import errors, everybody_waits_after, race
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

LOOKED = (places, "fullness")
WHY = "Because the test says so."
BY_LOCK = pytest.mark.parametrize("locks", [True, False], ids=["with the locks", "without the locks"])


@pytest.fixture
def fay(transactional_db: None) -> User:
    return people.person("fay", "Fay")


def offered(course: BuiltCourse, learner: User, at: datetime) -> Offer:
    with transaction.atomic():
        cohort = enrol.lock_cohort(course.cohort.pk)
        return offers.make(cohort=cohort, kind=Offer.Kind.INVITATION, learner=learner, at=at)[0]


def seats_in(course: BuiltCourse) -> int:
    return Place.objects.filter(cohort=course.cohort).count()


@BY_LOCK
def test_two_of_the_team_give_the_last_place(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime, locks: bool
) -> None:
    Cohort.objects.update(capacity=1)
    give = partial(enrol.by_staff, cohort_id=course.cohort.pk, by=fay, at=now, reason=WHY)
    with everybody_waits_after(LOOKED, people=2, locks=locks):
        found = race([partial(give, learner=ada), partial(give, learner=ben)])
    if locks:
        assert [isinstance(one, ActionRefused) for one in errors(found)] == [True]
        assert seats_in(course) == 1
    else:
        assert seats_in(course) == 2


@BY_LOCK
def test_a_promotion_and_a_direct_enrolment_want_the_freed_place(
    course: BuiltCourse, ada: User, ben: User, now: datetime, locks: bool
) -> None:
    """Both look at the same free place; the newcomer must leave it to who waits."""
    Cohort.objects.update(capacity=1)
    course.enrol(ada, at=now)
    gus = people.person("gus", "Gus")
    waiting.join(cohort_id=course.cohort.pk, learner=gus, at=now)
    Cohort.objects.update(capacity=2)
    lou = people.person("lou", "Lou")
    jobs = [
        partial(waiting.offer_free_places, cohort_id=course.cohort.pk, at=now),
        partial(waiting.offer_free_places, cohort_id=course.cohort.pk, at=now),
        partial(enrol.start, cohort_id=course.cohort.pk, learner=lou, at=now),
    ]
    # Both promotions also look whether Gus has an offer already before either of them writes one.
    with (
        everybody_waits_after(LOOKED, people=3, locks=locks),
        everybody_waits_after((offers, "_check_free"), people=2, locks=locks),
    ):
        found = race(jobs)
    refused = [one for one in errors(found) if isinstance(one, ActionRefused)]
    assert len(refused) == 1
    if locks:
        assert len(errors(found)) == 1
        assert seats_in(course) == 2
        assert Offer.objects.get().learner == gus
    else:
        # Both promotions made an offer to the same person: the database alone refuses the second.
        assert len(errors(found)) == 2


@BY_LOCK
def test_an_offer_is_accepted_while_it_is_closed(
    course: BuiltCourse, ada: User, now: datetime, locks: bool
) -> None:
    """Whoever comes second finds it done: never a seat without an offer, nor an offer that took two ways."""
    offer = offered(course, ada, now)
    jobs = [
        partial(offers.accept, offer_id=offer.pk, learner=ada, at=now + timedelta(hours=47)),
        partial(offers.expire, offer_id=offer.pk, at=now + timedelta(hours=49)),
    ]
    with everybody_waits_after((offers, "_locked"), people=2, locks=locks):
        race(jobs)
    offer.refresh_from_db()
    agrees = (offer.status == "accepted") == Enrolment.objects.exists() and (
        Place.objects.filter(enrolment__isnull=False).exists() == Enrolment.objects.exists()
    )
    if locks:
        assert agrees
        assert offer.status in ("accepted", "expired")
    else:
        assert not agrees or offer.status == "accepted"


def test_an_offer_by_link_is_claimed_by_one_of_many(course: BuiltCourse, now: datetime) -> None:
    crowd = User.objects.bulk_create(User(email=f"person-{n}@example.org", password="!") for n in range(20))
    with transaction.atomic():
        cohort = enrol.lock_cohort(course.cohort.pk)
        _offer, secret = offers.make(cohort=cohort, kind="invitation", email="x@example.org", at=now)
    found = race([partial(offers.accept_by_token, token=secret, learner=one, at=now) for one in crowd])
    assert len(errors(found)) == 19
    assert seats_in(course) == Enrolment.objects.count() == 1


@BY_LOCK
def test_a_move_and_a_direct_enrolment_want_the_last_place(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime, locks: bool
) -> None:
    spring = build.cohort(course.edition, at=now, name="Spring", capacity=1)
    old = course.enrol(ada, at=now)
    move = partial(
        moving.move,
        enrolment_id=old.pk,
        to_cohort_id=spring.pk,
        kind="transferred",
        by=fay,
        at=now,
        reason=WHY,
    )
    with everybody_waits_after(LOOKED, people=2, locks=locks):
        found = race([move, partial(enrol.start, cohort_id=spring.pk, learner=ben, at=now)])
    taken = Place.objects.filter(cohort=spring).count()
    if locks:
        assert len(errors(found)) == 1
        assert taken == 1
    else:
        assert taken == 2


def test_two_who_change_places_do_not_block_each_other(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    """Both cohorts are locked in the order of their numbers, so nobody waits for somebody who waits."""
    spring = build.cohort(course.edition, at=now, name="Spring", capacity=9)
    here, there = course.enrol(ada, at=now), enrol.start(cohort_id=spring.pk, learner=ben, at=now)
    move = partial(moving.move, kind="transferred", by=fay, at=now, reason=WHY)
    found = race(
        [
            partial(move, enrolment_id=here.pk, to_cohort_id=spring.pk),
            partial(move, enrolment_id=there.pk, to_cohort_id=course.cohort.pk),
        ]
    )
    assert errors(found) == []
    assert Place.objects.get(enrolment__learner=ada).cohort == spring
    assert Place.objects.get(enrolment__learner=ben).cohort == course.cohort


def test_pressing_wait_twice_gives_one_turn(course: BuiltCourse, ada: User, ben: User, now: datetime) -> None:
    Cohort.objects.update(capacity=1)
    course.enrol(ada, at=now)
    found = race([partial(waiting.join, cohort_id=course.cohort.pk, learner=ben, at=now)] * 5)
    assert errors(found) == []
    assert WaitingEntry.objects.count() == 1
