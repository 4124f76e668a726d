"""Invoices, receipts, credit notes: made in the transaction that makes an order or moves its money.

Every function here but `keep_pdf` and `pdf` is called under the locks of the order. The series of numbers is
locked after that, and last.
"""

import hashlib
import logging
import secrets
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from cms.core.typesetting import Typeset
from courses.ledger import models as ledger
from courses.outbox import writing as outbox
from courses.payments import gateway, paper_facts, sellers
from courses.payments.orders import Order, OrderBilling, OrderLine, Refund
from courses.payments.paper_document import draw
from courses.payments.paper_facts import Buyer, Facts, Kind, Line, RateSum, numbered
from courses.payments.papers import Paper, PaperSeries
from courses.payments.states import RefundState

log = logging.getLogger(__name__)

# What the ledger calls the making of each.
MADE = {
    Kind.RECEIPT: "receipt made",
    Kind.INVOICE: "invoice made",
    Kind.CREDIT_NOTE: "credit note made",
}
# Money that has left us.
WENT = (RefundState.PENDING.value, RefundState.SUCCEEDED.value)


def receipt(*, order: Order, at: datetime) -> Paper | None:
    """The receipt of an order that was paid; none where nothing was to pay. Safe to repeat: one an order.

    Money that went back before there was a receipt gets its credit notes now.
    """
    if order.total == 0:
        return None
    already = _first_of(order, Kind.RECEIPT)
    if already is not None:
        return already
    invoiced = _first_of(order, Kind.INVOICE) if order.is_by_invoice else None
    lines = tuple(_line(line) for line in OrderLine.objects.filter(order=order))
    made = _keep(
        Kind.RECEIPT,
        order=order,
        at=at,
        **_whole(order, lines),
        paid=order.received,
        paid_on=_day(order.paid_at or at),
        method=_method(order),
        concerns=str(invoiced) if invoiced is not None else "",
    )
    for refund in Refund.objects.filter(order=order, status__in=WENT).order_by("asked_at", "pk"):
        refund.order = order
        credit_note(refund=refund, at=at)
    follow_dispute(order=order, at=at)
    return made


def invoice(*, order: Order, at: datetime) -> Paper:
    """The invoice of an order that is to be paid by bank transfer. Safe to repeat: one an order."""
    already = _first_of(order, Kind.INVOICE)
    if already is not None:
        return already
    lines = tuple(_line(line) for line in OrderLine.objects.filter(order=order))
    return _keep(Kind.INVOICE, order=order, at=at, **_whole(order, lines), due_on=order.due_on)


def cancel_invoice(*, order: Order, at: datetime) -> Paper | None:
    """The credit note that takes a whole invoice back which nobody has paid. Safe to repeat; none where there
    is no invoice."""
    original = _first_of(order, Kind.INVOICE)
    if original is None:
        return None
    for paper in Paper.objects.filter(order=order, kind=Kind.CREDIT_NOTE.value):
        if _takes_from_an_invoice(paper):
            return paper
    first = original.facts
    return _keep(
        Kind.CREDIT_NOTE,
        order=order,
        at=at,
        buyer=first.buyer,
        lines=first.lines,
        sums=first.sums,
        net=first.net,
        tax=first.tax,
        total=first.total,
        concerns=first.number,
        concerns_on=first.issued_on,
        reason=_("The invoice was cancelled. Nothing is to be paid."),
    )


def credit_note(*, refund: Refund, at: datetime) -> Paper | None:
    """The credit note of money that is on its way back. Safe to repeat: one a refund.

    None where there is no receipt that it could take from, or where only what was paid too much goes back.
    """
    already: Paper | None = Paper.objects.filter(refund=refund).first()
    if already is not None or refund.status not in WENT:
        return already
    gone = _went(refund.order) + refund.order.lost
    return _credit(refund.order, refund=refund, amount=refund.amount, gone=gone, at=at)


def follow_dispute(*, order: Order, at: datetime) -> None:
    """Make the credit notes about money that a bank took back stand as the order does. Safe to repeat."""
    standing = [paper for paper in _standing(order) if paper.refund_id is None]
    credited = sum(paper.total for paper in standing)
    if order.lost < credited:
        for paper in standing:
            _cancel(paper, Paper.Cancelled.DISPUTE_WON, at=at)
        credited = 0
    if order.lost > credited:
        gone = _went(order) + order.lost
        _credit(order, refund=None, amount=order.lost - credited, gone=gone, at=at)


