"""What was sold and what went back, by day, course, cohort or VAT.

Amounts are in minor units, each row in one currency.

A sale counts on the day the money came, a refund on the day it was asked for, both in the time zone of the
site. What a bank took back counts on the day its decision was noted here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.core.money import COINS, shown
from courses.cohorts.prices import Price
from courses.ledger.models import LedgerEntry
from courses.payments.orders import Order, OrderLine, Refund
from courses.payments.refund_rules import shared_out, tax_back
from courses.payments.states import GOING_BACK, MONEY, OPEN, OrderState, RefundState
from courses.queries.orders import between


class By(StrEnum):
    """What makes a row."""

    DAY = "day"
    COURSE = "course"
    COHORT = "cohort"
    TAX = "tax"


LABELS = {
    By.DAY: lazy("By day"),
    By.COURSE: lazy("By course"),
    By.COHORT: lazy("By cohort"),
    By.TAX: lazy("By VAT"),
}
GOES_BACK = [state.value for state in GOING_BACK]
PAID_FOR = [Order.Method.CARD.value, Order.Method.INVOICE.value]
CAME = [state.value for state in MONEY]
DECIDED = ("order refunded", "order partly refunded")


@dataclass(slots=True)
class Row:
    """One row. `tax` is the VAT in what is left after refunds."""

    label: str
    currency: str
    orders: int = 0
    sold: int = 0
    refunded: int = 0
    tax: int = 0

    @property
    def left(self) -> int:
        return self.sold - self.refunded

    def words(self) -> dict[str, str]:
        """Its amounts as people write them."""
        amounts = {"sold": self.sold, "refunded": self.refunded, "left": self.left}
        amounts |= {"net": self.left - self.tax, "tax": self.tax}
        return {name: shown(amount, self.currency) for name, amount in amounts.items()}


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Money that is still to come or to go, in one currency, whatever the days."""

    currency: str
    coming: int
    coming_orders: int
    going: int
    held_for_a_person: int

    def words(self) -> dict[str, str]:
        amounts = {"coming": self.coming, "going": self.going, "held": self.held_for_a_person}
        return {name: shown(amount, self.currency) for name, amount in amounts.items()}


@dataclass(frozen=True, slots=True)
class Takings:
    by: By
    since: date
    until: date
    rows: list[Row]
    totals: list[Row]
    outstanding: list[Outstanding]


@dataclass(slots=True)
class _Sums:
    rows: dict[tuple[Any, str], Row] = field(default_factory=dict)

    def of(self, key: Any, currency: str) -> Row:
        return self.rows.setdefault((key, currency), Row("", currency))


@dataclass(frozen=True, slots=True)
class GoneBack:
    """A part of one order line that went back on one day."""

    line: Any
    on: date
    amount: int
    tax: int


def takings(*, by: By, since: date, until: date) -> Takings:
    """What came and went from the first to the last of these days. The number of queries is fixed."""
    sums = _Sums()
    for row in _sold(by, since, until):
        found = sums.of(row["key"], row["order__currency"])
        found.orders, found.sold, found.tax = row["orders"], row["sold"], row["taxed"]
    for part in gone_back(since, until):
        found = sums.of(_key(by, part), part.line.order.currency)
        found.refunded += part.amount
        found.tax -= part.tax
    labels = _labels(by, {key for key, _currency in sums.rows})
    for (key, _currency), row in sums.rows.items():
        row.label = labels[key]
    rows = sorted(sums.rows.items(), key=lambda item: (_order_of(by, item[0][0], labels), item[0][1]))
    listed = [row for _key, row in rows]
    return Takings(by, since, until, listed, _totals(listed), _outstanding())


_KEYS: dict[By, Any] = {
    By.COURSE: F("order__cohort__edition__course"),
    By.COHORT: F("order__cohort"),
}


