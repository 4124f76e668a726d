"""Joining a cohort, and leaving it.

Whoever changes a seat locks the cohort first and the enrolment after it, always in this order.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.core.prepared import Prepared
from cms.core.prepared_writing import PreparedInsert
from courses.actions import before_joining, consents, tell
from courses.actions.before_joining import Asked
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.enrolment.rules import Answer, may_join
from courses.enrolment.states import (
    LIVE_APPLICATIONS,
    STILL_WAITING,
    ApplicationState,
    OfferState,
    State,
    WaitingState,
)
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.progress.models import Completion

_enrolments, _places = PreparedInsert(Enrolment), PreparedInsert(Place)
_grants = PreparedInsert(Grant, "enrolment_id", "kind", "given_at")

# The reason for a place that each kind of offer gives.
GRANTS = {
    Offer.Kind.WAITING_LIST: "free",
    Offer.Kind.APPLICATION: "application",
    Offer.Kind.INVITATION: "invitation",
    Offer.Kind.ORGANISATION: "organisation",
}

# The reason for a place that was paid for.
PAID = "paid"

# What an enrolment that ended says of why.
WITHDRAWN, REMOVED, GRANTS_GONE = "withdrawn", "removed", "grants_gone"


class EnrolmentRefused(ActionRefused):
    """The cohort cannot take this person now."""


class PrerequisitesMissing(EnrolmentRefused):
    """What a cohort asks for before joining is not met. `missing` says what, `cohort_id` of which cohort."""

    def __init__(self, missing: Sequence[Asked], *, cohort_id: int) -> None:
        super().__init__(before_joining.refusal(missing))
        self.missing, self.cohort_id = missing, cohort_id


class PaymentDue(EnrolmentRefused):
    """A place in this cohort costs money. `cohort_id` says in which."""

    def __init__(self, *, cohort_id: int) -> None:
        super().__init__(_("A place in this group costs money. Please go on to the payment."))
        self.cohort_id = cohort_id


def check_reason(reason: str) -> None:
    """What staff do with somebody's place has a reason. Raises EnrolmentRefused without one."""
    if not reason.strip():
        raise EnrolmentRefused(_("Please say why. The reason is kept with the record."))


# --- Joining ------------------------------------------------------------------------------------


@transaction.atomic
def start(*, cohort_id: int, learner: Any, at: datetime, agreed: Collection[int] = ()) -> Enrolment:
    """Give a learner a free place in a cohort. Safe to repeat: who is already there stays as they are.

    Who is on another cohort of the course stays there too, and that enrolment is returned. `agreed` are the
    declarations whose boxes they ticked, by their number.
    Raises EnrolmentRefused when joining is not open or no place is left, and Cohort.DoesNotExist when
    there is no such cohort or its course is not published.
    """
    cohort: Any = _cohort_locked.get(cohort_id, learner.pk)
    # One query, under the lock, for how full the cohort is and whether this person is in it by now.
    now = places.fullness(cohort, at=at, learner=learner)
    if already := now.mine or cohort.elsewhere:
        return Enrolment.objects.get(pk=already)
    window = places.window(cohort)
    answer = may_join(window=window, seats=now.seats, at=at, joining=cohort.joining)
    if answer is not Answer.OPEN:
        raise EnrolmentRefused(refusal_sentence(answer, cohort))
    if cohort.costs:
        raise PaymentDue(cohort_id=cohort.pk)
    check_person(cohort=cohort, learner=learner)
    check_prerequisites(cohort=cohort, learner=learner, agreed=agreed, at=at)
    return _enrol(cohort=cohort, learner=learner, kind="free", by=learner, at=at)


def _cohort(cohort_id: int, learner: int) -> QuerySet[Cohort]:
    """The cohort of a published course, with the learner's place on another cohort of that course."""
    elsewhere = live_enrolments(learner=learner, course_id=OuterRef("edition__course_id"))
    removed = Enrolment.objects.filter(
        learner=learner, cohort__edition__course_id=OuterRef("edition__course_id"), end_reason=REMOVED
    )
    offered = Offer.objects.filter(cohort=OuterRef("pk"), learner=learner, status=OfferState.OPEN.value)
    waits = WaitingEntry.objects.filter(
        cohort=OuterRef("pk"), learner=learner, status__in=[state.value for state in STILL_WAITING]
    )
    found: QuerySet[Cohort] = (
        places.with_promises(Cohort.objects.select_for_update(of=("self",)))
        .annotate(
            elsewhere=Subquery(elsewhere.values("pk")[:1]),
            removed=Subquery(removed.values("pk")[:1]),
            waits=Subquery(waits.values("pk")[:1]),
            offered=Subquery(offered.values("pk")[:1]),
        )
        .filter(pk=cohort_id, edition__course__page__live=True)
    )
    return found


