"""What a place costs, in words for somebody who thinks of joining."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Subquery
from django.utils.translation import gettext as _

from cms.core import json_rows
from cms.core.money import shown
from courses.cohorts.prices import Price


@dataclass(frozen=True, slots=True)
class Cost:
    """One price of a cohort, as a column of another query brought it."""

    kind: str
    amount: int
    currency: str
    sold_until: datetime | None

    @property
    def words(self) -> str:
        return shown(self.amount, self.currency)


def of(cohort: Any) -> Subquery:
    """The prices of a cohort as part of another query, for `read`. `cohort` is an OuterRef."""
    every = Price.objects.filter(cohort=cohort)
    columns = {name: F(name) for name in ("kind", "amount", "currency", "sold_until")}
    return json_rows.listed(every, by="cohort", **columns)


def read(told: str | None, *, at: datetime) -> list[Cost]:
    """What `of` brought and can be bought now, the dearest first."""
    rows = json.loads(told or "[]")
    costs = [
        Cost(
            row["kind"],
            row["amount"],
            row["currency"],
            json_rows.moment(row["sold_until"]) if row["sold_until"] else None,
        )
        for row in rows
    ]
    still = [one for one in costs if one.sold_until is None or at < one.sold_until]
    return sorted(still, key=lambda one: -one.amount)


def sentence(costs: list[Cost]) -> str:
    """ "£60, and £30 for some people"; empty when nothing is asked."""
    if not costs:
        return ""
    for_everybody = [one for one in costs if one.kind in (Price.Kind.STANDARD, Price.Kind.EARLY)]
    usual = min(for_everybody or costs, key=lambda one: one.amount)
    least = min(costs, key=lambda one: one.amount)
    if least.amount < usual.amount:
        return _("%(price)s, and %(lower)s for some people") % {"price": usual.words, "lower": least.words}
    if not usual.amount:
        return _("Free")
    return usual.words
