"""What a newer edition would mean for the people of one cohort, before anybody is taken to it."""

from dataclasses import dataclass
from typing import Any

from courses.actions import cohorts
from courses.catalogue.comparison import changes
from courses.catalogue.models import Edition
from courses.catalogue.outline import ActivityOutline, Kind, Outline
from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import rules
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome
from courses.queries.differences import Difference, in_words


@dataclass(frozen=True, slots=True)
class PersonMoved:
    """How far somebody is now, how far they would be, and what would be new for them.

    `is_at_the_end` says that they would have nothing left, and finish at once.
    """

    enrolment_id: int
    name: str
    done: int
    total: int
    done_then: int
    total_then: int
    new_titles: tuple[str, ...]
    is_at_the_end: bool

    @property
    def has_begun(self) -> bool:
        return self.done > 0


@dataclass(frozen=True, slots=True)
class NewerEdition:
    """`people` are under way and can be taken over; `finished` have finished and are never touched.

    `new` are the required activities that the older edition does not ask for; `undated` the sessions
    that would need a date.
    """

    cohort: Cohort
    newer: Edition | None
    differences: list[Difference]
    new: list[ActivityOutline]
    undated: list[str]
    people: list[PersonMoved]
    finished: int
    in_the_way: list[str]
    is_too_many: bool

    @property
    def is_possible(self) -> bool:
        return bool(self.newer and self.people and not self.in_the_way and not self.is_too_many)

    @property
    def part_way(self) -> int:
        return sum(person.has_begun for person in self.people)


def newer_edition(*, cohort_id: int, person: Any) -> NewerEdition:
    """Nine queries at the most. Raises Cohort.DoesNotExist when the person does not run the cohort."""
    found = staffing.run_by(person).select_related("edition__course")
    cohort = found.get(pk=cohort_id)
    newest = Edition.objects.filter(course=cohort.edition.course_id).order_by("-number")[0]
    newer = newest if newest.number > cohort.edition.number else None
    old = cohort.edition.outline
    new = newer.outline if newer else old
    under_way = Enrolment.objects.filter(cohort=cohort, completion=None).exclude(status=State.ENDED.value)
    count = under_way.count()
    is_too_many = count > cohorts.MOST_PEOPLE
    return NewerEdition(
        cohort=cohort,
        newer=newer,
        differences=in_words(changes(old, new)) if newer else [],
        new=_new(old, new),
        undated=_undated(cohort, new) if newer else [],
        people=[] if is_too_many or newer is None else _people(under_way, old, new),
        finished=Completion.objects.filter(enrolment__cohort=cohort).count(),
        in_the_way=cohorts.standing_in_the_way(cohort),
        is_too_many=is_too_many,
    )


def _new(old: Outline, new: Outline) -> list[ActivityOutline]:
    asked = {a.activity_id for a in old.activities if a.is_required}
    return [a for a in new.activities if a.is_required and a.activity_id not in asked]


def _undated(cohort: Cohort, new: Outline) -> list[str]:
    dated = LiveSession.objects.filter(cohort=cohort, cancelled_at=None).values_list("activity", flat=True)
    has_date = set(dated)
    return [a.title for a in new.activities if a.kind is Kind.LIVE_SESSION and a.activity_id not in has_date]


def _people(under_way: Any, old: Outline, new: Outline) -> list[PersonMoved]:
    """Two queries, for all of them."""
    rows = list(
        under_way.order_by("learner__printed_name", "pk").values_list(
            "pk", "learner__printed_name", "learner__email"
        )
    )
    outcomes: dict[int, dict[int, Outcome]] = {pk: {} for pk, _name, _email in rows}
    records = Record.objects.filter(enrolment__in=list(outcomes)).order_by()
    for pk, activity, outcome in records.values_list("enrolment_id", "activity_id", "outcome"):
        outcomes[pk][activity] = Outcome(outcome)
    return [_person(pk, name or email, outcomes[pk], old, new) for pk, name, email in rows]


def _person(pk: int, name: str, outcomes: dict[int, Outcome], old: Outline, new: Outline) -> PersonMoved:
    now, then = rules.standing(old, outcomes), rules.standing(new, outcomes)
    known = {a.activity_id for a in old.activities if a.is_required}
    return PersonMoved(
        enrolment_id=pk,
        name=name,
        done=now.done,
        total=now.total,
        done_then=then.done,
        total_then=then.total,
        new_titles=tuple(a.title for a in then.left if a.activity_id not in known),
        is_at_the_end=then.is_complete,
    )
