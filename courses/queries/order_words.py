"""The words in which staff read about orders: states, refunds, news, and what a person should do next."""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from courses.payments.orders import Order, Refund
from courses.payments.refund_rules import Policy
from courses.payments.states import OrderState, RefundState

STATES: dict[OrderState, Any] = {
    OrderState.DRAFT: lazy("Begun"),
    OrderState.AWAITING: lazy("Waits for the payment"),
    OrderState.PAID: lazy("Paid"),
    OrderState.PARTLY_REFUNDED: lazy("Partly given back"),
    OrderState.REFUNDED: lazy("Given back"),
    OrderState.CANCELLED: lazy("Cancelled"),
    OrderState.EXPIRED: lazy("Not paid in time"),
    OrderState.FAILED: lazy("The payment did not arrive"),
    OrderState.DISPUTED: lazy("The bank asks the money back"),
    OrderState.ATTENTION: lazy("Paid, and needs a person"),
}
REFUNDS: dict[RefundState, Any] = {
    RefundState.REQUESTED: lazy("Asked for. We go on asking the payment service until it answers."),
    RefundState.PENDING: lazy("On its way"),
    RefundState.SUCCEEDED: lazy("Given back"),
    RefundState.FAILED: lazy("Did not arrive: the bank or the payment service said no"),
}
NEWS: dict[str, Any] = {
    "checkout.session.completed": lazy("The payment service said: the payment page was filled in."),
    "checkout.session.async_payment_succeeded": lazy("The payment service said: the bank sent the money."),
    "checkout.session.async_payment_failed": lazy(
        "The payment service said: the bank did not send the money."
    ),
    "checkout.session.expired": lazy("The payment service said: the time to pay is over."),
    "refund.created": lazy("The payment service said: money goes back."),
    "refund.updated": lazy("The payment service said: something changed about a refund."),
    "refund.failed": lazy("The payment service said: a refund did not arrive."),
    "charge.dispute.created": lazy("The payment service said: the buyer’s bank asks the money back."),
    "charge.dispute.closed": lazy("The payment service said: the bank has decided."),
}
# What the ledger says about orders, in the order of their life.
LEDGER: dict[str, Any] = {
    "ordered a place": lazy("Ordered a place."),
    "payment page opened": lazy("The page for paying was opened."),
    "bank debit ordered": lazy("Pays from a bank account, which takes days. The place is kept."),
    "order paid": lazy("The order was paid, and the place is there."),
    "order needs attention": lazy("The order was paid, and a person must see to it."),
    "order cancelled": lazy("The order was given up. The place is free again."),
    "money came by bank": lazy("The money of the invoice arrived."),
    "money sent back by bank": lazy("Money was sent back by bank transfer."),
    "order expired": lazy("The time to pay was over. The place is free again."),
    "order failed": lazy("The payment did not arrive. The place is free again."),
    "order partly refunded": lazy("A part of the money was given back."),
    "order refunded": lazy("All the money was given back."),
    "order disputed": lazy("The buyer’s bank asks the money back. The place is paused."),
    "refund asked for": lazy("A refund was asked for."),
    "refund failed": lazy("A refund did not arrive."),
    "order waits for a place": lazy("The buyer waits for the next free place, and the money stays here."),
    "order given its place": lazy("A place was given by hand."),
    "receipt made": lazy("A receipt was made."),
    "invoice made": lazy("An invoice was made."),
    "credit note made": lazy("A credit note was made."),
    "credit note cancelled": lazy("A credit note was cancelled, and keeps its number."),
    "failed refund seen to": lazy("Somebody saw to the refund that did not arrive."),
}
POLICIES: dict[Policy, Any] = {
    Policy.COOLING_OFF: lazy(
        "It was paid in the last 14 days, and the course has not started: the buyer gets everything back."
    ),
    Policy.BEFORE_START: lazy("The course has not started: the buyer gets everything back."),
    Policy.BY_TEAM: lazy("The course has started: you decide with the course team how much goes back."),
    Policy.NOTHING_LEFT: lazy("Everything went back already, or is on its way."),
}


def state_of(order: Order) -> str:
    """How an order stands, in a few words; with the last day to pay, where it waits for an invoice."""
    if order.is_by_invoice and order.state is OrderState.AWAITING:
        return _("Invoice, to be paid by %(day)s") % {"day": date_format(order.due_on, "DATE_FORMAT")}
    return str(STATES[order.state])


def next_step(order: Order, *, waits: bool, has_failed_refund: bool, lacks_place: bool) -> str:
    """What is wrong with an order and what to do next; empty when it needs nobody.

    `waits`: the buyer is on the waiting list, or has an offer of a place. `lacks_place`: it is paid, and
    never gave one.
    """
    if order.state is OrderState.ATTENTION:
        return _attention(order, waits=waits)
    if has_failed_refund and order.kept:
        return _(
            "A refund did not arrive. Give the money back once more, or pay it in another way and write down "
            "what you did."
        )
    if lacks_place:
        return _("It is paid, and never gave a place. Give a place by hand, or all the money back.")
    return ""


def to_send(order: Order, refunds: Iterable[Refund]) -> str:
    """What to do about money that goes back by bank transfer; empty where none does."""
    waits = [one.amount for one in refunds if one.status == RefundState.REQUESTED.value]
    if not order.is_by_invoice or not waits:
        return ""
    return _("Send %(amount)s back by bank transfer. Then write it down here.") % {
        "amount": order.words(sum(waits))
    }


def _attention(order: Order, *, waits: bool) -> str:
    why = Order.Attention(order.attention)
    if why is Order.Attention.PLACE_LOST:
        return _place_lost(order, waits=waits)
    if why is Order.Attention.NOT_ALLOWED:
        return _(
            "The buyer may not join this course: the team ended an earlier place, or the account is closed. "
            "Talk to the course team; then give a place by hand, or all the money back."
        )
    if why is Order.Attention.PAID_TWICE:
        return _("The buyer had paid for a place already. Give all the money of this order back.")
    return _(
        "%(received)s arrived, and the order is for %(total)s. Ask the payment service again. If it stays, "
        "give a place by hand, or all the money back."
    ) % {"received": order.words(order.received), "total": order.words(order.total)}


def _place_lost(order: Order, *, waits: bool) -> str:
    if order.wish == Order.Wish.WAIT:
        return (
            ""
            if waits
            else _(
                "The buyer waited for a place, and the waiting ended without one. Give all the money back or "
                "a place by hand."
            )
        )
    return _(
        "The money came when the place was gone. The buyer was asked to choose. You can give all the money "
        "back, put them on the waiting list, or give a place beyond the number."
    )
