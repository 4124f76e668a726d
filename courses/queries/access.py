"""Whose enrolment it is, and what is open to them. Every page of /learning/ starts here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.prepared import Prepared, PreparedRows
from courses.assessment.allowances import Allowance
from courses.assessment.models import Attempt
from courses.assessment.states import State as AttemptState
from courses.catalogue.outline import ActivityOutline, Outline, StageOutline
from courses.catalogue.public import stage_words
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import openings, rules
from courses.progress.models import Record
from courses.progress.rules import ActivityStanding, Outcome, StageStanding, Standing
from courses.progress.stored import RECORD, StoredRecord, records_of
from courses.queries import samples


class NotInThisCourseError(LookupError):
    """The learner's edition has no such activity."""


@dataclass(frozen=True, slots=True)
class Learning:
    """One learner's way through one edition: two queries, whatever the size of the course."""

    enrolment: Enrolment
    outline: Outline
    standing: Standing
    records: Mapping[int, Record | StoredRecord]

    @property
    def may_study(self) -> bool:
        return self.enrolment.status == State.ACTIVE.value


@dataclass(frozen=True, slots=True)
class OpenedActivity:
    """One activity of a learner's edition, with everything that decides whether it is open."""

    learning: Learning
    standing: ActivityStanding
    stage: StageStanding

    @property
    def activity(self) -> ActivityOutline:
        return self.standing.activity

    @property
    def lock_sentence(self) -> str:
        """Why this is locked and what opens it; empty when it is open."""
        if not self.learning.may_study:
            return away_sentence(self.learning.enrolment)
        return lock_sentence(self.stage) if self.standing.is_locked else ""


def learning(*, enrolment_id: int, learner: Any, at: datetime) -> Learning:
    """Raises Enrolment.DoesNotExist when it is not this learner's. To a sample, no date shuts anything."""
    sample = samples.enrolment_of(learner)
    if sample is not None and sample.pk == enrolment_id:
        return learning_of(sample, {})
    found = _own.get(enrolment_id, learner.pk)
    return learning_of(found, {r.activity_id: r for r in records_of(enrolment_id)}, at=at)


def all_learning(enrolments: list[Enrolment], *, at: datetime) -> list[Learning]:
    """The same for all these enrolments of one learner, with how often each quiz was tried. One query."""
    if not enrolments:
        return []
    by_enrolment: dict[int, dict[int, StoredRecord]] = {enrolment.pk: {} for enrolment in enrolments}
    for record in _records_with_tries(enrolments[0].learner_id):
        if record.enrolment_id in by_enrolment:
            by_enrolment[record.enrolment_id][record.activity_id] = record
    return [learning_of(enrolment, by_enrolment[enrolment.pk], at=at) for enrolment in enrolments]


def records_with_tries(enrolments: Sequence[int]) -> dict[int, dict[int, StoredRecord]]:
    """The records of all these enrolments, by enrolment and activity. One query, none when there are none."""
    found: dict[int, dict[int, StoredRecord]] = {enrolment: {} for enrolment in enrolments}
    if not found:
        return found
    stored = Record.objects.filter(enrolment__in=enrolments).order_by()
    for row in with_tries(stored).values_list(*RECORD, "tries"):
        record = StoredRecord(*row)
        found[record.enrolment_id][record.activity_id] = record
    return found


def with_records(enrolment: Enrolment, *, at: datetime) -> Learning:
    """An enrolment that was fetched before, with its records and the tries at each quiz. One query."""
    return all_learning([enrolment], at=at)[0]


def with_course(learner: int) -> QuerySet[Enrolment]:
    """A learner's enrolments with what every page of theirs needs; the outline is in memory already."""
    related = ("cohort__edition", "completion", "reading_place")
    found = Enrolment.objects.filter(learner=learner).select_related(*related)
    return found.defer("cohort__edition__frozen").annotate(releases=openings.stored())


def with_tries(records: QuerySet[Record]) -> Any:
    """The records, each with how many tries at its quiz count: the closed ones, less those given besides.

    Only where it matters, at a quiz that was not passed; 0 elsewhere.
    """
    same = {"enrolment": OuterRef("enrolment"), "activity": OuterRef("activity")}
    closed = Attempt.objects.filter(**same).exclude(status=AttemptState.OPEN.value)
    counted = closed.order_by().values("activity").annotate(n=Count("pk")).values("n")
    given = Allowance.objects.filter(**same).order_by().values("extra_attempts")[:1]
    tries = Coalesce(Subquery(counted), 0) - Coalesce(Subquery(given), 0)
    not_passed = When(outcome=Outcome.NOT_PASSED.value, then=tries)
    return records.annotate(tries=Case(not_passed, default=0, output_field=IntegerField()))


