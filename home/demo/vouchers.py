"""One voucher for the groups of the demo that cost money, with a plainly made-up code. Safe to repeat."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cms.users.models import User
from courses.actions import vouchers
from courses.actions.vouchers import Wish
from courses.cohorts.models import Cohort
from courses.payments import voucher_rules
from courses.payments.pricing import Discount, DiscountKind
from courses.payments.vouchers import Voucher
from home.demo import groups

CODE = "DEMO-HALF"
HALF = Discount(DiscountKind.PERCENT, 5000)
NOTE = "It exists in this demonstration only."
USES = 20


def populate(cohorts: Sequence[Cohort], *, by: User, at: datetime) -> None:
    """Half the price of the groups with workshops, once for each person."""
    sold = [cohort.pk for cohort in cohorts if cohort.name in (groups.NEXT, groups.LATER)]
    if not sold or Voucher.objects.filter(key=voucher_rules.key(CODE)).exists():
        return
    wish = Wish(HALF, Voucher.Purpose.MARKETING.value, uses_allowed=USES, cohorts=sold, note=NOTE)
    vouchers.make(wish=wish, code=CODE, by=by, at=at - timedelta(days=1))