_cohort_locked = Prepared(_cohort, int, int)
_any_cohort_locked = Prepared(
    lambda cohort_id: (
        places.with_promises(Cohort.objects.select_for_update(of=("self",)))
        .select_related("edition")
        .defer("edition__frozen")
        .filter(pk=cohort_id)
    ),
    int,
)


def lock_cohort(cohort_id: int) -> Any:
    """A cohort with what `places.fullness` needs, locked until the transaction ends.

    Raises Cohort.DoesNotExist when there is none.
    """
    return _any_cohort_locked.get(cohort_id)


def live_enrolments(*, learner: Any, course_id: Any) -> QuerySet[Enrolment]:
    """The enrolments of somebody in a course that have not ended, in whichever cohort."""
    return Enrolment.objects.filter(learner=learner, cohort__edition__course_id=course_id).exclude(
        status=State.ENDED.value
    )


def was_removed(*, learner: Any, course_id: int) -> bool:
    """Whether the team of a course took this person off it before."""
    own = Enrolment.objects.filter(learner=learner, cohort__edition__course_id=course_id)
    return own.filter(end_reason=REMOVED).exists()


def check_person(*, cohort: Any, learner: Any) -> None:
    """The rules about the person, the same for every way in but by staff. Raises EnrolmentRefused."""
    removed = (
        cohort.removed
        if hasattr(cohort, "removed")
        else was_removed(learner=learner, course_id=cohort.edition.course_id)
    )
    if not learner.is_active or learner.erased_at is not None:
        raise EnrolmentRefused(_("This account is closed, so it cannot join."))
    if removed:
        raise EnrolmentRefused(
            _(
                "Your earlier place on this course was ended by its team. "
                "Please write to us if you want to come back."
            )
        )


def check_prerequisites(*, cohort: Any, learner: Any, agreed: Collection[int] = (), at: datetime) -> None:
    """What the cohort asks for before joining, the same for every way to a place. No query when it asks for
    nothing. What was agreed to is kept.

    Call it in the caller's transaction with the cohort locked. Raises PrerequisitesMissing.
    """
    if missing := before_joining.meet(cohort, learner, agreed=agreed, at=at):
        raise PrerequisitesMissing(missing, cohort_id=cohort.pk)


def goes_past(*, cohort: Any, learner: Any, at: datetime, is_meant: bool) -> bool:
    """Whether staff let somebody in who lacks what the cohort asks for. They are told what it is first.

    Raises EnrolmentRefused when something is missing and it is not meant.
    """
    lacking = before_joining.for_staff(before_joining.asked_of(cohort, learner, at=at))
    if lacking and not is_meant:
        raise EnrolmentRefused(
            _(
                "This is missing, which is asked for before joining: %(what)s. "
                "To go past it, tick the last box."
            )
            % {"what": lacking}
        )
    return bool(lacking)


