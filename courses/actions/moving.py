"""Moving a learner to another group of the same course, with the work they did. Whole or not at all."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import enrol, paying, study, tell
from courses.actions.enrol import EnrolmentRefused
from courses.assessment.allowances import Allowance
from courses.assessment.coursework import Submission, SubmissionDraft, SubmissionFile
from courses.assessment.models import Attempt
from courses.enrolment import places
from courses.enrolment.allocations import Allocation
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment, Place
from courses.enrolment.needs import AccessNeeds
from courses.enrolment.rules import Answer, may_join
from courses.enrolment.states import State
from courses.enrolment.supporters import Supporter
from courses.ledger import models as ledger
from courses.progress.models import Completion, Record
from courses.progress.notes import Note, ReadingPlace

# Why the old place ended. A deferral is asked for by the learner, a transfer by either side.
DEFERRED, TRANSFERRED, PUT_RIGHT = "deferred", "transferred", "put_right"
ORGANISATION = "organisation"
# What belongs to the learner's work rather than to the old place, and goes along.
GOES_ALONG: list[Any] = [
    AccessNeeds,
    Allowance,
    Attempt,
    Note,
    ReadingPlace,
    Submission,
    SubmissionDraft,
    SubmissionFile,
    Supporter,
]


@transaction.atomic
def move(  # noqa: PLR0913 - all by keyword
    *,
    enrolment_id: int,
    to_cohort_id: int,
    kind: str,
    by: Any,
    at: datetime,
    reason: str,
    over_capacity: bool = False,
    with_seat: bool = False,
    past_prerequisites: bool = False,
) -> Enrolment:
    """End a learner's place in one cohort and give them one in another, with grants and work.

    Safe to repeat: who has been moved there already is only returned. A place that an offer keeps for them
    there is the one they get. Staff may move somebody into a
    cohort that is full or no longer open, or that asks for something they have not met, if they say so;
    nobody is moved into one that is over. What was met before counts there if it is the same.
    A seat of an organisation stays behind and is free again, unless it is moved as well (`with_seat`): the
    learner then has an ordinary place.
    Raises Enrolment.DoesNotExist, Cohort.DoesNotExist, and EnrolmentRefused with what to do instead.
    """
    enrol.check_reason(reason)
    old = _locked(enrolment_id, to_cohort_id)
    cohort = enrol.lock_cohort(to_cohort_id)
    if already := Enrolment.objects.filter(moved_from=old, cohort=cohort, ended_at=None).first():
        return already
    _check(old, cohort, at=at)
    no_room = _has_no_room(cohort, old.learner, at=at)
    if no_room and not over_capacity:
        raise EnrolmentRefused(_("That group has no free place. Nothing was changed."))
    past = enrol.goes_past(cohort=cohort, learner=old.learner, at=at, is_meant=past_prerequisites)
    grants = list(old.grants.filter(withdrawn_at=None).values_list("kind", flat=True))
    if not with_seat and ORGANISATION in grants:
        grants.remove(ORGANISATION)
        grants = grants or ["free" if by == old.learner else "staff"]
    seat = Place.objects.filter(enrolment=old, allocation__isnull=False).first() if with_seat else None
    enrol.end(old, end_reason=kind, action=kind, by=by, at=at, reason=reason, tells="")
    new = _arrive(
        old,
        cohort,
        grants=grants,
        by=by,
        at=at,
        reason=reason,
        over_capacity=no_room,
        allocation_id=_move_seat(seat, cohort, by=by, at=at) if seat else None,
    )
    if past:
        enrol.write_that_past(new, by=by, at=at, reason=reason)
    tell.later(kind="moved", learner=new.learner_id, about=f"enrolment:{new.pk}", at=at, enrolment=new.pk)
    return new


def _move_seat(seat: Place, cohort: Any, *, by: Any, at: datetime) -> int:
    """Take a seat that came free out of its cohort; return the organisation's allocation in the other."""
    organisation_id = Allocation.objects.values_list("organisation", flat=True).get(places=seat)
    made, _is_new = Allocation.objects.get_or_create(
        organisation_id=organisation_id, cohort=cohort, defaults={"made_at": at, "made_by": by}
    )
    Place.objects.filter(pk=seat.pk).delete()
    return int(made.pk)


