"""Vouchers: what one does to the prices of a group, for buyers; the list and one voucher, for staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.money import shown
from courses.actions import vouchers
from courses.actions.vouchers import VoucherRefused
from courses.catalogue.models import Course
from courses.cohorts import telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.prices import Price
from courses.payments import pricing
from courses.payments.orders import Order, OrderLine
from courses.payments.states import GRACE, OPEN, OrderState
from courses.payments.voucher_rules import Answer, may_use
from courses.payments.vouchers import SPENT, Voucher, held, spent

ON_A_PAGE = 50
AT_ONCE = 500


# --- Before paying -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offered:
    """A price with a voucher. `label` says which price it is; `is_nothing`: there is nothing to pay."""

    label: str
    before: str
    now: str
    is_nothing: bool


def offered(
    *, code: str, cohort_id: int, buyer: Any, at: datetime, price_id: int | None = None
) -> list[Offered]:
    """What a voucher makes of the prices of a cohort, or of the one that was chosen. Nothing is written.

    Seven queries. Raises VoucherRefused, with what to do, when it cannot be used for any of them.
    """
    voucher = vouchers.find(code)
    cohort = Cohort.objects.select_related("edition").defer("edition__frozen").get(pk=cohort_id)
    sold = [price for price in Price.objects.filter(cohort=cohort) if price.is_sold_at(at)]
    prices = [price for price in sold if price.pk == price_id] or sold
    terms, asked = voucher.terms(), vouchers.asked_by(buyer, cohort=cohort, at=at)
    used = vouchers.used(voucher, buyer=buyer, cohort=cohort, at=at)
    found, refused = [], []
    for price in prices:
        answer = may_use(terms, asked, used, unit=price.amount, currency=price.currency)
        if answer is Answer.YES:
            found.append(_offered(price, voucher))
        else:
            refused.append(vouchers.refusal_sentence(answer, voucher, buyer=buyer))
    if not found:
        raise VoucherRefused(refused[0] if refused else _("There is no price that it could make lower."))
    return found


def _offered(price: Price, voucher: Voucher) -> Offered:
    line = pricing.line(unit=price.amount, quantity=1, tax_rate=price.tax_rate, discount=voucher.discount)
    return Offered(
        label=price.get_kind_display(),
        before=price.words,
        now=shown(line.gross, price.currency),
        is_nothing=line.gross == 0,
    )


# --- For staff -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownVoucher:
    """One voucher. `rules` are its limits in words; `spent` and `held` count orders."""

    id: int
    code: str
    gives: str
    purpose: str
    note: str
    state: str
    can_be_switched_off: bool
    spent: int
    held: int
    uses_allowed: int | None
    rules: list[str]
    made_by: str
    made_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether it was used more often than it should be: a payment came after its order was given up."""
        return self.uses_allowed is not None and self.spent > self.uses_allowed


@dataclass(frozen=True, slots=True)
class Vouchers:
    """One page of the vouchers."""

    page: Page[Any]
    vouchers: list[ShownVoucher]


@dataclass(frozen=True, slots=True)
class Use:
    """One order that has a voucher."""

    reference: str
    buyer: str
    course: str
    cohort: str
    off: str
    total: str
    made_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Uses:
    """A voucher with one page of the orders that have it, the newest first."""

    voucher: ShownVoucher
    page: Page[Any]
    uses: list[Use]


def listed(*, page: str | None, at: datetime) -> Vouchers:
    """One page of the vouchers, the newest first. Four queries, however many there are."""
    found = Paginator(_vouchers(at).order_by("-made_at", "-pk"), ON_A_PAGE).get_page(page)
    return Vouchers(found, [_shown(voucher, at=at) for voucher in found])


def all_of_them(*, at: datetime) -> Iterator[ShownVoucher]:
    """Every voucher, for a table. Three queries for each 500."""
    for voucher in _vouchers(at).order_by("-made_at", "-pk").iterator(chunk_size=AT_ONCE):
        yield _shown(voucher, at=at)


def uses(*, voucher_id: int, page: str | None, at: datetime) -> Uses:
    """One voucher and by which orders it was used. Five queries. Raises Voucher.DoesNotExist."""
    voucher = _vouchers(at).get(pk=voucher_id)
    discount = OrderLine.objects.filter(order=OuterRef("pk")).values("discount")[:1]
    orders = (
        Order.objects.filter(voucher=voucher)
        .select_related("buyer", "cohort__edition__course")
        .defer("cohort__edition__frozen")
        .annotate(off=Subquery(discount))
    )
    found = Paginator(orders.order_by("-made_at", "-pk"), ON_A_PAGE).get_page(page)
    return Uses(_shown(voucher, at=at), found, [_use(order, at=at) for order in found])


