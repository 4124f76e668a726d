"""Waiting lists: who waits is offered a place that comes free, one after the other, with time to answer."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from courses.actions import before_joining, enrol, offers, tell
from courses.actions.enrol import EnrolmentRefused
from courses.actions.offers import OfferRefused
from courses.cohorts.models import Cohort
from courses.enrolment import places, rules
from courses.enrolment.models import Enrolment, Offer, WaitingEntry
from courses.enrolment.prerequisite_rules import in_the_way
from courses.enrolment.rules import Answer, Waiter, may_join
from courses.enrolment.states import STILL_WAITING, WaitingState
from courses.ledger import models as ledger

LIVE = [state.value for state in STILL_WAITING]
BATCH = 200


@transaction.atomic
def join(*, cohort_id: int, learner: Any, at: datetime) -> WaitingEntry:
    """Put somebody on the waiting list of a full cohort. Safe to repeat: they keep their turn.

    Raises Cohort.DoesNotExist, and EnrolmentRefused when there is no list, a place is free, it is too late,
    or the person has a place on the course.
    """
    cohort: Any = enrol.lock_cohort(cohort_id)
    entry: WaitingEntry | None = WaitingEntry.objects.filter(
        cohort=cohort, learner=learner, status__in=LIVE
    ).first()
    if entry is not None:
        return entry
    now = places.fullness(cohort, at=at, learner=learner)
    if enrol.live_enrolments(learner=learner, course_id=cohort.edition.course_id).exists():
        raise EnrolmentRefused(_("You have a place on this course already."))
    answer = may_join(window=places.window(cohort), seats=now.seats, at=at, joining=cohort.joining)
    if answer is Answer.OPEN:
        raise EnrolmentRefused(_("There is a free place now. You can join at once."))
    if not places.may_wait(cohort, answer=answer, seats=now.seats, at=at):
        raise EnrolmentRefused(
            no_list_sentence() if answer is Answer.FULL else enrol.refusal_sentence(answer, cohort)
        )
    enrol.check_person(cohort=cohort, learner=learner)
    entry = WaitingEntry.objects.create(cohort=cohort, learner=learner, joined_at=at)
    ledger.write(action="waits for a place", learner=learner, subject=entry, by=learner, at=at)
    tell.later(kind="waiting", learner=learner.pk, about=f"waiting:{entry.pk}", at=at, waiting=entry.pk)
    return entry


def no_list_sentence() -> str:
    """Why somebody cannot wait for a place, and what to do next."""
    return _("All places are taken, and this group has no waiting list. Please look at our other dates.")


@transaction.atomic
def leave(*, cohort_id: int, learner: Any, at: datetime) -> None:
    """Take oneself off a waiting list. Safe to repeat. An open offer is declined with it."""
    enrol.lock_cohort(cohort_id)
    entry = WaitingEntry.objects.filter(cohort=cohort_id, learner=learner, status__in=LIVE).first()
    if entry is None:
        return
    if entry.status == WaitingState.OFFERED.value and entry.offer_id is not None:
        offers.decline(offer_id=entry.offer_id, learner=learner, at=at)
        return
    if entry.move_to(WaitingState.LEFT, ended_at=at):
        ledger.write(action="stopped waiting", learner=learner, subject=entry, by=learner, at=at)


@transaction.atomic
def offer_free_places(*, cohort_id: int, at: datetime) -> int:
    """Offer each free place to who is next; return how many were offered. Safe to repeat.

    Each promotion passes the rules of a fresh enrolment: whoever may not join any more is taken off the
    list and told. Who lacks what the cohort asks for before joining is passed over, and keeps their turn.
    After the time when joining makes no sense, nothing is offered.
    """
    cohort: Any = enrol.lock_cohort(cohort_id)
    end = places.offers_end(cohort)
    if at < cohort.enrolment_opens_at or (end is not None and at >= end):
        return 0
    waiting = in_order(cohort)
    asked = before_joining.asked_of_all(cohort, [entry.learner_id for entry in waiting], at=at)
    left = places.fullness(cohort, at=at).seats.left
    made = 0
    for entry in waiting:
        if left is not None and made >= left:
            break
        if in_the_way(asked.get(entry.learner_id, [])):
            continue
        made += _offer(cohort, entry, at=at)
    return made


def in_order(cohort: Cohort) -> list[WaitingEntry]:
    """Who waits, in the order of the cohort's own rule. One query."""
    course = cohort.edition.course_id
    before = Enrolment.objects.filter(learner=OuterRef("learner"), cohort__edition__course=course)
    rows = WaitingEntry.objects.filter(cohort=cohort, status=WaitingState.WAITING.value).select_related(
        "learner"
    )
    entries = {entry.pk: entry for entry in rows.annotate(had_a_place=Exists(before))}
    waiters = [Waiter(pk, entry.joined_at, entry.had_a_place) for pk, entry in entries.items()]
    new_first = cohort.waiting_order == Cohort.WaitingOrder.NEW_FIRST
    return [entries[waiter.entry_id] for waiter in rules.order_of_waiting(waiters, new_first=new_first)]


def _offer(cohort: Any, entry: WaitingEntry, *, at: datetime) -> bool:
    learner = entry.learner
    try:
        enrol.check_person(cohort=cohort, learner=learner)
        offer, _token = offers.make(cohort=cohort, kind=Offer.Kind.WAITING_LIST, learner=learner, at=at)
    except (EnrolmentRefused, OfferRefused):
        _close(entry, at=at)
        return False
    entry.move_to(WaitingState.OFFERED, offer=offer)
    tell.later(kind="offered", learner=learner.pk, about=f"offer:{offer.pk}", at=at, offer=offer.pk)
    return True


def _close(entry: WaitingEntry, *, at: datetime) -> None:
    """Take somebody off the list who cannot be offered a place any more, and tell them."""
    if entry.move_to(WaitingState.CLOSED, ended_at=at):
        ledger.write(action="waiting ended", learner=entry.learner, subject=entry, by=None, at=at)
        tell.later(
            kind="waiting_closed",
            learner=entry.learner_id,
            about=f"waiting:{entry.pk}",
            at=at,
            waiting=entry.pk,
        )


# --- Time ---------------------------------------------------------------------------------------


def work_due(*, at: datetime) -> int:
    """Offer what is free wherever somebody waits, and end the lists whose time is over; return how many."""
    done = 0
    waiting = WaitingEntry.objects.filter(status=WaitingState.WAITING.value).order_by()
    for cohort in Cohort.objects.filter(pk__in=waiting.values("cohort")).order_by("pk")[:BATCH]:
        end = places.offers_end(cohort)
        if end is not None and at >= end:
            done += _end_list(cohort_id=cohort.pk, at=at)
        else:
            done += offer_free_places(cohort_id=cohort.pk, at=at)
    return done


@transaction.atomic
def _end_list(*, cohort_id: int, at: datetime) -> int:
    enrol.lock_cohort(cohort_id)
    waiting = WaitingEntry.objects.filter(cohort=cohort_id, status=WaitingState.WAITING.value)
    entries = list(waiting.select_related("learner"))
    for entry in entries:
        _close(entry, at=at)
    return len(entries)