def _sold(by: By, since: date, until: date) -> Any:
    """The sums of what was sold. One query."""
    lines = OrderLine.objects.filter(
        between("order__paid_at", since, until), order__status__in=CAME, order__method__in=PAID_FOR
    ).order_by()
    if by is By.TAX:
        grouped: QuerySet[Any, Any] = lines.values("order__currency", "tax_treatment", "tax_rate")
    else:
        key = TruncDate("order__paid_at") if by is By.DAY else _KEYS[by]
        grouped = lines.annotate(key=key).values("order__currency", "key")
    # Not `tax`: an annotation may not have the name of a column.
    found = grouped.annotate(orders=Count("order", distinct=True), sold=Sum("total"), taxed=Sum("tax"))
    if by is not By.TAX:
        return found
    return [{**row, "key": (row["tax_treatment"], row["tax_rate"])} for row in found]


def _key(by: By, part: GoneBack) -> Any:
    line = part.line
    return {
        By.DAY: part.on,
        By.COURSE: line.order.cohort.edition.course_id,
        By.COHORT: line.order.cohort_id,
        By.TAX: (line.tax_treatment, line.tax_rate),
    }[by]


def _labels(by: By, keys: set[Any]) -> dict[Any, str]:
    """What the rows are called. One query at most."""
    if by is By.DAY:
        return {key: date_format(key, "DATE_FORMAT") for key in keys}
    if by is By.TAX:
        return {key: tax_label(*key) for key in keys}
    orders = Order.objects.filter(**{f"{_PATHS[by]}__in": keys}).order_by()
    rows = orders.values_list(_PATHS[by], "cohort__edition__course__title", "cohort__name").distinct()
    if by is By.COURSE:
        return {key: course for key, course, _cohort in rows}
    return {key: f"{course}: {cohort}" for key, course, cohort in rows}


_PATHS = {By.COURSE: "cohort__edition__course", By.COHORT: "cohort"}


def tax_label(treatment: str, rate: int) -> str:
    """How a sale is taxed, in a few words."""
    if treatment == Price.Tax.STANDARD:
        return _("VAT of %(percent)s %%") % {"percent": f"{Decimal(rate) / 100:.10g}"}
    return str(Price.Tax(treatment).label)


def _order_of(by: By, key: Any, labels: dict[Any, str]) -> Any:
    return key if by is By.DAY else labels[key]


def _totals(rows: Iterable[Row]) -> list[Row]:
    """One row for each currency."""
    sums: dict[str, Row] = {}
    for row in rows:
        found = sums.setdefault(row.currency, Row(_("Together"), row.currency))
        found.orders += row.orders
        found.sold += row.sold
        found.refunded += row.refunded
        found.tax += row.tax
    return [sums[currency] for currency in sorted(sums)]


# --- What went back ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """Money of one order that went back at one moment."""

    order_id: int
    at: datetime
    amount: int


def gone_back(since: date, until: date) -> Iterator[GoneBack]:
    """What went back in these days, line by line, with its VAT. Five queries."""
    inside = Refund.objects.filter(between("asked_at", since, until), status__in=GOES_BACK).order_by()
    lost = _lost(since, until)
    orders = {step.order_id for step in lost}
    mine = Q(order__in=inside.values("order")) | Q(order__in=orders)
    refunds = Refund.objects.filter(mine, status__in=GOES_BACK).order_by("asked_at", "pk")
    steps = [_Step(one.order_id, one.asked_at, one.amount) for one in refunds]
    lines: dict[int, list[Any]] = defaultdict(list)
    related = OrderLine.objects.select_related("order__cohort__edition__course")
    for line in related.defer("order__cohort__edition__frozen").filter(mine):
        lines[line.order_id].append(line)
    before: dict[int, int] = defaultdict(int)
    for step in sorted([*steps, *lost], key=lambda step: step.at):
        own = lines[step.order_id]
        earlier = shared_out(before[step.order_id], [line.total for line in own])
        before[step.order_id] += step.amount
        now = shared_out(before[step.order_id], [line.total for line in own])
        on = timezone.localtime(step.at).date()
        if since <= on <= until:
            yield from (
                GoneBack(line, on, after - first, _tax(line, after) - _tax(line, first))
                for line, first, after in zip(own, earlier, now, strict=True)
                if after != first
            )


