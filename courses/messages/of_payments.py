"""What buyers are told about their orders: paid, on its way, failed, and money that goes back."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.cohorts import telling_times
from courses.messages.kinds import Said, message
from courses.payments.orders import Order, Refund
from courses.payments.states import GIVEN_UP, OPEN, OrderState, RefundState

ORDER = ("course_title", "cohort_name", "amount", "reference")


@message("order_paid", _("Your payment has arrived"), placeholders=ORDER)
def order_paid(*, order: int) -> Said | None:
    """An order was paid, and the place is there."""
    found = _order(order)
    return _said(found) if found.total else None


@message("payment_slow", _("Your bank is sending the money"), placeholders=ORDER)
def payment_slow(*, order: int) -> Said | None:
    """A bank debit was ordered, which takes days. The place is kept."""
    found = _order(order)
    return _said(found) if found.state in OPEN else None


@message("payment_failed", _("Your payment did not arrive"), placeholders=ORDER)
def payment_failed(*, order: int) -> Said | None:
    """The bank did not send the money."""
    found = _order(order)
    return _said(found) if found.state is OrderState.FAILED else None


@message("place_lost", _("You paid, and the place was gone: please choose"), placeholders=ORDER)
def place_lost(*, order: int) -> Said | None:
    """The money came after the place was lost: the buyer chooses."""
    return _waiting_for_somebody(order)


@message("payment_checked", _("We are checking your payment"), placeholders=ORDER)
def payment_checked(*, order: int) -> Said | None:
    """Something about a payment is not right, and a person sees to it."""
    return _waiting_for_somebody(order)


@message("invoice_sent", _("Your invoice"), placeholders=(*ORDER, "day"))
def invoice_sent(*, order: int) -> Said | None:
    """An order is to be paid by bank transfer, and the place is kept until then."""
    return _to_be_paid(order)


@message("invoice_due", _("Your invoice is due soon"), placeholders=(*ORDER, "day"))
def invoice_due(*, order: int) -> Said | None:
    """The last day to pay an invoice comes near."""
    return _to_be_paid(order)


@message("invoice_ended", _("Your invoice was taken back"), placeholders=ORDER)
def invoice_ended(*, order: int) -> Said | None:
    """An invoice was not paid in time, or the team took it back."""
    found = _order(order)
    return _said(found) if found.state in GIVEN_UP else None


@message("refunded", _("Your money is on its way back"), placeholders=(*ORDER, "refund_amount"))
def refunded(*, refund: int) -> Said | None:
    """Money goes back the way it came."""
    found = Refund.objects.get(pk=refund)
    if found.status == RefundState.FAILED.value:
        return None
    said = _said(_order(found.order_id))
    return said._replace(words={**said.words, "refund_amount": _order(found.order_id).words(found.amount)})


def _to_be_paid(pk: int) -> Said | None:
    found = _order(pk)
    if found.state not in OPEN:
        return None
    said = _said(found)
    return said._replace(words={**said.words, "day": telling_times.day(found.due_on)})


def _waiting_for_somebody(pk: int) -> Said | None:
    found = _order(pk)
    return _said(found) if found.state is OrderState.ATTENTION else None


def _said(order: Order) -> Said:
    words = {
        "course_title": order.cohort.edition.course.title,
        "cohort_name": order.cohort.name,
        "amount": order.words(order.total),
        "reference": order.reference,
    }
    return Said(words, reverse("learning:order", args=[order.pk]), order.cohort_id)


def _order(pk: int) -> Order:
    return Order.objects.select_related("cohort__edition__course").get(pk=pk)
