"""One order with everything that happened to it, as the people see it who look after payments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from courses.enrolment.models import Enrolment, WaitingEntry
from courses.enrolment.states import STILL_WAITING, State
from courses.ledger.models import LedgerEntry
from courses.messages import kinds
from courses.outbox.models import MessageSent
from courses.payments import refund_rules
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.refund_rules import Advice
from courses.payments.states import MONEY, EventState, OrderState, RefundState
from courses.progress.models import Record
from courses.queries import order_words, orders, registers
from courses.queries.people import Event, Line


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money that went back, or was to."""

    amount: str
    state_label: str
    seat: str
    at: datetime
    who: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sold:
    """One line of the order, its amounts in words."""

    description: str
    condition: str
    tax_wording: str
    net: str
    tax: str
    total: str


@dataclass(frozen=True, slots=True)
class OrderStory:
    """`next_step` says what is wrong and what to do next; empty when the order needs nobody.

    `enrolment` is the place that the order gave, wherever its learner moved to; `person_url` leads there for
    who may see it.
    """

    order: Order
    name: str
    email: str
    billing: OrderBilling | None
    sold: list[Sold]
    refunds: list[RefundLine]
    events: list[Event]
    state_label: str
    next_step: str
    place: list[Line]
    person_url: str
    has_live_place: bool
    is_unsettled: bool
    has_failed_refund: bool
    is_to_send: bool
    advice: Advice
    policy: str

    @property
    def total(self) -> str:
        return self.order.words(self.order.total)

    @property
    def received(self) -> str:
        return self.order.words(self.order.received)

    @property
    def returned(self) -> str:
        return self.order.words(self.order.returned)

    @property
    def kept(self) -> str:
        return self.order.words(self.order.kept)

    @property
    def lost(self) -> str:
        return self.order.words(self.order.lost) if self.order.lost else ""

    @property
    def can_refund(self) -> bool:
        order = self.order
        return (
            order.state in MONEY
            and order.state is not OrderState.DISPUTED
            and order.kept > 0
            and order.method != Order.Method.NOTHING
        )

    @property
    def can_wait(self) -> bool:
        order = self.order
        return (
            order.state is OrderState.ATTENTION
            and order.attention == Order.Attention.PLACE_LOST
            and not order.wish
            and not order.returned
        )


def story(*, order_id: int, by: Any, at: datetime) -> OrderStory:
    """All of it. The number of queries does not depend on how much happened.

    Raises Order.DoesNotExist when there is none. Whether `by` may see orders is the caller's to ask.
    """
    order: Order = (
        Order.objects.select_related("buyer", "cohort__edition__course", "billing")
        .defer("cohort__edition__frozen")
        .get(pk=order_id)
    )
    lines = list(OrderLine.objects.filter(order=order).select_related("grant__enrolment__cohort"))
    refunds = list(Refund.objects.filter(order=order).select_related("asked_by"))
    waiting = list(WaitingEntry.objects.filter(cohort=order.cohort_id, learner=order.buyer_id))
    waits = any(one.status in {state.value for state in STILL_WAITING} for one in waiting)
    has_failed = any(one.status == RefundState.FAILED.value for one in refunds) and (
        orders.failed_refunds().filter(order=order).exists()
    )
    enrolment = next((one.grant.enrolment for one in lines if one.grant is not None), None)
    is_live = any(
        one.grant is not None
        and one.grant.withdrawn_at is None
        and one.grant.enrolment.status != State.ENDED.value
        for one in lines
    )
    lacks_place = enrolment is None and order.state in (OrderState.PAID, OrderState.PARTLY_REFUNDED)
    advice = _advice(order, enrolment, at=at)
    to_send = order_words.to_send(order, refunds)
    return OrderStory(
        order=order,
        name=order.buyer.get_full_name(),
        email=order.buyer.email,
        billing=getattr(order, "billing", None),
        sold=[_sold(one, order) for one in lines],
        refunds=[_refund(one, order) for one in refunds],
        events=_events(order, refunds, waiting),
        state_label=order_words.state_of(order),
        next_step=order_words.next_step(
            order, waits=waits, has_failed_refund=has_failed, lacks_place=lacks_place
        )
        or to_send,
        place=_place(order, enrolment, waiting, at=at),
        person_url=_person_url(enrolment, by),
        has_live_place=is_live,
        is_unsettled=order.state is OrderState.ATTENTION or lacks_place,
        has_failed_refund=has_failed,
        is_to_send=bool(to_send),
        advice=advice,
        policy=str(order_words.POLICIES[advice.policy]),
    )


