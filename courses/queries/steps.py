"""The next thing to do, and how far it is to the end, in words."""

from collections.abc import Collection
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.catalogue.public import duration, kind_label
from courses.progress.rules import ActivityState, Standing
from courses.queries.access import Learning


@dataclass(frozen=True, slots=True)
class NextStep:
    """One clear thing to do."""

    title: str
    url: str
    kind_label: str
    minutes: int
    verb: str


def activity_url(enrolment_id: int, activity_id: int) -> str:
    """Where a learner meets an activity."""
    return reverse("learning:activity", args=[enrolment_id, activity_id])


def next_step(learning: Learning, *, begun: Collection[int] = ()) -> NextStep | None:
    """The first open, unfinished activity; None at the end, or when the seat is not active.

    `begun` holds the ids of quizzes with an open attempt.
    """
    found = learning.standing.next_activity if learning.may_study else None
    if found is None or (learning.standing.is_complete and found.activity.is_required):
        return None
    activity = found.activity
    verb = _("Start")
    if activity.activity_id in begun or learning.records:
        verb = _("Go on")
    if found.state is ActivityState.NOT_PASSED:
        verb = _("Try again")
    return NextStep(
        title=activity.title,
        url=activity_url(learning.enrolment.pk, activity.activity_id),
        kind_label=kind_label(activity.kind),
        minutes=activity.self_directed_minutes + activity.participatory_minutes,
        verb=verb,
    )


def remaining_sentence(learning: Learning) -> str:
    """What is left, in words."""
    standing: Standing = learning.standing
    if hasattr(learning.enrolment, "completion"):
        return _("You have finished this course.")
    if not learning.may_study:
        return _("Your place on this course is not active. Please write to us through the help page.")
    left = [a.activity for a in standing.activities if a.activity.is_required and not a.is_finished]
    minutes = sum(a.self_directed_minutes + a.participatory_minutes for a in left)
    return ngettext(
        "%(count)d step left, about %(time)s.", "%(count)d steps left, about %(time)s.", len(left)
    ) % {"count": len(left), "time": duration(minutes)}
