"""The people of the demo. They are plainly made up, and what they did was done through the actions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from cms.core import places
from cms.users import accounts
from cms.users.models import Consent, User
from courses.actions import ask, enrol, quiz, study
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from courses.cohorts.models import Cohort, CohortStaff
from courses.conversations.models import Conversation
from courses.enrolment.models import Enrolment

PASSWORD = "lived-learning-demo"  # noqa: S105 - it is printed for everybody who tries the demo
DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as. `does` says what they may look at."""

    key: str
    name: str
    does: str
    group: str = ""
    is_superuser: bool = False

    @property
    def email(self) -> str:
        return f"{self.key}@{DOMAIN}"


LEARNER = DemoPerson("learner", "Ada Example", "Learner, part of the way through the course")
FACILITATOR = DemoPerson(
    "facilitator",
    "Fay Example",
    "Facilitator: sees the register of her cohort, and answers questions",
    "Course team",
)
ASSESSOR = DemoPerson("assessor", "Ana Example", "Assessor: sees the register of her cohort", "Course team")
EDITOR = DemoPerson("editor", "Ed Example", "Editor: writes pages and publishes editions", "Course editors")
ADMINISTRATOR = DemoPerson(
    "administrator", "Amy Example", "Administrator: may do everything", is_superuser=True
)
ACCOUNTS = (LEARNER, FACILITATOR, ASSESSOR, EDITOR, ADMINISTRATOR)

# Learners at different places, so that lists look as they do in real life.
OTHERS = (
    DemoPerson("ben", "Ben Example", "has just joined"),
    DemoPerson("cleo", "Cleo Example", "has not joined anything"),
    DemoPerson("dora", "Dora Example", "has tried the quiz once and not passed"),
    DemoPerson("eli", "Eli Example", "has used all attempts"),
    DemoPerson("gus", "Gus Example", "has finished and has a certificate"),
)


