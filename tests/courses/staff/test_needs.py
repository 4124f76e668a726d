"""What people need to take part, for facilitators: that there is something, and what only after a POST."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import needs
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from tests.factories import people

SignIn = Callable[[User], Client]
CANARY = "canary-ramp-and-breaks"


@pytest.fixture
def told(enrolment: Enrolment, fay: User, ana: User, now: datetime) -> Enrolment:
    for person, role in ((fay, "facilitator"), (ana, "assessor")):
        CohortStaff.objects.create(cohort=enrolment.cohort, user=person, role=role)
    needs.tell(enrolment_id=enrolment.pk, learner=enrolment.learner, text=CANARY, agrees=True, at=now)
    return enrolment


def list_of(enrolment: Enrolment) -> str:
    return reverse("staff:needs", args=[enrolment.cohort_id])


def look(client: Client, enrolment: Enrolment) -> tuple[int, str]:
    answer = client.post(reverse("staff:look_at_needs", args=[enrolment.pk]))
    return answer.status_code, answer.content.decode()


def test_a_facilitator_sees_that_there_is_something_and_opens_it_by_a_post(
    told: Enrolment, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(fay)
    shown = client.get(list_of(told)).content.decode()
    assert "Ada Lerner" in shown
    assert CANARY not in shown
    assert client.get(reverse("staff:look_at_needs", args=[told.pk])).status_code == 405
    assert not LedgerEntry.objects.filter(action="looked at access needs").exists()
    answer = client.post(reverse("staff:look_at_needs", args=[told.pk]))
    assert CANARY in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert LedgerEntry.objects.filter(action="looked at access needs", by=fay).count() == 1


def test_others_of_the_team_do_not_even_see_that_there_is_something(
    told: Enrolment, ana: User, amy: User, sign_in: SignIn
) -> None:
    for person in (ana, amy):
        client = sign_in(person)
        shown = client.get(list_of(told)).content.decode()
        assert "Only the facilitators of this group" in shown
        assert "Ada Lerner" not in shown
        status, words = look(client, told)
        assert status == 404
        assert CANARY not in words


def test_who_has_no_part_in_the_cohort_finds_nothing(told: Enrolment, sign_in: SignIn) -> None:
    client = sign_in(people.staff("els", "Els Where", group="Course team"))
    assert client.get(list_of(told)).status_code == 404
    assert look(client, told)[0] == 404


@pytest.mark.parametrize("who", ["fay", "ana", "amy"])
def test_no_other_page_of_staff_holds_a_word_of_it(
    told: Enrolment, who: str, sign_in: SignIn, request: pytest.FixtureRequest, fay: User, now: datetime
) -> None:
    needs.look(enrolment_id=told.pk, by=fay, at=now)
    client = sign_in(request.getfixturevalue(who))
    cohort = [told.cohort_id]
    pages = [
        reverse("staff:register", args=cohort),
        reverse("staff:matrix", args=cohort),
        reverse("staff:matrix_csv", args=cohort),
        reverse("staff:person", args=[told.pk]),
        reverse("staff:attendance", args=cohort),
        reverse("staff:run_sheet", args=cohort),
    ]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        found = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert CANARY not in found.decode()
        assert "access needs" not in found.decode()
        assert "what they need to take part" not in found.decode()


def test_the_log_holds_no_word_of_it(
    told: Enrolment, fay: User, sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    look(sign_in(fay), told)
    assert CANARY not in caplog.text


def test_many_people_cost_no_more_than_one(
    told: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(fay)
    client.get(list_of(told))
    with CaptureQueriesContext(connection) as few:
        client.get(list_of(told))
    for number in range(9):
        person = people.person(f"more{number}", f"More {number}")
        made = Enrolment.objects.create(learner=person, cohort=told.cohort, status="active", started_at=now)
        needs.tell(enrolment_id=made.pk, learner=person, text=CANARY, agrees=True, at=now)
    with CaptureQueriesContext(connection) as many:
        client.get(list_of(told))
    assert len(many) == len(few)
