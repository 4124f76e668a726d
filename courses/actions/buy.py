"""Buying a place: an order is made with its place held, and a page for paying is opened for it.

Nothing here waits for the payment service while a lock is held.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cms.core import places as site_pages
from courses.actions import enrol, invoicing, paying, vouchers
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.prices import Price
from courses.enrolment import code_words, places
from courses.enrolment.models import Place
from courses.enrolment.rules import Answer, may_join
from courses.ledger import models as ledger
from courses.payments import gateway, pricing, sellers
from courses.payments.gateway import CheckoutLine, CheckoutState, GatewayRefused, NewCheckout
from courses.payments.orders import Order, OrderBilling, OrderLine
from courses.payments.states import GRACE, OPEN, OrderState
from courses.payments.vouchers import Voucher

# The payment service opens no page for less than half an hour.
SHORTEST = timedelta(minutes=31)
# How many letters and digits of `code_words.ALPHABET` the number of an order has.
REFERENCE = 8


class BuyingRefused(EnrolmentRefused):
    """This place cannot be bought now, or not like this."""


class CardsNotSwitchedOn(BuyingRefused):
    """This installation has no payment service."""


@dataclass(frozen=True, slots=True)
class Billing:
    """Who is billed, as they wrote it."""

    name: str
    organisation: str = ""
    address: str = ""
    country: str = "GB"
    purchase_order: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to buy. To choose a price that has a condition is to say that it is so."""

    price_id: int
    billing: Billing
    terms: bool = False
    agreed: Collection[int] = ()
    voucher: str = ""
    by_invoice: bool = False


@transaction.atomic
def start(*, cohort_id: int, buyer: Any, wanted: Wanted, at: datetime) -> Order:
    """Make an order and hold its place until the time to pay is over. Safe to repeat: a second press finds
    the first order, and who chose another price has a new one.

    An order for nothing is settled at once. The order keeps the price as it is now, and its discount.
    Raises Cohort.DoesNotExist, PrerequisitesMissing, VoucherRefused, and BuyingRefused or EnrolmentRefused
    with what to do.
    """
    cohort = enrol.lock_cohort(cohort_id)
    if enrol.live_enrolments(learner=buyer, course_id=cohort.edition.course_id).exists():
        raise BuyingRefused(_("You have a place on this course already."))
    price = _price(cohort, wanted, at=at)
    voucher = vouchers.lock(wanted.voucher)
    line = _line(price, voucher)
    days = _invoice_days(line, wanted)
    if (order := _open_order(cohort, buyer)) is not None:
        if at < order.pay_by and _is_for(order, price, voucher) and order.is_by_invoice is bool(days):
            if not days:
                OrderBilling.objects.filter(order=order).update(**_billing(wanted.billing))
            return order
        paying.give_up(order, OrderState.CANCELLED, by=buyer, at=at)
    if voucher is not None:
        vouchers.check(voucher, price=price, cohort=cohort, buyer=buyer, at=at)
    enrol.check_person(cohort=cohort, learner=buyer)
    enrol.check_prerequisites(cohort=cohort, learner=buyer, agreed=wanted.agreed, at=at)
    order = _order(
        cohort, price, line, voucher=voucher, buyer=buyer, billing=wanted.billing, days=days, at=at
    )
    ledger.write(action="ordered a place", learner=buyer, subject=order, by=buyer, at=at, total=order.total)
    if order.total == 0:
        paying.give_place(order, at=at)
    elif days:
        invoicing.send(order, at=at)
    return order


def _invoice_days(line: pricing.Line, wanted: Wanted) -> int:
    """How many days there are to pay by invoice; none for who pays by card, and where nothing is to pay."""
    has_cards = gateway.current() is not None
    if not line.gross or (has_cards and not wanted.by_invoice):
        return 0
    if (days := sellers.invoice_days()) == 0:
        raise CardsNotSwitchedOn(
            _("Paying by card is not switched on here. Please write to us: we find another way with you.")
            if not has_cards
            else _("Invoices are not switched on here. Please pay by card, or write to us.")
        )
    return days


