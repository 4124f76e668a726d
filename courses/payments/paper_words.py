"""How the facts of a paper are said to people: the same words on the page and in the PDF."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.core.money import in_full
from courses.payments.paper_facts import NOBODY, Facts, Kind, Line, is_vat_invoice

AT_HOME = "GB"
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper in words. Every row of a table is as long as its `heads`; its first cell is its own head."""

    title: str
    number: str
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    lines_title: str
    line_heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    sums_title: str
    sum_heads: tuple[str, ...]
    sums: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    remarks: tuple[str, ...]


def title_of(kind: str) -> str:
    """What a paper of this kind is called."""
    titles = {
        Kind.RECEIPT.value: _("Receipt"),
        Kind.INVOICE.value: _("Invoice"),
        Kind.CREDIT_NOTE.value: _("Credit note"),
    }
    return titles[kind]


def sheet(facts: Facts) -> Sheet:
    """The whole paper."""
    has_discount = any(line.discount for line in facts.lines)
    return Sheet(
        title=title_of(facts.kind),
        number=facts.number,
        seller=_seller(facts),
        buyer=_buyer(facts),
        about=_about(facts),
        lines_title=_("What is taken off") if _is_credit(facts) else _("What was bought"),
        line_heads=(
            _("What"),
            _("How many"),
            _("Price of one"),
            *([_("Less")] if has_discount else []),
            _("Together"),
        ),
        lines=tuple(_line(line, facts.currency, has_discount=has_discount) for line in facts.lines),
        sums_title=_("VAT"),
        sum_heads=(_("Rate"), _("Without VAT"), _("VAT"), _("With VAT")),
        sums=tuple(
            (one.tax_wording, *_amounts((one.net, one.tax, one.total), facts.currency)) for one in facts.sums
        ),
        total=(_("Total"), *_amounts((facts.net, facts.tax, facts.total), facts.currency)),
        remarks=_remarks(facts),
    )


def _is_credit(facts: Facts) -> bool:
    return facts.kind == Kind.CREDIT_NOTE


def _amounts(amounts: tuple[int, ...], currency: str) -> tuple[str, ...]:
    return tuple(in_full(amount, currency) for amount in amounts)


def _line(line: Line, currency: str, *, has_discount: bool) -> tuple[str, ...]:
    less = [in_full(-line.discount, currency)] if has_discount else []
    return (
        line.description,
        str(line.quantity),
        in_full(line.unit, currency),
        *less,
        in_full(line.total, currency),
    )


def _seller(facts: Facts) -> tuple[str, ...]:
    seller = facts.seller
    numbers = (
        (_("Charity number %s"), seller.charity_number),
        (_("Company number %s"), seller.company_number),
        (_("VAT registration number %s"), seller.vat_number),
    )
    return (seller.name, *seller.address, *(words % number for words, number in numbers if number))


def _buyer(facts: Facts) -> tuple[str, ...]:
    buyer = facts.buyer
    if buyer == NOBODY:
        return (_("The name and address are no longer kept."),)
    country = "" if buyer.country in ("", AT_HOME) else buyer.country
    return tuple(filter(None, (buyer.name, buyer.organisation, *buyer.address, country)))


def _about(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Numbers and days, with those left out that this paper does not have."""
    pairs = [
        (_("Number"), facts.number),
        (_("Date"), _day(facts.issued_on)),
        (_("Order"), facts.order),
        (_("Your purchase order"), facts.buyer.purchase_order),
    ]
    if _is_credit(facts):
        pairs += [
            (_("Takes from"), _("%(number)s of %(day)s") % _original(facts)),
            (_("Why"), facts.reason),
        ]
        if facts.paid:
            pairs += [
                (_("Given back"), in_full(facts.paid, facts.currency)),
                (_("Given back by"), facts.method),
            ]
    elif facts.kind == Kind.INVOICE:
        pairs += [(_("Please pay by"), _day(facts.due_on))]
    else:
        pairs += [
            (_("For invoice"), facts.concerns),
            (_("Paid"), in_full(facts.paid, facts.currency)),
            (_("Paid on"), _day(facts.paid_on)),
            (_("Paid by"), facts.method),
        ]
    return tuple((label, value) for label, value in pairs if value)


def _original(facts: Facts) -> dict[str, str]:
    return {"number": facts.concerns, "day": _day(facts.concerns_on)}


def _remarks(facts: Facts) -> tuple[str, ...]:
    found = [facts.notice]
    if facts.how_to_pay:
        found.append(
            _("Please pay by bank transfer into this account, and write %(number)s with it:")
            % {"number": facts.number}
        )
        found += facts.how_to_pay
    if is_vat_invoice(facts):
        is_invoice = facts.kind == Kind.INVOICE
        found.append(_("This is a VAT invoice.") if is_invoice else _("This receipt is also a VAT invoice."))
    if not facts.seller.vat_number and not facts.tax:
        found.append(_("No VAT was charged."))
    return tuple(filter(None, found))


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