def refund_failed(*, refund: Refund, at: datetime) -> None:
    """A refund came back to us: its credit note is cancelled, and keeps its number. Safe to repeat.

    Not deleted and no new receipt: the first would leave a gap, the second would count the sale twice.
    """
    for paper in Paper.objects.select_related("order__buyer").filter(refund=refund, cancelled_at=None):
        _cancel(paper, Paper.Cancelled.REFUND_FAILED, at=at)


def _cancel(paper: Paper, why: Paper.Cancelled, *, at: datetime) -> None:
    paper.cancelled_at, paper.cancelled_because = at, why.value
    paper.save(update_fields=["cancelled_at", "cancelled_because"])
    order = paper.order
    ledger.write(
        action="credit note cancelled",
        learner=order.buyer,
        subject=order,
        by=None,
        at=at,
        paper=str(paper),
        why=why.value,
    )


def _credit(order: Order, *, refund: Refund | None, amount: int, gone: int, at: datetime) -> Paper | None:
    """A credit note of so much, or of what can still be taken off; none where that is nothing."""
    original = _first_of(order, Kind.RECEIPT)
    if original is None:
        return None
    standing = _standing(order)
    credited = sum(paper.total for paper in standing)
    most = paper_facts.creditable(total=order.total, received=order.received, gone=gone, credited=credited)
    if (taken_off := min(amount, most)) <= 0:
        return None
    taken = [one for paper in standing for one in paper.facts.sums]
    left = paper_facts.what_is_left(original.facts.sums, taken)
    sums = paper_facts.share_of(left, taken_off)
    first = original.facts
    return _keep(
        Kind.CREDIT_NOTE,
        order=order,
        refund=refund,
        at=at,
        buyer=first.buyer,
        lines=tuple(_credit_line(share, first) for share in sums),
        sums=sums,
        net=sum(share.net for share in sums),
        tax=sum(share.tax for share in sums),
        total=taken_off,
        paid=amount,
        method=_method(order),
        concerns=first.number,
        concerns_on=first.issued_on,
        reason=_("Money given back") if refund is not None else _("The bank took the payment back"),
    )


def _credit_line(share: RateSum, first: Facts) -> Line:
    """One line for each rate, with what was bought at it."""
    bought = [
        line.description
        for line in first.lines
        if (line.tax_rate, line.tax_wording) == (share.tax_rate, share.tax_wording)
    ]
    return Line(
        description="; ".join(dict.fromkeys(bought)),
        quantity=1,
        unit=share.total,
        discount=0,
        tax_rate=share.tax_rate,
        tax_wording=share.tax_wording,
        net=share.net,
        tax=share.tax,
        total=share.total,
    )


def _first_of(order: Order, kind: Kind) -> Paper | None:
    """The receipt or the invoice of an order."""
    found: Paper | None = Paper.objects.filter(order=order, kind=kind.value).first()
    return found


def _standing(order: Order) -> list[Paper]:
    """The credit notes that count and take from the receipt, oldest first."""
    rows = Paper.objects.filter(order=order, kind=Kind.CREDIT_NOTE.value, cancelled_at=None)
    return [paper for paper in rows.select_related("order__buyer") if not _takes_from_an_invoice(paper)]


def _takes_from_an_invoice(paper: Paper) -> bool:
    return paper.facts.concerns.startswith(paper_facts.LETTERS[Kind.INVOICE])


def _went(order: Order) -> int:
    return Refund.objects.filter(order=order, status__in=WENT).aggregate(sum=Sum("amount"))["sum"] or 0