def write_that_past(enrolment: Enrolment, *, by: Any, at: datetime, reason: str) -> None:
    """Put on record that staff let somebody in who lacked what the cohort asks for."""
    ledger.write(
        action="let in past what is asked for",
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def by_staff(  # noqa: PLR0913 - all by keyword
    *,
    cohort_id: int,
    learner: Any,
    by: Any,
    at: datetime,
    reason: str,
    over_capacity: bool = False,
    past_prerequisites: bool = False,
) -> Enrolment:
    """Give somebody a place by hand. Safe to repeat.

    The staff may do it before joining opens and after it has closed. `over_capacity` gives a place although
    there is no room, `past_prerequisites` although something is missing that is asked for before joining;
    who did it and why is on record.
    Raises EnrolmentRefused when there is no room, something is missing, no reason is given, or the cohort
    is over.
    """
    check_reason(reason)
    cohort = lock_cohort(cohort_id)
    if is_over(cohort, at=at):
        raise EnrolmentRefused(_("This cohort is over. Choose another one, or change its last day first."))
    now = places.fullness(cohort, at=at, learner=learner)
    no_room = now.mine is None and now.seats.empty == 0 and not keeps_a_place_for(cohort, learner, at=at)
    if no_room and not over_capacity:
        raise EnrolmentRefused(
            _("All places are taken. Add the person to the waiting list, or give a place beyond the number.")
        )
    past = now.mine is None and goes_past(cohort=cohort, learner=learner, at=at, is_meant=past_prerequisites)
    enrolment = grant_place(
        cohort=cohort, learner=learner, kind="staff", by=by, at=at, reason=reason, over_capacity=no_room
    )
    if past:
        write_that_past(enrolment, by=by, at=at, reason=reason)
    return enrolment


def is_over(cohort: Cohort, *, at: datetime) -> bool:
    """Whether the last day of a cohort is over, in its own time zone."""
    return cohort.ends_on is not None and at.astimezone(ZoneInfo(cohort.time_zone)).date() > cohort.ends_on


def grant_place(  # noqa: PLR0913 - all by keyword
    *,
    cohort: Cohort,
    learner: Any,
    kind: str,
    by: Any,
    at: datetime,
    reason: str = "",
    place: Place | None = None,
    reserve: str = "",
    over_capacity: bool = False,
) -> Enrolment:
    """Give somebody a place, or one more reason to keep the one they have.

    Call it in the caller's transaction with the cohort locked and the room counted. `place` is one that was
    held for them; it is let go when they have another. A seat of an organisation takes the place of theirs.
    Raises EnrolmentRefused when the person has a place in another cohort of the course, or two organisations
    would give them one.
    """
    course_id = cohort.edition.course_id
    live = live_enrolments(learner=learner, course_id=course_id).select_for_update(of=("self",)).first()
    if live is not None and live.cohort_id != cohort.pk:
        raise EnrolmentRefused(
            _("This person already has a place in another group of this course. Move them instead.")
            if by != learner
            else _(
                "You already have a place in another group of this course. "
                "Ask us if you want to change groups."
            )
        )
    if live is None:
        return _enrol(
            cohort=cohort,
            learner=learner,
            kind=kind,
            by=by,
            at=at,
            place=place,
            reason=reason,
            reserve=reserve,
            over_capacity=over_capacity,
        )
    if place is not None and place.allocation_id is not None:
        _take_seat(live, place, at=at)
    elif place is not None:
        let_go(place)
    _granted, is_new = Grant.objects.get_or_create(
        enrolment=live, kind=kind, withdrawn_at=None, defaults={"given_at": at}
    )
    if is_new:
        ledger.write(
            action="grant added", learner=learner, subject=live, by=by, at=at, reason=reason, kind=kind
        )
    return live


def _enrol(
    *, cohort: Cohort, learner: Any, kind: str, by: Any, at: datetime, reason: str = "", **seating: Any
) -> Enrolment:
    enrolment = settle(cohort=cohort, learner=learner, grants=[kind], at=at, **seating)
    details = {"over_capacity": True} if seating.get("over_capacity") else {}
    ledger.write(
        action="enrolled", learner=learner, subject=enrolment, by=by, at=at, reason=reason, **details
    )
    outbox.write(kind="enrolled", at=at, enrolment=enrolment.pk)
    return enrolment


def settle(
    *,
    cohort: Cohort,
    learner: Any,
    grants: Iterable[str],
    at: datetime,
    moved_from: Enrolment | None = None,
    **seating: Any,
) -> Enrolment:
    """A live enrolment on a place (`seating`: see `_seat`), with its grants; waiting for one ends.

    Call it with the cohort locked and the room counted. The caller says in the ledger how it came about.
    """
    enrolment = Enrolment(
        learner=learner,
        cohort=cohort,
        status=State.ACTIVE.value,
        started_at=at,
        access_until=places.access_until(cohort, joined_at=at),
        moved_from=moved_from,
    )
    _enrolments.add(enrolment)
    kinds = list(grants)
    held = _held_by(cohort, learner, has_place=seating.get("place") is not None)
    if held is not None:
        seating = _take_up(held, enrolment, at=at, **seating)
        # Who paid has their place for that reason alone: it goes when the money goes back.
        if PAID not in kinds:
            kinds.append(GRANTS[Offer.Kind(held.kind)])
    _seat(enrolment, **seating)
    _grants([(enrolment.pk, kind, at) for kind in dict.fromkeys(kinds)])
    # `start` has looked already whether they wait; nobody begins to while the cohort is locked.
    if getattr(cohort, "waits", True):
        stop_waiting(cohort=cohort, learners=[learner.pk], at=at)
    if cohort.joining == Cohort.Joining.APPLICATION:
        close_applications(cohort=cohort, learners=[learner.pk])
    return enrolment


def _seat(
    enrolment: Enrolment,
    *,
    place: Place | None = None,
    reserve: str = "",
    over_capacity: bool = False,
    allocation_id: int | None = None,
) -> None:
    """Put a learner on a place: the one that was held for them, or a new one."""
    if place is None:
        place = Place(
            cohort_id=enrolment.cohort_id,
            reserve=reserve,
            over_capacity=over_capacity,
            allocation_id=allocation_id,
        )
    place.enrolment, place.reason, place.held_until = enrolment, Place.Reason.LEARNER, None
    if place.pk is None:
        _places.add(place)
    else:
        place.save()


def keeps_a_place_for(cohort: Any, learner: Any, *, at: datetime) -> bool:
    """Whether an offer keeps a place of this locked cohort for this person. Their place then is that one.

    What was found is left with the cohort for `settle`, so that it is read once.
    """
    held = cohort.offered = own_offer(cohort, learner)
    return held is not None and held.place is not None and held.is_open_at(at)


def _held_by(cohort: Any, learner: Any, *, has_place: bool) -> Offer | None:
    """The offer that a place answers; whether there is one may have been looked up with the cohort."""
    offered = getattr(cohort, "offered", not has_place)
    if isinstance(offered, Offer):
        return offered
    return own_offer(cohort, learner) if offered else None


def own_offer(cohort: Cohort, learner: Any) -> Offer | None:
    """The offer of a place here that this person has not answered, locked. Not an organisation's seat."""
    own = Offer.objects.filter(cohort=cohort, learner=learner, status=OfferState.OPEN.value)
    found: Offer | None = (
        own.exclude(kind=Offer.Kind.ORGANISATION)
        .select_for_update(of=("self",))
        .select_related("place")
        .first()
    )
    return found


def _take_up(held: Offer, enrolment: Enrolment, *, at: datetime, **seating: Any) -> dict[str, Any]:
    """Who gets a place in another way has answered an open offer with it, and sits on the place it kept.

    So nobody ever takes two places. Beyond the number of places the kept one is let go: its time was over.
    Returns how to seat the learner then.
    """
    held.move_to(OfferState.ACCEPTED, answered_at=at, enrolment=enrolment)
    ledger.write(action="offer taken up", learner=enrolment.learner, subject=held, by=None, at=at)
    if held.place is None:
        return seating
    if seating.get("over_capacity") or seating.get("allocation_id"):
        let_go(held.place)
        return seating
    return {"place": held.place}


def let_go(place: Place) -> None:
    """Free a place, from wherever: an organisation's goes back to it as a free seat, any other is gone.

    The offer that held it stays on record.
    """
    if place.allocation_id is None:
        place.delete()
        return
    Offer.objects.filter(place=place).update(place=None)
    place.enrolment, place.reason, place.held_until = None, Place.Reason.SEAT, None
    place.save(update_fields=["enrolment", "reason", "held_until"])


def _take_seat(enrolment: Enrolment, seat: Place, *, at: datetime) -> None:
    """Somebody who has a place of their own sits on an organisation's seat instead; the other is free."""
    own = Place.objects.get(enrolment=enrolment)
    if own.allocation_id is not None:
        raise EnrolmentRefused(
            _("You have a place of an organisation in this group already. You can say no to this one.")
        )
    let_go(own)
    _seat(enrolment, place=seat)
    outbox.write(kind="place-freed", at=at, cohort=enrolment.cohort_id)


def _leave_seat(enrolment: Enrolment, *, at: datetime) -> None:
    """Somebody who stays without their organisation gets a place of their own; the seat goes back.

    Raises EnrolmentRefused when there is no room for that.
    """
    seat = Place.objects.filter(enrolment=enrolment, allocation__isnull=False).first()
    if seat is None or enrolment.grants.filter(kind="organisation", withdrawn_at=None).exists():
        return
    if places.fullness(lock_cohort(enrolment.cohort_id), at=at).seats.left == 0:
        raise EnrolmentRefused(
            _(
                "This person may stay on the course without your seat, and needs a place of their own. "
                "No place is free, so nothing was changed. Please ask the team of the course."
            )
        )
    let_go(seat)
    _seat(enrolment)
    Enrolment.objects.filter(pk=enrolment.pk).update(shares_progress_with_organisation=False)
    consents.withdraw(enrolment=enrolment, kind=EnrolmentConsent.Kind.SHARE_PROGRESS, at=at)


def stop_waiting(*, cohort: Cohort, learners: Iterable[int], at: datetime) -> None:
    """Who has a place waits no longer."""
    live = [state.value for state in STILL_WAITING]
    WaitingEntry.objects.filter(cohort=cohort, learner__in=learners, status__in=live).update(
        status=WaitingState.JOINED.value, ended_at=at
    )


def close_applications(*, cohort: Cohort, learners: Iterable[int]) -> None:
    """Who has a place needs not be chosen any more."""
    undecided = [state.value for state in LIVE_APPLICATIONS]
    Application.objects.filter(cohort=cohort, applicant__in=learners, status__in=undecided).update(
        status=ApplicationState.JOINED.value
    )


# --- Leaving ------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(*, enrolment_id: int, by: Any, at: datetime, reason: str = "") -> Enrolment:
    """End an enrolment before its end: the place is free again, and what was done stays on record.

    Safe to repeat. Raises Enrolment.DoesNotExist when there is none, and EnrolmentRefused when the learner
    has finished the course already: there is nothing left to leave.
    """
    enrolment = locked(enrolment_id)
    if enrolment.status == State.ENDED.value:
        return enrolment
    if Completion.objects.filter(enrolment=enrolment).exists():
        raise EnrolmentRefused(_("This course is finished already, so there is nothing to leave."))
    return end(enrolment, end_reason=WITHDRAWN, action="withdrew", by=by, at=at, reason=reason)


@transaction.atomic
def remove(*, enrolment_id: int, by: Any, at: datetime, reason: str) -> Enrolment:
    """The team takes somebody off a cohort. They cannot join the course again by themselves.

    Safe to repeat. Raises EnrolmentRefused without a reason.
    """
    check_reason(reason)
    enrolment = locked(enrolment_id)
    if enrolment.status == State.ENDED.value:
        return enrolment
    return end(enrolment, end_reason=REMOVED, action="removed", by=by, at=at, reason=reason)


@transaction.atomic
def drop_grant(
    *, grant_id: int, by: Any, at: datetime, reason: str = "", tells: str = "withdrawn"
) -> Enrolment:
    """Take one reason for a place away. The enrolment ends when no other is left (`tells`: see `end`).

    Safe to repeat. Raises Grant.DoesNotExist when there is none, and EnrolmentRefused when somebody would
    stay whose organisation's seat goes back, and no place is free for them.
    """
    enrolment = locked(Grant.objects.values_list("enrolment_id", flat=True).get(pk=grant_id))
    dropped = Grant.objects.filter(pk=grant_id, withdrawn_at=None).update(withdrawn_at=at)
    if not dropped or enrolment.status == State.ENDED.value:
        return enrolment
    ledger.write(
        action="grant dropped", learner=enrolment.learner, subject=enrolment, by=by, at=at, reason=reason
    )
    if enrolment.grants.filter(withdrawn_at=None).exists():
        _leave_seat(enrolment, at=at)
        return enrolment
    return end(
        enrolment,
        end_reason=GRANTS_GONE,
        action="lost their place",
        by=by,
        at=at,
        reason=reason,
        tells=tells,
    )


def locked(enrolment_id: int) -> Enrolment:
    """An enrolment with its learner and cohort; first the cohort is locked, then the enrolment.

    Raises Enrolment.DoesNotExist when there is none.
    """
    cohort_id = Enrolment.objects.values_list("cohort_id", flat=True).get(pk=enrolment_id)
    lock_cohort(cohort_id)
    own = Enrolment.objects.select_for_update(of=("self",)).select_related("learner", "cohort__edition")
    found: Enrolment = own.defer("cohort__edition__frozen").get(pk=enrolment_id)
    return found


def end(  # noqa: PLR0913 - all by keyword
    enrolment: Enrolment,
    *,
    end_reason: str,
    action: str,
    by: Any,
    at: datetime,
    reason: str = "",
    tells: str = "withdrawn",
) -> Enrolment:
    """End an enrolment that is locked: its grants and its place go, and the place is offered to who waits.

    `tells` is the kind of message that the learner gets; none when it is empty.
    """
    if not enrolment.move_to(State.ENDED, ended_at=at, end_reason=end_reason):
        return enrolment
    Grant.objects.filter(enrolment=enrolment, withdrawn_at__isnull=True).update(withdrawn_at=at)
    free_place(enrolment)
    ledger.write(action=action, learner=enrolment.learner, subject=enrolment, by=by, at=at, reason=reason)
    outbox.write(kind="place-freed", at=at, cohort=enrolment.cohort_id)
    if tells:
        about = f"enrolment:{enrolment.pk}"
        tell.later(kind=tells, learner=enrolment.learner_id, about=about, at=at, enrolment=enrolment.pk)
    return enrolment


def free_place(enrolment: Enrolment) -> None:
    """Free the place of an enrolment."""
    for place in Place.objects.filter(enrolment=enrolment):
        let_go(place)


# --- Pausing ------------------------------------------------------------------------------------


@transaction.atomic
def suspend(*, enrolment_id: int, by: Any, at: datetime, reason: str) -> Enrolment:
    """Pause a learner: they keep their place and what they did, and can do nothing new for now.

    Safe to repeat. Raises EnrolmentRefused without a reason, or when the enrolment has ended.
    """
    return _pause(enrolment_id, State.SUSPENDED, action="paused", by=by, at=at, reason=reason)


@transaction.atomic
def resume(*, enrolment_id: int, by: Any, at: datetime, reason: str) -> Enrolment:
    """End a pause. Safe to repeat. Raises EnrolmentRefused like `suspend`."""
    return _pause(enrolment_id, State.ACTIVE, action="resumed", by=by, at=at, reason=reason)


def _pause(enrolment_id: int, target: State, *, action: str, by: Any, at: datetime, reason: str) -> Enrolment:
    check_reason(reason)
    enrolment = locked(enrolment_id)
    if enrolment.status == target.value:
        return enrolment
    if not enrolment.move_to(target):
        raise EnrolmentRefused(_("This place has ended. Give the person a new place instead."))
    ledger.write(action=action, learner=enrolment.learner, subject=enrolment, by=by, at=at, reason=reason)
    return enrolment


# --- Words --------------------------------------------------------------------------------------


def refusal_sentence(answer: Answer, cohort: Cohort) -> str:
    """Why a cohort cannot be joined at once, and what to do next. Empty when it can."""
    if answer is Answer.FULL:
        return full_sentence(cohort)
    if answer is Answer.NOT_YET:
        opens = date_format(cohort.enrolment_opens_at.astimezone(ZoneInfo(cohort.time_zone)), "DATE_FORMAT")
        return _("You can join from %(date)s. Please come back then.") % {"date": opens}
    return str(SENTENCES.get(answer, ""))


SENTENCES = {
    Answer.CLOSED: lazy("Joining has closed. Please look at our other courses."),
    Answer.APPLY: lazy("People apply for this group, and its team chooses. Please fill in the form."),
    Answer.INVITED_ONLY: lazy(
        "This group is for people who were invited. Use the link or the code that you were sent."
    ),
}


def full_sentence(cohort: Cohort) -> str:
    """That a cohort is full, and what somebody who wants to join can do."""
    if cohort.has_waiting_list:
        return _("All places are taken at the moment. You can put yourself on the waiting list.")
    return _("All places are taken at the moment. Please look again later: places do come free.")