@transaction.atomic
def move_self(
    *,
    enrolment_id: int,
    to_cohort_id: int,
    learner: Any,
    at: datetime,
    reason: str,
    agreed: Collection[int] = (),
) -> Enrolment:
    """A learner goes to another group of their course by themselves. The work goes along. Safe to repeat.

    The group must take them as it would take anybody new: joining is open, a place is free that nobody
    waits for, and what it asks for is met. What was met before counts if it is the same.
    Raises Enrolment.DoesNotExist when the place is not theirs, Cohort.DoesNotExist, and EnrolmentRefused.
    """
    if not Enrolment.objects.filter(pk=enrolment_id, learner=learner).exists():
        raise Enrolment.DoesNotExist
    old = _locked(enrolment_id, to_cohort_id)
    cohort = enrol.lock_cohort(to_cohort_id)
    if already := Enrolment.objects.filter(moved_from=old, cohort=cohort, ended_at=None).first():
        return already
    if old.status == State.SUSPENDED.value:
        raise EnrolmentRefused(
            _("Your place is paused at the moment. Please ask us before you change groups.")
        )
    answer = may_join(
        window=places.window(cohort),
        seats=places.fullness(cohort, at=at).seats,
        at=at,
        joining=cohort.joining,
    )
    if answer is not Answer.OPEN:
        raise EnrolmentRefused(_("That group cannot be joined now. Nothing was changed. Ask us for help."))
    if cohort.costs and not old.grants.filter(kind=enrol.PAID, withdrawn_at=None).exists():
        raise EnrolmentRefused(
            _("A place in that group costs money. Nothing was changed. Please write to us.")
        )
    enrol.check_person(cohort=cohort, learner=learner)
    enrol.check_prerequisites(cohort=cohort, learner=learner, agreed=agreed, at=at)
    return move(
        enrolment_id=enrolment_id,
        to_cohort_id=to_cohort_id,
        kind=DEFERRED,
        by=learner,
        at=at,
        reason=reason,
        past_prerequisites=True,
    )


@transaction.atomic
def put_right(
    *, enrolment_id: int, by: Any, at: datetime, reason: str, over_capacity: bool = False
) -> Enrolment:
    """Give somebody the place back that ended by mistake: a new one in the same cohort, with their work.

    Raises EnrolmentRefused when it has not ended, there is no room, or the person has another place.
    """
    enrol.check_reason(reason)
    old = enrol.locked(enrolment_id)
    cohort = enrol.lock_cohort(old.cohort_id)
    if old.status != State.ENDED.value:
        raise EnrolmentRefused(_("This place has not ended, so there is nothing to put right."))
    if enrol.live_enrolments(learner=old.learner, course_id=cohort.edition.course_id).exists():
        raise EnrolmentRefused(_("This person has another place on this course now."))
    no_room = _has_no_room(cohort, old.learner, at=at)
    if no_room and not over_capacity:
        raise EnrolmentRefused(_("All places are taken. Give a place beyond the number, or make room first."))
    return _arrive(old, cohort, grants=["staff"], by=by, at=at, reason=reason, over_capacity=no_room)


def _has_no_room(cohort: Any, learner: Any, *, at: datetime) -> bool:
    """Whether a locked cohort is full for this person. A place that an offer keeps for them is theirs."""
    kept = enrol.keeps_a_place_for(cohort, learner, at=at)
    return not kept and places.fullness(cohort, at=at).seats.left == 0


def _locked(enrolment_id: int, to_cohort_id: int) -> Enrolment:
    """The enrolment, with both cohorts locked in the order of their numbers before it."""
    from_cohort = Enrolment.objects.values_list("cohort_id", flat=True).get(pk=enrolment_id)
    for cohort_id in sorted({from_cohort, to_cohort_id}):
        enrol.lock_cohort(cohort_id)
    return enrol.locked(enrolment_id)


def _check(old: Enrolment, cohort: Any, *, at: datetime) -> None:
    if cohort.pk == old.cohort_id:
        raise EnrolmentRefused(_("The person is in this group already. Choose another one."))
    if cohort.edition.course_id != old.cohort.edition.course_id:
        raise EnrolmentRefused(_("That group belongs to another course. Choose a group of the same course."))
    if old.status == State.ENDED.value:
        raise EnrolmentRefused(_("This place has ended, so there is nothing to move."))
    if Completion.objects.filter(enrolment=old).exists():
        raise EnrolmentRefused(_("This course is finished already, so there is nothing to move."))
    if enrol.is_over(cohort, at=at):
        raise EnrolmentRefused(_("That group is over. Choose one that is still to come."))


def _arrive(  # noqa: PLR0913 - all by keyword
    old: Enrolment,
    cohort: Any,
    *,
    grants: list[str],
    by: Any,
    at: datetime,
    reason: str,
    over_capacity: bool,
    allocation_id: int | None = None,
) -> Enrolment:
    """The new place, with the work that was done before."""
    new = enrol.settle(
        cohort=cohort,
        learner=old.learner,
        grants=grants,
        at=at,
        moved_from=old,
        over_capacity=over_capacity,
        allocation_id=allocation_id,
    )
    ledger.write(
        action="moved here", learner=new.learner, subject=new, by=by, at=at, reason=reason, before=old.pk
    )
    _carry(old, new)
    paying.carry(old, new)
    study.refresh(enrolment=new, outline=cohort.edition.outline, outcomes=study.outcomes_of(new), at=at)
    return new


def _carry(old: Enrolment, new: Enrolment) -> None:
    """The records are copied, so that the old place still says what was done there; the rest goes along."""
    Record.objects.bulk_create(
        Record(
            enrolment=new,
            activity_id=record.activity_id,
            outcome=record.outcome,
            score=record.score,
            max_score=record.max_score,
            at=record.at,
            by_id=record.by_id,
        )
        for record in Record.objects.filter(enrolment=old)
    )
    for model in GOES_ALONG:
        model.objects.filter(enrolment=old).update(enrolment=new)
    # Who agreed that others see their name agreed to that for the old group only.
    shared = EnrolmentConsent.objects.filter(enrolment=old, kind=EnrolmentConsent.Kind.SHARE_NEEDS)
    shared.update(enrolment=new)
