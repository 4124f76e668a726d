"""Everything about one person in one cohort, and what staff can do with their place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import ask, certify, enrol, quiz
from courses.assessment.allowances import Allowance
from courses.certificates.models import Certificate
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.ledger import models as ledger
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.queries import people as people_query
from courses.staff.doings import DOINGS
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def fay_in(course: BuiltCourse, fay: User, sign_in: SignIn) -> Client:
    """Fay, who facilitates the cohort, signed in."""
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    return sign_in(fay)


def page_of(enrolment: Enrolment) -> str:
    return reverse("staff:person", args=[enrolment.pk])


def act(client: Client, enrolment: Enrolment, what: str, **data: Any) -> Any:
    return client.post(reverse("staff:person_act", args=[enrolment.pk, what]), data)


def fail(course: BuiltCourse, enrolment: Enrolment, at: datetime) -> None:
    attempt = course.begin(enrolment, at=at)
    quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=at)


def test_what_happened_stands_there_in_plain_sentences_newest_first(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, now: datetime
) -> None:
    hour = timedelta(hours=1)
    course.do_lessons(enrolment, at=now + hour)
    fail(course, enrolment, now + 2 * hour)
    ask.start(
        enrolment_id=enrolment.pk,
        activity_id=course.quiz_id,
        learner=enrolment.learner,
        text="words-of-a-private-question",
        token=uuid4(),
        at=now + 3 * hour,
    )
    ledger.write(
        action="something new", learner=enrolment.learner, subject=enrolment, by=None, at=now + 4 * hour
    )
    shown = fay_in.get(page_of(enrolment))
    told = [event.sentence for event in shown.context["person"].events]
    assert told[:2] == ["Noted: something new.", "Asked a question about “The quiz”."]
    assert "Handed in a quiz: 0 of 3 points." in told
    assert "Began try 1 at “The quiz”." in told
    assert "Did the lesson “Lesson one”." in told
    assert told[-1] == "Got a place on the cohort."
    assert "words-of-a-private-question" not in shown.content.decode()
    assert "ada@example.org" in shown.content.decode()


def test_what_happened_in_another_cohort_does_not_stand_there(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    there = other.enrol(enrolment.learner, at=now)
    other.do_lessons(there, at=now)
    told = [event.sentence for event in fay_in.get(page_of(enrolment)).context["person"].events]
    assert told == ["Got a place on the cohort."]
    assert fay_in.get(page_of(there)).status_code == 404


def test_the_page_costs_as_many_queries_for_much_as_for_little(
    course: BuiltCourse,
    enrolment: Enrolment,
    fay_in: Client,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    fay = User.objects.get(email="fay@example.org")
    with django_assert_max_num_queries(30) as counted:
        people_query.person(enrolment_id=enrolment.pk, by=fay, at=now)
    few = len(counted)
    course.do_lessons(enrolment, at=now)
    fail(course, enrolment, now)
    fail(course, enrolment, now)
    for number in range(5):
        ask.start(
            enrolment_id=enrolment.pk,
            activity_id=None,
            learner=enrolment.learner,
            text=f"Question {number}",
            token=uuid4(),
            at=now,
        )
    fay = User.objects.get(email="fay@example.org")
    with django_assert_max_num_queries(few):
        people_query.person(enrolment_id=enrolment.pk, by=fay, at=now)


def test_a_reason_must_be_given_and_stands_in_the_history(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client
) -> None:
    refused = act(fay_in, enrolment, "pause", reason="  ")
    assert refused.status_code == 422
    assert "Please say why" in refused.content.decode()
    enrolment.refresh_from_db()
    assert enrolment.status == "active"
    assert act(fay_in, enrolment, "pause", reason="Away for a month").status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.status == "suspended"
    html = fay_in.get(page_of(enrolment)).content.decode()
    assert "The place was paused." in html
    assert "Why: Away for a month" in html
    assert "By Fay Cilitator." in html
    assert act(fay_in, enrolment, "resume", reason="Is back").status_code == 302
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_another_try_opens_a_quiz_again_and_the_learner_is_told(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, sign_in: SignIn, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    fail(course, enrolment, now)
    fail(course, enrolment, now)
    with pytest.raises(quiz.QuizRefused):
        course.begin(enrolment, at=now)
    given = act(fay_in, enrolment, "try", activity=course.quiz_id, reason="Was ill")
    assert given.status_code == 302
    told = OutboxEntry.objects.get(payload__message="another_try")
    assert told.payload["to"] == enrolment.learner_id
    start = reverse("learning:activity", args=[enrolment.pk, course.quiz_id])
    html = sign_in(enrolment.learner).get(start).content.decode()
    assert "3 altogether, 1 left" in html
    assert "One of them was given to you by your team." in html
    assert (
        "No tries left"
        not in sign_in(enrolment.learner)
        .get(reverse("learning:course", args=[enrolment.pk]))
        .content.decode()
    )
    fail(course, enrolment, now)
    with pytest.raises(quiz.QuizRefused):
        course.begin(enrolment, at=now)
    # A second one, after the first is used.
    act(fay_in, enrolment, "try", activity=course.quiz_id, reason="Again")
    assert Allowance.objects.get().extra_attempts == 2
    assert course.begin(enrolment, at=now).number == 4


def test_another_try_is_not_given_while_one_is_left(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    fail(course, enrolment, now)
    assert act(fay_in, enrolment, "try", activity=course.quiz_id, reason="Kindness").status_code == 422
    assert not Allowance.objects.exists()


def test_more_time_holds_from_the_next_try_and_is_told_in_words(
    fay: User, ada: User, sign_in: SignIn, now: datetime
) -> None:
    course = build.course(at=now, code="TIMED", time_limit_minutes=60)
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    page = sign_in(fay)
    for percent in (99, 401, "x"):
        wrong = {"activity": course.quiz_id, "percent": percent, "reason": "Reads slowly"}
        assert act(page, enrolment, "time", **wrong).status_code == 422
    act(page, enrolment, "time", activity=course.quiz_id, percent=150, reason="Reads slowly")
    start = sign_in(ada).get(reverse("learning:activity", args=[enrolment.pk, course.quiz_id]))
    assert "You have 90 minutes" in start.content.decode()
    assert "The usual time is 60." in start.content.decode()
    attempt = course.begin(enrolment, at=now)
    assert attempt.deadline == now + timedelta(minutes=90)
    act(page, enrolment, "time", activity=course.quiz_id, percent=100, reason="Mistake")
    attempt.refresh_from_db()
    assert attempt.deadline == now + timedelta(minutes=90)


def test_something_can_be_put_down_as_done_and_may_be_the_last_step(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client
) -> None:
    html = fay_in.get(reverse("staff:person_act", args=[enrolment.pk, "done"])).content.decode()
    assert "Lesson one" in html
    assert "The quiz" not in html
    act(fay_in, enrolment, "done", activity=course.lesson_id, reason="Did it on paper")
    assert enrolment.records.get().outcome == "done"
    entry = LedgerEntry.objects.get(action="recorded done")
    assert (entry.by.email, entry.reason) == ("fay@example.org", "Did it on paper")
    assert act(fay_in, enrolment, "done", activity=course.quiz_id, reason="No").status_code == 422


def test_ending_taking_off_and_giving_back(course: BuiltCourse, enrolment: Enrolment, fay_in: Client) -> None:
    act(fay_in, enrolment, "withdraw", reason="Wants to stop")
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.end_reason) == ("ended", "withdrawn")
    back = act(fay_in, enrolment, "back", reason="Pressed by mistake")
    new = Enrolment.objects.exclude(pk=enrolment.pk).get()
    assert back.url == page_of(new)
    assert "their earlier group" in fay_in.get(page_of(new)).content.decode()
    act(fay_in, new, "remove", reason="Hurt others")
    new.refresh_from_db()
    assert new.end_reason == "removed"


def test_moving_takes_the_work_along_and_only_to_cohorts_of_the_same_team(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, now: datetime
) -> None:
    later = build.cohort(course.edition, at=now, name="In spring", capacity=1)
    form = fay_in.get(reverse("staff:person_act", args=[enrolment.pk, "move"]))
    assert "There is no other cohort" in form.content.decode()
    data = {"to_cohort": later.pk, "kind": "deferred", "reason": "Later suits better"}
    assert act(fay_in, enrolment, "move", **data).status_code == 422
    CohortStaff.objects.create(
        cohort=later, user=User.objects.get(email="fay@example.org"), role="facilitator"
    )
    course.do_lessons(enrolment, at=now)
    assert act(fay_in, enrolment, "move", **data).status_code == 302
    new = Enrolment.objects.get(cohort=later)
    assert new.records.count() == 2
    # Full now: the next one stays where they are, and what was typed is still there.
    other = course.enrol(people.person("ben", "Ben Lerner"), at=now)
    refused = act(fay_in, other, "move", **data)
    assert refused.status_code == 409
    assert "no free place" in refused.content.decode()
    assert "Later suits better" in refused.content.decode()
    other.refresh_from_db()
    assert other.status == "active"


def test_only_administrators_correct_a_certificate(
    course: BuiltCourse, fay_in: Client, amy: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    enrolment = course.complete(ben, at=now)
    certify.issue(completion_id=enrolment.completion.pk, at=now)
    data = {"name": "Benjamin Lerner", "reason": "Full name"}
    assert act(fay_in, enrolment, "certificate", **data).status_code == 404
    assert "Correct the name" not in fay_in.get(page_of(enrolment)).content.decode()
    page = sign_in(amy)
    assert "Correct the name" in page.get(page_of(enrolment)).content.decode()
    assert act(page, enrolment, "certificate", **data).status_code == 302
    assert Certificate.objects.filter(supersedes__isnull=False).count() == 1


@pytest.mark.parametrize("what", sorted(DOINGS))
def test_each_page_that_confirms_can_be_opened_and_changes_nothing(
    enrolment: Enrolment, amy: User, sign_in: SignIn, what: str
) -> None:
    before = LedgerEntry.objects.count()
    answer = sign_in(amy).get(reverse("staff:person_act", args=[enrolment.pk, what]))
    assert answer.status_code == 200
    assert "What will happen" in answer.content.decode()
    assert LedgerEntry.objects.count() == before


def test_nobody_else_sees_a_person_or_does_anything_to_them(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, ed: User, sign_in: SignIn, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    stranger = people.staff("stan", "Stan Ger", group="Course team")
    CohortStaff.objects.create(cohort=other.cohort, user=stranger, role="facilitator")
    for somebody in (ed, stranger):
        page = sign_in(somebody)
        assert page.get(page_of(enrolment)).status_code == 404
        for what in DOINGS:
            assert act(page, enrolment, what, reason="No").status_code == 404
    assert fay_in.get(reverse("staff:person_act", args=[enrolment.pk, "nothing"])).status_code == 404
    assert fay_in.get(reverse("staff:person", args=[999_999])).status_code == 404


@pytest.mark.parametrize("role", ["assessor", "buddy"])
def test_assessors_and_buddies_see_a_person_and_change_nothing(
    course: BuiltCourse, enrolment: Enrolment, ana: User, sign_in: SignIn, role: str
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role=role)
    page = sign_in(ana)
    assert "What you can do" not in page.get(page_of(enrolment)).content.decode()
    assert act(page, enrolment, "withdraw", reason="No").status_code == 404


def test_a_person_who_left_and_was_erased_has_no_name_there(
    course: BuiltCourse, enrolment: Enrolment, fay_in: Client, now: datetime
) -> None:
    from cms.users import accounts

    enrol.withdraw(enrolment_id=enrolment.pk, by=enrolment.learner, at=now)
    accounts.erase(user_id=enrolment.learner_id, at=now)
    answer = fay_in.get(page_of(enrolment))
    assert answer.status_code == 200
    assert "Ada" not in answer.content.decode()
