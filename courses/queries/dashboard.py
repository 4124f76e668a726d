"""A learner's dashboard and the page of one course: what to do next, what is left, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cms.core.addresses import address
from cms.core.prepared import Prepared
from cms.users.first_page import learners_are_known
from courses.assessment.marking import points_needed
from courses.catalogue import durations
from courses.catalogue.public import kind_label
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.rules import ActivityStanding, ActivityState, Outcome, StageStanding
from courses.queries import access, awaited, coming, conversations, places, samples, steps
from courses.queries.access import Learning
from courses.queries.awaited import Awaited
from courses.queries.coming import Coming
from courses.queries.places import Place
from courses.queries.steps import NextStep, StageLeft, Stuck

DAY = "DATE_FORMAT"


@dataclass(frozen=True, slots=True)
class CourseOnDashboard:
    """One course of a learner. `state` is active, completed, paused or ended.

    `held_up` says why the next step, a quiz, was no pass although its score was high enough.
    """

    course_title: str
    cohort_name: str
    enrolment_id: int
    state: str
    percent: int
    done: int
    total: int
    next_step: NextStep | None
    stuck: Stuck | None
    held_up: str
    reading: Place | None
    left: tuple[StageLeft, ...]
    sentence: str
    dates: str
    time_sentence: str
    certificate_code: str | None
    new_answers: int
    ask_url: str
    coming: Coming
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything of one learner: `first` is where they go on, `others` what else is under way.

    `awaited` are places that they do not have yet.
    """

    cards: list[CourseOnDashboard]
    needs_name: bool
    awaited: list[Awaited]

    @property
    def has_any(self) -> bool:
        return bool(self.cards)

    @property
    def under_way(self) -> list[CourseOnDashboard]:
        return [card for card in self.cards if card.state == "active"]

    @property
    def finished(self) -> list[CourseOnDashboard]:
        return [card for card in self.cards if card.state == "completed"]

    @property
    def inactive(self) -> list[CourseOnDashboard]:
        return [card for card in self.cards if card.state in ("paused", "ended")]

    @property
    def with_answers(self) -> list[CourseOnDashboard]:
        return [card for card in self.cards if card.new_answers]


def dashboard(*, learner: Any, at: datetime) -> Dashboard:
    """Every course of one learner, the one last worked at first. Three queries; four with meetings."""
    found = access.all_learning(_all(learner.pk), at=at)
    dated = coming.of(found, at)
    cards = [_card(learning, dated, learner=learner, at=at) for learning in found]
    cards.sort(key=lambda card: card.last_at, reverse=True)
    waiting = any(card.state == "completed" and card.certificate_code is None for card in cards)
    return Dashboard(
        cards=sorted(cards, key=lambda card: (card.state != "active", card.next_step is None)),
        needs_name=waiting and not learner.printed_name,
        awaited=awaited.of(person=learner, at=at),
    )


@learners_are_known
def has_anything(person: Any, at: datetime) -> bool:
    """Whether somebody's own dashboard has anything on it. One or two queries."""
    return Enrolment.objects.filter(learner=person).exists() or bool(awaited.of(person=person, at=at))


def _more() -> dict[str, Any]:
    """What comes along with each enrolment: its certificate's number, and answers that were not read."""
    current = Certificate.objects.filter(enrolment=OuterRef("pk"), superseded_by=None).order_by()
    return {
        "certificate_code": Subquery(current.values("code")[:1]),
        "new_answers": conversations.unread_of_an_enrolment(),
    }


_all = Prepared(lambda learner: access.with_course(learner).annotate(**_more()), int)
_own = Prepared(lambda pk, learner: access.with_course(learner).annotate(**_more()).filter(pk=pk), int, int)


