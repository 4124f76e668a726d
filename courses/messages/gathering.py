"""What the rules of reminders need to know about many people at once. Nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.assessment.models import Attempt
from courses.cohorts import schedule
from courses.cohorts.dates import What
from courses.cohorts.models import Cohort
from courses.cohorts.schedule import CohortDate, Fallen
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.messages.rules import Deadline, Facts, Meeting
from courses.progress import openings
from courses.progress import rules as progress
from courses.progress.models import Record
from courses.progress.notes import Note
from courses.progress.rules import Outcome, Standing

# No further ahead than the rules look.
AHEAD = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of one enrolment, and whose it is."""

    learner_id: int
    cohort_id: int
    facts: Facts


def learners_after(learner_id: int, *, most: int) -> list[int]:
    """The next people with a course under way, by their ids. One query."""
    found = _under_way().filter(learner__gt=learner_id)
    return list(found.order_by("learner").values_list("learner", flat=True).distinct()[:most])


def facts_of(learners: Iterable[int], *, at: datetime) -> list[Gathered]:
    """The facts of every course that these people have under way. Five queries, however many they are."""
    rows = list(_with_last_moment(_under_way().filter(learner__in=list(learners))))
    cohorts = {row.cohort_id: row.cohort for row in rows}
    outcomes: dict[int, dict[int, Outcome]] = defaultdict(dict)
    records = Record.objects.filter(enrolment__in=[row.pk for row in rows]).order_by()
    for enrolment, activity, outcome in records.values_list("enrolment", "activity", "outcome"):
        outcomes[enrolment][activity] = Outcome(outcome)
    dates = schedule.of_cohorts(cohorts.values())
    meetings = _meetings(cohorts, at)
    return [
        _gathered(row, outcomes[row.pk], dates[row.cohort_id], meetings[row.cohort_id], at) for row in rows
    ]


def _under_way() -> QuerySet[Enrolment]:
    found: QuerySet[Enrolment] = Enrolment.objects.filter(
        status=State.ACTIVE.value,
        completion=None,
        learner__is_active=True,
        learner__erased_at=None,
    )
    return found


def _with_last_moment(enrolments: QuerySet[Enrolment]) -> QuerySet[Any]:
    """Each with when the learner last did something (`last_at`); None: nothing yet."""
    own = {"enrolment": OuterRef("pk")}
    newest = {
        "recorded_at": Record.objects.filter(**own).order_by("-at").values("at")[:1],
        "tried_at": Attempt.objects.filter(**own)
        .order_by("-started_at")
        .values_list(Coalesce("closed_at", "started_at"))[:1],
        "noted_at": Note.objects.filter(**own).order_by("-updated_at").values("updated_at")[:1],
    }
    related = enrolments.select_related("cohort__edition", "reading_place").defer("cohort__edition__frozen")
    return related.annotate(**{name: Subquery(found) for name, found in newest.items()}).order_by("pk")


def _meetings(cohorts: Iterable[int], at: datetime) -> dict[int, list[Meeting]]:
    found: dict[int, list[Meeting]] = defaultdict(list)
    soon = LiveSession.objects.filter(cohort__in=list(cohorts), cancelled_at=None)
    for session in soon.filter(starts_at__gt=at, starts_at__lt=at + AHEAD).order_by("starts_at"):
        found[session.cohort_id].append(Meeting(session.pk, session.starts_at))
    return found


def _gathered(
    row: Any, outcomes: dict[int, Outcome], dates: list[Fallen], meetings: list[Meeting], at: datetime
) -> Gathered:
    cohort: Cohort = row.cohort
    zone = ZoneInfo(cohort.time_zone)
    releases = tuple(
        (row.date.stage_number or 0, row.at)
        for row in dates
        if row.at and row.date.what == What.RELEASE.value
    )
    shut = openings.of_dates(releases, cohort, at)
    standing = progress.standing(cohort.edition.outline, outcomes, shut=shut)
    facts = Facts(
        enrolment_id=row.pk,
        begins_at=max(row.started_at, datetime.combine(cohort.starts_on, time.min, tzinfo=zone)),
        last_at=_last_at(row),
        percent=standing.percent,
        can_go_on=any(one.is_for_now and one.activity.is_required for one in standing.activities),
        zone=zone,
        access_until=row.access_until,
        deadlines=_of(dates, What.DEADLINE, standing, at),
        planned=_of(dates, What.REMINDER, standing, at),
        meetings=tuple(meetings),
    )
    return Gathered(row.learner_id, cohort.pk, facts)


def _last_at(row: Any) -> datetime | None:
    place = getattr(row, "reading_place", None)
    moments = (row.recorded_at, row.tried_at, row.noted_at, place.kept_at if place else None)
    return max((moment for moment in moments if moment is not None), default=None)


def _of(dates: list[Fallen], what: What, standing: Standing, at: datetime) -> tuple[Deadline, ...]:
    return tuple(
        Deadline(row.date.pk, row.at, is_done=_is_done(row.date, standing, is_past=row.at <= at))
        for row in dates
        if row.at is not None and row.date.what == what.value
    )


def _is_done(date: CohortDate, standing: Standing, *, is_past: bool) -> bool:
    """Whether there is nothing left to do for a date.

    What has only words cannot be looked up: nobody is told that it is late, when they may have done it.
    """
    if date.activity_id is not None:
        found = standing.of(date.activity_id)
        return found is None or found.is_finished
    if date.stage_number is not None:
        stages = [one for one in standing.stages if one.stage.number == date.stage_number]
        return not any(stage.left for stage in stages)
    return is_past and date.what == What.DEADLINE.value
