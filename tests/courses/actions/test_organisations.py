"""The seats of an organisation: given whole or not at all, offered by address, and never lost."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from cms.users.models import User
from courses.actions import (
    access_end,
    codes,
    cohorts,
    editions,
    enrol,
    invitations,
    moving,
    offers,
    organisation_seats,
    organisation_sharing,
    organisations,
    privacy_invitations,
    waiting,
)
from courses.actions.enrol import EnrolmentRefused
from courses.actions.offers import OfferRefused
from courses.actions.organisations import OrganisationRefused
from courses.actions.refusals import ActionRefused
from courses.catalogue.pages import LessonPage
from courses.cohorts.models import Cohort, CohortReserve
from courses.cohorts.organisations import Organisation
from courses.enrolment import places
from courses.enrolment.allocations import Allocation
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment, Offer, Place, WaitingEntry
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.messages.models import Notice
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories import organisations as orgs
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.factories.organisations import WHY

HOUR = timedelta(hours=1)
LINK = re.compile(r"/offers/([\w-]+)/")


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


@pytest.fixture
def mo(db: None) -> User:
    return people.person("mo", "Mo Manager")


@pytest.fixture
def three(course: BuiltCourse, fay: User, now: datetime) -> Allocation:
    """Three free seats on a cohort of ten places."""
    return orgs.seats(course.cohort, 3, by=fay, at=now)


def assign(allocation: Allocation, *addresses: str, by: User, at: datetime) -> list[Offer]:
    return organisation_seats.assign(allocation_id=allocation.pk, addresses=addresses, by=by, at=at)


def joined(allocation: Allocation, learner: User, *, by: User, at: datetime, **fields: Any) -> Enrolment:
    """Somebody who was offered a seat and took it."""
    (offer,) = assign(allocation, learner.email, by=by, at=at)
    Offer.objects.filter(pk=offer.pk).update(learner=learner)
    return offers.accept(offer_id=offer.pk, learner=learner, at=at, **fields)


def take_back(allocation: Allocation, seat: Place, *, by: User, at: datetime, **fields: Any) -> Place:
    seat = Place.objects.select_related("offer").get(pk=seat.pk)
    given: Any = {"reason": WHY, "held_by": organisation_seats.holder_of(seat), **fields}
    return organisation_seats.take_back(seat_id=seat.pk, allocation_id=allocation.pk, by=by, at=at, **given)


def counts(allocation: Allocation) -> tuple[int, int, int]:
    """Free, offered, taken."""
    mine = Place.objects.filter(allocation=allocation)
    free = organisations.free_seats(allocation).count()
    return free, mine.filter(offer__status="open").count(), mine.filter(enrolment__isnull=False).count()


def in_use(cohort: Cohort, at: datetime) -> int:
    return places.seats(cohort=cohort, at=at).taken


# --- Giving seats -------------------------------------------------------------------------------


def test_seats_count_against_the_capacity_at_once(
    course: BuiltCourse, three: Allocation, now: datetime
) -> None:
    assert in_use(course.cohort, now) == 3
    assert counts(three) == (3, 0, 0)


def test_seats_are_given_whole_or_not_at_all(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=3)
    course.enrol(ada, at=now)
    with pytest.raises(OrganisationRefused, match="room for 2 seats, and you want 3"):
        orgs.seats(course.cohort, 3, by=fay, at=now)
    assert not Allocation.objects.exists()
    assert counts(orgs.seats(course.cohort, 2, by=fay, at=now)) == (2, 0, 0)


def test_more_seats_are_added_to_the_same_allocation(
    course: BuiltCourse, three: Allocation, fay: User, now: datetime
) -> None:
    assert orgs.seats(course.cohort, 2, by=fay, at=now) == three
    assert counts(three) == (5, 0, 0)


def test_places_kept_back_for_organisations_are_filled_first(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=5)
    CohortReserve.objects.create(cohort=course.cohort, reason="organisation", places=2)
    CohortReserve.objects.create(cohort=course.cohort, reason="funded", places=1)
    course.enrol(ada, at=now)
    with pytest.raises(OrganisationRefused, match="room for 3"):
        orgs.seats(course.cohort, 4, by=fay, at=now)
    orgs.seats(course.cohort, 3, by=fay, at=now)
    assert sorted(Place.objects.filter(reason="seat").values_list("reserve", flat=True)) == [
        "",
        "organisation",
        "organisation",
    ]
    # The funded place is still kept back.
    assert places.seats(cohort=course.cohort, at=now).left == 0
    assert places.seats(cohort=course.cohort, at=now).empty == 1


@pytest.mark.parametrize("number", [0, -1, 501])
def test_a_number_that_makes_no_sense_is_refused(
    course: BuiltCourse, fay: User, now: datetime, number: int
) -> None:
    with pytest.raises(OrganisationRefused, match="from 1 to 500"):
        orgs.seats(course.cohort, number, by=fay, at=now)


def test_a_cohort_without_a_limit_gives_any_number(course: BuiltCourse, fay: User, now: datetime) -> None:
    Cohort.objects.update(capacity=None)
    CohortReserve.objects.create(cohort=course.cohort, reason="organisation", places=1)
    assert counts(orgs.seats(course.cohort, 20, by=fay, at=now)) == (20, 0, 0)


def test_giving_seats_needs_a_reason_and_a_cohort_that_goes_on(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    which: Any = {"cohort_id": course.cohort.pk, "organisation_id": orgs.organisation().pk, "by": fay}
    with pytest.raises(EnrolmentRefused, match="say why"):
        organisations.allocate(**which, seats=1, at=now, reason=" ")
    yesterday = now.date() - timedelta(days=1)
    Cohort.objects.update(is_rolling=False, starts_on=yesterday, ends_on=yesterday)
    with pytest.raises(OrganisationRefused, match="is over"):
        organisations.allocate(**which, seats=1, at=now, reason=WHY)


def test_free_seats_go_back_to_the_cohort_and_those_in_use_never_do(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    joined(three, ada, by=mo, at=now)
    assign(three, "one@example.org", by=mo, at=now)
    back: Any = {"allocation_id": three.pk, "by": mo, "at": now}
    with pytest.raises(OrganisationRefused, match="1 seat is free, and you want to give back 2"):
        organisations.take_back_seats(**back, seats=2)
    organisations.take_back_seats(**back, seats=1)
    assert counts(three) == (0, 1, 1)
    assert in_use(course.cohort, now) == 2


def test_seats_that_go_back_are_offered_to_who_waits(
    course: BuiltCourse,
    three: Allocation,
    ada: User,
    mo: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Cohort.objects.update(capacity=3)
    waiting.join(cohort_id=course.cohort.pk, learner=ada, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        organisations.take_back_seats(allocation_id=three.pk, seats=1, by=mo, at=now)
    assert WaitingEntry.objects.get().status == "offered"
    assert in_use(course.cohort, now) == 3


# --- Offering seats to people -------------------------------------------------------------------


def test_an_assigned_seat_is_an_offer_without_an_end(
    course: BuiltCourse,
    three: Allocation,
    ada: User,
    mo: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (offer,) = assign(three, " New@Example.org ", by=mo, at=now)
    assert (offer.email, offer.learner, offer.answer_by) == ("new@example.org", None, None)
    assert counts(three) == (2, 1, 0)
    assert in_use(course.cohort, now) == 3
    (letter,) = mail.outbox
    assert letter.to == ["new@example.org"]
    assert "Example Trust" in str(letter.body)
    secret = LINK.search(str(letter.body))[1]  # type: ignore[index]
    assert secret not in str(list(OutboxEntry.objects.values()))
    year = now + timedelta(days=360)
    enrolment = offers.accept_by_token(token=secret, learner=ada, at=year)
    assert enrolment.grants.get().kind == "organisation"
    assert enrolment.place.allocation == three
    assert counts(three) == (2, 0, 1)
    assert in_use(course.cohort, year) == 3


def test_an_address_of_an_account_looks_the_same_and_sees_the_offer_there(
    three: Allocation, ada: User, mo: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    EmailAddress.objects.create(user=ada, email="typed@example.org", verified=False)
    with django_capture_on_commit_callbacks(execute=True):
        made = assign(three, ada.email, "typed@example.org", "nobody@example.org", by=mo, at=now)
    assert [offer.learner for offer in made] == [ada, None, None]
    assert len({LINK.sub("", str(message.body)) for message in mail.outbox}) == 1
    assert len(mail.outbox) == 3


@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_who_is_on_the_course_already_looks_like_anybody(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime, where: str
) -> None:
    """A manager cannot see the register, so must not learn what is on it."""
    if where == "here":
        course.enrol(ada, at=now)
    else:
        other = build.cohort(course.edition, at=now, name="Another group")
        enrol.start(cohort_id=other.pk, learner=ada, at=now)
    (offer,) = assign(three, ada.email, by=mo, at=now)
    assert offer.learner is None


def test_one_wrong_line_keeps_all_seats_free(three: Allocation, ada: User, mo: User, now: datetime) -> None:
    joined(three, ada, by=mo, at=now)
    assign(three, "before@example.org", by=mo, at=now)
    sent = OutboxEntry.objects.count()
    with pytest.raises(OrganisationRefused) as wrong:
        assign(three, "fine@example.org", "x@", "before@example.org", ada.email, by=mo, at=now)
    assert list(wrong.value.lines) == ["x@", "before@example.org", ada.email]
    assert counts(three) == (1, 1, 1)
    assert OutboxEntry.objects.count() == sent


def test_there_must_be_a_seat_for_each_address(three: Allocation, mo: User, now: datetime) -> None:
    with pytest.raises(OrganisationRefused, match="3 seats are free, and you wrote down 4"):
        assign(three, *(f"p{n}@example.org" for n in range(4)), by=mo, at=now)
    with pytest.raises(OrganisationRefused, match="at least one"):
        assign(three, " ", by=mo, at=now)
    assert counts(three) == (3, 0, 0)


def test_seats_can_be_given_after_joining_has_closed_until_it_makes_no_sense(
    three: Allocation, mo: User, now: datetime
) -> None:
    Cohort.objects.update(enrolment_closes_at=now - HOUR)
    assign(three, "one@example.org", by=mo, at=now)
    Cohort.objects.update(offers_until=now)
    with pytest.raises(OrganisationRefused, match="too late"):
        assign(three, "two@example.org", by=mo, at=now)


def test_an_organisation_cannot_bring_back_whom_the_team_removed(
    course: BuiltCourse, three: Allocation, ada: User, fay: User, mo: User, now: datetime
) -> None:
    enrol.remove(enrolment_id=course.enrol(ada, at=now).pk, by=fay, at=now, reason=WHY)
    (offer,) = assign(three, ada.email, by=mo, at=now)
    with pytest.raises(EnrolmentRefused, match="ended by its team"):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)
    assert counts(three) == (2, 1, 0)


def test_a_new_link_ends_the_old_one(
    three: Allocation, ada: User, mo: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (offer,) = assign(three, "new@example.org", by=mo, at=now)
        organisation_seats.send_again(seat_id=offer.place_id, allocation_id=three.pk, by=mo, at=now)
    old, new = (LINK.search(str(message.body))[1] for message in mail.outbox)  # type: ignore[index]
    with pytest.raises(Offer.DoesNotExist):
        offers.accept_by_token(token=old, learner=ada, at=now)
    offers.accept_by_token(token=new, learner=ada, at=now)


def test_a_declined_seat_is_free_again_and_managers_are_told(
    three: Allocation, ada: User, mo: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    orgs.manages(mo, at=now)
    (offer,) = assign(three, ada.email, by=mo, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            offers.decline(offer_id=offer.pk, learner=ada, at=now)
    assert counts(three) == (3, 0, 0)
    assert Notice.objects.get(kind="seat_declined").user == mo
    assert "Example Trust" in str(mail.outbox[-1].body)
    assert ada.email not in str(mail.outbox[-1].body)
    offer.refresh_from_db()
    assert "The organisation" in offers.gone_sentence(offer, at=now)
    # It can be offered to the same person once more.
    assert assign(three, ada.email, by=mo, at=now)[0].is_open_at(now)


def test_who_has_a_place_of_their_own_gives_it_up_for_the_seat(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    enrolment = course.enrol(ada, at=now)
    assert in_use(course.cohort, now) == 4
    assert joined(three, ada, by=mo, at=now) == enrolment
    assert in_use(course.cohort, now) == 3
    assert counts(three) == (2, 0, 1)
    kinds = set(enrolment.grants.filter(withdrawn_at=None).values_list("kind", flat=True))
    assert kinds == {"free", "organisation"}
    assert OutboxEntry.objects.filter(kind="place-freed").exists()


def test_two_organisations_cannot_both_give_somebody_a_seat(
    course: BuiltCourse, three: Allocation, ada: User, fay: User, mo: User, now: datetime
) -> None:
    other = orgs.seats(course.cohort, 1, by=fay, at=now, name="Another Trust")
    joined(three, ada, by=mo, at=now)
    with pytest.raises(EnrolmentRefused, match="a place of an organisation in this group already"):
        joined(other, ada, by=mo, at=now)
    assert counts(other) == (0, 1, 0)


# --- Taking seats back --------------------------------------------------------------------------


def test_an_unanswered_seat_is_taken_back_and_its_link_is_over(
    three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    (offer,) = assign(three, ada.email, by=mo, at=now)
    for _press in range(2):
        take_back(
            three, Place.objects.get(offer=offer) if _press == 0 else Place.objects.first(), by=mo, at=now
        )
    offer.refresh_from_db()
    assert offer.status == "withdrawn"
    assert counts(three) == (3, 0, 0)
    with pytest.raises(OfferRefused):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)


def test_a_learner_whose_seat_is_taken_back_loses_the_place_and_is_told(
    three: Allocation, ada: User, mo: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        take_back(three, enrolment.place, by=mo, at=now)
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.end_reason) == (State.ENDED.value, "grants_gone")
    assert counts(three) == (3, 0, 0)
    assert "Example Trust" in str(mail.outbox[-1].body)
    assert mail.outbox[-1].to == [ada.email]
    assert LedgerEntry.objects.get(action="lost their place").reason == WHY


def test_a_seat_is_taken_back_only_from_whom_was_meant(
    three: Allocation, ada: User, ben: User, mo: User, now: datetime
) -> None:
    """A form that is sent twice does not take the seat from whoever got it in between."""
    first = joined(three, ada, by=mo, at=now)
    seat, held_by = first.place, f"enrolment:{first.pk}"
    for _press in range(2):
        take_back(three, seat, held_by=held_by, by=mo, at=now)
        if not Enrolment.objects.filter(learner=ben).exists():
            joined(three, ben, by=mo, at=now)
    assert Enrolment.objects.get(learner=ben).status == State.ACTIVE.value


def test_another_reason_keeps_the_learner_while_there_is_room(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    enrolment = joined(three, ada, by=mo, at=now, shares_progress=True)
    take_back(three, enrolment.place, by=mo, at=now)
    enrolment = Enrolment.objects.get()
    assert enrolment.status == State.ACTIVE.value
    assert enrolment.place.allocation is None
    assert not enrolment.shares_progress_with_organisation
    assert not EnrolmentConsent.objects.filter(withdrawn_at=None).exists()
    assert counts(three) == (3, 0, 0)
    assert in_use(course.cohort, now) == 4


def test_without_room_for_a_place_of_their_own_nothing_is_changed(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    enrolment = joined(three, ada, by=mo, at=now)
    Cohort.objects.update(capacity=3)
    with pytest.raises(EnrolmentRefused, match="No place is free, so nothing was changed"):
        take_back(three, enrolment.place, by=mo, at=now)
    assert counts(three) == (2, 0, 1)
    assert enrolment.grants.filter(withdrawn_at=None).count() == 2


def test_a_seat_goes_from_one_person_to_the_next_whole_or_not_at_all(
    three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    assign(three, "two@example.org", "three@example.org", by=mo, at=now)
    with pytest.raises(OrganisationRefused):
        take_back(three, enrolment.place, by=mo, at=now, instead="no address")
    enrolment.refresh_from_db()
    assert enrolment.status == State.ACTIVE.value
    take_back(three, enrolment.place, by=mo, at=now, instead="next@example.org")
    enrolment.refresh_from_db()
    assert enrolment.status == State.ENDED.value
    assert counts(three) == (0, 3, 0)
    assert Offer.objects.filter(status="open", email="next@example.org").exists()


def test_the_seat_of_somebody_who_has_finished_is_used_up(
    course: BuiltCourse, three: Allocation, ada: User, mo: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    enrolment = joined(three, ada, by=mo, at=now)
    with pytest.raises(OrganisationRefused, match="is used up"):
        take_back(three, enrolment.place, by=mo, at=now)


def test_a_seat_of_another_organisation_is_not_there(
    course: BuiltCourse, three: Allocation, ada: User, fay: User, mo: User, now: datetime
) -> None:
    other = orgs.seats(course.cohort, 1, by=fay, at=now, name="Another Trust")
    enrolment = joined(three, ada, by=mo, at=now)
    with pytest.raises(Place.DoesNotExist):
        take_back(other, enrolment.place, by=mo, at=now)
    with pytest.raises(Offer.DoesNotExist):
        organisation_seats.send_again(seat_id=enrolment.place.pk, allocation_id=other.pk, by=mo, at=now)


# --- However a place comes free, the seat goes back ---------------------------------------------


def leaves(enrolment: Enrolment, by: User, at: datetime) -> None:
    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=at)


def is_removed(enrolment: Enrolment, by: User, at: datetime) -> None:
    enrol.remove(enrolment_id=enrolment.pk, by=by, at=at, reason=WHY)


def loses_the_grant(enrolment: Enrolment, by: User, at: datetime) -> None:
    enrol.drop_grant(grant_id=enrolment.grants.get().pk, by=by, at=at, reason=WHY)


def time_is_over(enrolment: Enrolment, by: User, at: datetime) -> None:
    Enrolment.objects.filter(pk=enrolment.pk).update(access_until=at)
    assert access_end.end_due(at=at) == 1


def closes_the_account(enrolment: Enrolment, by: User, at: datetime) -> None:
    from courses.actions import privacy_seats

    privacy_seats.erase(enrolment.learner, at)


def moves_on(enrolment: Enrolment, by: User, at: datetime) -> None:
    spring = build.cohort(enrolment.cohort.edition, at=at, name="Spring")
    new = moving.move_self(
        enrolment_id=enrolment.pk, to_cohort_id=spring.pk, learner=enrolment.learner, at=at, reason=WHY
    )
    # They have an ordinary place there, and nobody of the organisation sees them any more.
    assert new.grants.get().kind == "free"
    assert new.place.allocation is None
    assert not new.shares_progress_with_organisation


def is_transferred(enrolment: Enrolment, by: User, at: datetime) -> None:
    spring = build.cohort(enrolment.cohort.edition, at=at, name="Spring")
    new = moving.move(
        enrolment_id=enrolment.pk, to_cohort_id=spring.pk, kind="transferred", by=by, at=at, reason=WHY
    )
    assert new.grants.get().kind == "staff"


@pytest.mark.parametrize(
    "goes",
    [
        leaves,
        is_removed,
        loses_the_grant,
        time_is_over,
        closes_the_account,
        moves_on,
        is_transferred,
    ],
)
def test_however_a_learner_goes_the_seat_is_the_organisations_again(
    three: Allocation, ada: User, fay: User, mo: User, now: datetime, goes: Any
) -> None:
    enrolment = joined(three, ada, by=mo, at=now, shares_progress=True)
    goes(enrolment, fay, now)
    assert counts(three) == (3, 0, 0)
    assert in_use(three.cohort, now) == 3
    assign(three, "one@example.org", "two@example.org", "three@example.org", by=mo, at=now)


def test_a_place_that_was_put_right_is_an_ordinary_one(
    course: BuiltCourse, three: Allocation, ada: User, fay: User, mo: User, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    enrol.withdraw(enrolment_id=enrolment.pk, by=ada, at=now)
    new = moving.put_right(enrolment_id=enrolment.pk, by=fay, at=now, reason=WHY)
    assert new.place.allocation is None
    assert counts(three) == (3, 0, 0)


def test_a_learner_with_another_reason_takes_that_along_and_leaves_the_seat(
    course: BuiltCourse, three: Allocation, ada: User, fay: User, mo: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    enrolment = joined(three, ada, by=mo, at=now)
    spring = build.cohort(course.edition, at=now, name="Spring")
    new = moving.move(
        enrolment_id=enrolment.pk, to_cohort_id=spring.pk, kind="transferred", by=fay, at=now, reason=WHY
    )
    assert list(new.grants.values_list("kind", flat=True)) == ["free"]
    assert counts(three) == (3, 0, 0)


def test_a_cohort_that_goes_on_with_a_newer_edition_takes_its_seats_along(
    course: BuiltCourse, ada: User, ed: User, fay: User, mo: User, now: datetime
) -> None:
    one = orgs.seats(course.cohort, 1, by=fay, at=now)
    enrolment = joined(one, ada, by=mo, at=now)
    page = LessonPage.objects.descendant_of(course.page).get(title="Lesson one")
    page.is_required = False
    page.save_revision().publish()
    newer = editions.publish(course_page=course.page, by=ed, at=now)
    made = cohorts.take_to_newer_edition(
        cohort_id=course.cohort.pk,
        edition_id=newer.pk,
        enrolment_ids=[enrolment.pk],
        name="Newer",
        by=fay,
        at=now,
        reason=WHY,
    )
    new = Enrolment.objects.get(learner=ada, ended_at=None)
    assert new.cohort == made
    assert new.grants.get().kind == "organisation"
    assert new.place.allocation == Allocation.objects.get(cohort=made)
    assert new.place.allocation.organisation == one.organisation
    assert counts(one) == (0, 0, 0)


# --- What the organisation sees -----------------------------------------------------------------


def test_a_learner_shows_their_progress_and_hides_it_again(
    three: Allocation, ada: User, ben: User, mo: User, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    assert not enrolment.shares_progress_with_organisation
    share: Any = {"enrolment_id": enrolment.pk, "learner": ada, "at": now}
    for shares in (True, True, False, False):
        organisation_sharing.share_progress(**share, shares=shares)
        enrolment.refresh_from_db()
        assert enrolment.shares_progress_with_organisation is shares
    written = LedgerEntry.objects.filter(action__contains="organisation").values_list("action", flat=True)
    assert list(written) == ["progress shown to organisation", "progress hidden from organisation"]
    with pytest.raises(Enrolment.DoesNotExist):
        organisation_sharing.share_progress(**{**share, "learner": ben}, shares=True)


def test_who_has_no_seat_has_nobody_to_share_with(enrolment: Enrolment, ada: User, now: datetime) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        organisation_sharing.share_progress(enrolment_id=enrolment.pk, learner=ada, shares=True, at=now)


def test_what_was_ticked_at_accepting_counts(three: Allocation, ada: User, mo: User, now: datetime) -> None:
    assert joined(three, ada, by=mo, at=now, shares_progress=True).shares_progress_with_organisation
    assert EnrolmentConsent.objects.get().kind == "share_progress"


# --- Time ---------------------------------------------------------------------------------------


def test_an_address_that_never_answers_is_forgotten(three: Allocation, mo: User, now: datetime) -> None:
    (offer,) = assign(three, "never@example.org", by=mo, at=now)
    rule = next(one for one in privacy_invitations_rules() if one.name == "invited-addresses")
    assert not rule.expired(now + timedelta(days=365)).exists()
    rule.delete(now + timedelta(days=366))
    offer.refresh_from_db()
    assert (offer.email, offer.status) == ("", "open")
    assert counts(three) == (2, 1, 0)


def privacy_invitations_rules() -> list[Any]:
    from cms.users import privacy

    assert privacy_invitations.KEEP_UNANSWERED
    return list(privacy.retention_rules)


def test_other_ways_in_leave_the_seats_alone(
    course: BuiltCourse, three: Allocation, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=4)
    (code,) = codes.make(cohort_id=course.cohort.pk, number=1, by=fay, at=now)
    codes.use(code=code.code, learner=ada, at=now)
    with pytest.raises(ActionRefused):
        enrol.start(cohort_id=course.cohort.pk, learner=ben, at=now)
    with pytest.raises(ActionRefused):
        invitations.invite(
            cohort_id=course.cohort.pk, addresses=[ben.email], answer_by=now + HOUR, by=fay, at=now
        )
    assert counts(three) == (3, 0, 0)


def test_the_name_of_an_organisation_is_there_once(db: None) -> None:
    orgs.organisation("Example Trust")
    with pytest.raises(Exception, match="organisation_name_once"):
        Organisation.objects.create(name="EXAMPLE trust")
