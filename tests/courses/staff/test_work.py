"""The queue of work, and deciding about one piece of it, in Wagtail's admin."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import assess, coursework
from courses.actions.coursework import Work
from courses.assessment.coursework import Submission
from courses.enrolment.models import Enrolment
from tests.factories import handing_in as make
from tests.factories.courses import BuiltCourse


@pytest.fixture
def course(db: None, now: datetime, time_machine: Any) -> BuiltCourse:
    time_machine.move_to(now, tick=False)
    return make.course(at=now - timedelta(days=3))


@pytest.fixture
def waiting(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> Submission:
    return coursework.hand_in(
        enrolment_id=enrolment.pk,
        activity_id=make.work_id(course),
        work=Work(text="My plan <b>."),
        learner=enrolment.learner,
        at=now - timedelta(days=2),
    )


@pytest.fixture
def ana(course: BuiltCourse, ana: User) -> User:
    return make.staff(course, ana)


@pytest.fixture
def client(ana: User) -> Client:
    return make.sign_in(ana)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_queue_shows_what_waits_and_for_how_long(client: Client, waiting: Submission) -> None:
    shown = words(client.get(reverse("staff:work")))
    assert "Your plan" in shown
    assert "Ada Lerner" in shown
    assert "2 days ago" in shown.replace("\xa0", " ")
    assert "Coursework (1)" in words(client.get(reverse("wagtailadmin_home")))


def test_a_decision_takes_it_from_the_queue(client: Client, waiting: Submission) -> None:
    page = reverse("staff:submission", args=[waiting.pk])
    shown = words(client.get(page))
    assert "My plan &lt;b&gt;." in shown
    assert "It says who decides." in shown
    answer = client.post(page, {"comment": "Good.", "do": "sign_off"})
    assert answer.headers["Location"] == reverse("staff:work")
    assert "No work waits for you." in words(client.get(reverse("staff:work")))
    assert "Signed off" in words(client.get(reverse("staff:work"), {"show": "decided"}))
    assert "Comment by Ana Sessor" in words(client.get(page))


def test_sending_back_needs_a_comment(client: Client, waiting: Submission) -> None:
    page = reverse("staff:submission", args=[waiting.pk])
    answer = client.post(page, {"comment": " ", "do": "send_back"})
    assert answer.status_code == 409
    assert "Please say what is missing" in words(answer)
    client.post(page, {"comment": "Who decides?", "do": "send_back"})
    waiting.refresh_from_db()
    assert (waiting.status, waiting.comment) == ("sent_back", "Who decides?")


def test_the_second_of_two_is_told_and_keeps_the_comment(
    client: Client, waiting: Submission, course: BuiltCourse, fay: User, now: datetime
) -> None:
    assess.sign_off(submission_id=waiting.pk, by=make.staff(course, fay, "facilitator"), at=now)
    answer = client.post(
        reverse("staff:submission", args=[waiting.pk]), {"comment": "My long comment", "do": "send_back"}
    )
    assert answer.status_code == 409
    assert "Fay Cilitator has signed this off already." in words(answer)
    assert "My long comment" in words(answer)


def test_work_is_only_for_those_who_assess_the_cohort(
    waiting: Submission, course: BuiltCourse, fay: User, ed: User, amy: User, ada: User
) -> None:
    page = reverse("staff:submission", args=[waiting.pk])
    make.staff(course, fay, "buddy")
    for person in (fay, ed):
        client = make.sign_in(person)
        assert client.get(page).status_code == 404
        assert client.post(page, {"do": "sign_off"}).status_code == 404
        assert "Ada Lerner" not in words(client.get(reverse("staff:work")))
    assert make.sign_in(amy).get(page).status_code == 200
    assert make.sign_in(ada).get(page).status_code == 302


def test_one_cohort_can_be_chosen(client: Client, waiting: Submission, course: BuiltCourse) -> None:
    address = reverse("staff:work")
    assert "Ada Lerner" in words(client.get(address, {"cohort": str(course.cohort.pk)}))
    assert "Ada Lerner" in words(client.get(address, {"cohort": "999", "show": "x", "p": "y"}))
