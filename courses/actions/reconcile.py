"""Comparing what we know of payments with what the payment service knows, and mending what is safe to mend.

Safe is what the news would have done: asking how an order stands and making ours stand the same, and asking
once more for a refund that was asked for. All else is left to a person.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cms.core.money import shown
from courses.actions import enrol, paying, refunding, settling
from courses.enrolment.models import Grant
from courses.enrolment.states import State
from courses.outbox import writing as outbox
from courses.payments import gateway
from courses.payments.gateway import (
    Checkout,
    CheckoutState,
    DisputeState,
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    Payment,
    PaymentState,
)
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import MONEY, OPEN, OrderState, RefundState

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
# How far the daily run looks back: longer than a service may take to send lost news again (three days).
LOOKS_BACK = timedelta(days=7)
BATCH = 1000


class Kind(StrEnum):
    """What was found."""

    BEHIND = "behind"
    REFUND_WAITS = "refund_waits"
    NEWS_WAITS = "news_waits"
    NOT_THERE = "not_there"
    UNKNOWN_PAGE = "unknown_page"
    UNKNOWN_PAYMENT = "unknown_payment"
    PAID_WITHOUT_PLACE = "paid_without_place"
    PLACE_WITHOUT_MONEY = "place_without_money"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit. `number` is the payment service's own, or that of an enrolment."""

    kind: Kind
    reference: str = ""
    number: str = ""
    amount: str = ""


@dataclass(slots=True)
class Report:
    """What was asked, what was mended (or would be, without repair) and what is left to a person."""

    asked: int = 0
    mended: list[Finding] = field(default_factory=list)
    left: list[Finding] = field(default_factory=list)
    is_off: bool = False
    is_down: bool = False


def words(finding: Finding) -> str:
    """A finding as a sentence, with what to do. No personal data."""
    sentences = {
        Kind.BEHIND: _("Order %(reference)s does not stand as the payment service says."),
        Kind.REFUND_WAITS: _("A refund of order %(reference)s (%(amount)s) was not carried out yet."),
        Kind.NEWS_WAITS: _("News %(number)s was not looked at yet."),
        Kind.NOT_THERE: _("The payment service does not know order %(reference)s (%(number)s). Look there."),
        Kind.UNKNOWN_PAGE: _(
            "%(amount)s was paid on page %(number)s, which is not the page of an order here (it says "
            "“%(reference)s”). Find out whose it is, and give the money back at the payment service."
        ),
        Kind.UNKNOWN_PAYMENT: _(
            "The payment service has payment %(number)s (%(amount)s), and no order here does (it says "
            "“%(reference)s”). Find out whose it is, and give the money back there."
        ),
        Kind.PAID_WITHOUT_PLACE: _(
            "Order %(reference)s is paid and never gave a place. Give one by hand, or the money back."
        ),
        Kind.PLACE_WITHOUT_MONEY: _(
            "Enrolment %(number)s has a place because it was paid for, and no order paid for it."
        ),
        Kind.ATTENTION: _("Order %(reference)s is paid and needs a person."),
    }
    return sentences[finding.kind] % {
        "reference": finding.reference,
        "number": finding.number,
        "amount": finding.amount,
    }


# --- The daily run -------------------------------------------------------------------------------------


def plan_daily(*, at: datetime) -> int:
    """Plan the next run for a day from now, unless one is planned; return how many were. Safe to repeat."""
    if gateway.current() is None or outbox.waits("reconcile-payments"):
        return 0
    outbox.write_for(kind="reconcile-payments", at=at, due_at=at + DAY)
    return 1


def daily(*, at: datetime) -> None:
    """Compare and mend, and write what is left into the log. Not in a transaction."""
    found = run(since=LOOKS_BACK, repair=True, at=at)
    if found.is_down:
        log.warning("payments could not be compared: the payment service cannot be reached")
    for one in found.left:
        log.warning("payments do not fit together: %s", one.kind.value, extra={"order": one.reference})


# --- One run -------------------------------------------------------------------------------------------


def run(*, since: timedelta, repair: bool, at: datetime) -> Report:
    """Compare everything of the time `since` with the payment service; with `repair` mend what is safe.

    Never raises because the service is down: the report says so, and what needs no service was looked at.
    Not in a transaction. Safe to repeat.
    """
    found = Report()
    service = gateway.current()
    if service is None:
        found.is_off = True
    else:
        with _while_it_is_there(found):
            _run(service, found, since=at - since, repair=repair, at=at)
    found.left += [*_paid_without_place(), *_places_without_money(), *_needing_a_person()]
    return found


@contextmanager
def _while_it_is_there(found: Report) -> Iterator[None]:
    try:
        yield
    except GatewayUnavailable:
        found.is_down = True