_own = Prepared(lambda pk, learner: with_course(learner).filter(pk=pk), int, int)
_records_with_tries: PreparedRows[StoredRecord] = PreparedRows(
    StoredRecord,
    lambda learner: with_tries(Record.objects.filter(enrolment__learner=learner)).values_list(
        *RECORD, "tries"
    ),
    int,
)


def learning_of(
    enrolment: Any, records: Mapping[int, Record | StoredRecord], *, at: datetime | None = None
) -> Learning:
    """The same from rows that were already fetched. No query, if the cohort and edition came along.

    `at` is now, for the learner: stages whose date has not come are shut to them. The enrolment then has
    its `releases`. Without it, dates shut nothing: as staff see it.
    """
    outline = enrolment.cohort.edition.outline
    shut = openings.of(enrolment.releases, enrolment.cohort, at) if at else ()
    outcomes = {activity_id: Outcome(record.outcome) for activity_id, record in records.items()}
    return Learning(
        enrolment=enrolment,
        outline=outline,
        standing=rules.standing(outline, outcomes, shut=shut),
        records=records,
    )


def open_activity(*, enrolment_id: int, activity_id: int, learner: Any, at: datetime) -> OpenedActivity:
    """Raises Enrolment.DoesNotExist when it is not theirs, NotInThisCourseError when it is elsewhere."""
    found = learning(enrolment_id=enrolment_id, learner=learner, at=at)
    standing, stage = found.standing.of(activity_id), found.standing.stage_of(activity_id)
    if standing is None or stage is None:
        raise NotInThisCourseError(activity_id)
    return OpenedActivity(learning=found, standing=standing, stage=stage)


def not_active_sentence() -> str:
    """What somebody reads whose place is paused or has ended."""
    return _("Your place on this course is not active. Please write to us through the help page.")


def away_sentence(enrolment: Enrolment) -> str:
    """Why nothing opens while a place is not active, and that nothing is lost."""
    if enrolment.status == State.PENDING.value:
        return _("Your place on this course is not active yet. We will tell you when it is.")
    if enrolment.ended_at is None:
        return _(
            "Your place on this course is paused, so it is not active at the moment. "
            "What you have done is kept. Ask us if you would like to go on."
        )
    return _(
        "Your place on this course ended on %(date)s, so it is not active any more. "
        "What you have done is kept. Ask us if you would like to come back."
    ) % {"date": ended_on(enrolment.ended_at)}


def ended_on(moment: datetime) -> str:
    """The day on which a place ended, in the reader's own time."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def lock_sentence(stage: StageStanding) -> str:
    """What opens a locked stage: its date, the one step that is left before it, or the stage to finish."""
    if stage.is_open:
        return ""
    if stage.opens:
        opens = _("This opens on %(when)s.") % {"when": stage.opens}
        first = _("First, finish %(stage)s.") % {"stage": _first_in(stage)} if stage.waits_in else ""
        return f"{opens} {first}".rstrip()
    if len(stage.waits_for) == 1:
        return _("This opens when you have finished “%(title)s”.") % {"title": stage.waits_for[0]}
    if len(stage.waits_in) == 1:
        return _("This opens when you have finished %(stage)s.") % {"stage": _first_in(stage)}
    return _("This opens when you have finished the stages before it. First, finish %(stage)s.") % {
        "stage": _first_in(stage)
    }


def _first_in(stage: StageStanding) -> str:
    """The first of the stages that hold a locked one, as it is called within a sentence."""
    return stage_words(*stage.waits_in[0])


def position_sentence(stage: StageOutline, activity_id: int) -> str:
    """Where an activity stands in its stage: "2 of 4 in stage 1"."""
    place = [a.activity_id for a in stage.activities].index(activity_id) + 1
    return _("%(place)d of %(count)d in %(stage)s") % {
        "place": place,
        "count": len(stage.activities),
        "stage": stage_words(stage.number, stage.title),
    }
