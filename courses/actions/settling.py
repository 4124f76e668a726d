"""Settling an order that was paid and needs a person: a place after all, all the money back, or the next
place that comes free. The buyer chooses between the last two; the team may do each, with a reason.

Safe to repeat: a second press finds the order as the first one left it.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from courses.actions import enrol, paying, refunding, waiting
from courses.actions.enrol import EnrolmentRefused
from courses.actions.refusals import ActionRefused
from courses.enrolment import places
from courses.enrolment.models import Grant, WaitingEntry
from courses.enrolment.states import STILL_WAITING, State
from courses.ledger import models as ledger
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import MONEY, OrderState

SEEN_TO = "failed refund seen to"


class SettlingRefused(ActionRefused):
    """This order cannot be settled like this."""


@transaction.atomic
def refund_all(*, order_id: int, by: Any, at: datetime, reason: str) -> Refund | None:
    """Give all the money of an order that needs a person back. Who waited because of it waits no longer.

    None when nothing is left to give back. Safe to repeat. Raises Order.DoesNotExist, SettlingRefused when
    the order is in order, and RefundRefused with what to do instead.
    """
    order = paying.locked(order_id)
    if order.state in MONEY and order.kept == 0:
        return Refund.objects.filter(order=order).last()
    if not is_unsettled(order):
        raise SettlingRefused(_("This order has its place. To give money back, choose how much."))
    if order.wish == Order.Wish.WAIT:
        waiting.leave(cohort_id=order.cohort_id, learner=order.buyer, at=at)
    Order.objects.filter(pk=order.pk).update(wish=Order.Wish.REFUND)
    return refunding.ask(
        order_id=order.pk,
        amount=order.kept,
        seat=Refund.Seat.END,
        key=refunding.new_key(),
        by=by,
        at=at,
        reason=reason,
    )


@transaction.atomic
def wait(*, order_id: int, by: Any, at: datetime) -> Order:
    """Keep the money, and wait for the next place that comes free; a free one is given at once.

    Safe to repeat. Raises Order.DoesNotExist, and SettlingRefused when nobody can wait for this group.
    """
    order = paying.locked(order_id)
    if order.wish == Order.Wish.WAIT or (order.state in MONEY and not is_unsettled(order)):
        return order
    if order.state is not OrderState.ATTENTION or order.attention != Order.Attention.PLACE_LOST:
        raise SettlingRefused(_("Only who paid when the place was gone can wait for the next one."))
    if order.returned:
        raise SettlingRefused(_("Money of this order is on its way back already, so it cannot wait."))
    if places.fullness(order.cohort, at=at).seats.for_newcomers != 0:
        paying.give_place(order, at=at)
        if not is_unsettled(order):
            return order
    try:
        waiting.join(cohort_id=order.cohort_id, learner=order.buyer, at=at)
    except EnrolmentRefused as refused:
        raise SettlingRefused(
            _("%(why)s All the money of this order can be given back.") % {"why": refused.sentence}
        ) from refused
    Order.objects.filter(pk=order.pk).update(wish=Order.Wish.WAIT)
    order.wish = Order.Wish.WAIT
    ledger.write(action="order waits for a place", learner=order.buyer, subject=order, by=by, at=at)
    return order


@transaction.atomic
def give_place(*, order_id: int, by: Any, at: datetime, reason: str, over_capacity: bool = False) -> Order:
    """Give the buyer of an order that needs a person their place after all. Safe to repeat.

    `over_capacity`: also when there is no room; who did it and why is on record.
    Raises Order.DoesNotExist, and SettlingRefused with what to do instead.
    """
    if not reason.strip():
        raise SettlingRefused(_("Please say why. The reason is kept with the order."))
    order = paying.locked(order_id)
    if order.state in MONEY and not is_unsettled(order):
        return order
    cohort, buyer = order.cohort, order.buyer
    _check_place(order, at=at)
    now = places.fullness(cohort, at=at, learner=buyer)
    held = enrol.own_offer(cohort, buyer) if now.mine is None else None
    no_room = now.mine is None and now.seats.empty == 0 and not (held is not None and held.is_open_at(at))
    if no_room and not over_capacity:
        raise SettlingRefused(
            _("All places are taken. Tick the box to give a place beyond the number, or choose another way.")
        )
    try:
        enrolment = enrol.grant_place(
            cohort=cohort,
            learner=buyer,
            kind=enrol.PAID,
            by=by,
            at=at,
            reason=reason.strip(),
            over_capacity=no_room,
        )
    except EnrolmentRefused as refused:
        raise SettlingRefused(refused.sentence) from refused
    ledger.write(
        action="order given its place", learner=buyer, subject=order, by=by, at=at, reason=reason.strip()
    )
    paying.was_paid(order, enrolment, at=at)
    paying.settle(order, at=at)
    return order


def _check_place(order: Order, *, at: datetime) -> None:
    """What stands against giving this buyer a place by hand."""
    cohort, buyer = order.cohort, order.buyer
    if not is_unsettled(order):
        raise SettlingRefused(_("Nothing was paid for this order yet. Ask the payment service again first."))
    if order.total and order.kept == 0:
        raise SettlingRefused(_("All the money of this order went back, so it gives no place."))
    if not buyer.is_active or buyer.erased_at is not None:
        raise SettlingRefused(_("This account is closed. Give the money back instead."))
    if enrol.is_over(cohort, at=at):
        raise SettlingRefused(_("This group is over. Give the money back instead."))
    paid_before = Grant.objects.filter(
        enrolment__learner=buyer,
        enrolment__cohort__edition__course_id=cohort.edition.course_id,
        kind=enrol.PAID,
        withdrawn_at=None,
    ).exclude(enrolment__status=State.ENDED.value)
    if paid_before.exists():
        raise SettlingRefused(
            _("This person has a place that was paid for already. Give the money of this order back.")
        )


@transaction.atomic
def see_to(*, order_id: int, by: Any, at: datetime, reason: str) -> None:
    """Put on record that somebody saw to a refund that failed, in another way. Safe to repeat.

    Raises Order.DoesNotExist, and SettlingRefused without a reason or when none has failed.
    """
    if not reason.strip():
        raise SettlingRefused(_("Please say what you did. It is kept with the order."))
    order = paying.locked(order_id)
    if not Refund.objects.filter(order=order, status="failed").exists():
        raise SettlingRefused(_("No refund of this order has failed."))
    ledger.write(action=SEEN_TO, learner=order.buyer, subject=order, by=by, at=at, reason=reason.strip())


def waits_for_somebody() -> Q:
    """Orders that were paid and that a person must see to. Who chose to wait for a place needs nobody while
    they wait."""
    waiting = WaitingEntry.objects.filter(
        cohort=OuterRef("cohort"),
        learner=OuterRef("buyer"),
        status__in=[state.value for state in STILL_WAITING],
    )
    return Q(Q(status=OrderState.ATTENTION.value), ~(Q(wish=Order.Wish.WAIT) & Exists(waiting)))


def is_unsettled(order: Order) -> bool:
    """Whether money came and the order never gave a place. One query at most."""
    if order.state is OrderState.ATTENTION:
        return True
    if order.state not in {OrderState.PAID, OrderState.PARTLY_REFUNDED}:
        return False
    return not OrderLine.objects.filter(order=order, grant__isnull=False).exists()
