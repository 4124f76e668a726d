"""Receipts and credit notes: of one order, of one person, and one of them in words."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cms.core.money import in_full
from courses.payments.orders import Order
from courses.payments.paper_facts import Kind, numbered
from courses.payments.paper_words import Sheet, sheet, title_of
from courses.payments.papers import Paper
from courses.payments.states import OrderState

ON_A_PAGE = 20
# What a paper is called in an address.
SLUGS = {Kind.RECEIPT.value: "receipt", Kind.INVOICE.value: "invoice", Kind.CREDIT_NOTE.value: "credit-note"}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper in a list. `is_cancelled`: it no longer counts."""

    title: str
    number: str
    day: str
    total: str
    url: str
    pdf_url: str
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in a person's list."""

    reference: str
    course_title: str
    cohort_name: str
    day: str
    total: str
    state: str
    url: str
    papers: list[PaperLine]


@dataclass(frozen=True, slots=True)
class Opened:
    """One paper in words. `cancelled` says why it no longer counts, and is empty when it does."""

    sheet: Sheet
    cancelled: str
    order_reference: str
    order_url: str
    pdf_url: str


STATES = {
    OrderState.DRAFT: lazy("Not paid yet"),
    OrderState.AWAITING: lazy("Not paid yet"),
    OrderState.PAID: lazy("Paid"),
    OrderState.PARTLY_REFUNDED: lazy("Paid; a part was given back"),
    OrderState.REFUNDED: lazy("Given back"),
    OrderState.CANCELLED: lazy("Not paid, and ended"),
    OrderState.EXPIRED: lazy("Not paid, and ended"),
    OrderState.FAILED: lazy("The payment did not arrive"),
    OrderState.DISPUTED: lazy("Your bank asks for the money back"),
    OrderState.ATTENTION: lazy("We are looking at it"),
}


def of_order(*, order_id: int) -> list[PaperLine]:
    """The papers of an order, oldest first. Who may see the order was asked before. One query."""
    return [_line(paper) for paper in _without_words().filter(order=order_id)]


def orders(*, person: Any, number: str) -> Page[OrderLine]:
    """A page of a person's orders, newest first, with their papers. Three queries, whatever the number."""
    found = Order.objects.filter(buyer=person).select_related("cohort__edition__course")
    pages = Paginator(found.defer("cohort__edition__frozen"), ON_A_PAGE)
    page: Page[Any] = pages.get_page(number)
    papers = _by_order(_without_words().filter(order__in=[order.pk for order in page.object_list]))
    page.object_list = [_order(order, papers[order.pk]) for order in page.object_list]
    return page


def own(*, order_id: int, paper_id: int, buyer: Any) -> Paper:
    """A paper of one's own order. Raises Paper.DoesNotExist when it is not. One query."""
    found: Paper = Paper.objects.select_related("order").get(pk=paper_id, order=order_id, order__buyer=buyer)
    return found


def for_staff(*, order_id: int, paper_id: int) -> Paper:
    """A paper of anybody's order, for staff whose right to see it was asked before.

    Raises Paper.DoesNotExist.
    """
    found: Paper = Paper.objects.select_related("order").get(pk=paper_id, order=order_id)
    return found


def opened(paper: Paper) -> Opened:
    """One paper in words. No query."""
    line = _line(paper)
    return Opened(
        sheet=sheet(paper.facts),
        cancelled=_why_cancelled(paper),
        order_reference=paper.order.reference,
        order_url=reverse("learning:order", args=[paper.order_id]),
        pdf_url=line.pdf_url,
    )


def file_title(paper: Paper) -> str:
    """What the file of a paper is called when it is saved. It names nobody."""
    return f"{paper}.pdf"


def _without_words() -> Any:
    return Paper.objects.select_related("order").defer("printed")


def _by_order(papers: Iterable[Paper]) -> dict[int, list[PaperLine]]:
    found: dict[int, list[PaperLine]] = defaultdict(list)
    for paper in papers:
        found[paper.order_id].append(_line(paper))
    return found


def _line(paper: Paper) -> PaperLine:
    where = [paper.order_id, paper.pk]
    return PaperLine(
        title=title_of(paper.kind),
        number=numbered(Kind(paper.kind), paper.year, paper.number),
        day=_day(paper.issued_at),
        total=in_full(paper.total, paper.order.currency),
        url=reverse("learning:paper", args=where),
        pdf_url=reverse("learning:paper_pdf", args=[*where, SLUGS[paper.kind]]),
        is_cancelled=paper.cancelled_at is not None,
    )


def _order(order: Any, papers: list[PaperLine]) -> OrderLine:
    return OrderLine(
        reference=order.reference,
        course_title=order.cohort.edition.course.title,
        cohort_name=order.cohort.name,
        day=_day(order.made_at),
        total=in_full(order.total, order.currency),
        state=str(STATES[order.state]),
        url=reverse("learning:order", args=[order.pk]),
        papers=papers,
    )


def _why_cancelled(paper: Paper) -> str:
    if paper.cancelled_at is None:
        return ""
    sentences = {
        Paper.Cancelled.REFUND_FAILED.value: _(
            "This credit note no longer counts since %(day)s: the money could not be given back and returned "
            "to us. The receipt stands as it was. We will write to you about another way."
        ),
        Paper.Cancelled.DISPUTE_WON.value: _(
            "This credit note no longer counts since %(day)s: the bank decided otherwise. The receipt stands "
            "as it was, but for other credit notes."
        ),
    }
    return sentences[paper.cancelled_because] % {"day": _day(paper.cancelled_at)}


def _day(moment: datetime) -> str:
    """In the time zone of the site, as it is printed."""
    return date_format(moment.astimezone(ZoneInfo(settings.TIME_ZONE)), "DATE_FORMAT")
