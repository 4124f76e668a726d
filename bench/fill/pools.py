"""People who do what can be done only once: join, begin a quiz, hand it in. They are signed in already."""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

from django.urls import reverse

from bench.fill import addresses, learners
from bench.fill.course import BigCourse
from bench.fill.sessions import sessions
from cms.users.models import User
from courses.assessment import bank, papers
from courses.assessment.models import Attempt, AttemptAnswer
from courses.assessment.states import State as AttemptState
from courses.catalogue.outline import Kind
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.states import State
from courses.progress.models import Record
from courses.progress.rules import Outcome

Ask = dict[str, Any]


def joiners(big: BigCourse, *, count: int, at: datetime) -> list[Ask]:
    """One new person for each joining, in several cohorts, so that none is unusually full."""
    found = learners.make("joiner", count, at=at, consents=False)
    cohorts = [big.to_join[n % len(big.to_join)] for n in range(count)]
    return [
        {"session": key, "url": reverse("learning:join", args=[cohort.pk])}
        for key, cohort in zip(sessions(found), cohorts, strict=True)
    ]


def starters(big: BigCourse, *, count: int, at: datetime) -> list[Ask]:
    """Learners who have begun no quiz; each can begin five."""
    quizzes = big.activities(Kind.QUIZ)
    enrolled = _enrolled("starter", -(-count // len(quizzes)), big, at=at)
    # Each quiz in turn for all of them, so that no two clients ask for the same person at once.
    return [
        {"session": key, "url": addresses.begin(enrolment.pk, quiz)}
        for quiz in quizzes
        for key, enrolment in enrolled
    ][:count]


def finishers(big: BigCourse, *, count: int, at: datetime) -> list[Ask]:
    """Learners with five open attempts, every question of them answered."""
    quizzes = big.activities(Kind.QUIZ)
    enrolled = _enrolled("finisher", -(-count // len(quizzes)), big, at=at)
    found: list[Ask] = []
    for quiz in quizzes:
        attempts = _attempts([enrolment for _key, enrolment in enrolled], quiz, big, at=at)
        found += [
            {"session": key, "url": reverse("learning:hand_in", args=[attempt.pk])}
            for (key, _enrolment), attempt in zip(enrolled, attempts, strict=True)
        ]
    return found[:count]


def enrolment(user: User, cohort: Cohort, *, at: datetime) -> Enrolment:
    """A row for somebody who studies."""
    return Enrolment(learner=user, cohort=cohort, status=State.ACTIVE.value, started_at=at)


def _enrolled(kind: str, count: int, big: BigCourse, *, at: datetime) -> list[tuple[str, Enrolment]]:
    """This many new learners on the large course, with half of its lessons done."""
    found = learners.make(kind, count, at=at, consents=False)
    enrolments = Enrolment.objects.bulk_create(enrolment(user, big.cohort, at=at) for user in found)
    Place.objects.bulk_create(
        Place(cohort=big.cohort, enrolment=enrolment, reason=Place.Reason.LEARNER) for enrolment in enrolments
    )
    Grant.objects.bulk_create(
        Grant(enrolment=enrolment, kind="free", given_at=at) for enrolment in enrolments
    )
    done = big.activities(Kind.LESSON)[: learners.LESSONS_DONE]
    Record.objects.bulk_create(
        Record(enrolment=e, activity_id=lesson, outcome=Outcome.DONE.value, at=at, by=e.learner)
        for e in enrolments
        for lesson in done
    )
    return list(zip(sessions(found), enrolments, strict=True))


def _attempts(enrolments: Sequence[Enrolment], quiz: int, big: BigCourse, *, at: datetime) -> list[Attempt]:
    activity = big.outline.activity(quiz)
    if activity is None or activity.quiz is None:
        raise SystemExit(f"Activity {quiz} is not a quiz.")
    paper = bank.draw_paper(page_id=activity.page_id, random=Random(1))
    attempts = Attempt.objects.bulk_create(
        Attempt(
            enrolment=enrolment,
            activity_id=quiz,
            number=1,
            status=AttemptState.OPEN.value,
            paper_frozen=papers.to_json(paper),
            pass_mark_percent=activity.quiz.pass_mark_percent,
            started_at=at,
        )
        for enrolment in enrolments
    )
    AttemptAnswer.objects.bulk_create(
        AttemptAnswer(
            attempt=attempt, slot=question.slot, choice=learners.choice(question), sequence=1, saved_at=at
        )
        for attempt in attempts
        for question in paper.questions
    )
    return list(attempts)
