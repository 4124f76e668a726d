"""Orders that are paid by bank transfer. No payment service knows of them: a person notes that money came,
and sends money back by hand.

The place is kept until the last day to pay, and three days more for the bank. Then the invoice is taken back.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions import papers, paying
from courses.actions.refusals import ActionRefused
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.payments.orders import BANKS_NEED, Order, Refund
from courses.payments.states import MONEY, OPEN, OrderState, RefundState

REMINDED_BEFORE = timedelta(days=3)
LONGEST_REFERENCE = 140


class InvoicingRefused(ActionRefused):
    """This order cannot be settled like this."""


def pay_by(at: datetime, *, days: int) -> datetime:
    """When an invoice of now is given up: at the end of the last day to pay, and three days later."""
    last = timezone.localtime(at).date() + timedelta(days=days) + BANKS_NEED
    return timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


def send(order: Order, *, at: datetime) -> None:
    """Make the invoice of a new order, and send it. Under the locks of the order."""
    order.move_to(OrderState.AWAITING)
    papers.invoice(order=order, at=at)
    paying.tell_buyer(order, "invoice_sent", at=at)
    remind_at = order.pay_by - BANKS_NEED - REMINDED_BEFORE
    if remind_at > at + REMINDED_BEFORE:
        outbox.write_for(kind="invoice-due", at=at, due_at=remind_at, order=order.pk)


def remind(*, order_id: int, at: datetime) -> None:
    """Remind the buyer that an invoice is due soon. Safe to repeat; nothing once it is paid or given up."""
    order = Order.objects.get(pk=order_id)
    if order.state in OPEN:
        paying.tell_buyer(order, "invoice_due", at=at)


@transaction.atomic
def mark_paid(*, order_id: int, paid_on: date, reference: str, by: Any, at: datetime) -> Order:
    """The money of an invoice has arrived: its buyer gets the place. Safe to repeat.

    `reference` is what the bank statement says. Also for an invoice that was given up: if the place is gone
    by now, a person sees to it. Raises Order.DoesNotExist, and InvoicingRefused with what to do instead.
    """
    order = _locked(order_id)
    if order.state in MONEY:
        return order
    today, ordered = timezone.localtime(at).date(), timezone.localtime(order.made_at).date()
    if paid_on > today:
        raise InvoicingRefused(_("This day has not come yet. Please look at the bank statement again."))
    if paid_on < ordered:
        raise InvoicingRefused(
            _("The order was made later than this. Please look at the bank statement again.")
        )
    noon = timezone.make_aware(datetime.combine(paid_on, time(12)))
    order.received, order.paid_at = order.total, min(at, max(noon, order.made_at))
    order.save(update_fields=["received"])
    ledger.write(
        action="money came by bank",
        learner=order.buyer,
        subject=order,
        by=by,
        at=at,
        reason=_needed(reference),
        amount=order.total,
    )
    paying.give_place(order, at=at)
    return order


@transaction.atomic
def cancel(*, order_id: int, by: Any, at: datetime, reason: str) -> Order:
    """Take an invoice back that was not paid. The place is free at once, and the buyer is told. Repeatable.

    Raises Order.DoesNotExist, and InvoicingRefused without a reason or when it is paid.
    """
    if not reason.strip():
        raise InvoicingRefused(_("Please say why. The reason is kept with the order."))
    order = _locked(order_id)
    if order.state in MONEY:
        raise InvoicingRefused(_("This invoice is paid. Give the money back instead."))
    if order.state in OPEN:
        paying.give_up(order, OrderState.CANCELLED, by=by, at=at, reason=reason.strip())
    return order


@transaction.atomic
def money_sent(*, order_id: int, reference: str, by: Any, at: datetime) -> int:
    """Somebody sent the money back that was to go back: its credit notes are made, and the buyer is told.

    Returns how many refunds that settled; none when all of them were. Raises Order.DoesNotExist, and
    InvoicingRefused without a reference.
    """
    reference = _needed(reference)
    order = _locked(order_id)
    waiting = Refund.objects.select_for_update().filter(order=order, status=RefundState.REQUESTED.value)
    refunds = list(waiting)
    for refund in refunds:
        refund.order = order
        paying.follow_refund(refund, gateway_id="", state=RefundState.SUCCEEDED, at=at)
    if refunds:
        ledger.write(
            action="money sent back by bank",
            learner=order.buyer,
            subject=order,
            by=by,
            at=at,
            reason=reference,
            amount=sum(refund.amount for refund in refunds),
        )
        paying.count_returned(order, at=at)
    return len(refunds)


def _locked(order_id: int) -> Order:
    order = paying.locked(order_id)
    if not order.is_by_invoice:
        raise InvoicingRefused(_("This order is paid through the payment service, and not by invoice."))
    return order


def _needed(reference: str) -> str:
    if not reference.strip():
        raise InvoicingRefused(_("Please write what the bank statement says about it."))
    return reference.strip()[:LONGEST_REFERENCE]
