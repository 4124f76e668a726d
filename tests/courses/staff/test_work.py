"""The queue of work, and deciding about one piece of it, in Wagtail's admin."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import assess, coursework
from courses.actions.coursework import Work
from courses.assessment.coursework import Submission
from courses.cohorts.models import CohortStaff
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


# --- Registers lead to it -------------------------------------------------------------------------


def register_of(course: BuiltCourse, name: str = "register") -> str:
    return reverse(f"staff:{name}", args=[course.cohort.pk])


def test_the_register_counts_work_that_waits_and_leads_to_it(
    client: Client, course: BuiltCourse, waiting: Submission, ben: User, now: datetime
) -> None:
    course.enrol(ben, at=now)
    page = client.get(register_of(course))
    first, second = page.context["register"].learners
    assert (first.name, first.work_url) == ("Ada Lerner", reverse("staff:submission", args=[waiting.pk]))
    assert (second.needs_somebody, second.work_url) == (False, "")
    assert "1 needs you." in words(page)
    assert f'href="{first.work_url}"' in page.content.decode()
    narrowed = client.get(register_of(course), {"show": "needs"}).context["register"].learners
    assert [one.name for one in narrowed] == ["Ada Lerner"]
    rows = client.get(register_of(course, "matrix")).context["matrix"].rows
    assert [(row.name, row.needs_somebody) for row in rows] == [("Ada Lerner", True), ("Ben Lerner", False)]
    person = words(client.get(reverse("staff:person", args=[waiting.enrolment_id])))
    assert f'href="{first.work_url}"' in person
    listed = client.get(reverse("staff:registers"))
    assert [(row.questions, row.work) for row in listed.context["cohorts"]] == [(0, 1)]
    assert f'href="{reverse("staff:work")}?cohort={course.cohort.pk}"' in listed.content.decode()


def test_work_that_was_decided_needs_nobody(
    client: Client, course: BuiltCourse, waiting: Submission, ana: User, now: datetime
) -> None:
    assess.send_back(submission_id=waiting.pk, comment="Say more.", by=ana, at=now)
    page = client.get(register_of(course))
    assert [one.work_url for one in page.context["register"].learners] == [""]
    assert page.context["register"].needing_somebody == 0
    assert [row.work for row in client.get(reverse("staff:registers")).context["cohorts"]] == [0]


def test_a_buddy_is_not_sent_to_work_they_may_not_read(
    client: Client, course: BuiltCourse, waiting: Submission
) -> None:
    CohortStaff.objects.update(role="buddy")
    page = client.get(register_of(course))
    assert [one.work_url for one in page.context["register"].learners] == [""]
    assert page.context["register"].needing_somebody == 0
    shown = words(client.get(reverse("staff:person", args=[waiting.enrolment_id])))
    assert "Handed in, waits for an assessor." in shown
    assert reverse("staff:submission", args=[waiting.pk]) not in shown


@pytest.mark.parametrize("name", ["register", "matrix"])
def test_work_of_many_costs_no_more_queries_than_work_of_one(
    client: Client,
    course: BuiltCourse,
    waiting: Submission,
    now: datetime,
    name: str,
    django_assert_num_queries: Any,
) -> None:
    with CaptureQueriesContext(connection) as few:
        client.get(register_of(course, name))
    crowd = User.objects.bulk_create(User(email=f"crowd-{n}@example.org") for n in range(20))
    for person in crowd:
        coursework.hand_in(
            enrolment_id=course.enrol(person, at=now).pk,
            activity_id=make.work_id(course),
            work=Work(text="My plan."),
            learner=person,
            at=now,
        )
    with django_assert_num_queries(len(few)):
        shown = client.get(register_of(course, name))
    assert reverse("staff:person", args=[waiting.enrolment_id]) in shown.content.decode()
