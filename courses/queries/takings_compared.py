"""Our orders beside the payment service's own movements: what agrees, and each difference by its name.

Asks the payment service, and writes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.core.money import shown
from courses.payments import gateway
from courses.payments.gateway import GatewayRefused, GatewayUnavailable, Movement, MovementKind
from courses.payments.orders import Order, Refund
from courses.payments.states import OrderState
from courses.queries.orders import begin, between
from courses.queries.takings import GOES_BACK, coins

# The service gives a hundred at a time, so this is about a hundred requests.
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Beside:
    """One kind of money, in one currency: what we have, and what the service has."""

    label: str
    currency: str
    ours: int
    theirs: int

    @property
    def agrees(self) -> bool:
        return self.ours == self.theirs

    def words(self) -> dict[str, str]:
        amounts = {"ours": self.ours, "theirs": self.theirs, "difference": self.theirs - self.ours}
        return {name: shown(amount, self.currency) for name, amount in amounts.items()}


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence that names one difference, and the order it is about."""

    sentence: str
    reference: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Payout:
    """What went to the bank account. `moved` is what movements of these days say of it, fees taken off."""

    number: str
    currency: str
    paid: int | None
    moved: int
    fees: int

    def words(self) -> dict[str, str]:
        paid = _("in other days") if self.paid is None else shown(self.paid, self.currency)
        rest = "" if self.paid is None else shown(self.paid - self.moved, self.currency)
        return {
            "paid": paid,
            "moved": shown(self.moved, self.currency),
            "fees": shown(self.fees, self.currency),
            "rest": rest,
        }


@dataclass(frozen=True, slots=True)
class Balance:
    """All movements of these days in one currency: what is left of them once fees and payouts are off."""

    currency: str
    moved: int
    fees: int
    paid_out: int

    @property
    def rest(self) -> int:
        return self.moved - self.fees - self.paid_out

    def words(self) -> dict[str, str]:
        amounts = {"moved": self.moved, "fees": self.fees, "paid_out": self.paid_out, "rest": self.rest}
        return {name: shown(amount, self.currency) for name, amount in amounts.items()}


@dataclass(slots=True)
class Compared:
    since: date
    until: date
    beside: list[Beside] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    balances: list[Balance] = field(default_factory=list)
    is_off: bool = False
    is_down: bool = False
    is_cut: bool = False

    @property
    def is_asked(self) -> bool:
        return not (self.is_off or self.is_down)


def compared(*, since: date, until: date) -> Compared:
    """The movements of these days beside our orders. Five queries, however many there are."""
    found = Compared(since, until)
    service = gateway.current()
    if service is None:
        found.is_off = True
        return found
    try:
        moves = list(
            islice(service.movements(since=begin(since), until=begin(until + timedelta(days=1))), MOST + 1)
        )
    except (GatewayUnavailable, GatewayRefused):
        found.is_down = True
        return found
    found.is_cut = len(moves) > MOST
    ours = _ours(since, until, {one.payment for one in moves if one.payment})
    found.beside = list(_beside(moves, ours))
    found.differences = list(_differences(moves, ours))
    found.payouts = _payouts(moves)
    found.balances = _balances(moves)
    return found


@dataclass(frozen=True, slots=True)
class _Ours:
    """Orders by their payment, and what counts of each in these days: came, went back, taken by banks."""

    orders: dict[str, Order]
    came: dict[str, int]
    back: dict[str, int]
    taken: dict[str, int]


def _ours(since: date, until: date, numbers: set[str]) -> _Ours:
    """Three queries."""
    inside = Refund.objects.filter(between("asked_at", since, until), status__in=GOES_BACK).order_by()
    paid = between("paid_at", since, until)
    wanted = Q(payment__in=numbers) | (paid & ~Q(payment="")) | Q(pk__in=inside.values("order"))
    orders = {order.payment: order for order in Order.objects.filter(wanted).exclude(payment="")}
    in_time = set(Order.objects.filter(paid, payment__in=list(orders)).values_list("payment", flat=True))
    sums = inside.values("order__payment").annotate(sum=Sum("amount"))
    # A dispute takes the money when it is opened, and gives it back when it is won.
    taken = {n: o.lost or (o.received if o.state is OrderState.DISPUTED else 0) for n, o in orders.items()}
    return _Ours(
        orders,
        {number: orders[number].received for number in in_time},
        dict(sums.values_list("order__payment", "sum")),
        {number: amount for number, amount in taken.items() if amount},
    )


def _by_payment(moves: list[Movement], kind: MovementKind) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in moves:
        if one.kind is kind:
            found[one.payment] += one.amount
    return found


def _beside(moves: list[Movement], ours: _Ours) -> Iterator[Beside]:
    """Payments and refunds of each currency. What banks hold is named among the differences."""
    currencies = {one.currency for one in moves} | {order.currency for order in ours.orders.values()}
    for currency in sorted(currencies):
        for label, kind, mine, sign in (
            (_("Payments that came"), MovementKind.PAYMENT, ours.came, 1),
            (_("Money given back"), MovementKind.REFUND, ours.back, -1),
        ):
            theirs = sum(one.amount for one in moves if one.kind is kind and one.currency == currency)
            own = sum(
                amount
                for number, amount in mine.items()
                if number in ours.orders and ours.orders[number].currency == currency
            )
            yield Beside(label, currency, own, sign * theirs)


