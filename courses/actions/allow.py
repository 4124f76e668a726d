"""Allowing one learner more at a quiz: another try, or more time. It holds from the next try on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import tell
from courses.actions.refusals import ActionRefused
from courses.assessment.allowances import LONGEST_REASON, MOST_TIME_PERCENT, Allowance
from courses.catalogue.outline import QuizRules
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.progress.models import Record
from courses.progress.rules import Outcome

USUAL_TIME = 100
# More at one go is a slip of the hand.
MOST_TRIES = 10


class AllowanceRefused(ActionRefused):
    """Nothing more can be allowed here."""


@transaction.atomic
def another_try(*, enrolment_id: int, activity_id: int, by: Any, at: datetime, reason: str) -> Allowance:
    """Give one more try at a quiz that has a limit, to somebody who has none left.

    Safe to repeat: while a try is left, nothing is added. Raises Enrolment.DoesNotExist and AllowanceRefused.
    """
    enrolment, quiz = _quiz_of(enrolment_id, activity_id)
    if quiz.attempts_allowed is None:
        raise AllowanceRefused(_("This quiz can be taken as often as one likes."))
    if Record.objects.filter(
        enrolment=enrolment, activity=activity_id, outcome=Outcome.PASSED.value
    ).exists():
        raise AllowanceRefused(_("This quiz is passed already, so no other try is needed."))
    old = _old(enrolment, activity_id)
    given = old.extra_attempts if old else 0
    used = enrolment.attempts.filter(activity=activity_id).count()
    if old is not None and used < quiz.attempts_allowed + given:
        return old
    if used < quiz.attempts_allowed:
        raise AllowanceRefused(_("There is a try left at this quiz, so no other is needed yet."))
    if given >= MOST_TRIES:
        raise AllowanceRefused(_("Ten more tries were given already. Please talk to this person instead."))
    extra = used + 1 - quiz.attempts_allowed
    allowance = _keep(
        enrolment,
        activity_id,
        by=by,
        at=at,
        reason=reason,
        action="another try given",
        extra_attempts=extra,
    )
    tell.later(
        kind="another_try",
        learner=enrolment.learner_id,
        about=f"allowance:{allowance.pk}:{extra}",
        at=at,
        enrolment=enrolment.pk,
        activity=activity_id,
    )
    return allowance


@transaction.atomic
def more_time(
    *, enrolment_id: int, activity_id: int, percent: int, by: Any, at: datetime, reason: str
) -> Allowance:
    """Let a quiz with a limit take longer: `percent` of the usual time, 100 for the usual. Safe to repeat.

    A try that is open keeps the deadline it began with. Raises Enrolment.DoesNotExist and AllowanceRefused.
    """
    enrolment, quiz = _quiz_of(enrolment_id, activity_id)
    if quiz.time_limit_minutes is None:
        raise AllowanceRefused(_("This quiz has no time limit."))
    if not USUAL_TIME <= percent <= MOST_TIME_PERCENT:
        raise AllowanceRefused(
            _("Please give a number from 100 (the usual time) to %(most)d.") % {"most": MOST_TIME_PERCENT}
        )
    old = _old(enrolment, activity_id)
    if old is not None and old.time_factor_percent == percent:
        return old
    return _keep(
        enrolment,
        activity_id,
        by=by,
        at=at,
        reason=reason,
        action="time at a quiz changed",
        time_factor_percent=percent,
    )


def _quiz_of(enrolment_id: int, activity_id: int) -> tuple[Any, QuizRules]:
    """The enrolment, locked, and the rules of the quiz in its edition."""
    enrolment: Any = (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__edition", "learner")
        .get(pk=enrolment_id)
    )
    if enrolment.status == State.ENDED.value:
        raise AllowanceRefused(_("This place has ended, so nothing was changed."))
    activity = enrolment.cohort.edition.outline.activity(activity_id)
    if activity is None or activity.quiz is None:
        raise AllowanceRefused(_("Please choose a quiz of this course."))
    return enrolment, activity.quiz


def _old(enrolment: Enrolment, activity_id: int) -> Allowance | None:
    found: Allowance | None = Allowance.objects.filter(enrolment=enrolment, activity=activity_id).first()
    return found


def _keep(
    enrolment: Any, activity_id: int, *, by: Any, at: datetime, reason: str, action: str, **fields: int
) -> Allowance:
    """Write it down; with a reason, or not at all."""
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if not reason:
        raise AllowanceRefused(_("Please say why, in a few words."))
    allowance, _new = Allowance.objects.update_or_create(
        enrolment=enrolment,
        activity_id=activity_id,
        defaults={**fields, "by": by, "at": at, "reason": reason},
    )
    ledger.write(
        action=action,
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason=reason,
        activity=activity_id,
        **fields,
    )
    return allowance
