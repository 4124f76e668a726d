"""Giving money back: asked for by staff, carried out by the payment service, the same way it came.

The row is written first, with the outbox entry that carries it out, so that a refund that was asked for
is never lost and never made twice.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import paying
from courses.actions.refusals import ActionRefused
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.payments import gateway
from courses.payments.gateway import GatewayRefused
from courses.payments.orders import Order, Refund
from courses.payments.states import MONEY, OrderState, RefundState


class RefundRefused(ActionRefused):
    """This money cannot be given back like this."""


@transaction.atomic
def ask(  # noqa: PLR0913 - all by keyword
    *, order_id: int, amount: int, seat: Refund.Seat, key: str, by: Any, at: datetime, reason: str
) -> Refund:
    """Give money back, all or a part. `seat` says whether the place ends with it; it ends once the money is
    on its way. `key` comes with the form, so that a second press is the first one again.

    Raises Order.DoesNotExist, and RefundRefused with what to do instead.
    """
    if not reason.strip():
        raise RefundRefused(_("Please say why. The reason is kept with the order."))
    order = paying.locked(order_id)
    if (already := Refund.objects.filter(key=key, order=order).first()) is not None:
        return already
    if order.state not in MONEY or order.method == Order.Method.NOTHING:
        raise RefundRefused(_("Nothing was paid for this order, so there is nothing to give back."))
    if order.state is OrderState.DISPUTED:
        raise RefundRefused(_("The bank is asking this money back already. Wait until that is decided."))
    if not 0 < amount <= order.kept:
        raise RefundRefused(
            _("You can give back up to %(most)s. Nothing was changed.") % {"most": order.words(order.kept)}
        )
    refund = Refund.objects.create(
        order=order, amount=amount, seat=seat.value, key=key, asked_at=at, asked_by=by, reason=reason.strip()
    )
    order.returned += amount
    order.save(update_fields=["returned"])
    ledger.write(
        action="refund asked for",
        learner=order.buyer,
        subject=order,
        by=by,
        at=at,
        reason=reason.strip(),
        amount=amount,
        seat=seat.value,
    )
    paying.settle(order, at=at)
    outbox.write(kind="refund-asked", at=at, refund=refund.pk)
    return refund


def new_key() -> str:
    """What makes pressing twice the same as pressing once."""
    return f"refund-{uuid4().hex}"


def carry_out(*, refund_id: int, at: datetime) -> None:
    """Ask the payment service to give the money back. Safe to repeat; not in a transaction.

    Raises GatewayUnavailable: the work waits.
    """
    refund = Refund.objects.select_related("order").get(pk=refund_id)
    # What came by bank transfer somebody sends back by hand, and says so (`invoicing.money_sent`).
    if refund.status != RefundState.REQUESTED.value or refund.order.is_by_invoice:
        return
    service = gateway.current()
    if service is None:
        raise gateway.GatewayUnavailable("no payment service is set up, but it holds money")
    try:
        made = service.refund(payment_id=refund.order.payment, amount=refund.amount, key=refund.key)
        gateway_id, state = made.id, RefundState(made.state.value)
    except GatewayRefused as refused:
        paying.log.warning("a refund was refused: %s", refused.code, extra={"order": refund.order_id})
        gateway_id, state = "", RefundState.FAILED
    with transaction.atomic():
        order = paying.locked(refund.order_id)
        refund = Refund.objects.select_for_update().get(pk=refund_id)
        refund.order = order
        paying.follow_refund(refund, gateway_id=gateway_id, state=state, at=at)
        paying.count_returned(order, at=at)