def _tax(line: Any, back: int) -> int:
    return tax_back(line_tax=line.tax, line_total=line.total, back=back)


def _lost(since: date, until: date) -> list[_Step]:
    """What banks took back for good, when that was noted. Two queries."""
    lost = dict(Order.objects.filter(lost__gt=0).order_by().values_list("pk", "lost"))
    if not lost:
        return []
    entries = LedgerEntry.objects.filter(subject__in=[f"order:{pk}" for pk in lost], action__in=DECIDED)
    noted = entries.order_by().values("subject").annotate(last=Max("at")).values_list("subject", "last")
    found = [(int(subject.partition(":")[2]), at) for subject, at in noted]
    return [_Step(pk, at, lost[pk]) for pk, at in found if since <= timezone.localtime(at).date() <= until]


# --- What is still to come -------------------------------------------------------------------------------


def _outstanding() -> list[Outstanding]:
    """Two queries."""
    is_open = Q(status__in=[state.value for state in OPEN])
    attention = Q(status=OrderState.ATTENTION.value)
    rows = (
        Order.objects.filter(is_open | attention)
        .order_by("currency")
        .values("currency")
        .annotate(
            coming=Sum("total", filter=is_open, default=0),
            coming_orders=Count("pk", filter=is_open),
            held=Sum(F("received") - F("returned"), filter=attention, default=0),
        )
    )
    found: dict[str, Any] = {row["currency"]: row for row in rows}
    on_its_way = [RefundState.REQUESTED.value, RefundState.PENDING.value]
    refunds = Refund.objects.filter(status__in=on_its_way).order_by().values("order__currency")
    going = dict(refunds.annotate(sum=Sum("amount")).values_list("order__currency", "sum"))
    return [
        Outstanding(
            currency,
            found.get(currency, {}).get("coming", 0),
            found.get(currency, {}).get("coming_orders", 0),
            going.get(currency, 0),
            found.get(currency, {}).get("held", 0),
        )
        for currency in sorted({*found, *going})
    ]


# --- Tables to take away ---------------------------------------------------------------------------------


def coins(amount: int) -> Decimal:
    """An amount as a spreadsheet counts: 45.50."""
    return (Decimal(amount) / COINS).quantize(Decimal("0.01"))


def table(found: Takings) -> Iterator[list[Any]]:
    """The rows and their totals, with a head."""
    yield [
        str(LABELS[found.by]),
        _("Currency"),
        _("Orders"),
        _("Sold"),
        _("Given back"),
        _("Left"),
        _("Left without VAT"),
        _("VAT in what is left"),
    ]
    for row in [*found.rows, *found.totals]:
        yield [
            row.label,
            row.currency.upper(),
            row.orders,
            coins(row.sold),
            coins(row.refunded),
            coins(row.left),
            coins(row.left - row.tax),
            coins(row.tax),
        ]


def orders_table(since: date, until: date) -> Iterator[list[Any]]:
    """Every order that was paid in these days, one line of it a row. No names. One query."""
    yield [
        _("Order"),
        _("Paid on"),
        _("Course"),
        _("Cohort"),
        _("VAT"),
        _("Currency"),
        _("Without VAT"),
        _("VAT"),
        _("Price"),
        _("Number at the payment service"),
        _("State now"),
    ]
    lines = OrderLine.objects.filter(
        between("order__paid_at", since, until), order__status__in=CAME, order__method__in=PAID_FOR
    ).select_related("order__cohort__edition__course")
    for line in lines.defer("order__cohort__edition__frozen").order_by("order__paid_at", "pk").iterator():
        order = line.order
        yield [
            order.reference,
            timezone.localtime(order.paid_at).date() if order.paid_at else "",
            order.cohort.edition.course.title,
            order.cohort.name,
            tax_label(line.tax_treatment, line.tax_rate),
            order.currency.upper(),
            coins(line.net),
            coins(line.tax),
            coins(line.total),
            _("bank transfer") if order.is_by_invoice else order.payment,
            order.status,
        ]