def _price(cohort: Any, wanted: Wanted, *, at: datetime) -> Price:
    price = Price.objects.filter(cohort=cohort, pk=wanted.price_id).first()
    if price is None or not price.is_sold_at(at):
        raise BuyingRefused(_("This price is no longer offered. Please look at the prices and choose again."))
    if not wanted.terms:
        raise BuyingRefused(_("Please tick the box that says you agree to the terms."))
    return price


def _open_order(cohort: Any, buyer: Any) -> Order | None:
    still = [state.value for state in OPEN]
    found: Order | None = (
        Order.objects.select_for_update(of=("self",))
        .select_related("place")
        .filter(cohort=cohort, buyer=buyer, status__in=still)
        .first()
    )
    return found


def _is_for(order: Order, price: Price, voucher: Voucher | None) -> bool:
    """Whether the order is for this price as it is now, with this voucher."""
    is_same = order.voucher_id == (voucher.pk if voucher is not None else None)
    return is_same and OrderLine.objects.filter(order=order, price=price, unit=price.amount).exists()


def _line(price: Price, voucher: Voucher | None) -> pricing.Line:
    discount = voucher.discount if voucher is not None else None
    return pricing.line(unit=price.amount, quantity=1, tax_rate=price.tax_rate, discount=discount)


def _billing(billing: Billing) -> dict[str, str]:
    return {
        "name": billing.name,
        "organisation": billing.organisation,
        "address": billing.address,
        "country": billing.country,
        "purchase_order": billing.purchase_order,
    }


def _order(  # noqa: PLR0913 - all but three by keyword
    cohort: Any,
    price: Price,
    line: pricing.Line,
    *,
    voucher: Voucher | None,
    buyer: Any,
    billing: Billing,
    days: int,
    at: datetime,
) -> Order:
    """`days`: how many there are to pay by invoice; none for who pays by card."""
    pay_by = invoicing.pay_by(at, days=days) if days else at + timedelta(minutes=settings.PAYMENT_MINUTES)
    sums = pricing.totals([line])
    method = Order.Method.INVOICE if days else Order.Method.CARD
    order = Order.objects.create(
        reference="".join(secrets.choice(code_words.ALPHABET) for _n in range(REFERENCE)),
        buyer=buyer,
        cohort=cohort,
        voucher=voucher,
        method=method if sums.gross else Order.Method.NOTHING,
        currency=price.currency,
        net=sums.net,
        tax=sums.tax,
        total=sums.gross,
        terms_version=terms.version if (terms := site_pages.find("terms")) else "",
        made_at=at,
        pay_by=pay_by,
        place=_held_place(cohort, buyer, until=pay_by + GRACE, at=at),
    )
    OrderLine.objects.create(
        order=order,
        price=price,
        price_kind=price.kind,
        description=f"{cohort.edition.course.title}: {cohort.name}",
        condition=price.condition,
        unit=line.unit,
        quantity=line.quantity,
        discount=line.discount,
        tax_treatment=price.tax,
        tax_rate=price.tax_rate,
        tax_wording=price.tax_words,
        net=line.net,
        tax=line.tax,
        total=line.gross,
    )
    OrderBilling.objects.create(order=order, **_billing(billing))
    return order


def _held_place(cohort: Any, buyer: Any, *, until: datetime, at: datetime) -> Place:
    """The place that was offered to the buyer, kept longer; else a new one, if there is room."""
    offer = enrol.own_offer(cohort, buyer)
    if offer is not None and offer.place is not None and offer.is_open_at(at):
        offer.answer_by = offer.place.held_until = max(until, offer.answer_by or until)
        offer.save(update_fields=["answer_by"])
        offer.place.save(update_fields=["held_until"])
        return offer.place
    answer = may_join(
        window=places.window(cohort),
        seats=places.fullness(cohort, at=at).seats,
        at=at,
        joining=cohort.joining,
    )
    if answer is not Answer.OPEN:
        raise BuyingRefused(enrol.refusal_sentence(answer, cohort))
    return Place.objects.create(cohort=cohort, reason=Place.Reason.HOLD, held_until=until)