def _next_number(kind: Kind, at: datetime) -> tuple[int, int]:
    """The year and the next number of a kind. Taken back with the transaction, so that there is no gap."""
    series = _series(kind, _day(at).year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.year, series.last


def _series(kind: Kind, year: int) -> PaperSeries:
    """The series of a kind and a year, locked; made when this is the first number of the year."""
    locked = PaperSeries.objects.select_for_update().filter(kind=kind.value, year=year)
    if (found := locked.first()) is None:
        PaperSeries.objects.get_or_create(kind=kind.value, year=year)
        found = locked.get()
    return found


def _whole(order: Order, lines: tuple[Line, ...]) -> dict[str, Any]:
    """What a paper says that is about all of an order."""
    return {
        "buyer": _buyer(order),
        "lines": lines,
        "sums": paper_facts.sums_by_rate(lines),
        "net": order.net,
        "tax": order.tax,
        "total": order.total,
    }


# What a new paper says where nobody says otherwise. Not defaults of Facts: a stored paper must have them all.
NOTHING: dict[str, Any] = {
    "paid": 0,
    "paid_on": None,
    "method": "",
    "concerns": "",
    "concerns_on": None,
    "reason": "",
}


def _keep(kind: Kind, *, order: Order, at: datetime, refund: Refund | None = None, **said: Any) -> Paper:
    """Make a paper with the next number of its kind. `said` is what Facts hold beyond what all papers say."""
    details = sellers.read()
    year, number = _next_number(kind, at)
    facts = Facts(
        kind=kind.value,
        number=numbered(kind, year, number),
        issued_on=_day(at),
        order=order.reference,
        currency=order.currency,
        seller=sellers.current(details),
        how_to_pay=sellers.how_to_pay(details) if kind is Kind.INVOICE else (),
        notice=_notice(order),
        **(NOTHING | said),
    )
    paper = Paper.objects.create(
        kind=kind.value,
        year=year,
        number=number,
        order=order,
        refund=refund,
        issued_at=at,
        printed=paper_facts.to_json(facts),
        tax=facts.tax,
        total=facts.total,
    )
    ledger.write(
        action=MADE[kind],
        learner=order.buyer,
        subject=order,
        by=None,
        at=at,
        paper=facts.number,
        total=facts.total,
    )
    outbox.write(kind="paper-made", at=at, paper=paper.pk)
    return paper


# --- What is printed -----------------------------------------------------------------------------------


def _buyer(order: Order) -> Buyer:
    billing = OrderBilling.objects.filter(order=order).first() or OrderBilling()
    return Buyer(
        name=billing.name,
        organisation=billing.organisation,
        address=sellers.lines_of(billing.address),
        country=billing.country,
        purchase_order=billing.purchase_order,
    )


def _line(line: OrderLine) -> Line:
    return Line(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        discount=line.discount,
        tax_rate=line.tax_rate,
        tax_wording=line.tax_wording,
        net=line.net,
        tax=line.tax,
        total=line.total,
    )


def _method(order: Order) -> str:
    return _("bank transfer") if order.is_by_invoice else _("card or bank, through Stripe")


def _notice(order: Order) -> str:
    """What a paper says that was made while no real money moves."""
    service = gateway.current()
    is_real = not settings.DEMO_ALLOWED if order.is_by_invoice else service is not None and service.is_live
    if is_real:
        return ""
    return _("This was made while trying things out. No real money was paid.")


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


# --- The PDF -------------------------------------------------------------------------------------------


@transaction.atomic
def keep_pdf(*, paper_id: int, at: datetime) -> Paper:
    """Draw the PDF of a paper once and keep its bytes in private storage. Safe to repeat.

    Once the buyer's name has gone there is nothing to keep any more.
    """
    paper: Paper = Paper.objects.select_for_update().get(pk=paper_id)
    if paper.file_name or paper.emptied_at is not None:
        return paper
    drawn = _draw(paper)
    if drawn.missing:
        log.warning("letters without a shape on a paper", extra={"paper": paper.pk})
    name = f"papers/{paper.pk}-{secrets.token_hex(8)}.pdf"
    paper.file_name = storages["private"].save(name, ContentFile(drawn.pdf))
    paper.sha256 = hashlib.sha256(drawn.pdf).hexdigest()
    paper.save(update_fields=["file_name", "sha256"])
    return paper


def pdf(*, paper: Paper) -> bytes:
    """The bytes of the PDF. When they are not kept yet, they are drawn now; drawing is deterministic."""
    if not paper.file_name:
        return _draw(paper).pdf
    with storages["private"].open(paper.file_name) as stored:
        content: bytes = stored.read()
    return content


def _draw(paper: Paper) -> Typeset:
    return draw(facts=paper.facts, timestamp=int(paper.issued_at.timestamp()))