def _use(order: Any, *, at: datetime) -> Use:
    return Use(
        reference=order.reference,
        buyer=order.buyer.get_full_name(),
        course=order.cohort.edition.course.title,
        cohort=order.cohort.name,
        off=order.words(order.off or 0),
        total=order.words(order.total),
        made_at=order.made_at,
        state=_use_state(order, at=at),
    )


def _use_state(order: Any, *, at: datetime) -> str:
    if order.state in SPENT:
        return _("Used")
    if order.state is OrderState.REFUNDED:
        return _("All the money was given back: the use is free again")
    if order.state in OPEN and order.pay_by + GRACE > at:
        return _("Not paid yet: the use is kept until then")
    return _("Not paid: the use is free again")


def _vouchers(at: datetime) -> QuerySet[Any]:
    """Vouchers with how often they were used, counted beside them."""
    orders = Order.objects.filter(voucher=OuterRef("pk")).order_by().values("voucher")
    counted = {
        name: Coalesce(
            Subquery(orders.filter(which).annotate(n=Count("pk")).values("n")),
            0,
            output_field=IntegerField(),
        )
        for name, which in {"spent": spent(), "held": held(at)}.items()
    }
    return (
        Voucher.objects.annotate(**counted)
        .select_related("made_by", "person")
        .prefetch_related(
            Prefetch("courses", Course.objects.only("title")),
            Prefetch("cohorts", Cohort.objects.only("name")),
        )
    )


def _shown(voucher: Any, *, at: datetime) -> ShownVoucher:
    return ShownVoucher(
        id=voucher.pk,
        code=voucher.code,
        gives=voucher.words,
        purpose=voucher.get_purpose_display(),
        note=voucher.note,
        state=_state(voucher, at=at),
        can_be_switched_off=voucher.switched_off_at is None,
        spent=voucher.spent,
        held=voucher.held,
        uses_allowed=voucher.uses_allowed,
        rules=_rules(voucher),
        made_by=voucher.made_by.get_full_name(),
        made_at=voucher.made_at,
    )


def _state(voucher: Any, *, at: datetime) -> str:
    if voucher.switched_off_at is not None:
        return _("Switched off")
    if voucher.ends_at is not None and at >= voucher.ends_at:
        return _("Its time is over")
    if voucher.uses_allowed is not None and voucher.spent >= voucher.uses_allowed:
        return _("Used up")
    if voucher.starts_at is not None and at < voucher.starts_at:
        return _("Not yet")
    return _("Can be used")


def _rules(voucher: Any) -> list[str]:
    """Its limits, each in words."""
    zone = ZoneInfo(settings.TIME_ZONE)
    rules = []
    if voucher.starts_at is not None:
        rules.append(_("From %(day)s") % {"day": telling_times.day(voucher.starts_at.astimezone(zone))})
    if voucher.ends_at is not None:
        last = (voucher.ends_at - timedelta(seconds=1)).astimezone(zone)
        rules.append(_("Until %(day)s") % {"day": telling_times.day(last)})
    if voucher.uses_each is not None:
        rules.append(
            ngettext("Once for each person", "%(times)d times for each person", voucher.uses_each)
            % {"times": voucher.uses_each}
        )
    places = [*(course.title for course in voucher.courses.all()), *(c.name for c in voucher.cohorts.all())]
    if places:
        rules.append(_("Only for: %(places)s") % {"places": ", ".join(places)})
    if voucher.email_domain:
        rules.append(_("Only with an address at %(domain)s") % {"domain": voucher.email_domain})
    if voucher.person is not None:
        rules.append(_("Only for %(person)s") % {"person": voucher.person.get_full_name()})
    return rules


# --- Choices -------------------------------------------------------------------------------------------


def sold_courses() -> QuerySet[Course]:
    """Courses that cost money in some cohort."""
    sold = Price.objects.filter(cohort__edition__course=OuterRef("pk"))
    found: QuerySet[Course] = Course.objects.filter(Exists(sold)).order_by("title")
    return found


def sold_cohorts() -> QuerySet[Cohort]:
    """Cohorts that cost money, the newest first."""
    priced = Cohort.objects.filter(Exists(Price.objects.filter(cohort=OuterRef("pk"))))
    found: QuerySet[Cohort] = priced.select_related("edition__course").order_by("-starts_on", "name")
    return found.defer("edition__frozen")
