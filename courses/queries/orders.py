"""The list of orders, as the people see it who look after payments.

Everything is asked of the database, page by page: the number of queries does not depend on how many there
are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.money import shown
from cms.core.typed import number
from cms.users.models import User
from courses.actions import settling
from courses.cohorts.models import Cohort
from courses.ledger.models import LedgerEntry
from courses.payments.orders import Order, OrderBilling, Refund
from courses.payments.states import OrderState, RefundState
from courses.queries import order_words
from courses.queries.staff_lists import Choice

A_PAGE = 40
LONGEST_SEARCH = 255
NEEDS = "needs"
INVOICES = "invoices"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What staff chose to see. Whatever is typed into an address gives something to show; `wrong` says what
    of it was not understood."""

    show: str = ""
    course: int = 0
    cohort: int = 0
    since: date | None = None
    until: date | None = None
    search: str = ""
    page: str = "1"
    wrong: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Self:
        """From the query string of a request."""
        show = query.get("show", "")
        since, until, wrong = days(query)
        return cls(
            show=show if show in {NEEDS, INVOICES, *OrderState} else "",
            course=number(query.get("course")),
            cohort=number(query.get("cohort")),
            since=since,
            until=until,
            search=" ".join(query.get("search", "").replace("\0", "").split())[:LONGEST_SEARCH],
            page=query.get("p", "1"),
            wrong=wrong,
        )

    @property
    def query(self) -> str:
        """The same as a query string, without the page."""
        chosen = {
            "show": self.show,
            "course": self.course or "",
            "cohort": self.cohort or "",
            "from": self.since or "",
            "to": self.until or "",
            "search": self.search,
        }
        return urlencode({name: value for name, value in chosen.items() if value != ""})

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query)


@dataclass(frozen=True, slots=True)
class InList:
    id: int
    reference: str
    name: str
    email: str
    course_title: str
    cohort: str
    state_label: str
    needs: bool
    total: str
    returned: str
    made_at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Total:
    """What the orders that are shown come to, in one currency."""

    count: int
    received: str
    returned: str
    kept: str


@dataclass(frozen=True, slots=True)
class Orders:
    wanted: Wanted
    shows: list[Choice]
    courses: list[Choice]
    cohorts: list[Choice]
    page: Page[Any]
    rows: list[InList]
    totals: list[Total]
    has_any: bool


def days(query: Mapping[str, str]) -> tuple[date | None, date | None, str]:
    """The days from and to of an address, and what was not understood."""
    since, until = _day(query.get("from", "")), _day(query.get("to", ""))
    if any(query.get(name, "").strip() and day is None for name, day in (("from", since), ("to", until))):
        return since, until, _("A day is written like 2026-11-23. What was not a day is left out.")
    if since and until and since > until:
        return since, until, _("The first day is after the last one, so there is nothing to show.")
    return since, until, ""


# Days before and after these are taken for these: nothing was sold then.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2999, 12, 31)


def _day(typed: str) -> date | None:
    try:
        return min(max(date.fromisoformat(typed.strip()), FIRST_DAY), LAST_DAY)
    except ValueError:
        return None


def between(name: str, since: date | None, until: date | None) -> Q:
    """What happened from the first to the last of these days, in the time zone of the site."""
    found = Q()
    if since is not None:
        found &= Q(**{f"{name}__gte": begin(since)})
    if until is not None:
        found &= Q(**{f"{name}__lt": begin(until + timedelta(days=1))})
    return found


def begin(day: date) -> datetime:
    """The first moment of a day, in the time zone of the site."""
    return timezone.make_aware(datetime.combine(day, time.min))


def needs_a_person() -> Q:
    """Which orders a person must see to: paid and not in order, or a refund that did not arrive."""
    return (
        settling.waits_for_somebody()
        | (Q(pk__in=failed_refunds().values("order")) & Q(received__gt=F("returned")))
        | Q(pk__in=to_be_sent().values("order"))
    )


def unpaid_invoices() -> Q:
    """Invoices that wait for money."""
    return Q(method=Order.Method.INVOICE, status=OrderState.AWAITING.value)


def to_be_sent() -> QuerySet[Refund]:
    """Money that somebody must send back by bank transfer."""
    waiting = Refund.objects.filter(status=RefundState.REQUESTED.value, order__method=Order.Method.INVOICE)
    return waiting.order_by()


def failed_refunds() -> QuerySet[Refund]:
    """Refunds that failed, after which nobody tried again or wrote down what they did instead."""
    newer = Refund.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
    subject = Concat(Value("order:"), Cast(OuterRef("order_id"), CharField()))
    seen = LedgerEntry.objects.filter(
        subject=subject, action=settling.SEEN_TO, at__gte=OuterRef("settled_at")
    )
    failed = Refund.objects.filter(status=RefundState.FAILED.value)
    return failed.filter(~Exists(newer), ~Exists(seen)).order_by()


