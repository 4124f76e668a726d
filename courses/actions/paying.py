"""Money that comes, and what it does. One way for everything: ask the payment service how an order stands,
then, under the locks, make ours stand the same.

So news may come twice, late, or in any order, or not at all: the end is the same. Nothing here waits for
the service while a lock is held.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from courses.actions import enrol, papers, tell
from courses.actions.enrol import EnrolmentRefused
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.states import State
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.payments import gateway
from courses.payments.events import PaymentEvent
from courses.payments.gateway import (
    HEARD,
    Checkout,
    CheckoutState,
    DisputeState,
    Event,
    Gateway,
    Payment,
    PaymentState,
)
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.states import (
    GIVEN_UP,
    GOING_BACK,
    MONEY,
    OPEN,
    EventState,
    OrderState,
    RefundState,
    after_money,
)

log = logging.getLogger(__name__)

# A bank debit has arrived or failed by then.
SLOW = timedelta(days=14)
# What is younger than this is on its ordinary way.
A_WHILE = timedelta(minutes=10)
BATCH = 200


# --- News from the payment service -------------------------------------------------------------------


@transaction.atomic
def note(*, event: Event, at: datetime) -> bool:
    """Store that something happened, with the work that follows; say whether it was new.

    What we did not ask to hear, and what is not of our account or our world, is not stored.
    """
    if event.kind not in HEARD:
        return False
    row, is_new = PaymentEvent.objects.get_or_create(
        event_id=event.id,
        defaults={
            "kind": event.kind,
            "checkout": event.checkout,
            "payment": event.payment,
            "made_at": event.made_at,
            "received_at": at,
        },
    )
    if is_new:
        outbox.write(kind="payment-news", at=at, event=row.pk)
    return is_new


def apply(*, event_id: int, at: datetime) -> None:
    """Bring the order of one piece of news up to date. Safe to repeat, also by two at once.

    Raises GatewayUnavailable while the service cannot be asked: the news waits.
    """
    event = PaymentEvent.objects.get(pk=event_id)
    if event.status != EventState.RECEIVED.value:
        return
    service = gateway.current()
    if service is None:
        raise gateway.GatewayUnavailable("no payment service is set up, but it sent news")
    order_id = _order_of(event, service)
    if order_id is None:
        log.warning("news about a payment that is not ours", extra={"event": event.pk})
        event.move_to(EventState.IGNORED, settled_at=at)
        return
    bring_up_to_date(order_id=order_id, at=at, because_of=event)


def apply_waiting(*, at: datetime) -> int:
    """Apply the news whose ordinary delivery was lost; return how many pieces. One that the service refuses
    to speak about is left to reconciling, and stops no other.

    Raises GatewayUnavailable while the service cannot be asked.
    """
    done = 0
    for pk in news_that_waits(at=at).values_list("pk", flat=True)[:BATCH]:
        try:
            apply(event_id=pk, at=at)
        except gateway.GatewayRefused as refused:
            log.warning("news could not be applied: %s", refused.code, extra={"event": pk})
        else:
            done += 1
    return done


def news_that_waits(*, at: datetime) -> QuerySet[PaymentEvent]:
    """News that was not applied though it is no longer on its ordinary way, oldest first."""
    waiting = PaymentEvent.objects.filter(status=EventState.RECEIVED.value, received_at__lte=at - A_WHILE)
    return waiting.order_by("received_at", "pk")


def _order_of(event: PaymentEvent, service: Gateway) -> int | None:
    """The order that a piece of news is about; the service is asked when we do not know its numbers yet."""
    known = Q(pk=None)
    if event.checkout:
        known |= Q(checkout=event.checkout)
    if event.payment:
        known |= Q(payment=event.payment)
    if (found := Order.objects.filter(known).values_list("pk", flat=True).first()) is not None:
        return int(found)
    about: Checkout | Payment = (
        service.checkout(event.checkout) if event.checkout else service.payment(event.payment)
    )
    by_reference = Order.objects.filter(reference=about.order).exclude(reference="")
    order = by_reference.first()
    if order is None:
        return None
    if event.checkout and not order.checkout:
        adopt(order_id=order.pk, checkout=event.checkout)
    return int(order.pk)


@transaction.atomic
def note_checkout(*, order_id: int, checkout: str, at: datetime) -> bool:
    """Remember the page on which an order is paid; say whether it can still be paid there."""
    order = locked(order_id)
    if order.state not in OPEN:
        return False
    if order.checkout:
        return order.checkout == checkout
    if not order.move_to(OrderState.AWAITING, checkout=checkout):
        return False
    ledger.write(action="payment page opened", learner=order.buyer, subject=order, by=None, at=at)
    return True


@transaction.atomic
def adopt(*, order_id: int, checkout: str) -> None:
    """Remember the page of an order that we lost: our note of it was not kept, or a backup is older."""
    order = locked(order_id)
    if order.checkout:
        return
    if order.state is OrderState.DRAFT:
        order.move_to(OrderState.AWAITING, checkout=checkout)
    elif order.state in GIVEN_UP:
        Order.objects.filter(pk=order.pk, checkout="").update(checkout=checkout)


# --- One order, as the service sees it -----------------------------------------------------------------


def bring_up_to_date(*, order_id: int, at: datetime, because_of: PaymentEvent | None = None) -> Order:
    """Ask how an order stands and make ours stand the same. Safe to repeat, also by two at once.

    Not in a transaction. Raises Order.DoesNotExist, GatewayUnavailable and GatewayRefused.
    """
    order = Order.objects.get(pk=order_id)
    service = gateway.current()
    checkout, payment = _ask(order, service, at=at) if service is not None else (None, None)
    with transaction.atomic():
        order = locked(order_id)
        if checkout is not None:
            _follow(order, checkout, payment, at=at)
        elif order.state in OPEN and at >= order.pay_by:
            give_up(order, OrderState.EXPIRED, by=None, at=at)
        Order.objects.filter(pk=order.pk).update(asked_at=at)
        if because_of is not None:
            because_of.move_to(EventState.HANDLED, settled_at=at)
    return order


def _ask(order: Order, service: Gateway, *, at: datetime) -> tuple[Checkout | None, Payment | None]:
    if not order.checkout:
        return None, None
    checkout = service.checkout(order.checkout)
    is_late = order.state in GIVEN_UP or at >= order.pay_by
    if checkout.state is CheckoutState.OPEN and is_late:
        checkout = service.close_checkout(order.checkout)
    payment_id = checkout.payment or order.payment
    return checkout, service.payment(payment_id) if payment_id else None


def locked(order_id: int) -> Order:
    """An order with its buyer and place. First the cohorts are locked, its own and the one that its learner
    moved to, by their numbers; then the order.

    Raises Order.DoesNotExist when there is none.
    """
    own = Order.objects.filter(pk=order_id)
    found = own.values_list("cohort_id", "lines__grant__enrolment__cohort_id").first()
    if found is None:
        raise Order.DoesNotExist
    cohort_id, moved_to = found
    cohorts = {number: enrol.lock_cohort(number) for number in sorted({cohort_id, moved_to or cohort_id})}
    order: Order = own.select_for_update(of=("self",)).select_related("buyer", "place").get()
    order.cohort = cohorts[cohort_id]
    return order


def _follow(order: Order, checkout: Checkout, payment: Payment | None, *, at: datetime) -> None:
    """Make an order stand as the service says. Under the locks."""
    if payment is not None and payment.state is PaymentState.SUCCEEDED:
        _money_came(order, payment, at=at)
    elif order.state not in OPEN:
        return
    elif checkout.state is CheckoutState.EXPIRED:
        give_up(order, OrderState.EXPIRED, by=None, at=at)
    elif checkout.state is CheckoutState.COMPLETE and payment is not None:
        if payment.state is PaymentState.FAILED:
            give_up(order, OrderState.FAILED, by=None, at=at)
            tell_buyer(order, "payment_failed", at=at)
        elif not order.is_slow:
            _wait_for_the_bank(order, at=at)


def _wait_for_the_bank(order: Order, *, at: datetime) -> None:
    """A bank debit was ordered: the place is kept until it has arrived or failed."""
    order.is_slow, order.pay_by = True, at + SLOW
    order.save(update_fields=["is_slow", "pay_by"])
    if order.place is not None:
        order.place.held_until = order.pay_by
        order.place.save(update_fields=["held_until"])
    ledger.write(action="bank debit ordered", learner=order.buyer, subject=order, by=None, at=at)
    tell_buyer(order, "payment_slow", at=at)


def _money_came(order: Order, payment: Payment, *, at: datetime) -> None:
    order.received, order.payment = payment.received, payment.id
    order.save(update_fields=["received", "payment"])
    is_new = order.state not in MONEY
    _note_refunds(order, payment, at=at)
    lost = payment.disputed if payment.dispute is DisputeState.LOST else 0
    order.lost, order.returned = lost, min(order.received, _going_back(order) + lost)
    order.save(update_fields=["lost", "returned"])
    if is_new:
        is_right = (payment.received, payment.currency) == (order.total, order.currency)
        if is_right:
            give_place(order, at=at)
        else:
            needs_attention(order, Order.Attention.OTHER_AMOUNT, at=at)
    papers.follow_dispute(order=order, at=at)
    settle(order, dispute=payment.dispute, at=at)


def settle(order: Order, *, dispute: DisputeState = DisputeState.NONE, at: datetime) -> None:
    """The state of an order that was paid, by its amounts. What a person must see to stays theirs, until
    all the money has gone back."""
    is_disputed = dispute is DisputeState.OPEN
    target = after_money(paid=order.received, returned=order.returned, is_disputed=is_disputed)
    if order.state is OrderState.ATTENTION and target is not OrderState.REFUNDED:
        return
    before = order.state
    if target is before or not order.move_to(target, attention=""):
        return
    what = target.value.replace("_", " ")
    ledger.write(
        action=f"order {what}",
        learner=order.buyer,
        subject=order,
        by=None,
        at=at,
        received=order.received,
        returned=order.returned,
    )
    if target is OrderState.DISPUTED:
        _pause(order, at=at)
        return
    if before is OrderState.DISPUTED:
        _go_on(order, at=at)
    if dispute is DisputeState.LOST:
        end_place(order, by=None, at=at, reason=f"order {order.reference}: the bank took the money back")


# --- The place -----------------------------------------------------------------------------------------


def give_place(order: Order, *, at: datetime) -> None:
    """Give a buyer who paid their place; where that cannot be, a person must see to it. Under the locks."""
    cohort, buyer = order.cohort, order.buyer
    live = enrol.live_enrolments(learner=buyer, course_id=cohort.edition.course_id).first()
    if live is not None and Grant.objects.filter(enrolment=live, kind=enrol.PAID, withdrawn_at=None).exists():
        _free_place(order, at=at)
        return needs_attention(order, Order.Attention.PAID_TWICE, at=at)
    place = _place_for(order, at=at) if live is None else None
    if place is None and live is None:
        _free_place(order, at=at)
        return needs_attention(order, Order.Attention.PLACE_LOST, at=at)
    # A place that was offered is taken up with its offer.
    own = None if place is None or hasattr(place, "offer") else place
    try:
        with transaction.atomic():
            enrol.check_person(cohort=cohort, learner=buyer)
            enrolment = enrol.grant_place(
                cohort=cohort, learner=buyer, kind=enrol.PAID, by=buyer, at=at, place=own
            )
    except EnrolmentRefused:
        _free_place(order, at=at)
        return needs_attention(order, Order.Attention.NOT_ALLOWED, at=at)
    if live is not None:
        _free_place(order, at=at)
    was_paid(order, enrolment, at=at)
    return None


def was_paid(order: Order, enrolment: Enrolment, *, at: datetime) -> None:
    """An order is paid and its buyer has the place. Other open orders of theirs for it are given up."""
    first = order.paid_at or at
    order.move_to(OrderState.PAID, paid_at=first, enrolment=enrolment, place=None, attention="")
    grant = Grant.objects.get(enrolment=enrolment, kind=enrol.PAID, withdrawn_at=None)
    OrderLine.objects.filter(order=order).update(grant=grant)
    ledger.write(
        action="order paid", learner=order.buyer, subject=order, by=None, at=at, received=order.received
    )
    papers.receipt(order=order, at=at)
    tell_buyer(order, "order_paid", at=at)
    still = [state.value for state in OPEN]
    for other in Order.objects.filter(buyer=order.buyer, cohort=order.cohort, status__in=still):
        give_up(locked(other.pk), OrderState.CANCELLED, by=None, at=at)


def _place_for(order: Order, *, at: datetime) -> Place | None:
    """The place that was held for an order; once its time is over, only if there is room."""
    place = order.place
    if place is not None and (place.held_until is None or place.held_until > at):
        return place
    if places.fullness(order.cohort, at=at).seats.left == 0:
        return None
    return place or Place.objects.create(cohort=order.cohort, reason=Place.Reason.HOLD, held_until=at)


def needs_attention(order: Order, why: Order.Attention, *, at: datetime) -> None:
    """An order was paid, and a person must see to it. The buyer is told at once when the place is gone."""
    first = order.paid_at or at
    if not order.move_to(OrderState.ATTENTION, attention=why.value, paid_at=first):
        return
    ledger.write(
        action="order needs attention", learner=order.buyer, subject=order, by=None, at=at, why=why.value
    )
    log.warning("an order that was paid needs a person: %s", why.value, extra={"order": order.pk})
    tell_buyer(order, "place_lost" if why is Order.Attention.PLACE_LOST else "payment_checked", at=at)


def give_up(order: Order, state: OrderState, *, by: Any, at: datetime, reason: str = "") -> None:
    """End an order that was not paid, and free its place. Its page for paying is closed soon after.

    An invoice is taken back; a buyer who did not do it is told.

    Under the locks.
    """
    if not order.move_to(state):
        return
    _free_place(order, at=at)
    ledger.write(
        action=f"order {state.value}", learner=order.buyer, subject=order, by=by, at=at, reason=reason
    )
    if order.is_by_invoice:
        papers.cancel_invoice(order=order, at=at)
        if by != order.buyer:
            tell_buyer(order, "invoice_ended", at=at)
    if order.checkout and state is OrderState.CANCELLED:
        outbox.write(kind="order-given-up", at=at, order=order.pk)


def _free_place(order: Order, *, at: datetime) -> None:
    """Let the place go that an order held. One that was offered stays the offer's, until its own time."""
    place = order.place
    if place is None:
        return
    Order.objects.filter(pk=order.pk).update(place=None)
    order.place = None
    if place.reason == Place.Reason.HOLD and not hasattr(place, "offer"):
        enrol.let_go(place)
        outbox.write(kind="place-freed", at=at, cohort=order.cohort_id)