def _run(service: Gateway, found: Report, *, since: datetime, repair: bool, at: datetime) -> None:
    """First what waits here, then what the service has that we may have missed."""
    _refunds_that_wait(found, repair=repair, at=at)
    _news_that_waits(found, repair=repair, at=at)
    pages = list(service.checkouts(since=since))
    asked: set[int] = set()
    # Pages first: an order whose page we lost would be given up without it.
    _ask_all(service, found, _of_pages(pages, found, repair=repair), asked, repair=repair, at=at)
    _ask_all(service, found, _may_be_behind(at=at), asked, repair=repair, at=at)
    moved: dict[str, datetime] = {}
    for one in service.movements(since=since, until=at + paying.A_WHILE):
        if one.payment:
            moved[one.payment] = max(one.made_at, moved.get(one.payment, one.made_at))
    known = {page.payment: page.order for page in pages if page.payment}
    _ask_all(service, found, _moved(service, found, moved, known), asked, repair=repair, at=at)


def _refunds_that_wait(found: Report, *, repair: bool, at: datetime) -> None:
    waiting = Refund.objects.filter(
        status=RefundState.REQUESTED.value, asked_at__lte=at - paying.A_WHILE, order__method=Order.Method.CARD
    )
    for refund in waiting.select_related("order").order_by("asked_at", "pk")[:BATCH]:
        if repair:
            refunding.carry_out(refund_id=refund.pk, at=at)
        order = refund.order
        found.mended.append(Finding(Kind.REFUND_WAITS, order.reference, amount=order.words(refund.amount)))


def _news_that_waits(found: Report, *, repair: bool, at: datetime) -> None:
    for event in paying.news_that_waits(at=at)[:BATCH]:
        if repair:
            try:
                paying.apply(event_id=event.pk, at=at)
            except GatewayRefused:
                found.left.append(Finding(Kind.NEWS_WAITS, number=event.event_id))
                continue
        found.mended.append(Finding(Kind.NEWS_WAITS, number=event.event_id))


# --- Which orders are asked about ----------------------------------------------------------------------


