"""Who sells, as the settings of the site say it, and what of that is missing."""

from typing import Any

from django.conf import settings
from django.core.checks import Warning as CheckWarning
from django.core.checks import register
from django.db import DatabaseError
from django.utils.translation import gettext as _

from cms.core.models import SiteDetails
from courses.cohorts.prices import Price
from courses.payments import gateway
from courses.payments.paper_facts import Seller


def current(details: SiteDetails) -> Seller:
    """The seller that is printed on papers made now. What nobody has filled in is empty; never the name."""
    return Seller(
        name=details.seller_name or details.organisation or settings.SITE_NAME,
        address=lines_of(details.seller_address),
        charity_number=details.charity_number,
        company_number=details.company_number,
        vat_number=details.vat_number,
    )


def how_to_pay(details: SiteDetails) -> tuple[str, ...]:
    """The lines that invoices say about the account to pay into."""
    return lines_of(details.bank_details)


def invoice_days() -> int:
    """How many days there are to pay an invoice; none where people cannot have one.

    They can where there is an account to pay into: always without cards, beside cards if the team wants it.
    """
    details = read()
    wanted = details.invoices_beside_cards or not gateway.is_switched_on()
    return int(details.invoice_days) if wanted and lines_of(details.bank_details) else 0


def read() -> SiteDetails:
    """What the site says of itself; all empty where nobody has said it. One query."""
    return SiteDetails.objects.filter(site__is_default_site=True).first() or SiteDetails()


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of an address, without empty ones."""
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


def gaps() -> list[str]:
    """What is missing on receipts, a sentence each; for staff. Two queries at the most."""
    details = read()
    found = []
    if not (details.seller_name or details.organisation):
        found.append(_("Receipts have no name of a seller."))
    if not lines_of(details.seller_address):
        found.append(_("Receipts have no address of a seller."))
    if not details.vat_number and Price.objects.filter(tax=Price.Tax.STANDARD).exists():
        found.append(_("There is a price with VAT in it, and no VAT registration number."))
    return found


@register(deploy=True)
def receipts_say_who_sells(app_configs: Any, **kwargs: Any) -> list[CheckWarning]:
    """A receipt must say who sold. Asked only where people can pay."""
    if not gateway.is_switched_on():
        return []
    try:
        found = gaps()
    except DatabaseError:
        # Before the first migration there is nothing to be missing.
        return []
    return [
        CheckWarning(sentence, hint="Fill it in under Settings, Site details.", id="payments.W101")
        for sentence in found
    ]
