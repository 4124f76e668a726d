"""Offers: a place is kept for one person until they answer.

Waiting lists, applications, invitations and the seats of organisations all use them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.core.secret_links import hash_of, new_token
from courses.actions import enrol, notices, organisation_news, organisation_sharing, paying, tell
from courses.actions.refusals import ActionRefused
from courses.enrolment import places, rules
from courses.enrolment.models import Enrolment, Offer, Place
from courses.enrolment.states import ApplicationState, OfferState, WaitingState
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.payments.orders import Order

# What is written to an address, by the kind of offer. The link is in it.
LETTERS = {Offer.Kind.INVITATION: "invited", Offer.Kind.ORGANISATION: "seat_offered"}
BATCH = 200
# Where places cost money, these are paid for. Whom the team or an organisation invites comes for nothing.
TO_PAY_FOR = (Offer.Kind.WAITING_LIST, Offer.Kind.APPLICATION)


class OfferRefused(ActionRefused):
    """This offer cannot be made, or not be answered any more."""


# --- Making -------------------------------------------------------------------------------------


def make(  # noqa: PLR0913 - all by keyword
    *,
    cohort: Any,
    kind: str,
    at: datetime,
    by: Any = None,
    learner: Any = None,
    email: str = "",
    answer_by: datetime | None = None,
    reserve: str = "",
    place: Place | None = None,
    over_capacity: bool = False,
) -> tuple[Offer, str]:
    """Keep a place for somebody, and return the offer with the secret of its link.

    Call it in the caller's transaction, with `cohort` from `enrol.lock_cohort`. The place is held from now
    on: it counts. `place` is an organisation's own seat, which has no time. `reserve` uses a place kept back.
    The caller tells the person: only the caller knows how the link reaches them.
    Raises OfferRefused when there is no room, the person has a place already, or it is too late.
    """
    end = places.offers_end(cohort)
    if place is None:
        answer_by = (
            rules.answer_by(at=at, time_zone=cohort.time_zone, hours=cohort.offer_hours, end=end)
            if answer_by is None
            else answer_by
        )
        if answer_by <= at:
            raise OfferRefused(_("It is too late to offer a place here. Choose a later cohort."))
        if not over_capacity:
            _check_room(cohort, reserve=reserve, at=at)
        place = Place(
            cohort=cohort,
            reason=Place.Reason.HOLD,
            held_until=answer_by,
            reserve=reserve,
            over_capacity=over_capacity,
        )
        place.save()
    if learner is not None:
        _check_free(cohort, learner=learner, at=at)
    token = new_token()
    offer = Offer.objects.create(
        cohort=cohort,
        kind=kind,
        learner=learner,
        email=email,
        token_hash=hash_of(token),
        place=place,
        allocation_id=place.allocation_id,
        made_at=at,
        made_by=by,
        answer_by=answer_by,
    )
    if learner is not None:
        ledger.write(action="offered a place", learner=learner, subject=offer, by=by, at=at, kind=str(kind))
    return offer, token


def _check_room(cohort: Any, *, reserve: str, at: datetime) -> None:
    now = places.fullness(cohort, at=at)
    kept = now.unfilled.get(reserve, 0) if reserve else 0
    if now.seats.left == 0 and not (kept and now.seats.empty):
        raise OfferRefused(_("There is no free place to offer. Make room first, or let the person wait."))


def _check_free(cohort: Any, *, learner: Any, at: datetime) -> None:
    """One offer at a time, and none to somebody who has a place on the course."""
    own = Offer.objects.filter(cohort=cohort, learner=learner, status=OfferState.OPEN.value)
    for earlier in own.select_for_update(of=("self",)):
        if earlier.is_open_at(at):
            raise OfferRefused(_("This person has an offer already, and it is still open."))
        _lapse(earlier, at=at)
    if enrol.live_enrolments(learner=learner, course_id=cohort.edition.course_id).exists():
        raise OfferRefused(_("This person has a place on this course already."))


def new_secret(offer: Offer) -> str:
    """A new secret for the link of an open offer; the old link stops working."""
    token = new_token()
    Offer.objects.filter(pk=offer.pk, status=OfferState.OPEN.value).update(token_hash=hash_of(token))
    return token


def by_token(token: str) -> Offer:
    """The offer of a secret link. Raises Offer.DoesNotExist when there is none."""
    found: Offer = Offer.objects.select_related("cohort__edition__course").get(token_hash=hash_of(token))
    return found


# --- Answering ----------------------------------------------------------------------------------


@transaction.atomic
def accept(
    *, offer_id: int, learner: Any, at: datetime, agreed: Collection[int] = (), shares_progress: bool = False
) -> Enrolment:
    """Take the place that was offered. Safe to repeat: the enrolment is the same.

    While something is missing that the cohort asks for, the offer stays open until its time.
    `shares_progress`: the organisation that gives it may see how much is done.
    Raises Offer.DoesNotExist when it is somebody else's, and OfferRefused or EnrolmentRefused when it is
    too late or the person may not join.
    """
    offer = _locked(offer_id)
    if offer.learner_id != learner.pk:
        raise Offer.DoesNotExist
    return _accept(offer, learner=learner, at=at, agreed=agreed, shares_progress=shares_progress)


@transaction.atomic
def accept_by_token(
    *, token: str, learner: Any, at: datetime, agreed: Collection[int] = (), shares_progress: bool = False
) -> Enrolment:
    """The same through a secret link, for whoever holds it, whatever address they use here.

    Raises Offer.DoesNotExist when the link leads nowhere, or the offer is for another account.
    """
    offer = _locked(by_token(token).pk)
    if offer.learner_id is not None and offer.learner_id != learner.pk:
        raise Offer.DoesNotExist
    return _accept(offer, learner=learner, at=at, agreed=agreed, shares_progress=shares_progress)


def _accept(
    offer: Offer, *, learner: Any, at: datetime, agreed: Collection[int], shares_progress: bool
) -> Enrolment:
    cohort: Any = offer.cohort
    if (
        offer.status == OfferState.ACCEPTED.value
        and offer.enrolment
        and offer.enrolment.learner_id == learner.pk
    ):
        return offer.enrolment
    if not offer.is_open_at(at) or offer.place is None:
        raise OfferRefused(gone_sentence(offer, at=at))
    if enrol.is_over(cohort, at=at):
        raise OfferRefused(_("This group is over. Please look at our other dates."))
    # Whom the team itself invites may come back; an organisation cannot go past the team.
    if offer.made_by_id is None or offer.kind == Offer.Kind.ORGANISATION:
        enrol.check_person(cohort=cohort, learner=learner)
    enrol.check_prerequisites(cohort=cohort, learner=learner, agreed=agreed, at=at)
    paid = _paid_for(offer, learner)
    enrolment = enrol.grant_place(
        cohort=cohort,
        learner=learner,
        kind=enrol.GRANTS[Offer.Kind(offer.kind)] if paid is None else enrol.PAID,
        by=learner,
        at=at,
        place=offer.place,
    )
    offer.move_to(OfferState.ACCEPTED, answered_at=at, enrolment=enrolment, learner=learner)
    if paid is not None:
        paying.was_paid(paid, enrolment, at=at)
    about = {"offer": offer.pk, **_joined(offer, at=at)}
    notices.settle(person_id=learner.pk, at=at, **about)
    ledger.write(action="accepted an offer", learner=learner, subject=offer, by=learner, at=at)
    if offer.kind == Offer.Kind.ORGANISATION:
        organisation_sharing.choose(enrolment, shares=shares_progress, at=at)
    return enrolment


def _paid_for(offer: Offer, learner: Any) -> Order | None:
    """The order that paid for an offered place, where it must be paid for. Raises PaymentDue."""
    cohort: Any = offer.cohort
    if not cohort.costs or offer.kind not in TO_PAY_FOR:
        return None
    order = paying.waits_for_a_place(cohort=cohort, buyer=learner)
    if order is None:
        raise enrol.PaymentDue(cohort_id=cohort.pk)
    return order


def _joined(offer: Offer, *, at: datetime) -> dict[str, int]:
    """Who waited or applied has joined; the application that this was about, if there is one."""
    entry = getattr(offer, "waiting_entry", None)
    if entry is not None:
        entry.move_to(WaitingState.JOINED, ended_at=at)
    application = getattr(offer, "application", None)
    if application is None:
        return {}
    application.move_to(ApplicationState.JOINED)
    return {"application": application.pk}


@transaction.atomic
def decline(*, offer_id: int, learner: Any, at: datetime) -> Offer:
    """Say no to an offer; the place goes to the next. Safe to repeat.

    Raises Offer.DoesNotExist when it is somebody else's, and OfferRefused when it was accepted before.
    """
    offer = _locked(offer_id)
    if offer.learner_id != learner.pk:
        raise Offer.DoesNotExist
    return _decline(offer, by=learner, at=at)


@transaction.atomic
def decline_by_token(*, token: str, at: datetime) -> Offer:
    """The same through a secret link, without an account."""
    return _decline(_locked(by_token(token).pk), by=None, at=at)


def _decline(offer: Offer, *, by: Any, at: datetime) -> Offer:
    if offer.status == OfferState.ACCEPTED.value:
        raise OfferRefused(_("You took this place before. You can leave the course on its page."))
    if not _close(offer, OfferState.DECLINED, at=at):
        return offer
    if offer.learner_id is not None:
        notices.settle(person_id=offer.learner_id, at=at, offer=offer.pk)
        ledger.write(action="declined an offer", learner=offer.learner, subject=offer, by=by, at=at)
    if offer.kind == Offer.Kind.ORGANISATION:
        organisation_news.declined(offer, at=at)
    return offer


@transaction.atomic
def withdraw(*, offer_id: int, by: Any, at: datetime, reason: str = "") -> Offer:
    """The team takes an offer back before it is answered. Safe to repeat.

    Raises Offer.DoesNotExist when there is none, and OfferRefused when it was accepted.
    """
    offer = _locked(offer_id)
    if offer.status == OfferState.ACCEPTED.value:
        raise OfferRefused(_("This offer was accepted. Take the person off the cohort instead."))
    if _close(offer, OfferState.WITHDRAWN, at=at) and offer.learner_id is not None:
        ledger.write(
            action="offer taken back", learner=offer.learner, subject=offer, by=by, at=at, reason=reason
        )
    return offer


@transaction.atomic
def send_again(*, offer_id: int, by: Any, at: datetime) -> Offer:
    """Tell the person of an open offer once more. Who was written to at an address gets a new link there;
    the old one stops working.

    Raises Offer.DoesNotExist, and OfferRefused when it can no longer be answered.
    """
    offer = _locked(offer_id)
    if not offer.is_open_at(at):
        raise OfferRefused(_("This offer cannot be answered any more, so it was not sent again."))
    if offer.email:
        # Also when the address belongs to an account: whoever sends it must not learn that. A double click
        # sends two, because only the newest link works.
        token = new_secret(offer)
        about = f"offer:{offer.pk}:{hash_of(token)[:12]}"
        letter = LETTERS.get(Offer.Kind(offer.kind), "invited")
        tell.address_later(kind=letter, about=about, at=at, email_from="offer", token=token, offer=offer.pk)
    elif offer.learner is not None:
        # Not "once": it is sent as often as somebody asks for it, though not twice by a double click.
        about = f"offer:{offer.pk}:{at:%Y%m%d%H%M}"
        tell.later(kind="offered", learner=offer.learner.pk, about=about, at=at, offer=offer.pk)
    if offer.learner is not None:
        ledger.write(action="offer sent again", learner=offer.learner, subject=offer, by=by, at=at)
    return offer


def _locked(offer_id: int) -> Offer:
    """An offer with its locked cohort: first the cohort is locked, then the offer."""
    cohort_id = Offer.objects.values_list("cohort_id", flat=True).get(pk=offer_id)
    cohort = enrol.lock_cohort(cohort_id)
    related = ("learner", "place", "enrolment", "waiting_entry", "application")
    offer: Offer = Offer.objects.select_for_update(of=("self",)).select_related(*related).get(pk=offer_id)
    offer.cohort = cohort
    return offer


def _close(offer: Offer, state: OfferState, *, at: datetime) -> bool:
    """End an open offer without a seat: its place is free, and who waited is off the list or back on it."""
    if not offer.move_to(state, answered_at=at):
        return False
    if offer.place is not None:
        enrol.let_go(offer.place)
        offer.place = None
        if offer.kind != Offer.Kind.ORGANISATION:
            outbox.write(kind="place-freed", at=at, cohort=offer.cohort_id)
    entry = getattr(offer, "waiting_entry", None)
    if entry is not None:
        after = {OfferState.DECLINED: WaitingState.LEFT, OfferState.EXPIRED: WaitingState.PASSED}
        target = after.get(state, WaitingState.WAITING)
        ended = {} if target is WaitingState.WAITING else {"ended_at": at}
        entry.move_to(target, **ended)
    application = getattr(offer, "application", None)
    if application is not None:
        # Who says no does not want the place. Otherwise the team decides anew.
        no = state is OfferState.DECLINED
        application.move_to(ApplicationState.WITHDRAWN if no else ApplicationState.SUBMITTED, offer=None)
    return True


def gone_sentence(offer: Offer, *, at: datetime) -> str:
    """Why an offer cannot be taken any more, and what to do next; empty while it can."""
    if offer.is_open_at(at):
        return ""
    if offer.kind == Offer.Kind.ORGANISATION and offer.status != OfferState.ACCEPTED.value:
        return _("The organisation keeps this place for you no longer. Please ask the people there.")
    sentences = {
        OfferState.ACCEPTED: _("Somebody has taken this place with this link already."),
        OfferState.DECLINED: _("You said no to this place. It is not kept for you any more."),
        OfferState.WITHDRAWN: _("The team took this offer back. Please write to us if you do not know why."),
    }
    late = _("The time to answer is over, so we could no longer keep the place.")
    if places.keeps_a_list(offer.cohort):
        late = _(
            "The time to answer is over, so the place went to the next person. You can wait for another one."
        )
        sentences[OfferState.DECLINED] = _(
            "You said no to this place, so it went to the next person. You can wait for another one."
        )
    return sentences.get(OfferState(offer.status), late)


# --- Time ---------------------------------------------------------------------------------------


def expire_due(*, at: datetime) -> int:
    """Close the offers whose time is over, each by itself; return how many."""
    due = Offer.objects.filter(status=OfferState.OPEN.value, answer_by__lte=at).order_by("answer_by", "pk")
    return sum(expire(offer_id=pk, at=at) for pk in due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def expire(*, offer_id: int, at: datetime) -> bool:
    """Close one offer if its time is over; say whether this call did it."""
    offer = _locked(offer_id)
    return not offer.is_open_at(at) and _lapse(offer, at=at)


def _lapse(offer: Offer, *, at: datetime) -> bool:
    """Close an offer that nobody answered in time, and tell the person; say whether this call did it."""
    if not _close(offer, OfferState.EXPIRED, at=at):
        return False
    if offer.learner is not None:
        ledger.write(action="offer lapsed", learner=offer.learner, subject=offer, by=None, at=at)
        tell.later(
            kind="offer_lapsed", learner=offer.learner.pk, about=f"offer:{offer.pk}", at=at, offer=offer.pk
        )
    return True
