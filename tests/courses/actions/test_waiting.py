"""Waiting lists: nobody jumps the queue, nobody is offered what they could not take, and no place is lost."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from cms.users.models import User
from courses.actions import enrol, offers, waiting
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Offer, Place, WaitingEntry
from courses.enrolment.rules import Answer
from courses.ledger.models import LedgerEntry
from tests.factories import people
from tests.factories.courses import BuiltCourse

HOUR = timedelta(hours=1)


@pytest.fixture
def full(course: BuiltCourse, ada: User, now: datetime) -> BuiltCourse:
    """A cohort of one place, and Ada has it."""
    Cohort.objects.update(capacity=1)
    course.enrol(ada, at=now)
    return course


def wait(course: BuiltCourse, *names: str, at: datetime) -> list[User]:
    found = [people.person(name, name.capitalize()) for name in names]
    for place, person in enumerate(found):
        waiting.join(cohort_id=course.cohort.pk, learner=person, at=at + timedelta(minutes=place))
    return found


def state_of(person: User) -> str:
    return WaitingEntry.objects.get(learner=person).status


def offer_of(person: User) -> Offer:
    return Offer.objects.get(learner=person)


def promote(course: BuiltCourse, at: datetime) -> int:
    return waiting.offer_free_places(cohort_id=course.cohort.pk, at=at)


def test_waiting_twice_keeps_the_first_turn(full: BuiltCourse, now: datetime) -> None:
    gus, _ida = wait(full, "gus", "ida", at=now)
    again = waiting.join(cohort_id=full.cohort.pk, learner=gus, at=now + HOUR)
    assert again.joined_at == now
    assert WaitingEntry.objects.count() == 2


def test_there_is_no_waiting_while_a_place_is_free(course: BuiltCourse, ada: User, now: datetime) -> None:
    with pytest.raises(EnrolmentRefused, match="You can join at once"):
        waiting.join(cohort_id=course.cohort.pk, learner=ada, at=now)


def test_who_has_a_place_does_not_wait(full: BuiltCourse, ada: User, now: datetime) -> None:
    with pytest.raises(EnrolmentRefused, match="a place on this course already"):
        waiting.join(cohort_id=full.cohort.pk, learner=ada, at=now)


def test_a_cohort_without_a_list_says_so(full: BuiltCourse, ben: User, now: datetime) -> None:
    Cohort.objects.update(has_waiting_list=False)
    with pytest.raises(EnrolmentRefused, match="no waiting list"):
        waiting.join(cohort_id=full.cohort.pk, learner=ben, at=now)


def test_a_freed_place_goes_to_the_one_who_waited_longest(
    full: BuiltCourse, ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    gus, ida = wait(full, "gus", "ida", at=now)
    mail.outbox.clear()
    # The work that follows reads the clock.
    with time_machine.travel(now + HOUR, tick=False), django_capture_on_commit_callbacks(execute=True):
        enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now + HOUR)
    assert (state_of(gus), state_of(ida)) == ("offered", "waiting")
    ends = (offer_of(gus).answer_by or now).astimezone(ZoneInfo(full.cohort.time_zone))
    assert ends.isoformat() == "2026-12-01T00:00:00+00:00"
    told = [message.to[0] for message in mail.outbox]
    assert sorted(told) == [ada.email, gus.email]


def test_a_newcomer_does_not_pass_those_who_wait(
    full: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    """Between the place coming free and the offer going out, nobody else may take it."""
    wait(full, "gus", at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    with pytest.raises(EnrolmentRefused, match="waiting list"):
        enrol.start(cohort_id=full.cohort.pk, learner=ben, at=now)
    assert promote(full, now) == 1
    with pytest.raises(EnrolmentRefused, match="waiting list"):
        enrol.start(cohort_id=full.cohort.pk, learner=ben, at=now)


def test_two_free_places_and_one_who_waits_leave_one_for_a_newcomer(
    full: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    (gus,) = wait(full, "gus", at=now)
    Cohort.objects.update(capacity=3)
    assert enrol.start(cohort_id=full.cohort.pk, learner=ben, at=now).learner == ben
    with pytest.raises(EnrolmentRefused):
        enrol.start(cohort_id=full.cohort.pk, learner=people.person("lou", "Lou"), at=now)
    assert promote(full, now) == 1
    assert state_of(gus) == "offered"


def test_accepting_ends_the_waiting(full: BuiltCourse, ada: User, now: datetime) -> None:
    (gus,) = wait(full, "gus", at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    promote(full, now)
    offers.accept(offer_id=offer_of(gus).pk, learner=gus, at=now + HOUR)
    assert state_of(gus) == "joined"
    assert Place.objects.get().enrolment.learner == gus


@pytest.mark.parametrize("how", ["declined", "lapsed", "left"])
def test_an_offer_that_is_not_taken_passes_to_the_next(
    full: BuiltCourse, ada: User, now: datetime, how: str, django_capture_on_commit_callbacks: Any
) -> None:
    gus, ida = wait(full, "gus", "ida", at=now)
    with django_capture_on_commit_callbacks(execute=True):
        enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        if how == "declined":
            offers.decline(offer_id=offer_of(gus).pk, learner=gus, at=now + HOUR)
        elif how == "left":
            waiting.leave(cohort_id=full.cohort.pk, learner=gus, at=now + HOUR)
        else:
            assert offers.expire_due(at=offer_of(gus).answer_by or now) == 1
    assert state_of(gus) == {"declined": "left", "lapsed": "passed", "left": "left"}[how]
    assert state_of(ida) == "offered"
    assert Place.objects.count() == 1


def test_an_offer_the_team_takes_back_leaves_the_turn(full: BuiltCourse, ada: User, now: datetime) -> None:
    (gus,) = wait(full, "gus", at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    promote(full, now)
    offers.withdraw(offer_id=offer_of(gus).pk, by=ada, at=now)
    assert state_of(gus) == "waiting"
    assert promote(full, now) == 1


def test_who_let_an_offer_go_by_may_wait_again_at_the_end(
    full: BuiltCourse, ada: User, now: datetime
) -> None:
    gus, ida = wait(full, "gus", "ida", at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    promote(full, now)
    offers.expire_due(at=now + 192 * HOUR)
    waiting.join(cohort_id=full.cohort.pk, learner=gus, at=now + 193 * HOUR)
    promote(full, now + 193 * HOUR)
    assert state_of(ida) == "offered"
    assert WaitingEntry.objects.get(learner=gus, ended_at=None).status == "waiting"


def test_new_people_come_first_where_the_cohort_says_so(full: BuiltCourse, ada: User, now: datetime) -> None:
    Cohort.objects.update(waiting_order="new_first", capacity=2)
    gus = people.person("gus", "Gus")
    left = full.enrol(gus, at=now)
    enrol.withdraw(enrolment_id=left.pk, by=gus, at=now)
    Cohort.objects.update(capacity=1)
    waiting.join(cohort_id=full.cohort.pk, learner=gus, at=now)
    (ida,) = wait(full, "ida", at=now + HOUR)
    Cohort.objects.update(capacity=2)
    assert promote(full, now + HOUR) == 1
    assert (state_of(ida), WaitingEntry.objects.get(learner=gus).status) == ("offered", "waiting")


def test_nothing_is_offered_when_joining_makes_no_sense_any_more(
    full: BuiltCourse, ada: User, now: datetime
) -> None:
    (gus,) = wait(full, "gus", at=now)
    Cohort.objects.update(offers_until=now + HOUR)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    assert promote(full, now + HOUR) == 0
    assert waiting.work_due(at=now + HOUR) == 1
    assert state_of(gus) == "closed"
    assert LedgerEntry.objects.filter(action="waiting ended", learner=gus).exists()


def test_offers_may_go_on_after_ordinary_joining_has_closed(
    full: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    Cohort.objects.update(enrolment_closes_at=now + HOUR, offers_until=now + 9 * HOUR)
    later = now + 2 * HOUR
    waiting.join(cohort_id=full.cohort.pk, learner=ben, at=later)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=later)
    assert promote(full, later) == 1
    assert offer_of(ben).answer_by == now + 9 * HOUR


def test_a_promotion_passes_the_rules_of_a_fresh_enrolment(
    full: BuiltCourse, ada: User, now: datetime
) -> None:
    """Gus was taken off the course while he waited, and Ida has closed her account: Lou is asked."""
    gus, ida, lou = wait(full, "gus", "ida", "lou", at=now)
    Cohort.objects.update(capacity=2)
    seat = enrol.by_staff(cohort_id=full.cohort.pk, learner=gus, by=ada, at=now, reason="Asked by phone.")
    WaitingEntry.objects.filter(learner=gus).update(status="waiting", ended_at=None)
    enrol.remove(enrolment_id=seat.pk, by=ada, at=now, reason="Broke the rules of the group.")
    User.objects.filter(pk=ida.pk).update(is_active=False)
    assert promote(full, now + HOUR) == 1
    assert [state_of(person) for person in (gus, ida, lou)] == ["closed", "closed", "offered"]


def test_joining_another_group_ends_no_turn_but_no_offer_follows(
    full: BuiltCourse, ada: User, now: datetime
) -> None:
    (gus,) = wait(full, "gus", at=now)
    other = Cohort.objects.get(pk=full.cohort.pk)
    other.pk, other.name, other.capacity = None, "Another group", 5
    other.save()
    enrol.start(cohort_id=other.pk, learner=gus, at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get(learner=ada).pk, by=ada, at=now)
    assert promote(full, now) == 0
    assert state_of(gus) == "closed"


def test_more_room_is_offered_by_the_job_too(full: BuiltCourse, now: datetime) -> None:
    gus, ida, lou = wait(full, "gus", "ida", "lou", at=now)
    Cohort.objects.update(capacity=3)
    assert waiting.work_due(at=now + HOUR) == 2
    assert waiting.work_due(at=now + HOUR) == 0
    assert [state_of(person) for person in (gus, ida, lou)] == ["offered", "offered", "waiting"]


def test_leaving_the_list_is_safe_to_repeat(full: BuiltCourse, now: datetime) -> None:
    (gus,) = wait(full, "gus", at=now)
    for _press in range(2):
        waiting.leave(cohort_id=full.cohort.pk, learner=gus, at=now)
    assert state_of(gus) == "left"
    assert LedgerEntry.objects.filter(action="stopped waiting").count() == 1


def test_what_a_visitor_is_told_counts_those_who_wait(full: BuiltCourse, ada: User, now: datetime) -> None:
    wait(full, "gus", at=now)
    enrol.withdraw(enrolment_id=Enrolment.objects.get().pk, by=ada, at=now)
    answer, seats = places.answer(cohort=Cohort.objects.get(pk=full.cohort.pk), at=now)
    assert (answer, seats.left, seats.for_newcomers) == (Answer.FULL, 1, 0)
