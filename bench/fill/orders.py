"""Places that cost money: the people who buy one, the team that looks after payments, and earlier orders.

Of earlier orders there is one of each kind everywhere. On PostgreSQL they are multiplied.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from bench.fill import copies, learners, pools
from bench.fill.copies import again
from bench.fill.course import BigCourse
from bench.fill.sessions import sessions
from cms.users.models import User
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.enrolment.models import Grant, Place
from courses.ledger.models import LedgerEntry
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.states import OPEN, EventState, OrderState, RefundState

AMOUNT = 6000
TEAM = 8
ON_A_COHORT = 500
YEARS = timedelta(days=5 * 365)
# What waits for somebody, or for money, is never much: it is settled, or its time is over.
MOST_UNSETTLED = 200


@dataclass(frozen=True)
class Kind:
    """Orders of one kind: how they stand, how many of a thousand there are, and what went back of each."""

    state: OrderState
    of_a_thousand: int
    returned: int = 0
    attention: str = ""
    refund: RefundState | None = None

    @property
    def is_unsettled(self) -> bool:
        """Whether it is never much."""
        return self.state in OPEN or self.refund is RefundState.FAILED or bool(self.attention)

    @property
    def came(self) -> bool:
        """Whether money came."""
        return self.state not in OPEN and self.state is not OrderState.EXPIRED


KINDS = (
    Kind(OrderState.PAID, 800),
    Kind(OrderState.EXPIRED, 133),
    Kind(OrderState.REFUNDED, 30, returned=AMOUNT, refund=RefundState.SUCCEEDED),
    Kind(OrderState.PARTLY_REFUNDED, 20, returned=AMOUNT // 2, refund=RefundState.SUCCEEDED),
    Kind(OrderState.AWAITING, 10),
    Kind(OrderState.DISPUTED, 1),
    Kind(OrderState.ATTENTION, 3, attention=Order.Attention.PLACE_LOST),
    Kind(OrderState.PAID, 3, refund=RefundState.FAILED),
)


def buyers(big: BigCourse, *, count: int, at: datetime) -> list[dict[str, str]]:
    """New people, each of whom orders a place at the one price of a cohort and goes on to pay."""
    cohort = Cohort.objects.get(pk=big.to_join[0].pk)
    cohort.pk, cohort.name = None, "To buy"
    cohort.save()
    price = Price.objects.create(cohort=cohort, amount=AMOUNT)
    found = learners.make("buyer", count, at=at, consents=False)
    fields = {"price": str(price.pk), "name": "A Buyer", "terms": "on"}
    url = reverse("learning:buy", args=[cohort.pk])
    return [{"session": key, "url": url, **fields} for key in sessions(found)]


def team(*, at: datetime) -> list[dict[str, str]]:
    """People who look after payments, and the first page of all orders."""
    found = learners.make("cashier", TEAM, at=at)
    group = Group.objects.get(name="Payments")
    for person in found:
        person.groups.add(group)
    return [{"session": key, "orders": reverse("staff:orders")} for key in sessions(found)]


def build(big: BigCourse, *, count: int, at: datetime) -> None:
    """About so many orders of all kinds, made in five years, five hundred on a cohort."""
    first_cohort = copies.closed_cohort(big.to_join[0], "Sold")
    is_multiplied = connection.vendor == "postgresql"
    cohorts = max(1, count // ON_A_COHORT)
    where = "cohort_id"
    if is_multiplied:
        first = again(first_cohort, cohorts, name="'Sold ' || n")
        where = f"{first} + mod(n, {cohorts})"
    for number, kind in enumerate(KINDS):
        pattern = _pattern(number, kind, first_cohort, at=at)
        if is_multiplied:
            share = count * kind.of_a_thousand // 1_000
            _multiply(pattern, min(share, MOST_UNSETTLED) if kind.is_unsettled else share, where)
    if is_multiplied:
        copies.analyse()


@dataclass(frozen=True)
class Pattern:
    """One order with all that belongs to it."""

    number: int
    buyer: User
    order: Order
    line: OrderLine
    billing: OrderBilling
    entry: LedgerEntry
    event: PaymentEvent | None
    refund: Refund | None


def _pattern(number: int, kind: Kind, cohort: Cohort, *, at: datetime) -> Pattern:
    (buyer,) = learners.make(f"customer-{number}", 1, at=at, consents=False)
    made = at - timedelta(hours=1)
    seat = pools.enrolment(buyer, cohort, at=made) if kind.came and not kind.attention else None
    if seat is not None:
        seat.save(force_insert=True)
        Place.objects.create(cohort=cohort, enrolment=seat, reason=Place.Reason.LEARNER)
        Grant.objects.create(enrolment=seat, kind="paid", given_at=made)
    order = Order.objects.create(
        reference=f"SOLD{number}",
        buyer=buyer,
        cohort=cohort,
        method=Order.Method.CARD,
        status=kind.state.value,
        currency="gbp",
        net=AMOUNT,
        tax=0,
        total=AMOUNT,
        made_at=made,
        pay_by=made + timedelta(hours=1),
        paid_at=made if kind.came else None,
        enrolment=seat,
        checkout=f"cs_sold_{number}",
        payment=f"pi_sold_{number}" if kind.came else "",
        received=AMOUNT if kind.came else 0,
        returned=kind.returned,
        attention=kind.attention,
    )
    return Pattern(number, buyer, order, *_around(kind, order, at=made))


def _around(kind: Kind, order: Order, *, at: datetime) -> tuple[Any, ...]:
    """Its line, who is billed, its history, what the payment service told, and what went back."""
    line = OrderLine.objects.create(
        order=order,
        price_kind=Price.Kind.STANDARD,
        description="A large course: Sold",
        unit=AMOUNT,
        tax_treatment=Price.Tax.EXEMPT,
        tax_rate=0,
        tax_wording="Exempt from VAT (education)",
        net=AMOUNT,
        tax=0,
        total=AMOUNT,
    )
    billing = OrderBilling.objects.create(order=order, name=order.buyer.printed_name)
    entry = LedgerEntry.objects.create(
        at=at, action="ordered a place", by=order.buyer, learner=order.buyer, subject=f"order:{order.pk}"
    )
    event = refund = None
    if kind.came:
        event = PaymentEvent.objects.create(
            event_id=f"evt_{order.payment}",
            kind="checkout.session.completed",
            checkout=order.checkout,
            payment=order.payment,
            made_at=at,
            received_at=at,
            status=EventState.HANDLED.value,
            settled_at=at,
        )
    if kind.refund is not None:
        refund = Refund.objects.create(
            order=order,
            amount=kind.returned or AMOUNT,
            status=kind.refund.value,
            key=f"refund-{order.reference}",
            gateway_id=f"re_{order.reference}",
            asked_at=at,
            settled_at=at,
        )
    return line, billing, entry, event, refund


def _multiply(pattern: Pattern, count: int, where: str) -> None:
    """So many orders like this one, each of somebody else, made one after the other."""
    if count == 0:
        return
    number, order = pattern.number, pattern.order
    # Open orders were begun within the hour; all others over the years.
    span = timedelta(minutes=50) if order.state in OPEN else YEARS
    earlier = f"- n * interval '{span.total_seconds() / count:.6f} seconds'"
    people = again(
        pattern.buyer,
        count,
        email=f"'customer-{number}-' || n || '@sold.example.org'",
        printed_name=f"'Customer ' || md5('{number}-' || n)",
    )
    seats = None
    if order.enrolment is not None:
        seats = again(order.enrolment, count, learner_id=f"{people} + n", cohort_id=where)
        again(
            Place.objects.get(enrolment=order.enrolment),
            count,
            enrolment_id=f"{seats} + n",
            cohort_id=where,
        )
        again(Grant.objects.get(enrolment=order.enrolment), count, enrolment_id=f"{seats} + n")
    orders = again(
        order,
        count,
        reference=f"'S{number}' || n",
        buyer_id=f"{people} + n",
        cohort_id=where,
        made_at=f"made_at {earlier}",
        pay_by=f"pay_by {earlier}",
        paid_at=f"paid_at {earlier}",
        enrolment_id=f"{seats} + n" if seats else "NULL",
        checkout=f"'cs_{number}_' || n",
        payment=f"'pi_{number}_' || n" if order.payment else "''",
    )
    again(pattern.line, count, order_id=f"{orders} + n")
    again(pattern.billing, count, order_id=f"{orders} + n", name=f"'Customer ' || md5('{number}-' || n)")
    again(
        pattern.entry,
        count,
        at=f"at {earlier}",
        by_id=f"{people} + n",
        learner_id=f"{people} + n",
        subject=f"'order:' || ({orders} + n)",
    )
    if pattern.event is not None:
        again(
            pattern.event,
            count,
            event_id=f"'evt_{number}_' || n",
            checkout=f"'cs_{number}_' || n",
            payment=f"'pi_{number}_' || n",
            made_at=f"made_at {earlier}",
            received_at=f"received_at {earlier}",
        )
    if pattern.refund is not None:
        again(
            pattern.refund,
            count,
            order_id=f"{orders} + n",
            key=f"'refund-{number}-' || n",
            gateway_id=f"'re_{number}_' || n",
            asked_at=f"asked_at {earlier}",
            settled_at=f"settled_at {earlier}",
        )
