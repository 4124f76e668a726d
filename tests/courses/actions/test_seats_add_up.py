"""From any sequence of joining, offering, answering, leaving and moving, the seats of a cohort add up.

A machine that knows nothing of the rules presses buttons in any order, time goes on in between, and jobs
run now and then. After each step the same things must be true.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.users.models import User
from courses.actions import access_end, enrol, moving, offers, organisation_seats, organisations, waiting
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation
from courses.enrolment import places
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.enrolment.states import OfferState, State, WaitingState
from courses.ledger.models import LedgerEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

PEOPLE = 4
WHY = "Because the test says so."
BUTTONS = [
    "join",
    "wait",
    "stop waiting",
    "invite",
    "accept",
    "decline",
    "take back",
    "withdraw",
    "remove",
    "pause",
    "resume",
    "by staff",
    "beyond the number",
    "defer",
    "drop a grant",
    "more room",
    "less room",
    "jobs",
    "offer",
    "allocate",
    "assign",
    "take a seat back",
    "give seats back",
]
STEP = st.tuples(st.sampled_from(BUTTONS), st.integers(0, PEOPLE - 1), st.integers(0, 1), st.integers(0, 30))


class Town:
    """Two cohorts of a course, four people who press buttons, and a clock."""

    def __init__(self, course: BuiltCourse, cast: list[User], by: User, at: datetime) -> None:
        self.cast, self.by, self.at = cast, by, at
        other = build.cohort(course.edition, at=at, name="Another group", capacity=2)
        Cohort.objects.filter(pk=course.cohort.pk).update(capacity=1)
        Cohort.objects.update(access_days=9)
        self.cohorts = [course.cohort.pk, other.pk]
        self.organisation = Organisation.objects.create(name="Example Trust").pk
        # How many seats the organisation should have in each: given, and not given back.
        self.seats = dict.fromkeys(self.cohorts, 0)

    def press(self, button: str, who: int, where: int, hours: int) -> None:
        """Press one button; a refusal is a fine answer."""
        self.at += timedelta(hours=hours)
        name = button.replace(" ", "_")
        try:
            getattr(self, f"do_{name}")(self.cast[who], self.cohorts[where])
        except (ActionRefused, Offer.DoesNotExist):
            return

    def do_join(self, person: User, cohort: int) -> None:
        enrol.start(cohort_id=cohort, learner=person, at=self.at)

    def do_wait(self, person: User, cohort: int) -> None:
        waiting.join(cohort_id=cohort, learner=person, at=self.at)

    def do_stop_waiting(self, person: User, cohort: int) -> None:
        waiting.leave(cohort_id=cohort, learner=person, at=self.at)

    @transaction.atomic
    def do_invite(self, person: User, cohort: int) -> None:
        locked = enrol.lock_cohort(cohort)
        offers.make(cohort=locked, kind=Offer.Kind.INVITATION, learner=person, by=self.by, at=self.at)

    def _last_offer(self, person: User, cohort: int) -> int:
        offer = Offer.objects.filter(learner=person, cohort=cohort).first()
        if offer is None:
            raise Offer.DoesNotExist
        return int(offer.pk)

    def do_accept(self, person: User, cohort: int) -> None:
        offers.accept(offer_id=self._last_offer(person, cohort), learner=person, at=self.at)

    def do_decline(self, person: User, cohort: int) -> None:
        offers.decline(offer_id=self._last_offer(person, cohort), learner=person, at=self.at)

    def do_take_back(self, person: User, cohort: int) -> None:
        offers.withdraw(offer_id=self._last_offer(person, cohort), by=self.by, at=self.at)

    def _live(self, person: User) -> Enrolment:
        found = Enrolment.objects.filter(learner=person).first()
        if found is None:
            raise Offer.DoesNotExist
        return found

    def do_withdraw(self, person: User, cohort: int) -> None:
        enrol.withdraw(enrolment_id=self._live(person).pk, by=person, at=self.at)

    def do_remove(self, person: User, cohort: int) -> None:
        enrol.remove(enrolment_id=self._live(person).pk, by=self.by, at=self.at, reason=WHY)

    def do_pause(self, person: User, cohort: int) -> None:
        enrol.suspend(enrolment_id=self._live(person).pk, by=self.by, at=self.at, reason=WHY)

    def do_resume(self, person: User, cohort: int) -> None:
        enrol.resume(enrolment_id=self._live(person).pk, by=self.by, at=self.at, reason=WHY)

    def do_by_staff(self, person: User, cohort: int, **fields: Any) -> None:
        enrol.by_staff(cohort_id=cohort, learner=person, by=self.by, at=self.at, reason=WHY, **fields)

    def do_beyond_the_number(self, person: User, cohort: int) -> None:
        self.do_by_staff(person, cohort, over_capacity=True)

    def do_defer(self, person: User, cohort: int) -> None:
        moving.move(
            enrolment_id=self._live(person).pk,
            to_cohort_id=cohort,
            kind=moving.DEFERRED,
            by=self.by,
            at=self.at,
            reason=WHY,
        )

    def do_drop_a_grant(self, person: User, cohort: int) -> None:
        grant = Grant.objects.filter(enrolment__learner=person, withdrawn_at=None).first()
        if grant is not None:
            enrol.drop_grant(grant_id=grant.pk, by=self.by, at=self.at, reason=WHY)

    def do_more_room(self, person: User, cohort: int) -> None:
        room = Cohort.objects.values_list("capacity", flat=True).get(pk=cohort) or 0
        Cohort.objects.filter(pk=cohort).update(capacity=min(room + 1, PEOPLE))

    def do_less_room(self, person: User, cohort: int) -> None:
        """An administrator's form refuses less room than there are places in use; so does this one."""
        found = Cohort.objects.get(pk=cohort)
        used = Place.objects.filter(places.counts_at(self.at), cohort=cohort, over_capacity=False).count()
        if found.capacity and found.capacity > max(1, used):
            Cohort.objects.filter(pk=cohort).update(capacity=found.capacity - 1)

    def do_jobs(self, person: User, cohort: int) -> None:
        offers.expire_due(at=self.at)
        waiting.work_due(at=self.at)
        access_end.end_due(at=self.at)

    def do_offer(self, person: User, cohort: int) -> None:
        waiting.offer_free_places(cohort_id=cohort, at=self.at)

    def do_allocate(self, person: User, cohort: int) -> None:
        organisations.allocate(
            cohort_id=cohort, organisation_id=self.organisation, seats=1, by=self.by, at=self.at, reason=WHY
        )
        self.seats[cohort] += 1

    def _allocation(self, cohort: int) -> int:
        found = Allocation.objects.filter(cohort=cohort).first()
        if found is None:
            raise Offer.DoesNotExist
        return int(found.pk)

    def do_assign(self, person: User, cohort: int) -> None:
        where = self._allocation(cohort)
        organisation_seats.assign(allocation_id=where, addresses=[person.email], by=self.by, at=self.at)

    def do_take_a_seat_back(self, person: User, cohort: int) -> None:
        where = self._allocation(cohort)
        mine = Place.objects.filter(Q(enrolment__learner=person) | Q(offer__email=person.email))
        seat = mine.filter(allocation=where).select_related("offer").first()
        if seat is None:
            raise Offer.DoesNotExist
        organisation_seats.take_back(
            seat_id=seat.pk,
            allocation_id=where,
            held_by=organisation_seats.holder_of(seat),
            by=self.by,
            at=self.at,
            reason=WHY,
        )

    def do_give_seats_back(self, person: User, cohort: int) -> None:
        organisations.take_back_seats(allocation_id=self._allocation(cohort), seats=1, by=self.by, at=self.at)
        self.seats[cohort] -= 1

    def check(self) -> None:
        """What is true at every moment."""
        for cohort in Cohort.objects.filter(pk__in=self.cohorts):
            counted = Place.objects.filter(places.counts_at(self.at), cohort=cohort)
            assert counted.filter(over_capacity=False).count() <= (cohort.capacity or 0)
        live = Enrolment.objects.exclude(status=State.ENDED.value)
        for person in self.cast:
            assert live.filter(learner=person).count() <= 1
        # Who is live has one place and at least one grant; who is not has neither.
        assert {e.pk for e in live} == set(
            Place.objects.filter(reason="learner").values_list("enrolment_id", flat=True)
        )
        assert {e.pk for e in live} == set(
            Grant.objects.filter(withdrawn_at=None).values_list("enrolment_id", flat=True)
        )
        # A held place belongs to an open offer, and an open offer holds its place.
        held = Place.objects.filter(reason="hold").values_list("pk", flat=True)
        open_offers = Offer.objects.filter(status=OfferState.OPEN.value)
        seats = open_offers.filter(kind="organisation")
        others = open_offers.exclude(kind="organisation")
        assert sorted(held) == sorted(others.values_list("place_id", flat=True))
        self.check_seats(seats)
        for row in Enrolment.objects.exclude(status=State.ENDED.value):
            assert not others.filter(cohort=row.cohort_id, learner=row.learner_id).exists()
        offered = WaitingEntry.objects.filter(status=WaitingState.OFFERED.value)
        assert all(entry.offer is not None and entry.offer.status == "open" for entry in offered)
        self.check_history()

    def check_seats(self, offered: Any) -> None:
        """No seat of an organisation is lost or made of nothing, whoever has it."""
        for cohort in self.cohorts:
            assert Place.objects.filter(cohort=cohort, allocation__isnull=False).count() == self.seats[cohort]
        free = set(Place.objects.filter(reason="seat").values_list("pk", flat=True))
        assert {offer.place_id for offer in offered} <= free
        # Whoever has a seat has it because of the organisation, and the other way round.
        on_seats = Place.objects.filter(allocation__isnull=False, enrolment__isnull=False)
        granted = Grant.objects.filter(kind="organisation", withdrawn_at=None)
        assert sorted(on_seats.values_list("enrolment", flat=True)) == sorted(
            granted.values_list("enrolment", flat=True)
        )

    def check_history(self) -> None:
        """Every state that is reached has its line in the ledger."""
        written = set(LedgerEntry.objects.values_list("action", "subject"))
        subjects = {subject for _action, subject in written}
        # What is offered to an address alone is nobody's history yet.
        people = Offer.objects.filter(learner__isnull=False)
        for rows in (Enrolment.objects.all(), people, WaitingEntry.objects.all()):
            assert {f"{row._meta.model_name}:{row.pk}" for row in rows} <= subjects
        for offer in people.exclude(status=OfferState.OPEN.value):
            assert any(
                subject == f"offer:{offer.pk}" and action != "offered a place" for action, subject in written
            )
        ends = {"withdrew", "removed", "deferred", "access ended", "lost their place"}
        for ended in Enrolment.objects.filter(status=State.ENDED.value):
            assert any(action in ends and subject == f"enrolment:{ended.pk}" for action, subject in written)


@pytest.fixture
def town(course: BuiltCourse, now: datetime) -> Town:
    cast = [people.person(f"person{n}", f"Person {n}") for n in range(PEOPLE)]
    return Town(course, cast, people.person("fay", "Fay"), now)


@settings(max_examples=60)
@given(steps=st.lists(STEP, min_size=5, max_size=25))
def test_whatever_people_press_the_seats_add_up(town: Town, steps: list[tuple[str, int, int, int]]) -> None:
    started = town.at
    with transaction.atomic():
        for step in steps:
            town.press(*step)
            town.check()
        transaction.set_rollback(True)
    town.at, town.seats = started, dict.fromkeys(town.cohorts, 0)
