"""Ten times the content costs not one statement more.

Five stages with forty activities, a quiz of twenty questions, a full cohort, five courses on the
dashboard: every answer that has a budget costs exactly what it costs in the small world.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from cms.users.models import User
from courses.actions import certify, editions, quiz
from courses.assessment.models import Attempt
from courses.cohorts.models import Cohort
from tests.architecture.addresses import ROWS, Row
from tests.architecture.asking import answer, ask, client_of, statements, undone
from tests.architecture.world import World
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

pytestmark = [pytest.mark.django_db, pytest.mark.statements]

STAGES = 5
ACTIVITIES_A_STAGE = 8
QUESTIONS = 20
CROWD = 25
MORE_COURSES = 3
ROWS_WITH_BUDGETS = [row for row in ROWS if row.budget is not None]


@pytest.fixture(scope="module")
def grown(world: World, django_db_blocker: Any) -> Iterator[World]:
    """The same people on a course of a realistic size."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield grow(world)
        transaction.set_rollback(True)


def grow(world: World) -> World:
    at, cast = world.at, world.people
    for number in range(MORE_COURSES):
        small = build.course(at=at, code=f"MORE{number}")
        small.enrol(cast["ada"], at=at)
    course = big_course(world)
    people = User.objects.bulk_create(User(email=f"crowd-{n}@example.org") for n in range(CROWD))
    for person in people:
        course.enrol(person, at=at)
    ada = course.enrol(cast["ada"], at=at)
    course.do_lessons(ada, at=at)
    attempt = course.begin(ada, at=at)
    course.answer(attempt, right=QUESTIONS, at=at)
    ben = course.enrol(cast["ben"], at=at)
    course.do_lessons(ben, at=at)
    done = course.begin(ben, at=at)
    course.answer(done, right=QUESTIONS, at=at)
    quiz.hand_in(attempt_id=done.pk, learner=cast["ben"], at=at)
    certificate = certify.issue(completion_id=ben.completion.pk, at=at)
    assert certificate is not None
    certify.keep_pdf(certificate_id=certificate.pk, at=at)
    return replace(
        world,
        course=course,
        ada_enrolment=ada,
        ada_attempt=attempt,
        ben_enrolment=ben,
        ben_attempt=Attempt.objects.get(pk=done.pk),
        dee_enrolment=course.enrol(cast["dee"], at=at),
        certificate=certificate,
        pages={**world.pages, "course": course.page},
    )


def big_course(world: World) -> BuiltCourse:
    page = build.course_page(code="BIG", slug="big-course")
    questions = [build.question(page.course, f"Question {n}") for n in range(QUESTIONS)]
    for number in range(1, STAGES + 1):
        stage = build.stage(page, f"Stage {number}")
        is_last = number == STAGES
        for place in range(ACTIVITIES_A_STAGE - is_last):
            build.lesson(stage, f"Lesson {number}.{place}")
        if is_last:
            build.quiz_page(stage, "The quiz", questions)
    edition = editions.publish(course_page=page, by=world.people["ed"], at=world.at)
    cohort: Cohort = build.cohort(edition, at=world.at, capacity=CROWD * 2)
    assert len(edition.outline.activities) == STAGES * ACTIVITIES_A_STAGE
    return BuiltCourse(page=page, edition=edition, cohort=cohort)


@pytest.mark.parametrize("row", ROWS_WITH_BUDGETS, ids=[row.title for row in ROWS_WITH_BUDGETS])
def test_a_large_course_costs_as_many_statements_as_a_small_one(grown: World, row: Row) -> None:
    with undone(row, grown):
        assert answer(ask(client_of(grown, row, row.measured_as), row, grown)) == row.answers[row.measured_as]
    found = statements(row, grown, row.measured_as)
    assert len(found) == row.queries, "\n".join(found)


@pytest.mark.parametrize("row", [r for r in ROWS if r.cold is not None], ids=lambda row: row.title)
def test_drawing_a_public_page_costs_as_much_with_more_courses(grown: World, row: Row) -> None:
    found = statements(row, grown, row.measured_as, cold=True)
    assert len(found) == row.cold, "\n".join(found)
