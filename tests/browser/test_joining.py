"""Applying, being offered a place, and waiting for one: on a phone, and without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment, Offer
from home.demo import people
from home.demo.people import DemoPerson
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.pages import EMAILS
from tests.browser.test_every_page import TOO_WIDE, expect_accessible
from tests.factories import applications
from tests.factories import courses as build

pytestmark = pytest.mark.browser

ZOE = DemoPerson("zoe", "Zoe Example", "has not joined anything")


def group(**fields: object) -> Cohort:
    """One more group of the course that the demo's learners are on, looked after by Fay."""
    edition = Enrolment.objects.get(learner__email=EMAILS["learner"]).cohort.edition
    cohort = build.cohort(edition, at=timezone.now(), **{"name": "Spring group", **fields})
    fay = people.User.objects.get(email=EMAILS["facilitator"])
    CohortStaff.objects.create(cohort=cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    return cohort


@contextmanager
def looked_at(page: Page, *, java_script: bool) -> Iterator[None]:
    """Afterwards, the page is looked over. Axe itself needs scripts."""
    yield
    if java_script:
        assert page.evaluate(TOO_WIDE) == []
        expect_accessible(page)


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_somebody_applies_is_offered_a_place_and_takes_it(open_page: OpenPage, java_script: bool) -> None:
    mail.outbox.clear()
    with transaction.atomic():
        cohort = applications.by_application(group())
    cleo = open_page(f"/join/{cohort.pk}/", email=EMAILS["cleo"], size=PHONE, java_script_enabled=java_script)
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_role("heading", name="How applying works")).to_be_visible()
    cleo.get_by_role("link", name="Apply for a place").click()
    with looked_at(cleo, java_script=java_script):
        cleo.get_by_label("Why would you like to come?").fill("Because I look after a group.")
    cleo.get_by_role("button", name="Keep this and go on later").click()
    expect(cleo.get_by_text("What you wrote is kept.")).to_be_visible()
    cleo.goto("/learning/")
    cleo.get_by_role("link", name="Go on with it").click()
    expect(cleo.get_by_label("Why would you like to come?")).to_have_value("Because I look after a group.")
    cleo.get_by_role("button", name="Send my application").click()
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_role("heading", name="Please look at this again")).to_be_visible()
    cleo.get_by_label("I can come to most meetings.").check()
    cleo.get_by_label("Monday").check()
    cleo.get_by_role("button", name="Send my application").click()
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_text("Thank you. Your application has arrived.")).to_be_visible()

    fay = open_page(f"/admin/learning/registers/{cohort.pk}/applications/", email=EMAILS["facilitator"])
    fay.get_by_role("link", name="Cleo Example").click()
    expect(fay.get_by_text("Because I look after a group.")).to_be_visible()
    fay.get_by_role("button", name="Offer this place").click()
    expect(fay.get_by_text("The place is kept, and the applicant is told.")).to_be_visible()

    offer = Offer.objects.get(cohort=cohort)
    assert mail.outbox[-1].to == [EMAILS["cleo"]]
    assert f"/learning/offers/{offer.pk}/" in mail.outbox[-1].body
    cleo.goto("/learning/")
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_text("A place is kept for you").first).to_be_visible()
    cleo.get_by_role("link", name="Say yes or no").click()
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_text("You applied, and the team would like you to come.")).to_be_visible()
    cleo.get_by_role("button", name="Yes, I take the place").click()
    expect(cleo.get_by_text("You have the place.")).to_be_visible()


@pytest.mark.parametrize("java_script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_place_comes_free_and_goes_to_who_waits(open_page: OpenPage, java_script: bool) -> None:
    mail.outbox.clear()
    cohort = group(capacity=1)
    people.make(ZOE, at=timezone.now() - timedelta(days=1))
    zoe = open_page(f"/join/{cohort.pk}/", email=ZOE.email, size=PHONE, java_script_enabled=java_script)
    zoe.get_by_role("button", name="Join this course").click()
    expect(zoe.get_by_text("You have joined. Here is your course.")).to_be_visible()
    zoe.goto(f"/learning/{Enrolment.objects.get(cohort=cohort).pk}/")

    cleo = open_page(f"/join/{cohort.pk}/", email=EMAILS["cleo"], size=PHONE, java_script_enabled=java_script)
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_text("We cannot promise a place.")).to_be_visible()
    cleo.get_by_role("button", name="Put me on the waiting list").click()
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_role("button", name="Leave the waiting list")).to_be_visible()

    zoe.get_by_role("link", name="Leave this course").click()
    with looked_at(zoe, java_script=java_script):
        expect(zoe.get_by_role("heading", name="What is kept")).to_be_visible()
    zoe.get_by_role("button", name="Leave this course").click()
    expect(zoe.get_by_text("You have left the course.").first).to_be_visible()

    offer = Offer.objects.get(cohort=cohort)
    assert any(f"/learning/offers/{offer.pk}/" in one.body for one in mail.outbox)
    cleo.goto(f"/learning/offers/{offer.pk}/")
    with looked_at(cleo, java_script=java_script):
        expect(cleo.get_by_text("You waited for a place, and now one is free.")).to_be_visible()
    cleo.get_by_role("button", name="Yes, I take the place").click()
    expect(cleo.get_by_text("You have the place.")).to_be_visible()


def test_the_pages_of_the_team_are_open_to_everybody(open_page: OpenPage) -> None:
    cohort = group(capacity=1)
    fay = open_page(f"/admin/learning/registers/{cohort.pk}/places/", email=EMAILS["facilitator"])
    expect(fay.get_by_role("heading", name="Give somebody a place")).to_be_visible()
    fay.get_by_label("Their e-mail address").fill(EMAILS["cleo"])
    fay.get_by_label("Why?").fill("Was promised")
    fay.get_by_role("button", name="Give the place").click()
    expect(fay.get_by_text("The person has a place now, and is told.")).to_be_visible()
