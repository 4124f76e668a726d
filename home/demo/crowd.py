"""Many more learners, for lists that look real and for measuring: written in sets, not one by one.

What they have done is what the actions would have recorded, spread over half a year and over every place
of the courses, and the same every time. No e-mails are sent and no files drawn for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from secrets import token_bytes
from typing import Any

from allauth.account.models import EmailAddress
from django.db import models, transaction

from cms.core import places
from cms.users import accounts
from cms.users.models import Consent, User
from courses.actions import certify
from courses.assessment import bank, marking, papers
from courses.assessment.models import Attempt, AttemptAnswer
from courses.assessment.states import State as AttemptState
from courses.catalogue.outline import ActivityOutline, Kind, Outline
from courses.certificates import facts as frozen_facts
from courses.certificates.codes import new_code
from courses.certificates.models import Certificate, CertificateHolder, CertificateLogEntry
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome
from home.demo.people import DOMAIN, PASSWORD, stored_password
from home.demo.walks import right_choice, wrong_choice

NAMES = """
    Alma Bert Cora Dov Edda Fritz Gita Hugo Ines Jan Kaya Leo Mina Nils Orla Piet Quinn Rhea Sven Tess
    Una Vito Wanda Xenia Yann Zita Abe Bea Cyrus Dina Emil Faye Gil Hera Ivo Juno Kurt Lena Milo Neve
"""
FIRST = NAMES.split()
LAST = ("Example", "Sample", "Specimen", "Pretend", "Madeup", "Invented", "Mockup", "Placeholder")
# Of every hundred who joined: what they are doing now.
FATES = {
    "new": 10,
    "under way": 45,
    "not passed": 9,
    "no tries left": 3,
    "finished": 26,
    "withdrawn": 6,
    "paused": 1,
}
# How many of them, beginning with the first, sit a quiz at this moment: the measurements need them.
ONE_IN = 25
HALF_A_YEAR = 170
FIRST_COURSE = 0.7
CAN_FAIL_ONCE = 0.25


def make(cohorts: Sequence[Cohort], *, count: int, at: datetime) -> list[dict[str, Any]]:
    """As many learners as `count` says; how to act as those of them who sit a quiz. Safe to repeat.

    They are on what can be joined at any time: groups with dates have few places.
    """
    there = User.objects.filter(email__startswith="learner-").count()
    with transaction.atomic():
        users = _users(range(there + 1, count + 1), at=at)
        crowd = _Crowd([_Course(cohort) for cohort in cohorts if cohort.is_rolling], at=at)
        for number, user in enumerate(users, start=there + 1):
            crowd.add(user, number)
        crowd.save()
    return _addresses(count)


def _users(numbers: range, *, at: datetime) -> list[User]:
    version, password = places.privacy_version(), stored_password()
    found = User.objects.bulk_create(
        User(
            email=f"learner-{n}@{DOMAIN}",
            printed_name=f"{FIRST[n % len(FIRST)]} {LAST[n // len(FIRST) % len(LAST)]}",
            password=password,
            privacy_version=version,
        )
        for n in numbers
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in found
    )
    wording, kind = str(accounts.PRIVACY_WORDING), Consent.PRIVACY_NOTICE
    Consent.objects.bulk_create(
        Consent(user=u, kind=kind, version=version, wording=wording, given_at=at) for u in found
    )
    return found


class _Course:
    """A cohort's course, with the paper of each quiz drawn once for all."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.outline: Outline = cohort.edition.outline
        self.papers: dict[int, papers.Paper] = {}
        self.frozen: dict[int, dict[str, Any]] = {}
        for activity in self.outline.activities:
            if activity.quiz is not None:
                paper = bank.draw_paper(
                    page_id=activity.page_id,
                    random=Random(1),  # noqa: S311 - the same demo every time
                    must_be_right=activity.quiz.must_be_right,
                )
                self.papers[activity.activity_id] = paper
                self.frozen[activity.activity_id] = papers.to_json(paper)


@dataclass
class _Rows:
    """What is written, in the order of writing."""

    enrolments: list[Enrolment] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    answers: list[AttemptAnswer] = field(default_factory=list)
    completions: list[Completion] = field(default_factory=list)
    # What happened, and to which row: it has no number yet.
    history: list[tuple[models.Model, LedgerEntry]] = field(default_factory=list)


class _Crowd:
    def __init__(self, courses: list[_Course], *, at: datetime) -> None:
        self.courses, self.at = courses, at
        self.rows = _Rows()

    def add(self, user: User, number: int) -> None:
        """One learner and all that they have done."""
        random = Random(number)  # noqa: S311 - the same demo every time
        sits = number % ONE_IN == 1
        is_first = sits or len(self.courses) == 1 or random.random() < FIRST_COURSE
        course = self.courses[0] if is_first else random.choice(self.courses[1:])
        fate = "sits" if sits else random.choices(list(FATES), weights=list(FATES.values()))[0]
        _Life(user, course, random, rows=self.rows, at=self.at).live(fate)

    def save(self) -> None:
        rows = self.rows
        for some in (rows.enrolments, rows.places, rows.grants, rows.records, rows.attempts):
            _save(some)
        _save(rows.answers)
        _save(rows.completions)
        _save(_certificates(rows.completions, rows.history))
        for subject, entry in rows.history:
            entry.subject = f"{subject._meta.model_name}:{subject.pk}"
        _save([entry for _subject, entry in rows.history])