# --- Money that goes back ------------------------------------------------------------------------------


def _note_refunds(order: Order, payment: Payment, *, at: datetime) -> None:
    """Our rows of refunds, as the service has them; what was made over there is added."""
    for found in payment.refunds:
        ours = Refund.objects.filter(order=order).filter(
            Q(gateway_id=found.id) | Q(gateway_id="", key=found.key)
        )
        refund = ours.first() or Refund.objects.create(
            order=order, amount=found.amount, key=f"outside-{found.id}"[:60], gateway_id=found.id, asked_at=at
        )
        follow_refund(refund, gateway_id=found.id, state=RefundState(found.state.value), at=at)


def follow_refund(refund: Refund, *, gateway_id: str, state: RefundState, at: datetime) -> None:
    """Make a refund stand as the service says; the place ends only once the money is on its way."""
    was_asked = refund.status == RefundState.REQUESTED.value
    if not refund.move_to(state, gateway_id=gateway_id, settled_at=at):
        return
    order = refund.order
    if state is RefundState.FAILED:
        ledger.write(action="refund failed", learner=order.buyer, subject=order, by=None, at=at)
        papers.refund_failed(refund=refund, at=at)
        log.warning("a refund failed and needs a person", extra={"order": order.pk})
    elif was_asked:
        papers.credit_note(refund=refund, at=at)
        if refund.seat == Refund.Seat.END:
            end_place(order, by=refund.asked_by, at=at, reason=refund.reason)
        tell.later(
            kind="refunded", learner=order.buyer_id, about=f"refund:{refund.pk}", at=at, refund=refund.pk
        )


