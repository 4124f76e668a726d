"""The frozen outline of an edition: what must be done, in what order, and by which rules.

Plain Python. All durations are whole minutes, all pass marks whole percents.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

FORMAT = 1


class Kind(StrEnum):
    """What a learner does with an activity."""

    LESSON = "lesson"
    QUIZ = "quiz"
    LIVE_SESSION = "live_session"
    COURSEWORK = "coursework"


@dataclass(frozen=True, slots=True)
class QuizRules:
    """How a quiz is sat. `attempts_allowed` and `time_limit_minutes` of None mean no limit.

    `must_be_right` are the ids of the questions (rising) without which no score is enough. Editions from
    before that have none.
    """

    pass_mark_percent: int
    attempts_allowed: int | None
    time_limit_minutes: int | None
    question_count: int
    must_be_right: tuple[int, ...] = ()


# Of a meeting's minutes, how many per cent count as having been there.
PARTLY_PERCENT = 75


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How a live session counts. `make_up`: whether a task stands in for it after an absence.

    Who was there for `partly_percent` of its minutes or more was there.
    """

    make_up: bool
    partly_percent: int = PARTLY_PERCENT


@dataclass(frozen=True, slots=True)
class CourseworkRules:
    """In which forms coursework is handed in."""

    takes_text: bool
    takes_files: bool


@dataclass(frozen=True, slots=True)
class ActivityOutline:
    """One thing to do. `activity_id` is the stable Activity, `revision_id` the words at publication."""

    activity_id: int
    page_id: int
    revision_id: int
    kind: Kind
    title: str
    is_required: bool
    self_directed_minutes: int
    participatory_minutes: int
    quiz: QuizRules | None = None
    session: SessionRules | None = None
    coursework: CourseworkRules | None = None

    @property
    def takes_work(self) -> bool:
        """Whether something can be handed in: coursework, or the make-up task of a live session."""
        return self.coursework is not None or (self.session is not None and self.session.make_up)


@dataclass(frozen=True, slots=True)
class StageOutline:
    """A stage opens when every required activity of the stages before it is done, if `is_gated`.

    `number` counts them from 1. A welcome before them has the number 0, which is for addresses and dates
    alone: people see its title (`public.stage_words`).
    """

    number: int
    title: str
    summary: str
    is_gated: bool
    activities: tuple[ActivityOutline, ...]


@dataclass(frozen=True, slots=True)
class CertificateRules:
    """What a certificate of this edition says, besides the facts of the outline."""

    kind: str
    provider: str
    accreditation: str
    statement: str
    notice: str


@dataclass(frozen=True)
class Outline:
    """Everything an edition freezes. It never changes, so what follows from it is worked out once.

    `sessions_needed` is how many of all planned sessions are enough, whichever they are; None: each
    required session is needed by itself.
    """

    course_code: str
    course_title: str
    outcomes: tuple[str, ...]
    stages: tuple[StageOutline, ...]
    certificate: CertificateRules
    sessions_needed: int | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.course_code, self.stages))

    @cached_property
    def activities(self) -> tuple[ActivityOutline, ...]:
        return tuple(activity for stage in self.stages for activity in stage.activities)

    @property
    def self_directed_minutes(self) -> int:
        """The planned minutes of study alone, over the required activities."""
        return sum(a.self_directed_minutes for a in self.activities if a.is_required)

    @property
    def participatory_minutes(self) -> int:
        """The planned minutes of taking part with others, over the required activities."""
        return sum(a.participatory_minutes for a in self.activities if a.is_required)

    @cached_property
    def planned_sessions(self) -> tuple[ActivityOutline, ...]:
        """The live sessions that count. One that is optional is an offer, and counts nowhere."""
        return tuple(a for a in self.activities if a.kind is Kind.LIVE_SESSION and a.is_required)

    def is_needed(self, activity: ActivityOutline) -> bool:
        """Whether the course asks for this one by itself, and not as one of several sessions."""
        together = self.sessions_needed is not None and activity.kind is Kind.LIVE_SESSION
        return activity.is_required and not together

    def activity(self, activity_id: int) -> ActivityOutline | None:
        """The activity with this id, or None when the edition has no such activity."""
        return self._by_id.get(activity_id)

    @cached_property
    def _by_id(self) -> dict[int, ActivityOutline]:
        return {activity.activity_id: activity for activity in self.activities}

    def stage_of(self, activity_id: int) -> StageOutline | None:
        """The stage that holds this activity, or None."""
        return next((s for s in self.stages if any(a.activity_id == activity_id for a in s.activities)), None)

    def stages_after(self, activity: ActivityOutline) -> tuple[StageOutline, ...]:
        """The stages behind the one that holds this activity."""
        here = next(n for n, stage in enumerate(self.stages) if activity in stage.activities)
        return self.stages[here + 1 :]

    def waiting_for(self, activity: ActivityOutline) -> tuple[StageOutline, ...]:
        """The stages that stay locked until this activity is finished."""
        after = self.stages_after(activity) if self.is_needed(activity) else ()
        return tuple(s for s in after if s.is_gated)


