"""What a new edition does to people who are on a course already: numbers only, no names.

Nobody is moved by publishing. The second half answers "what if they were?", by the rule of
courses.progress.rules: somebody is at the end when every required activity is finished. It is worked
out in the database, so that it costs the same for ten learners and for a hundred thousand. Sessions that
count together are looked at by their number.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from courses.catalogue.models import Course
from courses.catalogue.outline import Outline
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.models import Completion, Record
from courses.progress.rules import FINISHED

FINISHED_VALUES = [outcome.value for outcome in FINISHED]


@dataclass(frozen=True, slots=True)
class CohortCount:
    """How many learners of a cohort are where. `waiting` have joined and done nothing yet."""

    name: str
    edition_number: int
    waiting: int
    part_way: int
    finished: int

    @property
    def under_way(self) -> int:
        return self.waiting + self.part_way


@dataclass(frozen=True, slots=True)
class Missing:
    """A required activity, and how many of those who have finished the course have not done it."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Impact:
    """`behind` have finished their edition and would have something left to do in the new one;
    `at_the_end` are under way, and would at once have nothing left."""

    cohorts: list[CohortCount]
    behind: int
    at_the_end: int
    missing: list[Missing]

    @property
    def under_way(self) -> int:
        return sum(cohort.under_way for cohort in self.cohorts)

    @property
    def part_way(self) -> int:
        return sum(cohort.part_way for cohort in self.cohorts)

    @property
    def finished(self) -> int:
        return sum(cohort.finished for cohort in self.cohorts)

    @property
    def learners(self) -> int:
        return self.under_way + self.finished


def impact(*, course: Course, outline: Outline) -> Impact:
    """What publishing this outline would mean for the learners of a course. Three queries."""
    required = [a for a in outline.activities if outline.is_needed(a)]
    ids = [a.activity_id for a in required if a.activity_id]
    moved = _if_moved(course, outline)
    cohorts = cohort_counts(course)
    finished = sum(cohort.finished for cohort in cohorts)
    done = _finished_by(course, ids) if finished else {}
    missing = [Missing(a.title, finished - done.get(a.activity_id, 0)) for a in required]
    if outline.sessions_needed is not None:
        needed = ngettext("%d live session", "%d live sessions", outline.sessions_needed)
        missing.append(Missing(needed % outline.sessions_needed, moved["without_sessions"]))
    return Impact(cohorts, moved["behind"], moved["at_the_end"], [one for one in missing if one.count])


def people_of(course: Course) -> QuerySet[Enrolment]:
    """The enrolments of a course that count: under way, or finished. Who left in between does not."""
    has_finished = Exists(Completion.objects.filter(enrolment=OuterRef("pk")))
    return (
        Enrolment.objects.filter(cohort__edition__course=course)
        .annotate(has_finished=has_finished)
        .filter(Q(has_finished=True) | ~Q(status=State.ENDED.value))
        .order_by()
    )


def cohort_counts(course: Course) -> list[CohortCount]:
    """The cohorts of a course that have learners, newest edition first. One query."""
    found: dict[int, dict[str, Any]] = {}
    rows = (
        people_of(course)
        .annotate(has_begun=Exists(Record.objects.filter(enrolment=OuterRef("pk"))))
        .values("cohort_id", "cohort__name", "cohort__edition__number", "has_finished", "has_begun")
        .annotate(number=Count("pk"))
    )
    for row in rows:
        cohort = found.setdefault(
            row["cohort_id"],
            {"name": row["cohort__name"], "edition_number": row["cohort__edition__number"]}
            | dict.fromkeys(("waiting", "part_way", "finished"), 0),
        )
        part_way = "part_way" if row["has_begun"] else "waiting"
        cohort["finished" if row["has_finished"] else part_way] += row["number"]
    return sorted((CohortCount(**row) for row in found.values()), key=lambda c: (-c.edition_number, c.name))


def _if_moved(course: Course, outline: Outline) -> dict[str, int]:
    """Of those who finished, how many would be behind, and how many of them for want of sessions; of those
    under way, how many would be at the end.
    """
    needed = [a.activity_id for a in outline.activities if outline.is_needed(a)]
    sessions = outline.sessions_needed or 0
    is_behind = Q(done__lt=len(needed)) | Q(attended__lt=sessions)
    found: dict[str, int] = (
        people_of(course)
        .annotate(
            done=_finished_of([one for one in needed if one]),
            attended=_finished_of([a.activity_id for a in outline.planned_sessions])
            if sessions
            else Value(0),
        )
        .aggregate(
            behind=Count("pk", filter=Q(has_finished=True) & is_behind),
            at_the_end=Count("pk", filter=Q(has_finished=False) & ~is_behind),
            without_sessions=Count("pk", filter=Q(has_finished=True, attended__lt=sessions)),
        )
    )
    return found if needed or sessions else {**found, "at_the_end": 0}


def _finished_of(activity_ids: list[int]) -> Coalesce:
    """How many of these activities an enrolment has finished."""
    done = (
        Record.objects.filter(
            enrolment=OuterRef("pk"), activity_id__in=activity_ids, outcome__in=FINISHED_VALUES
        )
        .order_by()
        .values("enrolment")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(done, output_field=IntegerField()), 0)


def _finished_by(course: Course, required_ids: list[int]) -> dict[int, int]:
    """How many of those who finished the course have finished each of these activities."""
    rows = (
        Record.objects.filter(
            enrolment__cohort__edition__course=course,
            enrolment__completion__isnull=False,
            activity_id__in=required_ids,
            outcome__in=FINISHED_VALUES,
        )
        .order_by()
        .values_list("activity_id")
        .annotate(number=Count("pk"))
    )
    return dict(rows)