def count_returned(order: Order, *, at: datetime) -> None:
    """Count anew what went back, and what that makes of the order. Under the locks."""
    order.returned = min(order.received, _going_back(order) + order.lost)
    order.save(update_fields=["returned"])
    if order.state is not OrderState.DISPUTED:
        settle(order, at=at)


def _going_back(order: Order) -> int:
    going = [state.value for state in GOING_BACK]
    return Refund.objects.filter(order=order, status__in=going).aggregate(sum=Sum("amount"))["sum"] or 0


def end_place(order: Order, *, by: Any, at: datetime, reason: str) -> None:
    """Take away what an order gave. The learner stays while there is another reason for their place."""
    for line in OrderLine.objects.filter(order=order, grant__isnull=False):
        enrol.drop_grant(grant_id=line.grant_id or 0, by=by, at=at, reason=reason)


def _pause(order: Order, *, at: datetime) -> None:
    """The bank asks the money back: the place is paused until that is decided."""
    enrolment = live_enrolment(order)
    if enrolment is not None and enrolment.status == State.ACTIVE.value:
        enrol.suspend(enrolment_id=enrolment.pk, by=None, at=at, reason=f"order {order.reference} disputed")


def _go_on(order: Order, *, at: datetime) -> None:
    enrolment = live_enrolment(order)
    if enrolment is not None and enrolment.status == State.SUSPENDED.value:
        enrol.resume(enrolment_id=enrolment.pk, by=None, at=at, reason=f"order {order.reference} decided")