def listed(wanted: Wanted) -> Orders:
    """One page of orders with what all that are shown come to. Three queries."""
    found = _chosen(wanted)
    sums: list[Any] = list(
        found.order_by("currency")
        .values("currency")
        .annotate(count=Count("pk"), received=Sum("received"), returned=Sum("returned"))
    )
    pages = Paginator(found.order_by("-made_at", "-pk"), A_PAGE)
    # The totals have counted them already.
    pages.__dict__["count"] = sum(row["count"] for row in sums)
    page = pages.get_page(wanted.page)
    related = ("buyer", "cohort__edition__course")
    page.object_list = (
        page.object_list.select_related(*related)  # type: ignore[attr-defined]
        .defer("cohort__edition__frozen")
        .annotate(needs=Exists(Order.objects.filter(needs_a_person(), pk=OuterRef("pk"))))
    )
    courses, cohorts = _places_to_choose(wanted)
    return Orders(
        wanted=wanted,
        shows=_shows(wanted),
        courses=courses,
        cohorts=cohorts,
        page=page,
        rows=[_in_list(order) for order in page.object_list],
        totals=[_total(row) for row in sums],
        has_any=bool(sums) or len(cohorts) > 1,
    )


def _chosen(wanted: Wanted) -> QuerySet[Order]:
    found = Order.objects.filter(between("made_at", wanted.since, wanted.until))
    if wanted.show == NEEDS:
        found = found.filter(needs_a_person())
    elif wanted.show == INVOICES:
        found = found.filter(unpaid_invoices())
    elif wanted.show:
        found = found.filter(status=wanted.show)
    if wanted.cohort:
        found = found.filter(cohort=wanted.cohort)
    if wanted.course:
        found = found.filter(cohort__edition__course=wanted.course)
    return found.filter(_searched(wanted.search)) if wanted.search else found


def _searched(typed: str) -> Q:
    """By the reference of the order, a number of the payment service, or who bought."""
    of_service = Q(payment=typed) | Q(checkout=typed)
    if "_" in typed and "@" not in typed:
        return of_service | Q(pk__in=Refund.objects.filter(gateway_id=typed).values("order"))
    people = User.objects.filter(Q(printed_name__icontains=typed) | Q(email__icontains=typed))
    billed = OrderBilling.objects.filter(Q(name__icontains=typed) | Q(organisation__icontains=typed))
    return (
        Q(reference=typed.upper())
        | of_service
        | Q(buyer__in=people.order_by().values("pk"))
        | Q(pk__in=billed.values("order"))
    )


def _shows(wanted: Wanted) -> list[Choice]:
    chosen = [("", _("All orders")), (NEEDS, _("Needs a person")), (INVOICES, _("Invoices not paid yet"))]
    chosen += [(state.value, str(label)) for state, label in order_words.STATES.items()]
    return [Choice(value, label, value == wanted.show) for value, label in chosen]


def _places_to_choose(wanted: Wanted) -> tuple[list[Choice], list[Choice]]:
    """The courses and cohorts that have orders. One query."""
    found = Cohort.objects.filter(Exists(Order.objects.filter(cohort=OuterRef("pk")))).order_by(
        "edition__course__title", "-starts_on", "pk"
    )
    rows = list(found.values_list("pk", "name", "edition__course_id", "edition__course__title"))
    titles = {course: title for _pk, _name, course, title in rows}
    return (
        [
            Choice("", _("All courses"), not wanted.course),
            *(Choice(str(pk), title, pk == wanted.course) for pk, title in titles.items()),
        ],
        [
            Choice("", _("All cohorts"), not wanted.cohort),
            *(Choice(str(pk), f"{title}: {name}", pk == wanted.cohort) for pk, name, _course, title in rows),
        ],
    )


def _in_list(order: Any) -> InList:
    return InList(
        id=order.pk,
        reference=order.reference,
        name=order.buyer.get_full_name(),
        email=order.buyer.email,
        course_title=order.cohort.edition.course.title,
        cohort=order.cohort.name,
        state_label=order_words.state_of(order),
        needs=order.needs,
        total=order.words(order.total),
        returned=order.words(order.returned) if order.returned else "",
        made_at=order.made_at,
        url=reverse("staff:order", args=[order.pk]),
    )


def _total(row: dict[str, Any]) -> Total:
    currency = row["currency"]
    return Total(
        count=row["count"],
        received=shown(row["received"], currency),
        returned=shown(row["returned"], currency),
        kept=shown(row["received"] - row["returned"], currency),
    )


# --- What waits ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many orders need a person, and those that have waited longest."""

    count: int
    rows: list[InList]


MOST_WAITING = 5


def waiting_for_somebody() -> Waiting:
    """The orders that need a person, the oldest first. One query, or two when there are many."""
    found: QuerySet[Any] = (
        Order.objects.filter(needs_a_person())
        .select_related("buyer", "cohort__edition__course")
        .defer("cohort__edition__frozen")
        .annotate(needs=Value(1))
        .order_by("paid_at", "pk")
    )
    rows = [_in_list(order) for order in found[: MOST_WAITING + 1]]
    count = len(rows) if len(rows) <= MOST_WAITING else found.count()
    return Waiting(count, rows[:MOST_WAITING])