def _may_be_behind(*, at: datetime) -> list[int]:
    """Orders that can change without a movement of money: open ones, disputed ones, refunds on their way."""
    is_open = Q(status__in=[state.value for state in OPEN], made_at__lte=at - paying.A_WHILE)
    not_asked = Q(pay_by__lte=at) | Q(asked_at=None) | Q(asked_at__lte=at - AN_HOUR)
    pending = Refund.objects.filter(status=RefundState.PENDING.value).order_by()
    found = Order.objects.filter(
        (is_open & not_asked) | Q(status=OrderState.DISPUTED.value) | Q(pk__in=pending.values("order"))
    )
    return list(found.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _of_pages(pages: Iterable[Checkout], found: Report, *, repair: bool) -> list[int]:
    """Orders whose page says more than we know; a paid page of no order is left to a person."""
    by_reference = _by_reference(page.order for page in pages)
    wanted = []
    for page in pages:
        order = by_reference.get(page.order)
        if order is None or order.checkout not in ("", page.id):
            if page.is_paid:
                amount = shown(page.amount, page.currency)
                found.left.append(Finding(Kind.UNKNOWN_PAGE, page.order, page.id, amount))
            continue
        is_ahead = page.is_paid and order.state not in MONEY
        is_over = page.state is not CheckoutState.OPEN and order.state in OPEN
        if not order.checkout and repair:
            paying.adopt(order_id=order.pk, checkout=page.id)
        elif not order.checkout and is_ahead:
            # Only looked at: whoever asks by the page we do not know finds nothing.
            found.mended.append(Finding(Kind.BEHIND, order.reference))
            continue
        if is_ahead or is_over:
            wanted.append(order.pk)
    return wanted


def _moved(service: Gateway, found: Report, moved: dict[str, datetime], known: dict[str, str]) -> list[int]:
    """Orders whose money moved after we last asked; a payment of no order is left to a person."""
    ours = {order.payment: order for order in Order.objects.filter(payment__in=list(moved)).only(*_NEEDED)}
    by_reference = _by_reference(known.values())
    wanted = []
    for number, moved_at in moved.items():
        order = ours.get(number)
        if order is None:
            order = by_reference.get(known[number]) if number in known else _order_of(service, found, number)
            if order is None:
                continue
        if order.asked_at is None or order.asked_at < moved_at or not order.payment:
            wanted.append(order.pk)
    return wanted


_NEEDED = ("pk", "reference", "status", "checkout", "payment", "asked_at")


def _by_reference(references: Iterable[str]) -> dict[str, Order]:
    wanted = {reference for reference in references if reference}
    return {order.reference: order for order in Order.objects.filter(reference__in=wanted).only(*_NEEDED)}


def _order_of(service: Gateway, found: Report, number: str) -> Order | None:
    """The order that a payment names which was begun before the time we look at."""
    try:
        payment = service.payment(number)
    except GatewayRefused:
        return None
    order = _by_reference([payment.order]).get(payment.order)
    if order is None or order.payment not in ("", number):
        amount = shown(payment.received, payment.currency)
        found.left.append(Finding(Kind.UNKNOWN_PAYMENT, payment.order, number, amount))
        return None
    return order


# --- Asking --------------------------------------------------------------------------------------------


def _ask_all(
    service: Gateway, found: Report, orders: Iterable[int], asked: set[int], *, repair: bool, at: datetime
) -> None:
    for order_id in orders:
        if order_id in asked:
            continue
        asked.add(order_id)
        found.asked += 1
        order = Order.objects.get(pk=order_id)
        try:
            if _is_mended(service, order, repair=repair, at=at):
                found.mended.append(Finding(Kind.BEHIND, order.reference))
        except GatewayRefused as refused:
            found.left.append(Finding(Kind.NOT_THERE, order.reference, refused.code))


def _is_mended(service: Gateway, order: Order, *, repair: bool, at: datetime) -> bool:
    """Whether an order stood otherwise than the service says; with `repair` it does no longer."""
    if not repair:
        return _stands_otherwise(service, order, at=at)
    before = _standing(order)
    return _standing(paying.bring_up_to_date(order_id=order.pk, at=at)) != before


def _standing(order: Order) -> tuple[object, ...]:
    refunds = Refund.objects.filter(order=order).order_by("pk").values_list("pk", "status")
    return (order.status, order.received, order.returned, order.is_slow, *refunds)


def _stands_otherwise(service: Gateway, order: Order, *, at: datetime) -> bool:
    """The same question, only looked at. A page that we do not know yet counts as well."""
    if not order.checkout:
        return order.state in OPEN and at >= order.pay_by
    page = service.checkout(order.checkout)
    number = page.payment or order.payment
    payment = service.payment(number) if number else None
    if payment is not None and payment.state is PaymentState.SUCCEEDED:
        return _money_stands_otherwise(order, payment)
    if order.state not in OPEN:
        return False
    is_waiting = payment is not None and payment.state is PaymentState.PROCESSING
    if page.state is CheckoutState.COMPLETE and is_waiting:
        return not order.is_slow
    return page.state is not CheckoutState.OPEN or at >= order.pay_by


def _money_stands_otherwise(order: Order, payment: Payment) -> bool:
    if order.state not in MONEY or order.received != payment.received:
        return True
    ours = dict(Refund.objects.filter(order=order).exclude(gateway_id="").values_list("gateway_id", "status"))
    if ours != {one.id: one.state.value for one in payment.refunds}:
        return True
    if (payment.dispute is DisputeState.OPEN) != (order.state is OrderState.DISPUTED):
        return order.state is not OrderState.ATTENTION
    return payment.dispute is DisputeState.LOST and order.lost != payment.disputed


# --- What does not fit here ----------------------------------------------------------------------------


def _paid_without_place() -> list[Finding]:
    """Orders that stand as paid, and gave nothing."""
    gave = OrderLine.objects.filter(order=OuterRef("pk"), grant__isnull=False)
    states = [OrderState.PAID.value, OrderState.PARTLY_REFUNDED.value]
    found = Order.objects.filter(~Exists(gave), status__in=states).order_by("pk")
    return [
        Finding(Kind.PAID_WITHOUT_PLACE, reference)
        for reference in found.values_list("reference", flat=True)[:BATCH]
    ]


def _places_without_money() -> list[Finding]:
    """Places that somebody has because they paid, though no order says so."""
    paid = OrderLine.objects.filter(grant=OuterRef("pk"), order__status__in=[state.value for state in MONEY])
    grants = Grant.objects.filter(~Exists(paid), kind=enrol.PAID, withdrawn_at=None)
    found = grants.exclude(enrolment__status=State.ENDED.value).order_by("pk")
    return [
        Finding(Kind.PLACE_WITHOUT_MONEY, number=str(number))
        for number in found.values_list("enrolment_id", flat=True)[:BATCH]
    ]


def _needing_a_person() -> list[Finding]:
    """Orders that were paid and wait for the team."""
    found = Order.objects.filter(settling.waits_for_somebody())
    return [
        Finding(Kind.ATTENTION, reference)
        for reference in found.order_by("pk").values_list("reference", flat=True)[:BATCH]
    ]