def _advice(order: Order, enrolment: Enrolment | None, *, at: datetime) -> Advice:
    """What the policy says about this order now. One query when the group has no first day."""
    cohort = enrolment.cohort if enrolment is not None else order.cohort
    zone = ZoneInfo(cohort.time_zone)
    return refund_rules.advise(
        paid_on=order.paid_at.astimezone(zone).date() if order.paid_at else None,
        starts_on=None if cohort.is_rolling else cohort.starts_on,
        has_begun=cohort.is_rolling
        and enrolment is not None
        and Record.objects.filter(enrolment=enrolment).exists(),
        kept=order.kept,
        today=at.astimezone(zone).date(),
    )


def _sold(line: OrderLine, order: Order) -> Sold:
    return Sold(
        description=line.description,
        condition=line.condition,
        tax_wording=line.tax_wording,
        net=order.words(line.net),
        tax=order.words(line.tax),
        total=order.words(line.total),
    )


def _refund(one: Any, order: Order) -> RefundLine:
    seats = {Refund.Seat.KEEP.value: _("The place stays."), Refund.Seat.END.value: _("The place ends.")}
    by_hand = order.is_by_invoice and one.status == RefundState.REQUESTED.value
    label = _("To be sent by bank transfer") if by_hand else order_words.REFUNDS[RefundState(one.status)]
    return RefundLine(
        amount=order.words(one.amount),
        state_label=str(label),
        seat=seats[one.seat],
        at=one.asked_at,
        who=one.asked_by.get_full_name() if one.asked_by else _("made at the payment service"),
        reason=one.reason,
    )


def _place(
    order: Order, enrolment: Enrolment | None, waiting: list[WaitingEntry], *, at: datetime
) -> list[Line]:
    """Where the place is that was bought, or what stands for it."""
    found = []
    if enrolment is not None:
        labels = registers.STATUS_LABELS[State(enrolment.status)]
        found.append(Line(enrolment.cohort.name, str(labels), enrolment.started_at))
    elif order.place_id is not None:
        found.append(
            Line(order.cohort.name, _("A place is held until the time to pay is over."), order.pay_by)
        )
    still = {state.value for state in STILL_WAITING}
    return found + [
        Line(order.cohort.name, _("Waits for a place."), entry.joined_at)
        for entry in waiting
        if entry.status in still
    ]


def _person_url(enrolment: Enrolment | None, by: Any) -> str:
    """The page of the buyer in their cohort, for who looks after it."""
    if enrolment is None or not registers.cohorts_for(by).filter(pk=enrolment.cohort_id).exists():
        return ""
    return reverse("staff:person", args=[enrolment.pk])


# --- What happened ---------------------------------------------------------------------------------


def _events(order: Order, refunds: list[Refund], waiting: list[WaitingEntry]) -> list[Event]:
    """Everything that happened, in the order of time: the ledger, news, messages. Three queries."""
    about = [f"order:{order.pk}", *(f"refund:{one.pk}" for one in refunds)]
    about += [f"waiting:{one.pk}" for one in waiting]
    found = [*_from_ledger(order), *_news(order), *_messages(order, about)]
    return sorted(found, key=lambda event: event.at)


def _from_ledger(order: Order) -> list[Event]:
    entries = LedgerEntry.objects.filter(subject=f"order:{order.pk}").select_related("by")
    return [_entry(entry, order) for entry in entries]


def _entry(entry: Any, order: Order) -> Event:
    words = order_words.LEDGER.get(entry.action, _("Noted: %(action)s.") % {"action": entry.action})
    sentence = str(words)
    if isinstance(amount := entry.details.get("amount"), int):
        sentence = f"{sentence} {order.words(amount)}."
    by = entry.by
    if by is None:
        who = ""
    elif by.pk == order.buyer_id:
        who = _("the buyer")
    else:
        who = by.get_full_name()
    return Event(entry.at, sentence, who=who, reason=entry.reason)


def _news(order: Order) -> list[Event]:
    about = Q(pk=None)
    if order.checkout:
        about |= Q(checkout=order.checkout)
    if order.payment:
        about |= Q(payment=order.payment)
    states = {
        EventState.RECEIVED.value: _("Not looked at yet."),
        EventState.IGNORED.value: _("It was not about this site."),
    }
    return [
        Event(
            one.received_at,
            " ".join(
                [
                    str(order_words.NEWS.get(one.kind, _("The payment service sent news."))),
                    states.get(one.status, ""),
                ]
            ).strip(),
        )
        for one in PaymentEvent.objects.filter(about)
    ]


def _messages(order: Order, about: list[str]) -> list[Event]:
    sent = MessageSent.objects.filter(user=order.buyer_id, about__in=about)
    return [
        Event(one.sent_at, _("An e-mail was sent: %(kind)s.") % {"kind": _title(one.kind)}) for one in sent
    ]


def _title(kind: str) -> str:
    try:
        return str(kinds.find(kind).title)
    except kinds.KindUnknown:
        return kind