class OutlineUnreadableError(ValueError):
    """A stored outline has a format this code does not know."""


class Trouble(StrEnum):
    """What keeps an outline from being published."""

    NO_STAGES = "no_stages"
    EMPTY_STAGE = "empty_stage"
    NOTHING_REQUIRED = "nothing_required"
    NO_MINUTES = "no_minutes"
    NO_RULES = "no_rules"
    NO_QUESTIONS = "no_questions"
    PASS_MARK = "pass_mark"  # noqa: S105 - no password
    NO_ATTEMPTS = "no_attempts"
    TOO_FEW_ASKED = "too_few_asked"
    NO_TIME_TOGETHER = "no_time_together"
    TAKES_NOTHING = "takes_nothing"
    TOO_FEW_SESSIONS = "too_few_sessions"


@dataclass(frozen=True, slots=True)
class Problem:
    """One trouble, and where: the stage's place from 1, the activity's page; 0 where there is none."""

    trouble: Trouble
    title: str = ""
    stage: int = 0
    page_id: int = 0


def problems(outline: Outline) -> list[Problem]:
    """What keeps an outline from being published: learners could not complete it."""
    found: list[Problem] = []
    if not outline.stages:
        found.append(Problem(Trouble.NO_STAGES))
    for place, stage in enumerate(outline.stages, start=1):
        if not stage.activities:
            found.append(Problem(Trouble.EMPTY_STAGE, stage.title, place))
        for activity in stage.activities:
            found.extend(
                Problem(trouble, activity.title, place, activity.page_id) for trouble in _troubles(activity)
            )
    if outline.stages and not any(a.is_required for a in outline.activities):
        found.append(Problem(Trouble.NOTHING_REQUIRED))
    if (outline.sessions_needed or 0) > len(outline.planned_sessions):
        found.append(Problem(Trouble.TOO_FEW_SESSIONS))
    return found


def _troubles(activity: ActivityOutline) -> list[Trouble]:
    found: list[Trouble] = []
    minutes = activity.self_directed_minutes + activity.participatory_minutes
    if activity.kind is Kind.LIVE_SESSION and activity.participatory_minutes <= 0:
        found.append(Trouble.NO_TIME_TOGETHER)
    elif activity.is_required and minutes <= 0:
        found.append(Trouble.NO_MINUTES)
    if activity.kind is Kind.COURSEWORK and not takes_something(activity.coursework):
        found.append(Trouble.TAKES_NOTHING)
    return found + _quiz_troubles(activity)


def takes_something(rules: CourseworkRules | None) -> bool:
    """Whether there is a form in which this coursework can be handed in."""
    return rules is not None and (rules.takes_text or rules.takes_files)