def _card(
    learning: Learning, dated: Mapping[int, Coming], *, learner: Any, at: datetime
) -> CourseOnDashboard:
    enrolment: Any = learning.enrolment
    step = steps.next_step(learning)
    return CourseOnDashboard(
        course_title=learning.outline.course_title,
        cohort_name=_name_of(enrolment.cohort),
        enrolment_id=enrolment.pk,
        state=_state(enrolment),
        percent=learning.standing.percent,
        done=learning.standing.done,
        total=learning.standing.total,
        next_step=step,
        stuck=steps.stuck(learning),
        held_up=_held_up(learning, step) if step else "",
        reading=places.of(learning),
        left=steps.stages_left(learning),
        sentence=steps.remaining_sentence(learning),
        dates=dates_sentence(enrolment, time_zone=learner.time_zone, at=at),
        time_sentence=durations.ways(
            [(learning.outline.self_directed_minutes, learning.outline.participatory_minutes)]
        ),
        certificate_code=enrolment.certificate_code,
        new_answers=enrolment.new_answers,
        ask_url=steps.ask_url(enrolment.pk),
        coming=dated.get(enrolment.pk, coming.NOTHING),
        last_at=_last_at(learning),
    )


def _held_up(learning: Learning, step: NextStep) -> str:
    """Why a quiz that reached its pass mark was no pass: its safety questions. No query."""
    activity, record = learning.outline.activity(step.activity_id), learning.records.get(step.activity_id)
    quiz = activity.quiz if activity else None
    if quiz is None or record is None or record.outcome != Outcome.NOT_PASSED.value:
        return ""
    count, needed = len(quiz.must_be_right), points_needed(record.max_score or 0, quiz.pass_mark_percent)
    if not count or (record.score or 0) < needed:
        return ""
    return ngettext(
        "Your score was high enough. But the safety question must be right, too.",
        "Your score was high enough. But not every safety question was right in that try.",
        count,
    )


def _name_of(cohort: Cohort) -> str:
    """The name of a group that learns together. Who goes at their own pace belongs to none."""
    return "" if cohort.is_rolling else cohort.name


def _last_at(learning: Learning) -> datetime:
    """When the learner last did something here."""
    kept = getattr(learning.enrolment, "reading_place", None)
    moments = [learning.enrolment.started_at, *(record.at for record in learning.records.values())]
    return max([*moments, kept.kept_at] if kept else moments)


def _state(enrolment: Enrolment) -> str:
    if hasattr(enrolment, "completion"):
        return "completed"
    if enrolment.status == State.ACTIVE.value:
        return "active"
    return "ended" if enrolment.status == State.ENDED.value else "paused"


def dates_sentence(enrolment: Enrolment, *, time_zone: str, at: datetime) -> str:
    """The dates of a learner's place. Moments are told in the person's own time zone.

    The days of a cohort are days of its own time zone, and say so where the person's differs.
    """
    cohort = enrolment.cohort
    if hasattr(enrolment, "completion"):
        on = date_format(timezone.localtime(enrolment.completion.completed_at), DAY)
        return _("Finished on %(date)s") % {"date": on}
    if cohort.ends_on is None:
        on = date_format(timezone.localtime(enrolment.started_at), DAY)
        return _("You joined on %(date)s") % {"date": on}
    sentence = _cohort_dates(cohort, cohort.ends_on, at)
    if cohort.time_zone != time_zone:
        city = cohort.time_zone.rpartition("/")[2].replace("_", " ")
        return _("%(dates)s (days in %(city)s)") % {"dates": sentence, "city": city}
    return sentence


def _cohort_dates(cohort: Cohort, last_day: date, at: datetime) -> str:
    today = at.astimezone(ZoneInfo(cohort.time_zone)).date()
    days = {"from": date_format(cohort.starts_on, DAY), "to": date_format(last_day, DAY)}
    if today < cohort.starts_on:
        return _("Runs from %(from)s to %(to)s") % days
    if today > last_day:
        return _("Ran until %(to)s; you can still go on") % days
    return _("Runs until %(to)s") % days


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
    sentence: str
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
    stuck: Stuck | None
    reading: Place | None
    sentence: str
    dates: str
    certificate_code: str | None
    new_answers: int
    notice: str
    ask_url: str
    questions_url: str
    coming: Coming
    is_active: bool
    learning: Learning

    @property
    def stages(self) -> list[StageInCourse]:
        used_up = steps.used_up(self.learning)
        return [
            stage_in_course(stage, enrolment_id=self.enrolment_id, used_up=used_up)
            for stage in self.learning.standing.stages
        ]


