"""What a cohort asks for before joining, and people who have met it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cms.users.models import User
from courses.actions import checks, enrol
from courses.catalogue.models import Course
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment.models import Enrolment
from courses.enrolment.prerequisites import Declaration, StaffCheck

SENTENCE = "I am 60 or older."
CHECK = "A basic vetting check"
STEP = "Ask Fay for the form."


@dataclass(frozen=True)
class OneOfEach:
    """A cohort that asks for a sentence and a check, and somebody on it who has met both."""

    cohort: Cohort
    rule: Prerequisite
    enrolment: Enrolment
    declaration: Declaration
    check: StaffCheck


def for_course(cohort: Cohort, other: Course) -> Prerequisite:
    made: Prerequisite = Prerequisite.objects.create(cohort=cohort, kind="course", course=other)
    return made


def for_declaration(cohort: Cohort, words: str = SENTENCE) -> Prerequisite:
    made: Prerequisite = Prerequisite.objects.create(cohort=cohort, kind="declaration", words=words)
    return made


def for_check(cohort: Cohort, words: str = CHECK) -> Prerequisite:
    made: Prerequisite = Prerequisite.objects.create(
        cohort=cohort, kind="check", words=words, next_step=STEP, sort_order=1
    )
    return made


def record(
    rule: Prerequisite, *people: User, by: User, at: datetime, until: date | None = None, is_done: bool = True
) -> None:
    """The team records a check that was made today."""
    checks.record(
        cohort_id=rule.cohort_id,
        prerequisite_id=rule.pk,
        learners=[person.pk for person in people],
        is_done=is_done,
        checked_on=at.date(),
        valid_until=until,
        by=by,
        at=at,
    )


def one_of_each(cohort: Cohort, person: User, *, by: User, at: datetime, **words: Any) -> OneOfEach:
    """Somebody joins a cohort that asks for a sentence and a check."""
    said, rule = for_declaration(cohort, **words), for_check(cohort)
    record(rule, person, by=by, at=at)
    enrolment = enrol.start(cohort_id=cohort.pk, learner=person, at=at, agreed=[said.pk])
    check = StaffCheck.objects.get(learner=person, cohort=cohort)
    return OneOfEach(cohort, rule, enrolment, Declaration.objects.get(learner=person, cohort=cohort), check)
