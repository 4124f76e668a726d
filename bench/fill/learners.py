"""The people who read and answer again and again."""

from datetime import datetime
from functools import cache
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from bench.fill import addresses
from bench.fill.course import BigCourse
from bench.fill.sessions import sessions
from cms.users.models import User
from courses.actions import enrol, quiz, study
from courses.assessment.models import Attempt
from courses.assessment.papers import Question
from courses.catalogue.outline import Kind
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from home.demo import people

READERS = 8
LESSONS_DONE = 18


@cache
def _password() -> str:
    """The demo's password, as it is stored: made once, since that is slow on purpose."""
    return make_password(people.PASSWORD)


def make(kind: str, count: int, *, at: datetime, consents: bool = True) -> list[User]:
    """This many people with accounts as sign-up makes them, who all have the demo's password."""
    wanted = [
        User(email=f"{kind}-{n}@{people.DOMAIN}", printed_name=f"{kind} {n}".title(), password=_password())
        for n in range(1, count + 1)
    ]
    User.objects.bulk_create(wanted)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in wanted
    )
    if consents:
        people.agree(wanted, at=at)
    return wanted


def readers(big: BigCourse, *, at: datetime) -> list[dict[str, Any]]:
    """People half of the way through the large course, each of them on the demo's course too."""
    return [_reader(user, big, at=at) for user in make("reader", READERS, at=at)]


def _reader(user: User, big: BigCourse, *, at: datetime) -> dict[str, Any]:
    _give_place(_demo_cohort(big, at=at), user, at=at)
    enrolment = enrol.start(cohort_id=big.cohort.pk, learner=user, at=at)
    lessons, quizzes = big.activities(Kind.LESSON), big.activities(Kind.QUIZ)
    for lesson in lessons[:LESSONS_DONE]:
        study.mark_done(enrolment_id=enrolment.pk, activity_id=lesson, learner=user, at=at)
    handed_in = _begin(enrolment, quizzes[0], user, at=at)
    _answer(handed_in, user, at=at)
    quiz.hand_in(attempt_id=handed_in.pk, learner=user, at=at)
    still_open = _begin(enrolment, quizzes[1], user, at=at)
    return {
        "email": user.email,
        "password": people.PASSWORD,
        "dashboard": reverse("learning:dashboard"),
        "course": reverse("learning:course", args=[enrolment.pk]),
        "lesson": addresses.activity(enrolment.pk, lessons[LESSONS_DONE]),
        "question": reverse("learning:question", args=[still_open.pk, 1]),
        "review": reverse("learning:review", args=[handed_in.pk]),
    }


def on_three_courses(big: BigCourse, *, at: datetime) -> list[dict[str, Any]]:
    """People on three courses: the two of the demo, and the large one."""
    found = make("three", READERS, at=at)
    for user in found:
        for cohort in [*_demo_cohorts(big, at=at), big.cohort]:
            _give_place(cohort, user, at=at)
    return _dashboards(found)


def busy(big: BigCourse, *, at: datetime) -> list[dict[str, Any]]:
    """People on ten cohorts at once. Nobody can join a course twice, so these rows are made by hand."""
    found = make("busy", READERS, at=at)
    cohorts = [_demo_cohort(big, at=at), big.cohort, *big.to_join]
    Enrolment.objects.bulk_create(
        Enrolment(learner=user, cohort=cohort, status=State.ACTIVE.value, started_at=at)
        for user in found
        for cohort in cohorts
    )
    return _dashboards(found)


def _dashboards(found: list[User]) -> list[dict[str, Any]]:
    dashboard = reverse("learning:dashboard")
    return [{"session": key, "dashboard": dashboard} for key in sessions(found)]


def choice(question: Question) -> list[str]:
    """An answer to a question: three in four of them are right."""
    wrong = sorted(question.keys - question.right_keys)[:1]
    return wrong if question.slot % 4 == 0 else sorted(question.right_keys)


def _answer(attempt: Attempt, user: User, *, at: datetime) -> None:
    for question in attempt.paper.questions:
        quiz.save_answer(
            attempt_id=attempt.pk,
            slot=question.slot,
            choice=choice(question),
            sequence=1,
            learner=user,
            at=at,
        )


def _begin(enrolment: Enrolment, activity: int, user: User, *, at: datetime) -> Attempt:
    return quiz.begin(enrolment_id=enrolment.pk, activity_id=activity, learner=user, at=at)


def _give_place(cohort: Cohort, user: User, *, at: datetime) -> None:
    """Some cohorts of the demo are full, and others choose their people."""
    enrol.by_staff(
        cohort_id=cohort.pk, learner=user, by=user, at=at, reason="To measure with", over_capacity=True
    )


def _demo_cohort(big: BigCourse, *, at: datetime) -> Cohort:
    return _demo_cohorts(big, at=at)[0]


def _demo_cohorts(big: BigCourse, *, at: datetime) -> list[Cohort]:
    """One cohort of each course of the demo: the oldest that is not over."""
    found = Cohort.objects.exclude(edition__course=big.edition.course_id).exclude(ends_on__lt=at.date())
    by_course = {
        cohort.edition.course_id: cohort for cohort in found.order_by("-pk").select_related("edition")
    }
    return [by_course[course] for course in sorted(by_course)]
