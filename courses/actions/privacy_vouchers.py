"""Vouchers: their part of the download, and of erasure. Who used one is in the order."""

from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from cms.users.privacy import Export, Row, Section, eraser, exporter
from courses.payments.orders import OrderLine
from courses.payments.vouchers import Voucher


@exporter
def export(user: Any) -> Export:
    """The vouchers that somebody used, has for themselves alone, or made."""
    tables = [
        (_("Vouchers you used"), _used(user)),
        (_("Vouchers for you alone"), [_row(one) for one in Voucher.objects.filter(person=user)]),
        (_("Vouchers you made"), [_row(one) for one in Voucher.objects.filter(made_by=user)]),
    ]
    return Export(sections=[Section(title, rows) for title, rows in tables if rows], attachments=[])


def _used(user: Any) -> list[Row]:
    found = OrderLine.objects.filter(order__buyer=user, order__voucher__isnull=False)
    return [
        [
            (_("Order"), line.order.reference),
            (_("Voucher"), line.code),
            (_("Taken off"), line.order.words(line.discount)),
        ]
        for line in found.select_related("order").annotate(code=F("order__voucher__code"))
    ]


def _row(voucher: Voucher) -> Row:
    return [
        (_("Voucher"), voucher.code),
        (_("What it gives"), voucher.words),
        (_("Note"), voucher.note),
        (_("Made"), voucher.made_at.isoformat()),
    ]


@eraser
def erase(user: Any, at: datetime) -> None:
    """What was noted about a voucher goes, and the code of one for this person alone, which may hold their
    name. It stays with the orders that have it, and names nobody."""
    Voucher.objects.filter(Q(person=user) | Q(made_by=user)).update(note="")
    gone = Concat(Value("GONE-"), Cast("pk", CharField()))
    Voucher.objects.filter(person=user).update(code=gone, key=gone)
