"""The pages of an organisation's managers, and what a learner is told of the organisation."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import offers, organisation_managers, organisation_seats
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import OrganisationManager
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Enrolment, Offer, Place
from tests.factories import organisations as orgs
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.factories.organisations import WHY

SignIn = Callable[[User], Client]
TOKEN = "t" * 43


@pytest.fixture
def mo(db: None, now: datetime) -> User:
    person = people.person("mo", "Mo Manager")
    orgs.manages(person, at=now)
    return person


@pytest.fixture
def three(course: BuiltCourse, fay: User, now: datetime) -> Allocation:
    return orgs.seats(course.cohort, 3, by=fay, at=now)


def joined(allocation: Allocation, learner: User, *, by: User, at: datetime, **fields: Any) -> Enrolment:
    (offer,) = organisation_seats.assign(allocation_id=allocation.pk, addresses=[learner.email], by=by, at=at)
    return offers.accept(offer_id=offer.pk, learner=learner, at=at, **fields)


def page_of(allocation: Allocation) -> str:
    return reverse("learning:seats", args=[allocation.pk])


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


# --- The manager --------------------------------------------------------------------------------


def test_who_looks_after_one_organisation_goes_straight_there(
    three: Allocation, mo: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    client, where = sign_in(mo), reverse("learning:organisations")
    assert client.get(where).url == reverse("learning:organisation", args=[three.organisation_id])
    orgs.manages(mo, at=now, name="Another Trust")
    both = read(client, where)
    assert "Another Trust" in both
    assert "Example Trust" in both
    assert "You do not look after" in read(sign_in(ben), where)


def test_the_dashboard_leads_a_manager_to_the_places(
    three: Allocation, mo: User, ben: User, sign_in: SignIn
) -> None:
    where = reverse("learning:organisation", args=[three.organisation_id])
    dashboard = reverse("learning:dashboard")
    assert where in sign_in(mo).get(dashboard).content.decode()
    assert where not in sign_in(ben).get(dashboard).content.decode()


def test_a_manager_sees_how_the_seats_stand_and_who_has_them(
    three: Allocation, mo: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    organisation_seats.assign(allocation_id=three.pk, addresses=["one@example.org"], by=mo, at=now)
    client = sign_in(mo)
    overview = read(client, reverse("learning:organisation", args=[three.organisation_id]))
    assert "Course TEST: Start any time" in overview
    assert page_of(three) in overview
    seats = read(client, page_of(three))
    assert "Ada Lerner (ada@example.org)" in seats
    assert "one@example.org" in seats
    assert "1 seat is free." in seats
    assert "activities done" not in seats
    # Nothing of the learner's is open to a manager.
    assert client.get(reverse("learning:course", args=[enrolment.pk])).status_code == 404


def test_how_much_is_done_is_shown_only_to_whom_the_learner_agreed(
    course: BuiltCourse, three: Allocation, ada: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    mo = people.person("mo", "Mo Manager")
    orgs.manages(mo, at=now)
    for person, shares in ((ada, True), (ben, False)):
        enrolment = joined(three, person, by=mo, at=now, shares_progress=shares)
        course.do_lessons(enrolment, at=now)
    seats = read(sign_in(mo), page_of(three))
    assert seats.count("2 of 3 activities done.") == 1
    assert seats.index("Ada Lerner") < seats.index("2 of 3") < seats.index("Ben Lerner")


def test_several_seats_are_offered_at_once(three: Allocation, mo: User, sign_in: SignIn) -> None:
    client = sign_in(mo)
    answer = client.post(page_of(three), {"addresses": "one@example.org\ntwo@example.org\n"})
    assert answer.url == page_of(three)
    assert Offer.objects.filter(allocation=three, status="open").count() == 2
    assert "A seat is offered to each of 2 addresses" in client.get(page_of(three)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please write at least one address."),
        ("fine@example.org\nx@", "This is not an e-mail address."),
        ("\0\n", "Null characters"),
        ("\n".join(f"p{n}@example.org" for n in range(4)), "3 seats are free"),
        ("x" * 60_001, "at most"),
    ],
)
def test_one_wrong_line_gives_nobody_a_seat_and_what_was_typed_survives(
    three: Allocation, mo: User, sign_in: SignIn, typed: str, said: str
) -> None:
    answer = sign_in(mo).post(page_of(three), {"addresses": typed})
    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert said in page
    assert typed.split("\n", maxsplit=1)[0].replace("\0", "")[:50] in page
    assert not Offer.objects.exists()


def test_an_offer_is_sent_again(three: Allocation, mo: User, sign_in: SignIn, now: datetime) -> None:
    (offer,) = organisation_seats.assign(allocation_id=three.pk, addresses=["one@example.org"], by=mo, at=now)
    url = reverse("learning:send_seat_again", args=[three.pk, offer.place_id])
    assert sign_in(mo).post(url).url == page_of(three)
    assert Offer.objects.get().token_hash != offer.token_hash
    free = Place.objects.exclude(pk=offer.place_id).first()
    assert free is not None
    assert sign_in(mo).post(reverse("learning:send_seat_again", args=[three.pk, free.pk])).status_code == 404


def test_taking_a_seat_back_asks_first_and_needs_a_reason(
    three: Allocation, mo: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    client, url = sign_in(mo), reverse("learning:take_back_seat", args=[three.pk, enrolment.place.pk])
    asked = read(client, url)
    assert "They are told kindly" in asked
    held_by = f"enrolment:{enrolment.pk}"
    assert held_by in asked
    again = client.post(url, {"held_by": held_by, "reason": "", "instead": "next@example.org"})
    assert again.status_code == 422
    assert "next@example.org" in again.content.decode()
    done = client.post(url, {"held_by": held_by, "reason": WHY, "instead": "next@example.org"})
    assert done.url == page_of(three)
    enrolment.refresh_from_db()
    assert enrolment.status == "ended"
    assert Offer.objects.get(status="open").email == "next@example.org"


@pytest.mark.parametrize("instead", ["no address", "taken@example.org"])
def test_a_seat_that_cannot_go_to_the_other_address_stays(
    three: Allocation, mo: User, ada: User, sign_in: SignIn, now: datetime, instead: str
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    organisation_seats.assign(allocation_id=three.pk, addresses=["taken@example.org"], by=mo, at=now)
    url = reverse("learning:take_back_seat", args=[three.pk, enrolment.place.pk])
    sent = {"held_by": f"enrolment:{enrolment.pk}", "reason": WHY, "instead": instead}
    answer = sign_in(mo).post(url, sent)
    assert answer.status_code in (409, 422)
    assert instead in answer.content.decode()
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_a_free_seat_has_nobody_to_take_it_from(three: Allocation, mo: User, sign_in: SignIn) -> None:
    free = Place.objects.filter(allocation=three).first()
    assert free is not None
    url = reverse("learning:take_back_seat", args=[three.pk, free.pk])
    assert sign_in(mo).get(url).url == page_of(three)


def test_free_seats_are_given_back(three: Allocation, mo: User, sign_in: SignIn) -> None:
    client, url = sign_in(mo), reverse("learning:give_back_seats", args=[three.pk])
    assert "3 seats are free." in read(client, url)
    for typed in ("", "4", "0", "x", "9" * 30):
        assert client.post(url, {"seats": typed}).status_code in (409, 422)
    assert client.post(url, {"seats": "2"}).url == reverse(
        "learning:organisation", args=[three.organisation_id]
    )
    assert Place.objects.filter(allocation=three).count() == 1


def test_the_places_of_another_organisation_are_not_there(
    three: Allocation, fay: User, amy: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    """Nobody else has these pages: not another manager, and not an administrator either."""
    other = people.person("otto", "Otto Other")
    orgs.manages(other, at=now, name="Another Trust")
    enrolment = joined(three, ada, by=fay, at=now)
    seat = enrolment.place.pk
    for person in (other, amy, ada):
        client = sign_in(person)
        for name, args in (
            ("organisation", [three.organisation_id]),
            ("seats", [three.pk]),
            ("take_back_seat", [three.pk, seat]),
            ("give_back_seats", [three.pk]),
        ):
            url = reverse(f"learning:{name}", args=args)
            assert client.get(url).status_code == 404
            assert client.post(url, {"reason": WHY, "seats": "1"}).status_code in (404, 405)
    # A seat is only there under its own allocation.
    theirs = orgs.seats(three.cohort, 1, by=fay, at=now, name="Another Trust")
    url = reverse("learning:take_back_seat", args=[theirs.pk, seat])
    assert sign_in(other).get(url).status_code == 404


def test_a_manager_who_was_removed_sees_nothing_any_more(
    three: Allocation, mo: User, amy: User, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(mo)
    assert client.get(page_of(three)).status_code == 200
    manager = OrganisationManager.objects.get(user=mo)
    organisation_managers.remove(manager_id=manager.pk, organisation_id=three.organisation_id, by=amy, at=now)
    assert client.get(page_of(three)).status_code == 404


def test_fifty_people_cost_as_much_as_one(
    course: BuiltCourse, fay: User, mo: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    Cohort.objects.update(capacity=None)
    made = orgs.seats(course.cohort, 60, by=fay, at=now)
    joined(made, ada, by=mo, at=now, shares_progress=True)
    client = sign_in(mo)
    client.get(page_of(made))
    with CaptureQueriesContext(connection) as one:
        client.get(page_of(made))
    for number in range(4):
        person = people.person(f"p{number}", f"Person {number}")
        joined(made, person, by=mo, at=now, shares_progress=True)
    more = [f"x{number}@example.org" for number in range(50)]
    organisation_seats.assign(allocation_id=made.pk, addresses=more, by=mo, at=now)
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(made))
    assert len(many) == len(one)


# --- Becoming a manager -------------------------------------------------------------------------


def test_the_link_of_an_invitation_makes_a_manager_of_whoever_holds_it(
    db: None, cleo: User, ben: User, sign_in: SignIn, now: datetime, monkeypatch: Any
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    row = orgs.invited(TOKEN, at=now)
    url = reverse("learning:manager_link", args=[TOKEN])
    assert Client().get(url).status_code == 200
    assert Client().post(url).url.startswith(reverse("account_login"))
    client, theirs = sign_in(cleo), reverse("learning:organisation", args=[row.organisation_id])
    assert client.get(url).status_code == 200
    row.refresh_from_db()
    assert row.joined_at is None
    for _press in range(2):
        assert client.post(url).url == theirs
    assert client.get(url).url == theirs
    # For everybody else it is over.
    assert sign_in(ben).get(url).status_code == 410
    assert sign_in(ben).post(url).status_code == 410


def test_an_invitation_that_was_taken_back_or_is_old_is_over(
    db: None, cleo: User, amy: User, sign_in: SignIn, now: datetime, monkeypatch: Any
) -> None:
    row = orgs.invited(TOKEN, at=now)
    url = reverse("learning:manager_link", args=[TOKEN])
    monkeypatch.setattr("django.utils.timezone.now", lambda: now.replace(year=2027))
    assert sign_in(cleo).get(url).status_code == 410
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    organisation_managers.remove(manager_id=row.pk, organisation_id=row.organisation_id, by=amy, at=now)
    assert sign_in(cleo).post(url).status_code == 410
    assert not OrganisationManager.objects.filter(user=cleo).exists()


# --- The learner --------------------------------------------------------------------------------


def test_the_offer_says_who_gives_the_place_and_what_they_see(
    three: Allocation, mo: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    (offer,) = organisation_seats.assign(allocation_id=three.pk, addresses=[ada.email], by=mo, at=now)
    client, url = sign_in(ada), reverse("learning:offer", args=[offer.pk])
    assert url in client.get(reverse("learning:dashboard")).content.decode()
    page = client.get(url).content.decode()
    assert "Example Trust has a place for you" in page
    assert "What Example Trust sees" in page
    assert (
        "goes back to Example Trust"
        in client.get(reverse("learning:decline_offer", args=[offer.pk])).content.decode()
    )
    client.post(url, {"shares_progress": "yes"})
    assert Enrolment.objects.get().shares_progress_with_organisation


def test_without_the_tick_nothing_is_shown(
    three: Allocation, mo: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    (offer,) = organisation_seats.assign(allocation_id=three.pk, addresses=[ada.email], by=mo, at=now)
    sign_in(ada).post(reverse("learning:offer", args=[offer.pk]))
    assert not Enrolment.objects.get().shares_progress_with_organisation


def test_the_page_of_the_group_lets_a_learner_change_their_mind(
    three: Allocation, mo: User, ada: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = joined(three, ada, by=mo, at=now)
    client, page = sign_in(ada), reverse("learning:cohort", args=[enrolment.pk])
    url = reverse("learning:share_progress", args=[enrolment.pk])
    for typed, said in (("yes", "because you agreed"), ("no", "They do not see what you have done")):
        assert client.post(url, {"shares_progress": typed}).url == page
        shown = client.get(page).content.decode()
        assert "Your place comes from Example Trust" in shown
        assert said in shown
    assert sign_in(ben).post(url, {"shares_progress": "yes"}).status_code == 404


def test_whose_place_is_their_own_reads_nothing_of_organisations(
    three: Allocation, course: BuiltCourse, ada: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = course.enrol(ada, at=now)
    page = sign_in(ada).get(reverse("learning:cohort", args=[enrolment.pk])).content.decode()
    assert "Your place comes from" not in page