def make(person: DemoPerson, *, at: datetime) -> User:
    """The account of a demo person, with a confirmed address. Safe to repeat."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User.objects.create_user(
            person.email, PASSWORD, printed_name=person.name, is_superuser=person.is_superuser
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        agree([user], at=at)
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
    return user


def agree(users: Iterable[User], *, at: datetime) -> None:
    """The consent that sign-up asks for."""
    for user in users:
        accounts.record_consent(
            user=user,
            kind=Consent.PRIVACY_NOTICE,
            version=places.privacy_version(),
            wording=str(accounts.PRIVACY_WORDING),
            at=at,
        )


def populate(cohort: Cohort, *, at: datetime) -> None:
    """Everybody of the demo, at their different places. Safe to repeat."""
    staff = {FACILITATOR: CohortStaff.Role.FACILITATOR, ASSESSOR: CohortStaff.Role.ASSESSOR}
    for person in (*ACCOUNTS, *OTHERS):
        user = make(person, at=at)
        if person in staff:
            CohortStaff.objects.get_or_create(cohort=cohort, user=user, role=staff[person])
    _act(cohort, at=at)


def _act(cohort: Cohort, *, at: datetime) -> None:
    if Enrolment.objects.filter(cohort=cohort).exists():
        return
    walk = Walk(cohort, at=at)
    answered = walk.ask(
        walk.lessons(LEARNER.email, count=1),
        "I am not sure how long I should spend on a lesson. Is it all right to stop in the middle?",
    )
    walk.answer(
        answered,
        "Yes, stop whenever you like. What you have done is saved, and the page remembers where you were.",
    )
    walk.ask(
        walk.lessons("ben@example.org", count=0),
        "May I do this course together with a friend? We would like to talk about each part.",
    )
    walk.quiz(walk.lessons("dora@example.org"), right=0.5)
    eli = walk.lessons("eli@example.org")
    for _attempt in range(3):
        walk.quiz(eli, right=0.4)
    walk.quiz(walk.lessons("gus@example.org"), right=1.0)


class Walk:
    """Walks demo learners through a course, a day between one step and the next."""

    def __init__(self, cohort: Cohort, *, at: datetime, seed: int = 1) -> None:
        self.cohort = cohort
        self.at = at
        self.random = Random(seed)  # noqa: S311 - the same demo every time
        self.outline = cohort.edition.outline

    def lessons(self, email: str, *, count: int | None = None) -> Enrolment:
        """Join, and do the first `count` lessons: all of them when it is None."""
        learner = User.objects.get(email=email)
        enrolment = enrol.start(cohort_id=self.cohort.pk, learner=learner, at=self.at)
        lessons = [a for a in self.outline.activities if a.kind is Kind.LESSON]
        for lesson in lessons[:count]:
            study.mark_done(
                enrolment_id=enrolment.pk, activity_id=lesson.activity_id, learner=learner, at=self.at
            )
        return enrolment

    def ask(self, enrolment: Enrolment, text: str) -> Conversation:
        """Ask about the first activity of the course."""
        return ask.start(
            enrolment_id=enrolment.pk,
            activity_id=self.outline.activities[0].activity_id,
            learner=enrolment.learner,
            text=text,
            token=uuid5(NAMESPACE_URL, text),
            at=self.at,
        )

    def answer(self, conversation: Conversation, text: str) -> None:
        """The facilitator answers."""
        ask.answer(
            conversation_id=conversation.pk,
            by=User.objects.get(email=FACILITATOR.email),
            text=text,
            token=uuid5(NAMESPACE_URL, text),
            seen=conversation.messages.get().pk,
            at=self.at + timedelta(minutes=30),
        )

    def begin(self, enrolment: Enrolment) -> Attempt:
        """Begin the first quiz of the course."""
        activity = next(a for a in self.outline.activities if a.kind is Kind.QUIZ)
        return quiz.begin(
            enrolment_id=enrolment.pk,
            activity_id=activity.activity_id,
            learner=enrolment.learner,
            at=self.at,
            random=self.random,
        )

    def quiz(self, enrolment: Enrolment, *, right: float) -> Attempt:
        """Sit the quiz with this share of right answers, and hand it in."""
        attempt = self.begin(enrolment)
        questions = attempt.paper.questions
        for question in questions:
            known = question.slot <= right * len(questions)
            wrong = sorted(question.keys - question.right_keys)[:1]
            quiz.save_answer(
                attempt_id=attempt.pk,
                slot=question.slot,
                choice=sorted(question.right_keys) if known else wrong,
                sequence=1,
                learner=enrolment.learner,
                at=self.at + timedelta(minutes=question.slot),
            )
        later = self.at + timedelta(minutes=20)
        return quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=later)


def crowd(cohort: Cohort, *, count: int, at: datetime) -> list[dict[str, Any]]:
    """Many learners for measuring, each with a lesson done and an attempt open."""
    password = make_password(PASSWORD)
    users = [
        User(email=f"learner-{n}@{DOMAIN}", printed_name=f"Learner {n} Example", password=password)
        for n in range(1, count + 1)
    ]
    User.objects.bulk_create(users, ignore_conflicts=True)
    users = list(User.objects.filter(email__startswith="learner-").order_by("pk")[:count])
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users],
        ignore_conflicts=True,
    )
    agree(users, at=at)
    walk = Walk(cohort, at=at)
    enrolments = [walk.lessons(user.email) for user in users]
    attempts = [walk.begin(enrolment) for enrolment in enrolments]
    return [_addresses(e, a) for e, a in zip(enrolments, attempts, strict=True)]


def _addresses(enrolment: Enrolment, attempt: Attempt) -> dict[str, Any]:
    """What a load generator needs to act as this learner."""
    outline = enrolment.cohort.edition.outline
    lesson, quiz_activity = outline.activities[0], outline.activity(attempt.activity_id)
    base = f"/learning/{enrolment.pk}/"
    return {
        "email": enrolment.learner.email,
        "password": PASSWORD,
        "dashboard_url": "/learning/",
        "course_url": base,
        "lesson_url": f"{base}{lesson.activity_id}/",
        "quiz_url": f"{base}{quiz_activity.activity_id if quiz_activity else 0}/",
        "attempt_question_url": f"/learning/attempts/{attempt.pk}/1/",
    }
