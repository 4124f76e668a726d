"""Whose enrolment it is, and what is open to them. Every page of /learning/ starts here."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.catalogue.outline import ActivityOutline, Outline, StageOutline
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress import rules
from courses.progress.models import Record
from courses.progress.rules import ActivityStanding, Outcome, StageStanding, Standing


class NotInThisCourseError(LookupError):
    """The learner's edition has no such activity."""


@dataclass(frozen=True, slots=True)
class Learning:
    """One learner's way through one edition: two queries, whatever the size of the course."""

    enrolment: Enrolment
    outline: Outline
    standing: Standing
    records: dict[int, Record]

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
            return _("Your place on this course is not active. Please write to us through the help page.")
        return lock_sentence(self.stage) if self.standing.is_locked else ""


def learning(*, enrolment_id: int, learner: Any) -> Learning:
    """Raises Enrolment.DoesNotExist when it is not this learner's."""
    enrolment = Enrolment.objects.select_related("cohort__edition", "completion").get(
        pk=enrolment_id, learner=learner
    )
    records = {r.activity_id: r for r in Record.objects.filter(enrolment=enrolment)}
    return learning_of(enrolment, records)


def all_learning(*, learner: Any) -> list[Learning]:
    """Every course of one learner, newest first. Two queries for any number of courses."""
    enrolments = list(
        Enrolment.objects.filter(learner=learner).select_related("cohort__edition", "completion")
    )
    by_enrolment: dict[int, dict[int, Record]] = {enrolment.pk: {} for enrolment in enrolments}
    for record in Record.objects.filter(enrolment__in=enrolments):
        by_enrolment[record.enrolment_id][record.activity_id] = record
    return [learning_of(enrolment, by_enrolment[enrolment.pk]) for enrolment in enrolments]


def learning_of(enrolment: Enrolment, records: dict[int, Record]) -> Learning:
    """The same from rows that were already fetched. No query, if the cohort and edition came along."""
    outline = enrolment.cohort.edition.outline
    outcomes = {activity_id: Outcome(record.outcome) for activity_id, record in records.items()}
    return Learning(
        enrolment=enrolment,
        outline=outline,
        standing=rules.standing(outline, outcomes),
        records=records,
    )


def open_activity(*, enrolment_id: int, activity_id: int, learner: Any) -> OpenedActivity:
    """Raises Enrolment.DoesNotExist when it is not theirs, NotInThisCourseError when it is elsewhere."""
    found = learning(enrolment_id=enrolment_id, learner=learner)
    standing, stage = found.standing.of(activity_id), found.standing.stage_of(activity_id)
    if standing is None or stage is None:
        raise NotInThisCourseError(activity_id)
    return OpenedActivity(learning=found, standing=standing, stage=stage)


def lock_sentence(stage: StageStanding) -> str:
    """What opens a locked stage, by name."""
    if stage.is_open:
        return ""
    first, rest = stage.waits_for[0], len(stage.waits_for) - 1
    if rest == 0:
        return _("This opens when you have finished “%(title)s”.") % {"title": first}
    return _("This opens when you have finished “%(title)s” and %(count)d more.") % {
        "title": first,
        "count": rest,
    }


def position_sentence(stage: StageOutline, activity_id: int) -> str:
    """Where an activity stands in its stage: "2 of 4 in stage 1"."""
    place = [a.activity_id for a in stage.activities].index(activity_id) + 1
    return _("%(place)d of %(count)d in stage %(number)d") % {
        "place": place,
        "count": len(stage.activities),
        "number": stage.number,
    }
