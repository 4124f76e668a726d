"""Orders, who was billed, and papers: their part of the download, of erasure, and of retention.

Tax law wants records of sales for six years after the end of the accounting year (Companies Act 2006,
section 388; VAT Notice 700/21; Charities Act 2011, section 131). So an erasure leaves who was billed, and a
rule takes it when that time is over.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cms.core.money import in_full
from cms.users.privacy import Attachment, Export, RetentionRule, Row, Section, eraser, exporter, retain
from courses.actions import papers, paying
from courses.outbox import writing as outbox
from courses.payments import paper_facts
from courses.payments.events import PaymentEvent
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.paper_words import title_of
from courses.payments.papers import Paper
from courses.payments.states import GIVEN_UP, OPEN, OrderState

YEARS = 6
KEEP_FOR_TAX = timedelta(days=365 * YEARS)
KEEP_UNPAID = timedelta(days=90)
KEEP_NEWS = timedelta(days=730)
_NOT_PAID = Q(order__status__in=[state.value for state in GIVEN_UP]) | Q(order__total=0)


@exporter
def export(user: Any) -> Export:
    """What somebody ordered, how they are billed, what went back, and every paper with its PDF."""
    tables = [
        (_("Your orders"), _orders(user)),
        (_("What you ordered"), _lines(user)),
        (_("Who is billed for your orders"), _billing(user)),
        (_("Money that went back to you"), _refunds(user)),
        (_("Your receipts and credit notes"), _papers(user)),
    ]
    sections = [Section(title, rows) for title, rows in tables if rows]
    return Export(sections=sections, attachments=_files(user))


def _orders(user: Any) -> list[Row]:
    return [
        [
            (_("Order"), order.reference),
            (_("Amount"), in_full(order.total, order.currency)),
            (_("State"), order.status),
            (_("Ordered"), order.made_at.isoformat()),
            (_("Paid"), order.paid_at.isoformat() if order.paid_at else ""),
            (_("Terms agreed to"), order.terms_version),
        ]
        for order in Order.objects.filter(buyer=user)
    ]


def _lines(user: Any) -> list[Row]:
    found = OrderLine.objects.filter(order__buyer=user).select_related("order")
    return [
        [
            (_("Order"), line.order.reference),
            (_("What"), line.description),
            (_("For whom the price was"), line.condition),
            (_("Amount"), in_full(line.total, line.order.currency)),
            (_("VAT"), line.tax_wording),
        ]
        for line in found
    ]


def _billing(user: Any) -> list[Row]:
    found = OrderBilling.objects.filter(order__buyer=user).select_related("order")
    return [
        [
            (_("Order"), billing.order.reference),
            (_("Name"), billing.name),
            (_("Organisation"), billing.organisation),
            (_("Address"), billing.address),
            (_("Country"), billing.country),
            (_("Purchase order"), billing.purchase_order),
        ]
        for billing in found
    ]


def _refunds(user: Any) -> list[Row]:
    found = Refund.objects.filter(order__buyer=user).select_related("order")
    return [
        [
            (_("Order"), refund.order.reference),
            (_("Amount"), in_full(refund.amount, refund.order.currency)),
            (_("State"), refund.status),
            (_("Asked for"), refund.asked_at.isoformat()),
            (_("Reason"), refund.reason),
        ]
        for refund in found
    ]


def _papers(user: Any) -> list[Row]:
    return [
        [
            (_("Paper"), f"{title_of(paper.kind)} {paper}"),
            (_("Order"), paper.order.reference),
            (_("Amount"), in_full(paper.total, paper.order.currency)),
            (_("When"), paper.issued_at.isoformat()),
            (_("No longer counts since"), paper.cancelled_at.isoformat() if paper.cancelled_at else ""),
        ]
        for paper in _papers_of(user)
    ]


def _files(user: Any) -> list[Attachment]:
    return [
        Attachment(path=f"receipts/{paper}.pdf", content=papers.pdf(paper=paper))
        for paper in _papers_of(user)
    ]


def _papers_of(user: Any) -> Any:
    return Paper.objects.filter(order__buyer=user).select_related("order")


@eraser
def erase(user: Any, at: datetime) -> None:
    """Give up what is not paid yet, and forget who would have been billed for it.

    What was paid stays with the name on its papers until tax law lets it go; the order itself points at an
    account that is empty.
    """
    still = [state.value for state in OPEN]
    for order_id in Order.objects.filter(buyer=user, status__in=still).values_list("pk", flat=True):
        paying.give_up(paying.locked(order_id), OrderState.CANCELLED, by=None, at=at)
    OrderBilling.objects.filter(_NOT_PAID, order__buyer=user).delete()


# --- Retention -------------------------------------------------------------------------------------------


def kept_since(at: datetime) -> datetime:
    """What was made before this moment has been kept for long enough: six whole years have gone by since the
    end of the accounting year that it was made in.

    The year begins on the first day of the month FINANCIAL_YEAR_STARTS, in the time zone of the site.
    """
    zone, month = ZoneInfo(settings.TIME_ZONE), settings.FINANCIAL_YEAR_STARTS
    today = at.astimezone(zone)
    began = today.year if today.month >= month else today.year - 1
    return datetime(began - YEARS, month, 1, tzinfo=zone)


class PapersRule(RetentionRule):
    """Numbers and amounts stay; the buyer goes from what was printed, and the PDF goes."""

    def delete(self, at: datetime) -> int:
        found = list(self.expired(at).values_list("pk", flat=True))
        for pk in found:
            _empty(pk, at=at)
        return len(found)


@transaction.atomic
def _empty(paper_id: int, *, at: datetime) -> None:
    paper = Paper.objects.select_for_update().get(pk=paper_id)
    if paper.file_name:
        # Not here: should this be taken back, the row comes back, and its file must still be there.
        outbox.write(kind="file-erased", at=at, file_name=paper.file_name)
    paper.printed = paper_facts.without_buyer(paper.printed)
    paper.file_name, paper.sha256, paper.emptied_at = "", "", at
    paper.save(update_fields=["printed", "file_name", "sha256", "emptied_at"])


retain(
    PapersRule(
        name="papers",
        sentence="The buyer's name and address go from receipts and credit notes, with the PDF, six years "
        "after the end of the accounting year in which they were made.",
        keep_for=KEEP_FOR_TAX,
        expired=lambda at: Paper.objects.filter(issued_at__lt=kept_since(at), emptied_at=None),
    )
)
retain(
    RetentionRule(
        name="billing",
        sentence="Who was billed for an order goes six years after the end of the accounting year in which "
        "it was paid, and after 90 days when nothing was paid.",
        keep_for=KEEP_UNPAID,
        expired=lambda at: OrderBilling.objects.filter(
            Q(order__total__gt=0, order__paid_at__lt=kept_since(at))
            | _NOT_PAID & Q(order__made_at__lt=at - KEEP_UNPAID)
        ),
    )
)
retain(
    RetentionRule(
        name="payment-news",
        sentence="That the payment service told us something is deleted two years after it was dealt with.",
        keep_for=KEEP_NEWS,
        expired=lambda at: PaymentEvent.objects.filter(settled_at__lt=at - KEEP_NEWS),
    )
)
