"""People by activities: where everybody on a cohort stands, at one look.

Four queries, however many people and activities there are; no row of the database becomes an object.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core.addresses import address
from courses.catalogue.outline import ActivityOutline, Outline, StageOutline
from courses.catalogue.public import kind_label
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import rules
from courses.progress.models import Record
from courses.progress.rules import ActivityState, Outcome
from courses.queries import access, registers, rosters
from courses.queries.dashboard import STATE_LABELS
from courses.queries.registers import STATUS_LABELS
from courses.queries.rosters import Wanted

PEOPLE_ON_A_PAGE = 100
NO_TRIES = "no_tries"
# Looked up for every cell, of which a page has thousands.
NAMES = {state: state.value for state in ActivityState}
CELL_LABELS = {**{state.value: label for state, label in STATE_LABELS.items()}, NO_TRIES: _("No tries left")}
FIELDS = (
    "pk",
    "learner__printed_name",
    "learner__email",
    "status",
    "started_at",
    "active",
    "completion__completed_at",
    "question",
    "work",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One activity. `number` says where it stands: 2.3 is the third of stage 2."""

    activity_id: int
    number: str
    title: str
    kind_label: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class StageColumns:
    number: int
    title: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One person. `cells` are names of states, one a column, in their order."""

    enrolment_id: int
    name: str
    email: str
    status: str
    started_at: datetime
    last_at: datetime
    completed_at: datetime | None
    done: int
    total: int
    percent: int
    needs_somebody: bool
    cells: tuple[str, ...]

    @property
    def url(self) -> str:
        return address("staff:person", self.enrolment_id)

    @property
    def progress(self) -> str:
        return gettext("%(done)d of %(total)d") % {"done": self.done, "total": self.total}


@dataclass(frozen=True, slots=True)
class Matrix:
    cohort: Cohort
    wanted: Wanted
    stages: tuple[StageColumns, ...]
    shown: tuple[StageColumns, ...]
    page: Page[Any]
    rows: list[MatrixRow]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for stage in self.shown for column in stage.columns)


def matrix(*, cohort_id: int, person: Any, wanted: Wanted, at: datetime) -> Matrix:
    """One page of people. Four queries.

    Raises Cohort.DoesNotExist when the person does not look after the cohort.
    """
    cohort = registers.cohorts_for(person).get(pk=cohort_id)
    outline = cohort.edition.outline
    stages = columns_of(outline)
    shown = tuple(stage for stage in stages if wanted.stage in (None, stage.number)) or stages
    page = Paginator(_people(cohort, person, wanted, at), PEOPLE_ON_A_PAGE).get_page(wanted.page)
    rows = list(_rows(list(page.object_list), outline, shown))
    return Matrix(cohort, wanted, stages, shown, page, rows)


def every_row(matrix: Matrix, *, person: Any, at: datetime) -> Iterator[MatrixRow]:
    """All people that were asked for, a batch at a time: two queries for each hundred."""
    found = _people(matrix.cohort, person, matrix.wanted, at).iterator(chunk_size=PEOPLE_ON_A_PAGE)
    while batch := list(islice(found, PEOPLE_ON_A_PAGE)):
        yield from _rows(batch, matrix.cohort.edition.outline, matrix.shown)


def _people(cohort: Cohort, person: Any, wanted: Wanted, at: datetime) -> QuerySet[Enrolment, Any]:
    found = rosters.roster(cohort=cohort, person=person, wanted=wanted, at=at)
    return found.annotate(active=rosters.last_active()).values_list(*FIELDS)


def columns_of(outline: Outline) -> tuple[StageColumns, ...]:
    """The activities of an edition, stage by stage."""
    return tuple(
        StageColumns(
            stage.number,
            stage.title,
            tuple(_column(stage, place, a) for place, a in enumerate(stage.activities, start=1)),
        )
        for stage in outline.stages
    )


def _column(stage: StageOutline, place: int, activity: ActivityOutline) -> Column:
    return Column(
        activity_id=activity.activity_id,
        number=f"{stage.number}.{place}" if stage.number else str(place),
        title=activity.title,
        kind_label=kind_label(activity.kind),
        is_required=activity.is_required,
    )


def _rows(
    people: list[tuple[Any, ...]], outline: Outline, shown: tuple[StageColumns, ...]
) -> Iterator[MatrixRow]:
    """What the records of these people come to. One query."""
    outcomes: dict[int, dict[int, Outcome]] = {one[0]: {} for one in people}
    used_up: dict[int, set[int]] = {one[0]: set() for one in people}
    for enrolment, activity, outcome, tries in _records(list(outcomes)):
        outcomes[enrolment][activity] = Outcome(outcome)
        if _has_no_tries(outline, activity, outcome, tries):
            used_up[enrolment].add(activity)
    ids = [column.activity_id for stage in shown for column in stage.columns]
    for one in people:
        yield _row(one, rules.standing(outline, outcomes[one[0]]), ids, used_up[one[0]])


def _records(enrolments: list[int]) -> Any:
    if not enrolments:
        return []
    found = Record.objects.filter(enrolment__in=enrolments).order_by()
    return access.with_tries(found).values_list("enrolment_id", "activity_id", "outcome", "tries")


def _has_no_tries(outline: Outline, activity_id: int, outcome: str, tries: int) -> bool:
    if outcome != Outcome.NOT_PASSED.value:
        return False
    activity = outline.activity(activity_id)
    quiz = activity.quiz if activity else None
    return quiz is not None and quiz.attempts_allowed is not None and tries >= quiz.attempts_allowed


def _row(person: tuple[Any, ...], standing: rules.Standing, ids: list[int], used_up: set[int]) -> MatrixRow:
    pk, name, email, status, started_at, last_at, completed_at, question, work = person
    names = {found.activity.activity_id: NAMES[found.state] for found in standing.activities}
    stuck_at = {one for one in used_up if names.get(one) == ActivityState.NOT_PASSED.value}
    names |= dict.fromkeys(stuck_at, NO_TRIES)
    # Whichever columns are shown.
    is_stuck = status == State.ACTIVE.value and any(
        found.activity.is_required and found.activity.activity_id in stuck_at for found in standing.activities
    )
    return MatrixRow(
        enrolment_id=pk,
        name=name or email,
        email=email,
        status=str(STATUS_LABELS[State(status)]),
        started_at=started_at,
        last_at=last_at,
        completed_at=completed_at,
        done=standing.done,
        total=standing.total,
        percent=standing.percent,
        needs_somebody=question is not None or work is not None or is_stuck,
        cells=tuple([names[activity] for activity in ids]),
    )