def course(*, enrolment_id: int, learner: Any, at: datetime) -> CourseWithProgress:
    """One course with its outline and progress. Two queries; three with meetings.

    Raises Enrolment.DoesNotExist when it is not theirs.
    """
    learning = _one_learning(enrolment_id, learner, at)
    enrolment: Any = learning.enrolment
    return CourseWithProgress(
        title=learning.outline.course_title,
        enrolment_id=enrolment_id,
        cohort_name=_name_of(enrolment.cohort),
        percent=learning.standing.percent,
        done=learning.standing.done,
        total=learning.standing.total,
        next_step=steps.next_step(learning),
        stuck=steps.stuck(learning),
        reading=places.of(learning),
        sentence=steps.remaining_sentence(learning),
        dates=dates_sentence(enrolment, time_zone=learner.time_zone, at=at),
        certificate_code=enrolment.certificate_code,
        new_answers=enrolment.new_answers,
        notice=learning.outline.certificate.notice,
        ask_url=steps.ask_url(enrolment_id),
        questions_url=address("learning:questions", enrolment_id),
        coming=coming.of([learning], at).get(enrolment.pk, coming.NOTHING),
        is_active=learning.may_study,
        learning=learning,
    )


def _one_learning(enrolment_id: int, learner: Any, at: datetime) -> Learning:
    sample: Any = samples.enrolment_of(learner)
    if sample is not None and sample.pk == enrolment_id:
        sample.certificate_code, sample.new_answers = None, 0
        return access.learning_of(sample, {})
    return access.with_records(_own.get(enrolment_id, learner.pk), at=at)


def stage_in_course(stage: StageStanding, *, enrolment_id: int, used_up: frozenset[int]) -> StageInCourse:
    """One stage with its activities. `used_up` are the quizzes without a try left."""
    return StageInCourse(
        number=stage.stage.number,
        title=stage.stage.title,
        summary=stage.stage.summary,
        is_open=stage.is_open,
        lock_sentence=access.lock_sentence(stage),
        sentence=steps.stage_sentence(stage),
        done=stage.done,
        total=stage.total,
        activities=[_activity(a, stage, enrolment_id, used_up) for a in stage.activities],
    )


def _activity(
    found: ActivityStanding, stage: StageStanding, enrolment_id: int, used_up: frozenset[int]
) -> ActivityInCourse:
    activity = found.activity
    is_used_up = activity.activity_id in used_up
    return ActivityInCourse(
        id=activity.activity_id,
        title=activity.title,
        kind=activity.kind.value,
        kind_label=kind_label(activity.kind),
        minutes=steps.minutes_of(activity),
        is_required=activity.is_required,
        state="no_tries" if is_used_up else found.state.value,
        state_label=_("No tries left") if is_used_up else state_label(found.state),
        lock_sentence=access.lock_sentence(stage) if found.is_locked else "",
        url=steps.activity_url(enrolment_id, activity.activity_id),
    )


def state_label(state: ActivityState) -> str:
    """The word for a state, which never speaks by colour alone."""
    return str(STATE_LABELS[state])


STATE_LABELS = {
    ActivityState.DONE: lazy("Done"),
    ActivityState.PASSED: lazy("Passed"),
    ActivityState.NOT_PASSED: lazy("Not passed yet"),
    ActivityState.HANDED_IN: lazy("Handed in"),
    ActivityState.SENT_BACK: lazy("Sent back: look again"),
    ActivityState.OPEN: lazy("To do"),
    ActivityState.LOCKED: lazy("Locked"),
}
