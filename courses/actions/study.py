"""Working through a course: a lesson is done when the learner says so, and never by opening it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.prepared import Prepared
from courses.actions.refusals import ActionRefused
from courses.assessment.coursework import Submission
from courses.assessment.states import WorkState
from courses.catalogue.outline import Kind, Outline
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress import openings, rules
from courses.progress.models import Completion, Record
from courses.progress.rules import Opening, Outcome, Standing
from courses.progress.stored import records_of


class StudyRefused(ActionRefused):
    """This activity cannot be done now."""


@transaction.atomic
def mark_done(*, enrolment_id: int, activity_id: int, learner: Any, at: datetime) -> Standing:
    """Record that the learner has done a lesson. Safe to repeat: the first time is the one kept.

    Raises Enrolment.DoesNotExist when it is not theirs, and StudyRefused when it is locked, closed
    to them, or not a lesson of their edition.
    """
    enrolment = locked_enrolment(enrolment_id=enrolment_id, learner=learner)
    outline = enrolment.cohort.edition.outline
    outcomes, shut = outcomes_of(enrolment), shut_to(enrolment, at)
    before = rules.standing(outline, outcomes, shut=shut)
    check_may_do(enrolment=enrolment, activity_id=activity_id, standing=before)
    activity = outline.activity(activity_id)
    if activity is None or activity.kind is not Kind.LESSON:
        raise StudyRefused(_("This part of the course is finished in another way. Open it to see how."))
    if outcomes.get(activity_id) is Outcome.DONE:
        return before
    Record.objects.create(
        enrolment=enrolment, activity_id=activity_id, outcome=Outcome.DONE.value, at=at, by=learner
    )
    ledger.write(
        action="lesson done", learner=learner, subject=enrolment, by=learner, at=at, activity=activity_id
    )
    outcomes[activity_id] = Outcome.DONE
    refresh(enrolment=enrolment, outline=outline, outcomes=outcomes, at=at)
    return rules.standing(outline, outcomes, shut=shut)


@transaction.atomic
def record(
    *,
    enrolment: Enrolment,
    activity_id: int,
    outcome: Outcome,
    by: Any,
    at: datetime,
    reason: str = "",
) -> Standing:
    """Record what somebody else saw: that the learner was there, or that their work is good.

    Locks the enrolment; call it before anything else that is locked after it. What was reached is never
    lost: a finished activity stays finished, and the first time is the one kept. Safe to repeat. It asks
    neither for an open stage nor for an active place: what happened, happened.
    Raises StudyRefused when the edition has no such activity.
    """
    enrolment = locked_enrolment(enrolment_id=enrolment.pk, learner=enrolment.learner)
    outline = enrolment.cohort.edition.outline
    if outline.activity(activity_id) is None:
        raise StudyRefused(_("This is not part of the learner’s course."))
    outcomes = outcomes_of(enrolment)
    before = outcomes.get(activity_id)
    kept = rules.better(before, outcome)
    if kept is before:
        return rules.standing(outline, outcomes)
    ledger.write(
        action=f"recorded {kept.value}",
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason=reason,
        activity=activity_id,
        before=before.value if before else None,
    )
    return keep(enrolment=enrolment, activity_id=activity_id, outcome=outcome, by=by, at=at)


def keep(*, enrolment: Enrolment, activity_id: int, outcome: Outcome, by: Any, at: datetime) -> Standing:
    """Keep the better of the old outcome and this one, and see whether that was the last step.

    Call it with the enrolment locked, beside an entry of your own in the ledger.
    """
    outline, outcomes = enrolment.cohort.edition.outline, outcomes_of(enrolment)
    before = outcomes.get(activity_id)
    if before not in rules.FINISHED:
        outcomes[activity_id] = outcome
        Record.objects.update_or_create(
            enrolment=enrolment,
            activity_id=activity_id,
            defaults={"outcome": outcome.value, "at": at, "by": by},
        )
    return refresh(enrolment=enrolment, outline=outline, outcomes=outcomes, at=at)


@transaction.atomic
def unrecord(*, enrolment: Enrolment, activity_id: int, by: Any, at: datetime, reason: str = "") -> Standing:
    """Take back a record that was wrong: the learner was not there after all. Safe to repeat.

    Only "done" is taken back. What an assessor has signed off stays, and so do marks of a quiz and work
    that waits. A completion is never taken back: the ledger says that it stands.
    """
    enrolment = locked_enrolment(enrolment_id=enrolment.pk, learner=enrolment.learner)
    outline, outcomes = enrolment.cohort.edition.outline, outcomes_of(enrolment)
    if outcomes.get(activity_id) is not Outcome.DONE or _is_signed_off(enrolment, activity_id):
        return rules.standing(outline, outcomes)
    del outcomes[activity_id]
    back_to = _work_waiting(enrolment, activity_id)
    if back_to is None:
        Record.objects.filter(enrolment=enrolment, activity=activity_id).delete()
    else:
        outcomes[activity_id] = back_to
        Record.objects.filter(enrolment=enrolment, activity=activity_id).update(
            outcome=back_to.value, at=at, by=by
        )
    ledger.write(
        action="record taken back",
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason=reason,
        activity=activity_id,
        completion_stands=Completion.objects.filter(enrolment=enrolment).exists(),
    )
    return rules.standing(outline, outcomes)


def _is_signed_off(enrolment: Enrolment, activity_id: int) -> bool:
    signed = Submission.objects.filter(status=WorkState.SIGNED_OFF.value)
    return signed.filter(enrolment=enrolment, activity=activity_id).exists()


def _work_waiting(enrolment: Enrolment, activity_id: int) -> Outcome | None:
    """What a record says of the newest work that was handed in for this activity."""
    newest = Submission.objects.filter(enrolment=enrolment, activity=activity_id).order_by("-number").first()
    return Outcome(newest.status) if newest else None


def locked_enrolment(*, enrolment_id: int, learner: Any) -> Enrolment:
    """The learner's own enrolment with its edition, locked until the transaction ends."""
    return _own_locked.get(enrolment_id, learner.pk)