# --- Differences by name ---------------------------------------------------------------------------------


def _differences(moves: list[Movement], ours: _Ours) -> Iterator[Difference]:
    came = _by_payment(moves, MovementKind.PAYMENT)
    back = {number: -amount for number, amount in _by_payment(moves, MovementKind.REFUND).items()}
    held = {number: -amount for number, amount in _by_payment(moves, MovementKind.DISPUTE).items()}
    currency_of = {one.payment: one.currency for one in moves}
    for number in sorted({*came, *back, *held} - set(ours.orders)):
        words = {"number": number, "amount": shown(came.get(number, 0), currency_of[number])}
        yield Difference(
            _("The payment service has payment %(number)s (%(amount)s), and no order here does.") % words
        )
    for number, order in sorted(ours.orders.items()):
        if sentence := _came(order, ours.came.get(number, 0), came.get(number, 0)):
            yield _about(order, sentence)
        if sentence := _went_back(order, ours.back.get(number, 0), back.get(number, 0)):
            yield _about(order, sentence)
        if sentence := _held(order, ours.taken.get(number, 0), held.get(number, 0)):
            yield _about(order, sentence)


def _about(order: Order, sentence: str) -> Difference:
    return Difference(sentence, order.reference, reverse("staff:order", args=[order.pk]))


def _came(order: Order, ours: int, theirs: int) -> str:
    if ours == theirs:
        return ""
    if not theirs:
        return _(
            "We count %(ours)s in these days. The payment service has it in other days, or not at all."
        ) % {"ours": order.words(ours)}
    if not ours:
        return _("The payment service counts %(theirs)s in these days. We count it in other days.") % {
            "theirs": order.words(theirs)
        }
    return _("We have %(ours)s, and the payment service has %(theirs)s.") % {
        "ours": order.words(ours),
        "theirs": order.words(theirs),
    }


def _went_back(order: Order, ours: int, theirs: int) -> str:
    if ours == theirs:
        return ""
    return _(
        "We count %(ours)s that went back in these days, and the payment service %(theirs)s. A refund may be "
        "on its way, or counted on another day."
    ) % {"ours": order.words(ours), "theirs": order.words(theirs)}


def _held(order: Order, ours: int, theirs: int) -> str:
    """What a bank took back. Always named: it is in none of the sums above."""
    if not theirs:
        return ""
    if ours:
        return _("The buyer’s bank took %(theirs)s back.") % {"theirs": order.words(theirs)}
    return _("The payment service says that a bank took %(theirs)s back, and we do not know of it.") % {
        "theirs": order.words(theirs)
    }


# --- Payouts -------------------------------------------------------------------------------------------


def _payouts(moves: list[Movement]) -> list[Payout]:
    """What went to the bank account, the newest first."""
    inside: dict[str, list[Movement]] = defaultdict(list)
    for one in moves:
        if one.payout:
            inside[one.payout].append(one)
    return [_payout(number, found) for number, found in inside.items()]


def _payout(number: str, found: list[Movement]) -> Payout:
    out = [one for one in found if one.kind is MovementKind.PAYOUT]
    rest = [one for one in found if one.kind is not MovementKind.PAYOUT]
    return Payout(
        number,
        found[0].currency,
        -sum(one.amount for one in out) if out else None,
        sum(one.net for one in rest),
        sum(one.fee for one in found),
    )


def _balances(moves: list[Movement]) -> list[Balance]:
    found = []
    for currency in sorted({one.currency for one in moves}):
        mine = [one for one in moves if one.currency == currency]
        out = sum(-one.amount for one in mine if one.kind is MovementKind.PAYOUT)
        moved = sum(one.amount for one in mine if one.kind is not MovementKind.PAYOUT)
        found.append(Balance(currency, moved, sum(one.fee for one in mine), out))
    return found


def table(found: Compared) -> Iterator[list[Any]]:
    """All of it as a table to take away."""
    if not found.is_asked:
        yield [sentence(found)]
        return
    yield [_("What"), _("Currency"), _("Our orders"), _("Payment service"), _("Difference")]
    for one in found.beside:
        yield [
            one.label,
            one.currency.upper(),
            coins(one.ours),
            coins(one.theirs),
            coins(one.theirs - one.ours),
        ]
    yield []
    yield [
        _("All movements"),
        _("Currency"),
        _("Moved"),
        _("Fees"),
        _("Paid out"),
        _("Left there of these days"),
    ]
    for balance in found.balances:
        amounts = (balance.moved, balance.fees, balance.paid_out, balance.rest)
        yield ["", balance.currency.upper(), *(coins(amount) for amount in amounts)]
    yield []
    yield [_("Payout"), _("Currency"), _("Paid out"), _("From movements of these days"), _("Fees")]
    for payout in found.payouts:
        paid = "" if payout.paid is None else coins(payout.paid)
        yield [payout.number, payout.currency.upper(), paid, coins(payout.moved), coins(payout.fees)]
    yield []
    yield [_("Differences"), _("Order")]
    for difference in found.differences:
        yield [difference.sentence, difference.reference]


def sentence(found: Compared) -> str:
    """Why there is nothing to compare."""
    if found.is_off:
        return _("Paying by card is not switched on here, so there is no payment service to compare with.")
    return _("The payment service cannot be reached just now. Please try again in a few minutes.")