def _save(rows: Sequence[Any]) -> None:
    if rows:
        type(rows[0]).objects.bulk_create(rows, batch_size=2000)


class _Life:
    """What one learner did, step by step, until now."""

    def __init__(self, user: User, course: _Course, random: Random, *, rows: _Rows, at: datetime) -> None:
        self.user, self.course, self.random, self.rows, self.now = user, course, random, rows, at
        # What quizzes came to, by activity.
        self.marked: dict[int, Record] = {}
        # More of them came lately.
        ago = HALF_A_YEAR * random.random() ** 1.4
        self.at = at - timedelta(days=ago)
        self.enrolment = Enrolment(
            learner=user, cohort=course.cohort, status=State.ACTIVE.value, started_at=self.at
        )
        rows.enrolments.append(self.enrolment)
        self._tell("enrolled", self.enrolment)

    def live(self, fate: str) -> None:
        """Walk as far as the fate says, or as time allows."""
        activities = self.course.outline.activities
        quizzes = [n for n, a in enumerate(activities) if a.kind is Kind.QUIZ]
        ends = {
            "new": 0,
            "under way": self.random.randrange(1, len(activities)),
            "not passed": self.random.choice(quizzes),
            "no tries left": quizzes[0],
            "sits": quizzes[0],
            "finished": len(activities),
            "withdrawn": self.random.randrange(0, len(activities) // 2),
            "paused": self.random.randrange(1, len(activities)),
        }
        end = ends[fate]
        if fate != "new":
            self._hurry(steps=end + 1)
        for activity in activities[:end]:
            self._finish(activity)
        self._end(fate, activities[end] if end < len(activities) else None)

    def _end(self, fate: str, here: ActivityOutline | None) -> None:
        enrolment = self.enrolment
        if fate == "finished":
            self.rows.completions.append(Completion(enrolment=enrolment, completed_at=self.at))
            self._tell("completed", enrolment)
        if here is not None and here.quiz is not None:
            if fate == "not passed":
                self._sit(here, number=1, passes=False)
            if fate == "no tries left":
                for number in range(1, (here.quiz.attempts_allowed or 3) + 1):
                    self._sit(here, number=number, passes=False)
            if fate == "sits":
                self._begin(here, number=1)
        grant = Grant(enrolment=enrolment, kind="free", given_at=enrolment.started_at)
        self.rows.grants.append(grant)
        if fate == "withdrawn":
            self._step()
            enrolment.status, enrolment.end_reason = State.ENDED.value, "withdrawn"
            enrolment.ended_at = grant.withdrawn_at = self.at
            self._tell("withdrew", enrolment)
            return
        if fate == "paused":
            enrolment.status = State.SUSPENDED.value
        place = Place(cohort=enrolment.cohort, enrolment=enrolment, reason=Place.Reason.LEARNER)
        self.rows.places.append(place)

    # --- Time -------------------------------------------------------------------------------------

    def _hurry(self, *, steps: int) -> None:
        """How long a step takes on average: nobody does anything in the future."""
        there_is = (self.now - self.at).total_seconds() / 3600
        self.hours = min(self.random.choice((6, 20, 40)), there_is / (steps + 3) / 2)

    def _step(self) -> None:
        self.at += timedelta(hours=self.hours * (0.4 + self.random.random()))

    def _tell(self, action: str, subject: models.Model, **details: Any) -> None:
        """Note it as the ledger does: the end of a course is noted by the site itself."""
        by = None if action == "completed" else self.user
        entry = LedgerEntry(at=self.at, action=action, by=by, learner=self.user, details=details)
        self.rows.history.append((subject, entry))

    # --- Steps ------------------------------------------------------------------------------------

    def _finish(self, activity: ActivityOutline) -> None:
        if activity.quiz is None:
            self._step()
            self._record(activity, Outcome.DONE)
            self._tell("lesson done", self.enrolment, activity=activity.activity_id)
            return
        number, most = 1, activity.quiz.attempts_allowed or 3
        while number < most and self.random.random() < CAN_FAIL_ONCE:
            self._sit(activity, number=number, passes=False, is_last=False)
            number += 1
        self._sit(activity, number=number, passes=True)

    def _record(self, activity: ActivityOutline, outcome: Outcome, **marks: int) -> Record:
        record = Record(
            enrolment=self.enrolment,
            activity_id=activity.activity_id,
            outcome=outcome.value,
            at=self.at,
            by=self.user,
            **marks,
        )
        self.rows.records.append(record)
        return record

    def _begin(self, activity: ActivityOutline, *, number: int) -> Attempt:
        self._step()
        assert activity.quiz is not None  # noqa: S101 - asked for by quizzes only
        attempt = Attempt(
            enrolment=self.enrolment,
            activity_id=activity.activity_id,
            number=number,
            status=AttemptState.OPEN.value,
            paper_frozen=self.course.frozen[activity.activity_id],
            pass_mark_percent=activity.quiz.pass_mark_percent,
            started_at=self.at,
        )
        self.rows.attempts.append(attempt)
        for question in self.course.papers[activity.activity_id].questions:
            self.rows.answers.append(AttemptAnswer(attempt=attempt, slot=question.slot))
        return attempt

    def _sit(self, activity: ActivityOutline, *, number: int, passes: bool, is_last: bool = True) -> None:
        attempt = self._begin(activity, number=number)
        paper = self.course.papers[activity.activity_id]
        choices = _choices(paper, attempt.pass_mark_percent, self.random, passes=passes)
        for answer in self.rows.answers[-len(paper.questions) :]:
            answer.choice, answer.sequence = sorted(choices[answer.slot]), 1
            answer.saved_at = self.at + timedelta(minutes=answer.slot)
        result = marking.mark(paper, choices, pass_mark_percent=attempt.pass_mark_percent)
        self.at += timedelta(minutes=len(paper.questions) + 5)
        attempt.status, attempt.closed_at = AttemptState.HANDED_IN.value, self.at
        attempt.score, attempt.max_score, attempt.passed = result.score, result.max_score, result.passed
        marks = {"score": result.score, "max_score": result.max_score}
        self._tell("quiz marked", attempt, **marks, passed=result.passed)
        if is_last:
            outcome = Outcome.PASSED if result.passed else Outcome.NOT_PASSED
            already = self.marked.get(activity.activity_id)
            if already is None:
                self.marked[activity.activity_id] = self._record(activity, outcome, **marks)
            elif result.score > (already.score or 0):
                already.score, already.at = result.score, self.at


def _choices(
    paper: papers.Paper, pass_mark: int, random: Random, *, passes: bool
) -> dict[int, frozenset[str]]:
    """Answers that pass, or that do not: the quick at it have more right than the slow."""
    ability = random.uniform(0.8, 1.0) if passes else random.uniform(0.3, 0.7)
    known = {question.slot: random.random() < ability for question in paper.questions}
    for question in random.sample(paper.questions, k=len(paper.questions)):
        found = {
            q.slot: frozenset(right_choice(q) if known[q.slot] else wrong_choice(q)) for q in paper.questions
        }
        if marking.mark(paper, found, pass_mark_percent=pass_mark).passed is passes:
            return found
        known[question.slot] = passes
    return {q.slot: frozenset(right_choice(q) if passes else wrong_choice(q)) for q in paper.questions}


def _certificates(
    completions: Sequence[Completion], history: list[tuple[models.Model, LedgerEntry]]
) -> list[CertificateLogEntry]:
    """The certificates of those who finished, and the entries that say so."""
    certificates, holders, log = [], [], []
    for completion in completions:
        enrolment, at = completion.enrolment, completion.completed_at
        name, salt = enrolment.learner.printed_name, token_bytes(32)
        certificate = Certificate(
            code=new_code(),
            enrolment=enrolment,
            course_id=_course_of(enrolment.cohort),
            frozen=frozen_facts.to_json(certify.facts_for(enrolment=enrolment, completion=completion, at=at)),
            issued_at=at,
            name_salt=salt,
            name_digest=frozen_facts.name_digest(name, salt),
        )
        certificates.append(certificate)
        holder = CertificateHolder(certificate=certificate, learner=enrolment.learner, printed_name=name)
        holders.append(holder)
        log.append(
            CertificateLogEntry(certificate=certificate, event=CertificateLogEntry.Event.ISSUED, at=at)
        )
        entry = LedgerEntry(at=at, action="certificate issued", learner=enrolment.learner, details={})
        history.append((certificate, entry))
    _save(certificates)
    _save(holders)
    return log


@cache
def _course_of(cohort: Cohort) -> int:
    course: int = cohort.edition.course_id
    return course


def _addresses(count: int) -> list[dict[str, Any]]:
    """What a load generator needs to act as those who sit a quiz now."""
    sitting = Attempt.objects.filter(
        status=AttemptState.OPEN.value, enrolment__learner__email__startswith="learner-"
    ).select_related("enrolment__learner", "enrolment__cohort__edition")
    return [_of(attempt) for attempt in sitting.order_by("enrolment__learner_id")[:count]]


def _of(attempt: Attempt) -> dict[str, Any]:
    enrolment = attempt.enrolment
    base = f"/learning/{enrolment.pk}/"
    return {
        "email": enrolment.learner.email,
        "password": PASSWORD,
        "dashboard_url": "/learning/",
        "course_url": base,
        "lesson_url": f"{base}{enrolment.cohort.edition.outline.activities[0].activity_id}/",
        "quiz_url": f"{base}{attempt.activity_id}/",
        "attempt_question_url": f"/learning/attempts/{attempt.pk}/1/",
    }
