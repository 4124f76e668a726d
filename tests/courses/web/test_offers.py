"""A place that is kept: opening a page answers nothing, one press does, and every end has a kind page."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from cms.users.models import User
from courses.actions import enrol, offers
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Offer, Place
from courses.enrolment.states import OfferState
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def make(course: BuiltCourse, at: datetime, **fields: Any) -> tuple[Offer, str]:
    with transaction.atomic():
        cohort = enrol.lock_cohort(course.cohort.pk)
        return offers.make(cohort=cohort, **{"kind": "invitation", "at": at, **fields})


@pytest.fixture
def own(course: BuiltCourse, ada: User, amy: User, now: datetime) -> str:
    """The address of an offer to Ada."""
    offer, _token = make(course, now, learner=ada, by=amy)
    return f"/learning/offers/{offer.pk}/"


@pytest.fixture
def link(course: BuiltCourse, amy: User, now: datetime) -> str:
    """The secret link of an offer to an address that has no account."""
    _offer, token = make(course, now, email="somebody@example.org", by=amy)
    return f"/offers/{token}/"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def status() -> str:
    return Offer.objects.get().status


def test_the_page_says_what_until_when_and_in_both_zones(own: str, sign_in: SignIn, ada: User) -> None:
    Cohort.objects.update(time_zone="America/New_York", place="Corner House")
    User.objects.update(time_zone="Europe/London")
    Offer.objects.update(answer_by=datetime(2026, 12, 1, 5, tzinfo=UTC))
    shown = words(sign_in(ada).get(own))
    for said in (
        "Start any time",
        "Corner House",
        "The people who look after this course invite you.",
        "Tuesday 1 December 2026, 05:00 (the end of Monday 30 November 2026 in New York)",
        "Yes, I take the place",
    ):
        assert said in shown, said


def test_case_42_opening_every_page_of_an_offer_changes_nothing(
    own: str, link: str, client: Client, sign_in: SignIn, ada: User
) -> None:
    """Mail scanners open links too."""
    for browser in (client, sign_in(ada)):
        for page in (own, f"{own}decline/", link, f"{link}decline/"):
            browser.get(page)
            browser.head(page)
    assert set(Offer.objects.values_list("status", flat=True)) == {"open"}
    assert not Enrolment.objects.exists()


def test_taking_the_place_twice_is_one_place(own: str, sign_in: SignIn, ada: User) -> None:
    browser = sign_in(ada)
    answers = [browser.post(own), browser.post(own), browser.get(own)]
    enrolment = Enrolment.objects.get()
    assert {a.headers["Location"] for a in answers} == {f"/learning/{enrolment.pk}/"}
    assert Place.objects.get().enrolment == enrolment


def test_saying_no_is_asked_once_more_and_cannot_be_undone(own: str, sign_in: SignIn, ada: User) -> None:
    browser = sign_in(ada)
    assert "goes to somebody else at once" in words(browser.get(f"{own}decline/"))
    assert status() == OfferState.OPEN.value
    for _press in range(2):
        assert browser.post(f"{own}decline/").headers["Location"] == "/learning/"
    assert status() == OfferState.DECLINED.value
    gone = browser.get(own)
    assert gone.status_code == 410
    assert "You said no to this place" in words(gone)
    assert browser.post(own).status_code == 410
    assert not Place.objects.exists()


def test_somebody_elses_offer_is_not_there(own: str, sign_in: SignIn, ben: User, amy: User) -> None:
    for other in (ben, amy):
        browser = sign_in(other)
        for page in (own, f"{own}decline/"):
            assert browser.get(page).status_code == 404
            assert browser.post(page).status_code == 404
    assert status() == OfferState.OPEN.value


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_an_offer_that_is_not_there(sign_in: SignIn, ada: User, number: str) -> None:
    assert sign_in(ada).get(f"/learning/offers/{number}/").status_code == 404
    assert sign_in(ada).post(f"/learning/offers/{number}/").status_code == 404


def test_too_late_is_said_kindly_whether_or_not_a_job_has_run(
    own: str, sign_in: SignIn, ada: User, clock: Any, now: datetime
) -> None:
    browser = sign_in(ada)
    clock.move_to(now + timedelta(days=8))
    for answer in (browser.get(own), browser.get(f"{own}decline/")):
        assert answer.status_code == 410
        assert "The time to answer is over" in words(answer)
    late = browser.post(own)
    assert late.status_code == 410
    assert "The time to answer is over" in words(late)
    assert not Enrolment.objects.exists()


def test_an_offer_that_the_team_took_back(
    own: str, sign_in: SignIn, ada: User, amy: User, now: datetime
) -> None:
    offers.withdraw(offer_id=Offer.objects.get().pk, by=amy, at=now, reason="A slip")
    gone = sign_in(ada).get(own)
    assert gone.status_code == 410
    assert "The team took this offer back" in words(gone)
    assert "A slip" not in words(gone)


def test_somebody_with_a_place_in_another_group_is_told_what_to_do(
    course: BuiltCourse, own: str, sign_in: SignIn, ada: User, amy: User, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Another")
    enrol.start(cohort_id=other.pk, learner=ada, at=now)
    refused = sign_in(ada).post(own)
    assert refused.status_code == 409
    assert "already have a place in another group" in words(refused)


# --- The secret link ------------------------------------------------------------------------------


def test_a_link_page_is_kept_by_nobody_and_found_by_nobody(link: str, client: Client) -> None:
    for page in (link, f"{link}decline/"):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "somebody@example.org" not in words(answer)


def test_a_visitor_is_led_to_an_account_and_back_here(link: str, client: Client) -> None:
    shown = words(client.get(link))
    assert f"/accounts/login/?next={link}" in shown
    assert f"/accounts/signup/?next={link}" in shown
    assert client.post(link).headers["Location"] == f"/accounts/login/?next={link}"
    assert status() == OfferState.OPEN.value


def test_whoever_holds_the_link_takes_the_place_whatever_address_they_use(
    link: str, client: Client, sign_in: SignIn, ben: User
) -> None:
    browser = sign_in(ben)
    assert "Yes, I take the place" in words(browser.get(link))
    answers = [browser.post(link), browser.post(link), browser.get(link)]
    enrolment = Enrolment.objects.get()
    assert {a.headers["Location"] for a in answers} == {f"/learning/{enrolment.pk}/"}
    assert (enrolment.learner, Offer.objects.get().learner) == (ben, ben)
    # For everybody else the link is used up.
    gone = client.get(link)
    assert gone.status_code == 410
    assert "taken this place with this link already" in words(gone)


def test_a_second_person_with_the_same_link_gets_nothing(
    link: str, sign_in: SignIn, ada: User, ben: User
) -> None:
    sign_in(ben).post(link)
    other = sign_in(ada)
    assert other.post(link).status_code in (404, 410)
    assert "not made to" in words(other.get(link)) or other.get(link).status_code == 410
    assert Enrolment.objects.count() == 1


def test_a_link_for_another_account_says_so_and_names_nobody(
    course: BuiltCourse, sign_in: SignIn, ada: User, ben: User, now: datetime
) -> None:
    _offer, token = make(course, now, learner=ada)
    browser = sign_in(ben)
    for answer in (browser.get(f"/offers/{token}/"), browser.post(f"/offers/{token}/")):
        assert "This place is for another account" in words(answer)
        assert "Ada" not in words(answer)
    assert "This place is for another account" in words(browser.post(f"/offers/{token}/decline/"))
    assert status() == OfferState.OPEN.value


def test_saying_no_through_the_link_needs_no_account(link: str, client: Client) -> None:
    assert "goes to somebody else at once" in words(client.get(f"{link}decline/"))
    answer = client.post(f"{link}decline/")
    assert "Thank you for telling us" in words(answer)
    assert status() == OfferState.DECLINED.value
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("token", ["x", "0" * 43, "é", "%00", "a" * 500])
def test_a_link_that_leads_nowhere_is_not_found(link: str, client: Client, token: str) -> None:
    assert client.get(f"/offers/{token}/").status_code == 404
    assert client.post(f"/offers/{token}/decline/").status_code == 404


def test_a_new_link_kills_the_old_one(link: str, client: Client, amy: User, now: datetime) -> None:
    offers.send_again(offer_id=Offer.objects.get().pk, by=amy, at=now)
    assert client.get(link).status_code == 404


def test_guessing_links_is_slowed_down(db: None, client: Client) -> None:
    answers = [client.get(f"/offers/{number}/").status_code for number in range(31)]
    assert answers[:30] == [404] * 30
    assert answers[30] == 429


def test_nothing_that_is_sent_along_changes_whose_place_it_is(
    link: str, sign_in: SignIn, ada: User, ben: User
) -> None:
    sign_in(ben).post(link, {"learner": ada.pk, "offer": "1", "cohort": "7", "answer_by": "2099-01-01"})
    assert Enrolment.objects.get().learner == ben