# --- The page for paying ---------------------------------------------------------------------------


def pay_page(*, order_id: int, buyer: Any, return_url: str, at: datetime) -> str:
    """The address of the page where an order is paid; empty when there is nothing to pay any more.

    Safe to repeat: the same order has the same page. Not in a transaction.
    Raises Order.DoesNotExist when it is somebody else's, CardsNotSwitchedOn, GatewayUnavailable, and
    BuyingRefused when the payment service says no or the time is over.
    """
    order = Order.objects.select_related("buyer").get(pk=order_id, buyer=buyer)
    if order.state not in OPEN or order.is_by_invoice:
        return ""
    service = gateway.current()
    if service is None:
        raise CardsNotSwitchedOn(_("Paying by card is not switched on here. Please write to us."))
    if order.checkout:
        found = service.checkout(order.checkout)
        if found.state is CheckoutState.OPEN and at < order.pay_by:
            return found.url
        paying.bring_up_to_date(order_id=order.pk, at=at)
        return ""
    _more_time(order, at=at)
    order.refresh_from_db()
    if order.state not in OPEN:
        return ""
    try:
        opened = service.open_checkout(_checkout(order, return_url=return_url))
    except GatewayRefused as refused:
        paying.log.warning("a page for paying was refused: %s", refused.code)
        raise BuyingRefused(
            _("The payment service did not take this order. Nothing was paid. Please write to us.")
        ) from refused
    if not paying.note_checkout(order_id=order.pk, checkout=opened.id, at=at):
        service.close_checkout(opened.id)
        return ""
    return opened.url


@transaction.atomic
def _more_time(order: Order, *, at: datetime) -> None:
    """A page that could not be opened at first needs time to be paid on. The place is kept as long."""
    locked = paying.locked(order.pk)
    if locked.state is not OrderState.DRAFT or locked.pay_by - at >= SHORTEST:
        return
    pay_by = at + timedelta(minutes=settings.PAYMENT_MINUTES)
    if at >= locked.pay_by + GRACE or locked.place is None:
        paying.give_up(locked, OrderState.EXPIRED, by=None, at=at)
        return
    locked.pay_by, locked.place.held_until = pay_by, pay_by + GRACE
    locked.save(update_fields=["pay_by"])
    locked.place.save(update_fields=["held_until"])


def _checkout(order: Order, *, return_url: str) -> NewCheckout:
    lines = OrderLine.objects.filter(order=order)
    return NewCheckout(
        # Another time to pay by is another page: the service gives the same key the same answer for ever.
        key=f"order-{order.reference}-{int(order.pay_by.timestamp())}",
        order=order.reference,
        currency=order.currency,
        lines=tuple(CheckoutLine(name=line.description, amount=line.total) for line in lines),
        email=order.buyer.email,
        success_url=f"{return_url}?from=paid",
        cancel_url=return_url,
        expires_at=order.pay_by,
        allows_delayed=_leaves_time(order),
    )


def _leaves_time(order: Order) -> bool:
    """Whether a bank debit, which takes days, can arrive before the group starts."""
    cohort = order.cohort
    return cohort.is_rolling or cohort.starts_on > (order.made_at + paying.SLOW).date()


@transaction.atomic
def give_up(*, order_id: int, buyer: Any, at: datetime) -> Order:
    """The buyer does not want to pay after all. The place is free at once. Safe to repeat.

    Raises Order.DoesNotExist when it is somebody else's.
    """
    Order.objects.get(pk=order_id, buyer=buyer)
    order = paying.locked(order_id)
    if order.state in OPEN:
        paying.give_up(order, OrderState.CANCELLED, by=buyer, at=at)
    return order
