"""Working through a course: a lesson is done when the learner says so, and never by opening it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.prepared import Prepared
from courses.actions.refusals import ActionRefused
from courses.catalogue.outline import Kind, Outline
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress import rules
from courses.progress.models import Completion, Record
from courses.progress.rules import Outcome, Standing
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
    outcomes = outcomes_of(enrolment)
    check_may_do(enrolment=enrolment, activity_id=activity_id, standing=rules.standing(outline, outcomes))
    activity = outline.activity(activity_id)
    if activity is None or activity.kind is not Kind.LESSON:
        raise StudyRefused(_("This part of the course is finished in another way. Open it to see how."))
    if outcomes.get(activity_id) is Outcome.DONE:
        return rules.standing(outline, outcomes)
    Record.objects.create(
        enrolment=enrolment, activity_id=activity_id, outcome=Outcome.DONE.value, at=at, by=learner
    )
    ledger.write(
        action="lesson done", learner=learner, subject=enrolment, by=learner, at=at, activity=activity_id
    )
    outcomes[activity_id] = Outcome.DONE
    return refresh(enrolment=enrolment, outline=outline, outcomes=outcomes, at=at)


def locked_enrolment(*, enrolment_id: int, learner: Any) -> Enrolment:
    """The learner's own enrolment with its edition, locked until the transaction ends."""
    return _own_locked.get(enrolment_id, learner.pk)


_own_locked: Prepared[Enrolment] = Prepared(
    lambda pk, learner: (
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("cohort__edition", "learner")
        .defer("cohort__edition__frozen")
        .filter(pk=pk, learner=learner)
    ),
    int,
    int,
)


def outcomes_of(enrolment: Enrolment) -> dict[int, Outcome]:
    """What each record of this enrolment says, by activity id. One query."""
    return {record.activity_id: Outcome(record.outcome) for record in records_of(enrolment.pk)}


def check_may_do(*, enrolment: Enrolment, activity_id: int, standing: Standing) -> None:
    """Refuse what a direct POST could otherwise reach: ended seats, other editions, locked stages."""
    if enrolment.status != State.ACTIVE.value:
        raise StudyRefused(_("Your place on this course is not active, so nothing was changed."))
    found = standing.of(activity_id)
    if found is None:
        raise StudyRefused(_("This is not part of your course."))
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