def _quiz_troubles(activity: ActivityOutline) -> list[Trouble]:
    found: list[Trouble] = []
    quiz = activity.quiz
    if activity.kind is Kind.QUIZ and quiz is None:
        return [Trouble.NO_RULES]
    if quiz is None:
        return found
    if quiz.question_count == 0:
        found.append(Trouble.NO_QUESTIONS)
    if not 0 <= quiz.pass_mark_percent <= 100:  # noqa: PLR2004
        found.append(Trouble.PASS_MARK)
    if quiz.attempts_allowed is not None and quiz.attempts_allowed < 1:
        found.append(Trouble.NO_ATTEMPTS)
    if len(quiz.must_be_right) > quiz.question_count:
        found.append(Trouble.TOO_FEW_ASKED)
    return found


def same_rules(one: Outline, other: Outline) -> bool:
    """Whether two outlines ask the same. New words of a lesson (another revision) change nothing here."""
    return _without_revisions(one) == _without_revisions(other)


def _without_revisions(outline: Outline) -> Outline:
    stages = tuple(
        replace(stage, activities=tuple(replace(a, revision_id=0) for a in stage.activities))
        for stage in outline.stages
    )
    return replace(outline, stages=stages)


def without_gates(outline: Outline) -> Outline:
    """The same, with every stage open from the start."""
    return replace(outline, stages=tuple(replace(stage, is_gated=False) for stage in outline.stages))


def fingerprint(outline: Outline) -> str:
    """A short name for what an outline asks: the same for two outlines that ask the same (SHA-256)."""
    plain = json.dumps(_plain(_without_revisions(outline)), sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


# What came after the first editions. It stands in what is stored only where it says something, so that
# code from before it can read every other edition.
CAME_LATER = ("session", "coursework")


def _plain(outline: Outline) -> dict[str, Any]:
    data = asdict(outline)
    if outline.sessions_needed is None:
        del data["sessions_needed"]
    for activity in (one for stage in data["stages"] for one in stage["activities"]):
        for name in CAME_LATER:
            if activity[name] is None:
                del activity[name]
    return data


def to_json(outline: Outline) -> dict[str, Any]:
    """Plain data to store with the edition; `from_json` gives the same outline back.

    `must_be_right` and what CAME_LATER stand there only where there is something to say.
    """
    data = _plain(outline)
    for activity in (one for stage in data["stages"] for one in stage["activities"]):
        if activity["quiz"] and not activity["quiz"]["must_be_right"]:
            del activity["quiz"]["must_be_right"]
    return {"format": FORMAT, **data}


def from_json(data: dict[str, Any]) -> Outline:
    """Read what `to_json` wrote.

    Raises OutlineUnreadableError when the stored format is not known.
    """
    if data.get("format") != FORMAT:
        raise OutlineUnreadableError(f"Outline format {data.get('format')!r} is not known.")
    return Outline(
        course_code=data["course_code"],
        course_title=data["course_title"],
        outcomes=tuple(data["outcomes"]),
        stages=tuple(_stage(stage) for stage in data["stages"]),
        certificate=CertificateRules(**data["certificate"]),
        sessions_needed=data.get("sessions_needed"),
    )


def _stage(data: dict[str, Any]) -> StageOutline:
    return StageOutline(**{**data, "activities": tuple(_activity(a) for a in data["activities"])})


def _activity(data: dict[str, Any]) -> ActivityOutline:
    session, coursework = data.get("session"), data.get("coursework")
    return ActivityOutline(
        **{
            **data,
            "kind": Kind(data["kind"]),
            "quiz": _quiz(data["quiz"]) if data["quiz"] else None,
            "session": SessionRules(**session) if session else None,
            "coursework": CourseworkRules(**coursework) if coursework else None,
        }
    )


def _quiz(data: dict[str, Any]) -> QuizRules:
    return QuizRules(**{**data, "must_be_right": tuple(data.get("must_be_right", ()))})
