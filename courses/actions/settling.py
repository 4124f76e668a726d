"""What to do about an order that was paid and could not be carried out. The buyer chooses, or the team."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import paying, refunding, waiting
from courses.actions.refunding import RefundRefused
from courses.ledger import models as ledger
from courses.payments.orders import Order, Refund
from courses.payments.states import OrderState


@transaction.atomic
def refund_all(*, order_id: int, by: Any, at: datetime, reason: str) -> Refund | None:
    """Give back all that is left. Safe to repeat: None when it is on its way already.

    Raises RefundRefused when nothing was paid.
    """
    order = paying.locked(order_id)
    if order.state is OrderState.REFUNDED:
        return None
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
    """Keep the money, and offer its buyer the next free place; if one is free now, they have it at once.

    Safe to repeat. Raises RefundRefused when the order does not wait for a place, and EnrolmentRefused
    when there is no list.
    """
    order = paying.locked(order_id)
    if order.state is OrderState.PAID:
        return order
    if order.attention != Order.Attention.PLACE_LOST:
        raise RefundRefused(_("This order does not wait for a place."))
    if paying.find_room(order, at=at):
        return order
    waiting.join(cohort_id=order.cohort_id, learner=order.buyer, at=at)
    Order.objects.filter(pk=order.pk).update(wish=Order.Wish.WAIT)
    ledger.write(action="waits with a paid order", learner=order.buyer, subject=order, by=by, at=at)
    return order
