"""Vouchers: a code that makes a place cheaper. Amounts are in pence or cents, shares in basis points."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core.money import Currency, shown
from courses.catalogue.models import Course
from courses.cohorts.models import Cohort
from courses.payments.pricing import Discount, DiscountKind
from courses.payments.states import GRACE, MONEY, OPEN, OrderState
from courses.payments.voucher_rules import Terms

LONGEST_CODE, LONGEST_DOMAIN, LONGEST_NOTE = 40, 253, 200
# An order that was refunded in full gives its use back. One that cost nothing keeps it.
SPENT = MONEY - {OrderState.REFUNDED}
PERCENT = 100


class Voucher(models.Model):
    """What its code gives, and to whom. Frozen when it is made, so that orders can be explained by it:
    it can only be switched off. Deleted by nobody.

    `code` is as it was given to people, `key` as it is read. `value` is basis points for a share, else
    minor units of `currency`. Limits that are empty do not limit.
    """

    class Kind(models.TextChoices):
        PERCENT = "percent", _("A share of the price, in per cent")
        AMOUNT = "amount", _("An amount less")
        FIXED_PRICE = "fixed_price", _("A fixed price")

    class Purpose(models.TextChoices):
        """What it is booked under."""

        MARKETING = "marketing", _("Marketing")
        SALES = "sales", _("Sales")
        STAFF = "staff", _("Own staff")
        HARDSHIP = "hardship", _("Help for people with little money")

    code = models.CharField(max_length=LONGEST_CODE)
    key = models.CharField(max_length=LONGEST_CODE, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    value = models.PositiveIntegerField()
    currency = models.CharField(max_length=3, blank=True, choices=Currency.choices)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    uses_allowed = models.PositiveIntegerField(null=True, blank=True)
    uses_each = models.PositiveIntegerField(null=True, blank=True)
    courses = models.ManyToManyField(Course, blank=True, related_name="+")
    cohorts = models.ManyToManyField(Cohort, blank=True, related_name="+")
    email_domain = models.CharField(max_length=LONGEST_DOMAIN, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    note = models.CharField(max_length=LONGEST_NOTE, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    switched_off_at = models.DateTimeField(null=True, blank=True)
    switched_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["percent", "amount", "fixed_price"]), name="voucher_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["marketing", "sales", "staff", "hardship"]),
                name="voucher_purpose_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", currency="")
                | ~Q(kind="percent") & Q(currency__in=["gbp", "eur", "usd"]),
                name="voucher_amount_has_a_currency",
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", value__gte=1, value__lte=10_000)
                | Q(kind="amount", value__gte=1)
                | Q(kind="fixed_price", value=0)
                | Q(kind="fixed_price", value__gte=50),
                name="voucher_value_fits_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(uses_allowed__isnull=True) | Q(uses_allowed__gte=1), name="voucher_uses_from_one"
            ),
            models.CheckConstraint(
                condition=Q(uses_each__isnull=True) | Q(uses_each__gte=1), name="voucher_uses_each_from_one"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="voucher_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(switched_off_at__isnull=True, switched_off_by__isnull=True)
                | Q(switched_off_at__isnull=False, switched_off_by__isnull=False),
                name="voucher_switched_off_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"voucher {self.pk}"

    @property
    def discount(self) -> Discount:
        return Discount(DiscountKind(self.kind), self.value)

    @property
    def words(self) -> str:
        """What it gives, as people write it."""
        if self.kind == self.Kind.PERCENT:
            whole, rest = divmod(self.value, PERCENT)
            number = f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
            return gettext("%(percent)s %% less") % {"percent": number}
        amount = shown(self.value, self.currency)
        if self.kind == self.Kind.AMOUNT:
            return gettext("%(amount)s less") % {"amount": amount}
        return gettext("%(amount)s instead of the price") % {"amount": amount}

    def terms(self) -> Terms:
        """What it gives and asks, for the rules. Two queries, unless both lists were fetched already."""
        return Terms(
            discount=self.discount,
            currency=self.currency,
            is_off=self.switched_off_at is not None,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            uses=self.uses_allowed,
            uses_each=self.uses_each,
            courses=frozenset(course.pk for course in self.courses.all()),
            cohorts=frozenset(cohort.pk for cohort in self.cohorts.all()),
            email_domain=self.email_domain,
            person=self.person_id,
        )


def spent() -> Q:
    """Orders that have used up a use: what was paid, or cost nothing."""
    return Q(status__in=[state.value for state in SPENT])


def held(at: datetime) -> Q:
    """Orders that hold a use as they hold a place: nothing is paid yet, and it is not too late."""
    return Q(status__in=[state.value for state in OPEN], pay_by__gt=at - GRACE)
