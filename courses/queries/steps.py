"""The next thing to do, and how far it is to the end, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.addresses import address
from cms.core.kept import kept_by_language
from courses.catalogue.outline import ActivityOutline
from courses.catalogue.public import duration, kind_label
from courses.progress.rules import ActivityStanding, ActivityState, StageStanding
from courses.queries import access
from courses.queries.access import Learning


@dataclass(frozen=True, slots=True)
class NextStep:
    """One clear thing to do."""

    title: str
    url: str
    kind_label: str
    minutes: int
    verb: str
    activity_id: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """A quiz that a learner cannot take again by themselves, and where to ask about it."""

    title: str
    sentence: str
    ask_url: str
    review_url: str


@dataclass(frozen=True, slots=True)
class StageLeft:
    """A stage with something left to do: how much, or what opens it."""

    number: int
    title: str
    is_open: bool
    sentence: str


def activity_url(enrolment_id: int, activity_id: int) -> str:
    """Where a learner meets an activity."""
    return address("learning:activity", enrolment_id, activity_id)


def ask_url(enrolment_id: int, activity_id: int | None = None) -> str:
    """Where a learner asks a question, about an activity if it is named."""
    url = address("learning:ask", enrolment_id)
    return f"{url}?about={activity_id}" if activity_id else url


def next_step(learning: Learning) -> NextStep | None:
    """The first open, unfinished activity that can be done; None at the end, or when the seat is not active.

    A quiz whose tries are all used is passed over: offering it again would lead to a closed door.
    """
    found = _next_activity(learning) if learning.may_study else None
    if found is None or (learning.standing.is_complete and found.activity.is_required):
        return None
    activity = found.activity
    verb = _("Go on") if learning.records else _("Start")
    if found.state is ActivityState.NOT_PASSED:
        verb = _("Try again")
    if found.state is ActivityState.SENT_BACK:
        verb = _("Look at it again")
    return NextStep(
        title=activity.title,
        url=activity_url(learning.enrolment.pk, activity.activity_id),
        kind_label=kind_label(activity.kind),
        minutes=minutes_of(activity),
        verb=verb,
        activity_id=activity.activity_id,
    )


def _next_activity(learning: Learning) -> ActivityStanding | None:
    """Required before optional, in the order of the course. A meeting has its own day, and is not in it."""
    open_now = [
        found
        for found in learning.standing.activities
        if found.is_for_now and not is_used_up(learning, found)
    ]
    required = [found for found in open_now if found.activity.is_required]
    return next(iter(required or open_now), None)


def used_up(learning: Learning) -> frozenset[int]:
    """The quizzes without a try left that were not passed, by activity id."""
    found = learning.standing.activities
    return frozenset(a.activity.activity_id for a in found if is_used_up(learning, a))


def is_used_up(learning: Learning, found: ActivityStanding) -> bool:
    """Whether every try at a quiz is used without passing. Needs records with their tries."""
    quiz = found.activity.quiz
    if found.state is not ActivityState.NOT_PASSED or quiz is None or quiz.attempts_allowed is None:
        return False
    record = learning.records.get(found.activity.activity_id)
    return getattr(record, "tries", 0) >= quiz.attempts_allowed


def stuck(learning: Learning) -> Stuck | None:
    """The first required quiz without a try left, while the place is active."""
    if not learning.may_study:
        return None
    used_up = (found for found in learning.standing.activities if is_used_up(learning, found))
    found = next((found for found in used_up if found.activity.is_required), None)
    if found is None:
        return None
    enrolment_id, activity = learning.enrolment.pk, found.activity
    return Stuck(
        title=activity.title,
        sentence=_(
            "You have used all your tries at “%(title)s”. Please ask your facilitator: "
            "a person will look at it with you, and nothing you have done is lost."
        )
        % {"title": activity.title},
        ask_url=ask_url(enrolment_id, activity.activity_id),
        review_url=activity_url(enrolment_id, activity.activity_id),
    )


def minutes_of(activity: ActivityOutline) -> int:
    """How long an activity takes."""
    return activity.self_directed_minutes + activity.participatory_minutes


def remaining_sentence(learning: Learning) -> str:
    """What is left, in words."""
    if hasattr(learning.enrolment, "completion"):
        return _("You have finished this course.")
    if not learning.may_study:
        return access.away_sentence(learning.enrolment)
    standing = learning.standing
    return _left_sentence(_left(standing.activities), _waiting(standing.activities), standing.sessions_left)


def _left(found: tuple[ActivityStanding, ...]) -> tuple[ActivityOutline, ...]:
    """What is needed and left to do, without what waits for somebody else."""
    return tuple(
        a.activity
        for a in found
        if a.is_needed and not a.is_finished and a.state is not ActivityState.HANDED_IN
    )


def _waiting(found: tuple[ActivityStanding, ...]) -> int:
    """How much needed work is handed in, and waits to be looked at."""
    return sum(a.is_needed and a.state is ActivityState.HANDED_IN for a in found)


@kept_by_language(1024)
def _left_sentence(left: tuple[ActivityOutline, ...], waiting: int = 0, sessions: int = 0) -> str:
    found = []
    if not (left or waiting or sessions):
        return _("Nothing is left to do.")
    if left:
        steps = ngettext(
            "%(count)d step left, about %(time)s.", "%(count)d steps left, about %(time)s.", len(left)
        )
        found.append(steps % {"count": len(left), "time": duration(sum(map(minutes_of, left)))})
    if sessions:
        found.append(
            ngettext("%(count)d meeting to go.", "%(count)d meetings to go.", sessions) % {"count": sessions}
        )
    if waiting:
        found.append(
            ngettext(
                "%(count)d piece of work is handed in. Your team looks at it next.",
                "%(count)d pieces of work are handed in. Your team looks at them next.",
                waiting,
            )
            % {"count": waiting}
        )
    return " ".join(found)


def stages_left(learning: Learning) -> tuple[StageLeft, ...]:
    """The stages with something left, and what opens those that are locked.

    Empty when one open stage is all that is left: the sentence about the course says it already.
    """
    if not learning.may_study or hasattr(learning.enrolment, "completion"):
        return ()
    found = tuple(_stage_left(stage) for stage in learning.standing.stages if stage.left)
    return found if len(found) > 1 else ()


@kept_by_language(1024)
def _stage_left(stage: StageStanding) -> StageLeft:
    return StageLeft(stage.stage.number, stage.stage.title, stage.is_open, stage_sentence(stage))


def stage_sentence(stage: StageStanding) -> str:
    """What is left of a stage, or what opens it; that it is done, at its end."""
    if not stage.is_open:
        return access.lock_sentence(stage)
    if stage.done >= stage.total:
        return _("Done") if stage.total else ""
    return _left_sentence(_left(stage.activities), _waiting(stage.activities))