def live_enrolment(order: Order) -> Enrolment | None:
    """The place that an order gave, wherever its learner moved to since."""
    found: Enrolment | None = (
        Enrolment.objects.filter(grants__order_line__order=order).exclude(status=State.ENDED.value).first()
    )
    return found


def paid_and_waits(*, cohort: Any, buyer: Any) -> QuerySet[Order]:
    """The orders of somebody who paid when the place was gone, and waits for the next one."""
    lost = Order.objects.filter(status=OrderState.ATTENTION.value, attention=Order.Attention.PLACE_LOST)
    return lost.filter(cohort=cohort, buyer=buyer, returned=0)


def waits_for_a_place(*, cohort: Any, buyer: Any) -> Order | None:
    """The same, locked."""
    own = paid_and_waits(cohort=cohort, buyer=buyer).select_related("buyer")
    return own.select_for_update(of=("self",)).first()


def carry(old: Enrolment, new: Enrolment) -> None:
    """The payment goes along when a learner moves: what an order gave is now their place there."""
    grant = Grant.objects.filter(enrolment=new, kind=enrol.PAID, withdrawn_at=None).first()
    if grant is not None:
        OrderLine.objects.filter(grant__enrolment=old).update(grant=grant)
        Order.objects.filter(enrolment=old).update(enrolment=new)


def tell_buyer(order: Order, kind: str, *, at: datetime) -> None:
    """Write to the buyer about an order, once for each kind of message."""
    tell.later(kind=kind, learner=order.buyer_id, about=f"order:{order.pk}", at=at, order=order.pk)


# --- Time ----------------------------------------------------------------------------------------------


def expire_due(*, at: datetime) -> int:
    """Close the orders whose time to pay is over, each by itself; return how many. A service that cannot be
    asked now stops nobody: the place is free by its time."""
    still = [state.value for state in OPEN]
    due = Order.objects.filter(status__in=still, pay_by__lte=at).order_by("pay_by", "pk")
    done = 0
    for pk in list(due.values_list("pk", flat=True)[:BATCH]):
        try:
            done += bring_up_to_date(order_id=pk, at=at).state not in OPEN
        except (gateway.GatewayUnavailable, gateway.GatewayRefused) as failed:
            log.warning("an order could not be closed yet: %s", type(failed).__name__, extra={"order": pk})
    return done


def close_page(*, order_id: int, at: datetime) -> None:
    """Close the page for paying of an order that was given up. Who has paid already has paid: it counts."""
    bring_up_to_date(order_id=order_id, at=at)
