"""A site that sends invoices, and people who order a place by one."""

from datetime import datetime
from typing import Any

from wagtail.models import Site

from cms.core.models import SiteDetails
from courses.actions import buy
from courses.cohorts.prices import Price
from courses.payments.orders import Order
from tests.factories import payments

ACCOUNT = "Lived Learning demonstration\nSort code 00-00-00\nAccount 00000000"


def switched_on(**fields: Any) -> SiteDetails:
    """People can pay by bank transfer within 14 days."""
    details: SiteDetails = SiteDetails.for_site(Site.objects.get(is_default_site=True))
    for name, value in {"bank_details": ACCOUNT, "invoice_days": 14, **fields}.items():
        setattr(details, name, value)
    details.save()
    return details


def order(price: Price, buyer: Any, *, at: datetime, **fields: Any) -> Order:
    """An order that waits for a bank transfer."""
    wanted = payments.wanted(price, by_invoice=True, **fields)
    return buy.start(cohort_id=price.cohort_id, buyer=buyer, wanted=wanted, at=at)
