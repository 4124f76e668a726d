"""What a place in a cohort costs. Editors list the prices in the cohort's own form."""

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, Panel

from cms.core.money import Currency, MoneyField, shown
from courses.cohorts.models import Cohort

# Payment services refuse less: 50 pence or cents. Nought is a price too.
LEAST = 50
LONGEST_CONDITION = 300
PERCENT = 100


class Price(models.Model):
    """One price of a cohort, tax in it. Orders keep what it was on the day: a change is for later buyers.

    A cohort with no price is free.
    """

    class Kind(models.TextChoices):
        STANDARD = "standard", _("Standard price")
        EARLY = "early", _("Early price")
        CONCESSION = "concession", _("Lower price")
        MEMBER = "member", _("Members’ price")

    class Tax(models.TextChoices):
        EXEMPT = "exempt", _("Exempt from VAT (education)")
        STANDARD = "standard", _("VAT at the rate below")
        OUTSIDE_SCOPE = "outside_scope", _("Outside the scope of VAT")

    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="prices")
    kind = models.CharField(_("who it is for"), max_length=20, choices=Kind.choices, default=Kind.STANDARD)
    amount = MoneyField(help_text=_("With VAT in it, if there is any. Like 45 or 45.50."))
    currency = models.CharField(max_length=3, choices=Currency.choices, default=Currency.GBP)
    condition = models.CharField(
        _("who may take it"),
        max_length=LONGEST_CONDITION,
        blank=True,
        help_text=_(
            "For a lower or a members’ price: what is true for whoever takes it, like “I live on a "
            "pension or on benefits.” Who chooses the price says so."
        ),
    )
    sold_until = models.DateTimeField(
        null=True, blank=True, help_text=_("For an early price: until when people can buy at it.")
    )
    tax = models.CharField(_("VAT"), max_length=20, choices=Tax.choices, default=Tax.EXEMPT)
    tax_percent = models.PositiveSmallIntegerField(
        _("VAT rate in per cent"), default=0, validators=[MaxValueValidator(PERCENT)]
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("kind"),
        FieldPanel("amount"),
        FieldPanel("currency"),
        FieldPanel("condition"),
        FieldPanel("sold_until"),
        FieldPanel("tax"),
        FieldPanel("tax_percent"),
    ]

    class Meta:
        ordering = ["-amount", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind"], name="price_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["standard", "early", "concession", "member"]), name="price_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(currency__in=["gbp", "eur", "usd"]), name="price_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(amount=0) | Q(amount__gte=LEAST), name="price_nothing_or_enough"
            ),
            models.CheckConstraint(
                condition=Q(tax="standard", tax_percent__gte=1, tax_percent__lte=PERCENT)
                | Q(tax__in=["exempt", "outside_scope"], tax_percent=0),
                name="price_tax_agrees_with_its_rate",
            ),
            models.CheckConstraint(
                condition=Q(kind="early", sold_until__isnull=False) | ~Q(kind="early"),
                name="price_early_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.words}"

    @property
    def words(self) -> str:
        """The amount as people write it."""
        return shown(self.amount, self.currency)

    @property
    def tax_rate(self) -> int:
        """The rate of tax in basis points: 2000 is 20 %."""
        return self.tax_percent * 100

    @property
    def tax_words(self) -> str:
        """How the sale is taxed, as it is printed."""
        if self.tax == self.Tax.STANDARD:
            return _("%(percent)d %% VAT included") % {"percent": self.tax_percent}
        sentences = {
            self.Tax.EXEMPT.value: _("Exempt from VAT: education"),
            self.Tax.OUTSIDE_SCOPE.value: _("Outside the scope of VAT"),
        }
        return str(sentences[self.tax])

    def is_sold_at(self, at: datetime) -> bool:
        """Whether somebody can still buy at this price."""
        return self.sold_until is None or at < self.sold_until

    def clean(self) -> None:
        """Say the database's rules in words an administrator can act on."""
        wrong: dict[str, Any] = {}
        if self.amount is not None and 0 < self.amount < LEAST:
            wrong["amount"] = _("The smallest price that can be paid by card is 0.50. For nothing, write 0.")
        if self.kind == self.Kind.EARLY and self.sold_until is None:
            wrong["sold_until"] = _("Say until when people can buy at the early price.")
        if self.kind in (self.Kind.CONCESSION, self.Kind.MEMBER) and not self.condition.strip():
            wrong["condition"] = _("Write for whom it is. Who chooses the price says that this is so.")
        if self.tax == self.Tax.STANDARD and not self.tax_percent:
            wrong["tax_percent"] = _("Write the rate of VAT, like 20.")
        if self.tax != self.Tax.STANDARD:
            self.tax_percent = 0
        if wrong:
            raise ValidationError(wrong)
