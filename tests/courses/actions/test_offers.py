"""Places that are kept for one person until they answer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.users.models import User
from courses.actions import enrol, offers
from courses.actions.enrol import EnrolmentRefused
from courses.actions.offers import OfferRefused
from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Offer, Place
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from tests.factories import people
from tests.factories.courses import BuiltCourse

HOUR = timedelta(hours=1)


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


def offer_to(
    course: BuiltCourse, learner: User | None, *, at: datetime, by: User | None = None, **fields: object
) -> tuple[Offer, str]:
    fields = {"kind": Offer.Kind.INVITATION, **fields}
    with transaction.atomic():
        cohort = enrol.lock_cohort(course.cohort.pk)
        return offers.make(cohort=cohort, learner=learner, at=at, by=by, **fields)  # type: ignore[arg-type]


def with_places(number: int) -> None:
    Cohort.objects.update(capacity=number)


def test_an_offer_holds_a_place_for_the_hours_of_the_cohort(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    with_places(1)
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    # Seven days, and until that day is over where the cohort is.
    end = datetime(2026, 12, 1, tzinfo=ZoneInfo(course.cohort.time_zone))
    assert offer.answer_by == end
    with pytest.raises(EnrolmentRefused):
        enrol.start(cohort_id=course.cohort.pk, learner=ben, at=end - HOUR)
    assert enrol.start(cohort_id=course.cohort.pk, learner=ben, at=end).learner == ben


def test_accepting_turns_the_held_place_into_a_seat(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    with_places(1)
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    enrolment = offers.accept(offer_id=offer.pk, learner=ada, at=now + HOUR)
    assert Place.objects.get() == enrolment.place
    assert enrolment.place.reason == Place.Reason.LEARNER
    assert Grant.objects.get().kind == "invitation"
    assert [e.action for e in LedgerEntry.objects.filter(learner=ada)] == [
        "offered a place",
        "enrolled",
        "accepted an offer",
    ]
    assert offers.accept(offer_id=offer.pk, learner=ada, at=now + 2 * HOUR) == enrolment
    assert Place.objects.count() == Enrolment.objects.count() == 1


def test_nobody_answers_the_offer_of_somebody_else(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    offer, secret = offer_to(course, ada, at=now)
    with pytest.raises(Offer.DoesNotExist):
        offers.accept(offer_id=offer.pk, learner=ben, at=now)
    with pytest.raises(Offer.DoesNotExist):
        offers.decline(offer_id=offer.pk, learner=ben, at=now)
    with pytest.raises(Offer.DoesNotExist):
        offers.accept_by_token(token=secret, learner=ben, at=now)
    with pytest.raises(Offer.DoesNotExist):
        offers.accept_by_token(token=secret + "x", learner=ada, at=now)


def test_an_offer_to_an_address_is_claimed_by_whoever_has_the_link(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    offer, secret = offer_to(course, None, email="somebody-else@example.org", at=now)
    assert secret not in Offer.objects.values_list("token_hash", flat=True)
    enrolment = offers.accept_by_token(token=secret, learner=ada, at=now)
    offer.refresh_from_db()
    assert (enrolment.learner, offer.learner) == (ada, ada)
    with pytest.raises(Offer.DoesNotExist):
        offers.accept_by_token(token=secret, learner=ben, at=now)


def test_a_new_secret_makes_the_old_link_useless(course: BuiltCourse, ada: User, now: datetime) -> None:
    offer, old = offer_to(course, None, email="a@example.org", at=now)
    new = offers.new_secret(offer)
    with pytest.raises(Offer.DoesNotExist):
        offers.accept_by_token(token=old, learner=ada, at=now)
    assert offers.accept_by_token(token=new, learner=ada, at=now).learner == ada


@pytest.mark.parametrize("late", [timedelta(0), HOUR])
def test_an_offer_past_its_time_is_not_taken_even_before_a_job_has_run(
    course: BuiltCourse, ada: User, now: datetime, late: timedelta
) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    with pytest.raises(OfferRefused, match="time to answer is over"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now + 192 * HOUR + late)
    assert not Enrolment.objects.exists()


def test_offers_that_lapsed_free_their_places_and_say_so(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    assert offers.expire_due(at=now + 47 * HOUR) == 0
    assert offers.expire_due(at=now + 192 * HOUR) == 1
    assert offers.expire_due(at=now + 192 * HOUR) == 0
    offer.refresh_from_db()
    assert offer.status == "expired"
    assert not Place.objects.exists()
    assert LedgerEntry.objects.filter(action="offer lapsed", learner=ada).count() == 1
    assert OutboxEntry.objects.filter(kind="place-freed").count() == 1


def test_saying_no_frees_the_place_once(course: BuiltCourse, ada: User, now: datetime) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    for _press in range(2):
        offers.decline(offer_id=offer.pk, learner=ada, at=now)
    assert not Place.objects.exists()
    assert OutboxEntry.objects.filter(kind="place-freed").count() == 1
    with pytest.raises(OfferRefused, match="You said no"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)


def test_saying_no_by_link_needs_no_account(course: BuiltCourse, now: datetime) -> None:
    _offer, secret = offer_to(course, None, email="a@example.org", at=now)
    assert offers.decline_by_token(token=secret, at=now).status == "declined"
    assert not Place.objects.exists()


def test_an_accepted_offer_is_neither_declined_nor_taken_back(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    offers.accept(offer_id=offer.pk, learner=ada, at=now)
    with pytest.raises(OfferRefused, match="leave the course"):
        offers.decline(offer_id=offer.pk, learner=ada, at=now)
    with pytest.raises(OfferRefused, match="Take the person off"):
        offers.withdraw(offer_id=offer.pk, by=fay, at=now)
    assert Enrolment.objects.get().status == State.ACTIVE.value


def test_an_offer_that_was_taken_back_is_gone(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    offers.withdraw(offer_id=offer.pk, by=fay, at=now, reason="The wrong group.")
    with pytest.raises(OfferRefused, match="took this offer back"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)
    assert LedgerEntry.objects.get(action="offer taken back").reason == "The wrong group."


def test_there_is_one_offer_at_a_time_and_none_for_who_has_a_place(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    offer_to(course, ada, at=now)
    with pytest.raises(OfferRefused, match="an offer already"):
        offer_to(course, ada, at=now + HOUR)
    again, _secret = offer_to(course, ada, at=now + 193 * HOUR)
    assert again.is_open_at(now + 50 * HOUR)
    assert Place.objects.count() == 1
    course.enrol(ben, at=now)
    with pytest.raises(OfferRefused, match="a place on this course already"):
        offer_to(course, ben, at=now)


def test_no_place_is_offered_that_is_not_there(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    with_places(1)
    course.enrol(ada, at=now)
    with pytest.raises(OfferRefused, match="no free place"):
        offer_to(course, ben, at=now)
    assert not Offer.objects.exists()
    assert Place.objects.count() == 1


def test_places_kept_back_are_for_their_reason_only(
    course: BuiltCourse, ada: User, ben: User, now: datetime
) -> None:
    with_places(2)
    CohortReserve.objects.create(cohort=course.cohort, reason="funded", places=1)
    course.enrol(ada, at=now)
    with pytest.raises(EnrolmentRefused):
        course.enrol(ben, at=now)
    with pytest.raises(OfferRefused):
        offer_to(course, ben, at=now)
    with pytest.raises(OfferRefused):
        offer_to(course, ben, at=now, reserve="organisation")
    offer, _secret = offer_to(course, ben, at=now, reserve="funded")
    offers.accept(offer_id=offer.pk, learner=ben, at=now)
    cohort = Cohort.objects.get(pk=course.cohort.pk)
    assert places.seats(cohort=cohort, at=now).left == 0
    assert Place.objects.get(enrolment__learner=ben).reserve == "funded"


def test_no_offer_outlives_the_moment_when_joining_makes_no_sense(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    Cohort.objects.update(offers_until=now + 5 * HOUR)
    offer, _secret = offer_to(course, ada, at=now)
    assert offer.answer_by == now + 5 * HOUR
    with pytest.raises(OfferRefused, match="too late"):
        offer_to(course, people.person("gus", "Gus"), at=now + 5 * HOUR)


def test_an_offer_adds_a_grant_to_somebody_who_joined_meanwhile(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    enrolment = course.enrol(ada, at=now + HOUR)
    assert offers.accept(offer_id=offer.pk, learner=ada, at=now + 2 * HOUR) == enrolment
    assert sorted(enrolment.grants.values_list("kind", flat=True)) == ["free", "invitation"]
    assert Place.objects.count() == 1


def test_a_place_in_another_group_is_not_doubled(course: BuiltCourse, ada: User, now: datetime) -> None:
    other = Cohort.objects.get(pk=course.cohort.pk)
    other.pk, other.name = None, "Another group"
    other.save()
    offer, _secret = offer_to(course, ada, at=now)
    enrol.start(cohort_id=other.pk, learner=ada, at=now)
    with pytest.raises(EnrolmentRefused, match="another group of this course"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)
    offer.refresh_from_db()
    assert offer.status == "open"


def test_a_group_that_is_over_takes_nobody(course: BuiltCourse, ada: User, now: datetime) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    yesterday = now.date() - timedelta(days=1)
    Cohort.objects.update(is_rolling=False, starts_on=yesterday, ends_on=yesterday)
    with pytest.raises(OfferRefused, match="is over"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)


def test_only_a_grant_that_is_left_keeps_the_place(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    offer, _secret = offer_to(course, ada, at=now)
    enrolment = course.enrol(ada, at=now)
    offers.accept(offer_id=offer.pk, learner=ada, at=now)
    first, second = enrolment.grants.order_by("pk")
    enrol.drop_grant(grant_id=first.pk, by=fay, at=now + HOUR)
    enrolment.refresh_from_db()
    assert enrolment.status == State.ACTIVE.value
    for _press in range(2):
        enrol.drop_grant(grant_id=second.pk, by=fay, at=now + HOUR)
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.end_reason) == (State.ENDED.value, "grants_gone")
    assert not Place.objects.exists()
    assert LedgerEntry.objects.filter(action="grant dropped").count() == 2


# --- A place in another way, while an offer is open ---------------------------------------------


def test_a_place_by_hand_takes_over_the_place_that_was_kept_also_when_all_others_are_taken(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    with_places(2)
    course.enrol(ben, at=now)
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    held = offer.place
    made = enrol.by_staff(cohort_id=course.cohort.pk, learner=ada, by=fay, at=now + HOUR, reason="She rang")
    offer.refresh_from_db()
    assert (offer.status, offer.enrolment, offer.place) == ("accepted", made, held)
    assert made.place == held
    assert not made.place.over_capacity
    assert Place.objects.count() == 2
    assert LedgerEntry.objects.filter(action="offer taken up", learner=ada).count() == 1
    assert offers.accept(offer_id=offer.pk, learner=ada, at=now + HOUR) == made


def test_a_place_by_hand_in_a_full_group_looks_once_for_the_place_that_was_kept(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    with_places(1)
    offer_to(course, ada, at=now, by=fay)
    with CaptureQueriesContext(connection) as asked:
        enrol.by_staff(cohort_id=course.cohort.pk, learner=ada, by=fay, at=now, reason="She rang")
    assert (
        len([q for q in asked if q["sql"].startswith("SELECT") and 'FROM "courses_offer"' in q["sql"]]) == 1
    )


def test_an_offer_whose_time_is_over_gives_no_room_by_hand_and_is_closed_with_the_place(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    with_places(1)
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    late = now + 192 * HOUR
    course.enrol(ben, at=late)
    give = {"cohort_id": course.cohort.pk, "learner": ada, "by": fay, "at": late, "reason": "She rang"}
    with pytest.raises(EnrolmentRefused):
        enrol.by_staff(**give)
    made = enrol.by_staff(**give, over_capacity=True)
    assert made.place.over_capacity
    assert Place.objects.count() == 2
    offer.refresh_from_db()
    assert (offer.status, offer.enrolment) == ("accepted", made)


def test_who_joins_openly_while_a_place_is_kept_for_them_sits_on_that_one(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    with_places(5)
    offer, _secret = offer_to(course, ada, at=now, by=fay)
    made = course.enrol(ada, at=now)
    assert Place.objects.get() == made.place
    offer.refresh_from_db()
    assert offer.status == "accepted"


def test_an_offer_to_somebody_else_is_left_alone_by_a_place_by_hand(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    with_places(5)
    offer, _secret = offer_to(course, ben, at=now, by=fay)
    enrol.by_staff(cohort_id=course.cohort.pk, learner=ada, by=fay, at=now, reason="She rang")
    offer.refresh_from_db()
    assert offer.status == "open"
    assert Place.objects.count() == 2