_own_locked: Prepared[Enrolment] = Prepared(
    lambda pk, learner: (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__edition", "learner")
        .defer("cohort__edition__frozen")
        .annotate(releases=openings.stored())
        .filter(pk=pk, learner=learner)
    ),
    int,
    int,
)


def outcomes_of(enrolment: Enrolment) -> dict[int, Outcome]:
    """What each record of this enrolment says, by activity id. One query."""
    return {record.activity_id: Outcome(record.outcome) for record in records_of(enrolment.pk)}


def shut_to(enrolment: Any, at: datetime) -> tuple[Opening, ...]:
    """The stages whose date has not come, for an enrolment that was locked here. No query."""
    return openings.of(enrolment.releases, enrolment.cohort, at)


def check_may_do(*, enrolment: Enrolment, activity_id: int, standing: Standing) -> None:
    """Refuse what a direct POST could otherwise reach: ended seats, other editions, locked stages.

    `standing` is the learner's own: it knows the stages whose date has not come.
    """
    if enrolment.status != State.ACTIVE.value:
        raise StudyRefused(_("Your place on this course is not active, so nothing was changed."))
    found = standing.of(activity_id)
    if found is None:
        raise StudyRefused(_("This is not part of your course."))
    stage = standing.stage_of(activity_id)
    if found.is_locked and stage is not None and stage.opens:
        raise StudyRefused(
            _("This part of the course opens on %(when)s, so nothing was changed.") % {"when": stage.opens}
        )
    if found.is_locked:
        raise StudyRefused(_("This part of the course is still locked. Finish the earlier stages first."))


def refresh(
    *, enrolment: Enrolment, outline: Outline, outcomes: dict[int, Outcome], at: datetime
) -> Standing:
    """Work out the standing and, at the end of the course, record the completion once.

    Call it in the transaction of the change, with the enrolment locked: two last steps at the same
    moment would otherwise each see the other as not done.
    """
    standing = rules.standing(outline, outcomes)
    if standing.is_complete:
        completion, is_new = Completion.objects.get_or_create(
            enrolment=enrolment, defaults={"completed_at": at}
        )
        if is_new:
            ledger.write(action="completed", learner=enrolment.learner, subject=enrolment, by=None, at=at)
            outbox.write(kind="completed", at=at, completion=completion.pk)
    return standing
