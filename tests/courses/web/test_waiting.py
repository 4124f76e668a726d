"""Waiting for a place: the rule is told before, all are asked in turn, and nobody is promised anything."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cms.users.models import User
from courses.actions import due, enrol
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.states import State
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def full(course: BuiltCourse, enrolment: Enrolment) -> BuiltCourse:
    """Ada has the only place."""
    Cohort.objects.update(capacity=1)
    return course


def url(course: BuiltCourse, then: str = "") -> str:
    return f"/join/{course.cohort.pk}/{then}"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_rule_is_told_before_somebody_waits(full: BuiltCourse, client: Client, now: datetime) -> None:
    Cohort.objects.update(offer_hours=24, offers_until=now + timedelta(days=7))
    shown = words(client.get(url(full)))
    for said in (
        "Everybody who waits is asked in turn. We cannot promise a place.",
        "Who has waited longest is asked first.",
        "we write to you and keep it for you for 1 day.",
        "the place goes to the next person.",
        "We offer places until 30 November 2026. Then the list ends.",
        "To wait for a place, you need an account here.",
    ):
        assert said in shown, said
    Cohort.objects.update(waiting_order="new_first")
    assert "People who have never had a place on this course are asked first." in words(client.get(url(full)))


def test_waiting_once_however_often_it_is_pressed_and_leaving(
    full: BuiltCourse, sign_in: SignIn, ben: User
) -> None:
    browser = sign_in(ben)
    assert "Put me on the waiting list" in words(browser.get(url(full)))
    assert not WaitingEntry.objects.exists()
    for _press in range(2):
        assert browser.post(url(full, "wait/")).headers["Location"] == url(full)
    assert WaitingEntry.objects.count() == 1
    shown = words(browser.get(url(full)))
    assert "on the waiting list since 23 November 2026" in shown
    assert "Put me on" not in shown
    dashboard = words(browser.get("/learning/"))
    assert "You are on the waiting list" in dashboard
    assert "You have not joined a course yet" not in dashboard
    for _press in range(2):
        assert browser.post(url(full, "stop-waiting/")).status_code == 302
    assert WaitingEntry.objects.get().status == "left"
    assert "You are on the waiting list" not in words(browser.get("/learning/"))


def test_a_visitor_is_asked_to_sign_in_and_comes_back(full: BuiltCourse, client: Client) -> None:
    answer = client.post(url(full, "wait/"))
    assert answer.headers["Location"] == f"/accounts/login/?next={url(full)}"
    assert not WaitingEntry.objects.exists()


def test_nobody_waits_where_a_place_is_free(course: BuiltCourse, sign_in: SignIn, ben: User) -> None:
    refused = sign_in(ben).post(url(course, "wait/"))
    assert refused.status_code == 409
    assert "There is a free place now" in words(refused)
    assert not WaitingEntry.objects.exists()


def test_a_cohort_without_a_list_says_so(full: BuiltCourse, sign_in: SignIn, ben: User) -> None:
    Cohort.objects.update(has_waiting_list=False)
    browser = sign_in(ben)
    assert "Put me on the waiting list" not in words(browser.get(url(full)))
    refused = browser.post(url(full, "wait/"))
    assert refused.status_code == 409
    assert "has no waiting list" in words(refused)


def test_the_list_goes_on_after_joining_has_closed_as_long_as_places_are_offered(
    full: BuiltCourse, sign_in: SignIn, ben: User, now: datetime
) -> None:
    Cohort.objects.update(enrolment_closes_at=now, offers_until=now + timedelta(days=1))
    browser = sign_in(ben)
    assert "Put me on the waiting list" in words(browser.get(url(full)))
    assert browser.post(url(full, "wait/")).status_code == 302
    Cohort.objects.update(offers_until=now)
    assert "Joining has closed" in words(browser.get(url(full, "")).client.get(full.page.url))


def test_a_list_is_no_way_past_those_who_choose(full: BuiltCourse, sign_in: SignIn, ben: User) -> None:
    for joining in ("application", "invitation"):
        Cohort.objects.update(joining=joining)
        assert sign_in(ben).post(url(full, "wait/")).status_code == 409
    assert not WaitingEntry.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_a_cohort_that_is_not_there_is_not_found(
    full: BuiltCourse, sign_in: SignIn, ben: User, number: str
) -> None:
    assert sign_in(ben).post(f"/join/{number}/wait/").status_code == 404


def test_a_free_place_is_offered_and_the_pages_lead_to_it(
    full: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, ben: User, now: datetime
) -> None:
    browser = sign_in(ben)
    browser.post(url(full, "wait/"))
    enrol.withdraw(enrolment_id=enrolment.pk, by=ada, at=now)
    due.run(at=now)
    offer = Offer.objects.get()
    dashboard = words(browser.get("/learning/"))
    assert "A place is kept for you" in dashboard
    assert "until the end of Monday 30 November 2026" in dashboard
    for page in (dashboard, words(browser.get(url(full)))):
        assert f"/learning/offers/{offer.pk}/" in page
    taken = browser.post(f"/learning/offers/{offer.pk}/")
    new = Enrolment.objects.get(learner=ben)
    assert taken.headers["Location"] == f"/learning/{new.pk}/"
    assert new.status == State.ACTIVE.value
    assert WaitingEntry.objects.get().status == "joined"
    # Somebody else's newcomers are still told that it is full.
    assert "All places are taken" in words(Client().get(url(full)))


def test_who_waits_comes_before_a_newcomer(
    full: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ben: User, cleo: User, now: datetime
) -> None:
    sign_in(ben).post(url(full, "wait/"))
    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now)
    # No job has run, and nothing is offered yet.
    assert "All places are taken" in words(sign_in(cleo).get(url(full)))
    assert sign_in(cleo).post(url(full)).status_code == 409
