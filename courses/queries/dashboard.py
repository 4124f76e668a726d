"""A learner's dashboard and the page of one course: what to do next, what is left, and why."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.catalogue.public import kind_label
from courses.certificates.models import Certificate
from courses.enrolment.states import State
from courses.progress.rules import ActivityStanding, ActivityState, StageStanding
from courses.queries import access, steps
from courses.queries.access import Learning
from courses.queries.steps import NextStep


@dataclass(frozen=True, slots=True)
class CourseOnDashboard:
    course_title: str
    cohort_name: str
    enrolment_id: int
    state: str
    percent: int
    done: int
    total: int
    next_step: NextStep | None
    sentence: str
    certificate_code: str | None


@dataclass(frozen=True, slots=True)
class Dashboard:
    cards: list[CourseOnDashboard]
    needs_name: bool

    @property
    def has_any(self) -> bool:
        return bool(self.cards)


def dashboard(*, learner: Any) -> Dashboard:
    """Every course of one learner, those with something to do first. Three queries."""
    found = access.all_learning(learner=learner)
    codes = newest_codes([learning.enrolment.pk for learning in found])
    cards = [_card(learning, codes.get(learning.enrolment.pk)) for learning in found]
    waiting = any(card.state == "completed" and card.certificate_code is None for card in cards)
    return Dashboard(
        cards=sorted(cards, key=lambda card: (card.state != "active", card.next_step is None)),
        needs_name=waiting and not learner.printed_name,
    )


def newest_codes(enrolment_ids: list[int]) -> dict[int, str]:
    """The current certificate number of each enrolment that has one."""
    current = Certificate.objects.filter(enrolment__in=enrolment_ids, superseded_by=None)
    return dict(current.values_list("enrolment_id", "code"))


def _card(learning: Learning, code: str | None) -> CourseOnDashboard:
    enrolment = learning.enrolment
    return CourseOnDashboard(
        course_title=learning.outline.course_title,
        cohort_name=enrolment.cohort.name,
        enrolment_id=enrolment.pk,
        state=_state(learning),
        percent=learning.standing.percent,
        done=learning.standing.done,
        total=learning.standing.total,
        next_step=steps.next_step(learning),
        sentence=steps.remaining_sentence(learning),
        certificate_code=code,
    )


def _state(learning: Learning) -> str:
    if hasattr(learning.enrolment, "completion"):
        return "completed"
    return "ended" if learning.enrolment.status == State.ENDED.value else "active"


@dataclass(frozen=True, slots=True)
class ActivityInCourse:
    id: int
    title: str
    kind: str
    kind_label: str
    minutes: int
    is_required: bool
    state: str
    state_label: str
    lock_sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class StageInCourse:
    number: int
    title: str
    summary: str
    is_open: bool
    lock_sentence: str
    done: int
    total: int
    activities: list[ActivityInCourse]


@dataclass(frozen=True, slots=True)
class CourseWithProgress:
    title: str
    enrolment_id: int
    cohort_name: str
    percent: int
    done: int
    total: int
    next_step: NextStep | None
    sentence: str
    certificate_code: str | None
    notice: str
    stages: list[StageInCourse]


def course(*, enrolment_id: int, learner: Any) -> CourseWithProgress:
    """One course with its outline and progress. Raises Enrolment.DoesNotExist when it is not theirs."""
    learning = access.learning(enrolment_id=enrolment_id, learner=learner)
    return CourseWithProgress(
        title=learning.outline.course_title,
        enrolment_id=enrolment_id,
        cohort_name=learning.enrolment.cohort.name,
        percent=learning.standing.percent,
        done=learning.standing.done,
        total=learning.standing.total,
        next_step=steps.next_step(learning),
        sentence=steps.remaining_sentence(learning),
        certificate_code=newest_codes([enrolment_id]).get(enrolment_id),
        notice=learning.outline.certificate.notice,
        stages=[_stage(stage, learning) for stage in learning.standing.stages],
    )


def _stage(stage: StageStanding, learning: Learning) -> StageInCourse:
    return StageInCourse(
        number=stage.stage.number,
        title=stage.stage.title,
        summary=stage.stage.summary,
        is_open=stage.is_open,
        lock_sentence=access.lock_sentence(stage),
        done=stage.done,
        total=stage.total,
        activities=[_activity(a, stage, learning) for a in stage.activities],
    )


def _activity(found: ActivityStanding, stage: StageStanding, learning: Learning) -> ActivityInCourse:
    activity = found.activity
    return ActivityInCourse(
        id=activity.activity_id,
        title=activity.title,
        kind=activity.kind.value,
        kind_label=kind_label(activity.kind),
        minutes=activity.self_directed_minutes + activity.participatory_minutes,
        is_required=activity.is_required,
        state=found.state.value,
        state_label=state_label(found.state),
        lock_sentence=access.lock_sentence(stage) if found.is_locked else "",
        url=steps.activity_url(learning.enrolment.pk, activity.activity_id),
    )


def state_label(state: ActivityState) -> str:
    """The word for a state, which never speaks by colour alone."""
    return {
        ActivityState.DONE: _("Done"),
        ActivityState.PASSED: _("Passed"),
        ActivityState.NOT_PASSED: _("Not passed yet"),
        ActivityState.OPEN: _("To do"),
        ActivityState.LOCKED: _("Locked"),
    }[state]
