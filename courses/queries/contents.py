"""What an edition holds, as staff read it: every stage and activity, with minutes by kind."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.catalogue.outline import ActivityOutline, Outline, StageOutline
from courses.catalogue.public import duration, kind_label


@dataclass(frozen=True, slots=True)
class Minutes:
    """Planned minutes by kind: study alone, and taking part with others."""

    alone: int
    together: int

    @property
    def total(self) -> int:
        return self.alone + self.together

    @property
    def alone_in_words(self) -> str:
        return duration(self.alone)

    @property
    def together_in_words(self) -> str:
        return duration(self.together) if self.together else _("none")

    @property
    def in_words(self) -> str:
        return duration(self.total)


@dataclass(frozen=True, slots=True)
class HeldActivity:
    page_id: int
    title: str
    kind_label: str
    is_required: bool
    minutes: Minutes
    rules: str


@dataclass(frozen=True, slots=True)
class HeldStage:
    number: int
    title: str
    is_gated: bool
    activities: list[HeldActivity]
    required: Minutes
    optional: Minutes


@dataclass(frozen=True, slots=True)
class Contents:
    """`required` is what certificates print; `optional` comes on top for those who want it."""

    stages: list[HeldStage]
    outcomes: tuple[str, ...]
    required: Minutes
    optional: Minutes
    required_count: int
    optional_count: int
    sessions: str


def contents(outline: Outline) -> Contents:
    """Everything that an outline holds. No query."""
    return Contents(
        stages=[_stage(stage, is_first=stage == outline.stages[0]) for stage in outline.stages],
        outcomes=outline.outcomes,
        required=_sum(outline.activities, is_required=True),
        optional=_sum(outline.activities, is_required=False),
        required_count=sum(a.is_required for a in outline.activities),
        optional_count=sum(not a.is_required for a in outline.activities),
        sessions=_sessions(outline),
    )


def _sessions(outline: Outline) -> str:
    """How many live sessions are enough; empty where none are planned, or each is needed."""
    if outline.sessions_needed is None:
        return ""
    return _("%(needed)d of %(planned)d live sessions are enough") % {
        "needed": outline.sessions_needed,
        "planned": len(outline.planned_sessions),
    }


def _stage(stage: StageOutline, *, is_first: bool) -> HeldStage:
    return HeldStage(
        number=stage.number,
        title=stage.title,
        is_gated=stage.is_gated and not is_first,
        activities=[_activity(a) for a in stage.activities],
        required=_sum(stage.activities, is_required=True),
        optional=_sum(stage.activities, is_required=False),
    )


def _sum(activities: Iterable[ActivityOutline], *, is_required: bool) -> Minutes:
    counted = [a for a in activities if a.is_required == is_required]
    return Minutes(
        sum(a.self_directed_minutes for a in counted), sum(a.participatory_minutes for a in counted)
    )


def _activity(activity: ActivityOutline) -> HeldActivity:
    return HeldActivity(
        page_id=activity.page_id,
        title=activity.title,
        kind_label=kind_label(activity.kind),
        is_required=activity.is_required,
        minutes=Minutes(activity.self_directed_minutes, activity.participatory_minutes),
        rules=_quiz_rules(activity) or _other_rules(activity),
    )


def _quiz_rules(activity: ActivityOutline) -> str:
    quiz = activity.quiz
    if quiz is None:
        return ""
    count, tries, limit = quiz.question_count, quiz.attempts_allowed, quiz.time_limit_minutes
    parts = [
        ngettext("%d question", "%d questions", count) % count,
        *([_("%d of them must be right") % len(quiz.must_be_right)] if quiz.must_be_right else []),
        _("pass mark %d%%") % quiz.pass_mark_percent,
        ngettext("%d try", "%d tries", tries) % tries if tries else _("any number of tries"),
    ]
    if limit:
        parts.append(ngettext("%d minute to answer in", "%d minutes to answer in", limit) % limit)
    return ", ".join(parts)


def _other_rules(activity: ActivityOutline) -> str:
    if activity.session is not None:
        return _("with a make-up task") if activity.session.make_up else _("without a make-up task")
    if activity.coursework is None:
        return ""
    if activity.coursework.takes_text and activity.coursework.takes_files:
        return _("written on the page, or as files")
    return _("written on the page") if activity.coursework.takes_text else _("as files")
