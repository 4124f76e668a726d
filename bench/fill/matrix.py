"""A cohort of five hundred people on a course of sixty activities, and the team that looks at it."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group
from django.urls import reverse

from bench.fill import learners
from bench.fill.course import BigCourse
from bench.fill.pools import enrolment
from bench.fill.sessions import sessions
from courses.catalogue import outline as outlines
from courses.catalogue.models import Activity, Edition
from courses.catalogue.outline import Kind, Outline
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment, Grant, Place
from courses.progress.models import Record
from courses.progress.rules import Outcome

PEOPLE = 500
MORE_ACTIVITIES_A_STAGE = 4
TEAM = 8


def build(big: BigCourse, *, at: datetime) -> list[dict[str, Any]]:
    """What each of the team asks for: the first page of the matrix, and the first of the register."""
    edition = _edition(big, at=at)
    cohort = Cohort.objects.create(
        edition=edition, name="The five hundred", starts_on=at.date(), enrolment_opens_at=at
    )
    _fill(cohort, edition.outline, at=at)
    team = learners.make("team", TEAM, at=at)
    group = Group.objects.get(name="Course team")
    for person in team:
        person.groups.add(group)
    CohortStaff.objects.bulk_create(
        CohortStaff(cohort=cohort, user=person, role=CohortStaff.Role.FACILITATOR) for person in team
    )
    urls = {name: reverse(f"staff:{name}", args=[cohort.pk]) for name in ("matrix", "register")}
    return [{"session": key, **urls} for key in sessions(team)]


def _edition(big: BigCourse, *, at: datetime) -> Edition:
    """The large course with twenty more lessons. Nobody opens them, so they have no pages of their own.

    It belongs to a course that no page shows: the large course keeps its own newest edition.
    """
    identity = _course(big)
    stages = []
    for stage in big.outline.stages:
        pattern = stage.activities[0]
        more = [
            Activity.objects.create(course=identity, key=uuid4(), kind=Kind.LESSON.value, title=f"More {n}")
            for n in range(MORE_ACTIVITIES_A_STAGE)
        ]
        new = tuple(replace(pattern, activity_id=one.pk, title=one.title) for one in more)
        stages.append(replace(stage, activities=(*stage.activities, *new)))
    frozen = outlines.to_json(replace(big.outline, stages=tuple(stages)))
    edition = Edition(
        course=identity, number=1, frozen=frozen, published_at=at, published_by=big.edition.published_by
    )
    edition.save()
    return edition


def _course(big: BigCourse) -> Any:
    """Another course like the large one."""
    course = big.edition.course
    return type(course).objects.create(code="MATRIX", title="A course of sixty", provider=course.provider)


def _fill(cohort: Cohort, outline: Outline, *, at: datetime) -> None:
    """People who have done between none and all of it."""
    people = learners.make("matrix", PEOPLE, at=at, consents=False)
    made = Enrolment.objects.bulk_create(enrolment(person, cohort, at=at) for person in people)
    Place.objects.bulk_create(
        Place(cohort=cohort, enrolment=one, reason=Place.Reason.LEARNER) for one in made
    )
    Grant.objects.bulk_create(Grant(enrolment=one, kind="free", given_at=at) for one in made)
    ids = [activity.activity_id for activity in outline.activities]
    Record.objects.bulk_create(
        (
            Record(enrolment=one, activity_id=activity, outcome=Outcome.DONE.value, at=at, by=one.learner)
            for place, one in enumerate(made)
            for activity in ids[: place % (len(ids) + 1)]
        ),
        batch_size=5_000,
    )
