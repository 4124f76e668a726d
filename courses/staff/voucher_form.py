"""The form that makes vouchers: what they give, how often, when, where and to whom."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.money import COINS, Currency
from cms.users.models import User
from courses.actions.vouchers import MOST_AT_ONCE, Wish
from courses.enrolment import rules
from courses.payments import voucher_rules
from courses.payments.pricing import Discount, DiscountKind
from courses.payments.vouchers import LONGEST_CODE, LONGEST_DOMAIN, LONGEST_NOTE, Voucher
from courses.queries import vouchers
from courses.staff.fields import EmailDomainField

MOST_USES = 1_000_000
# Days that every time zone and database has.
DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


class DayInput(forms.DateInput):
    """A day, chosen or typed."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class VoucherForm(forms.Form):
    """One voucher, or many that are alike."""

    number = forms.IntegerField(
        label=gettext_lazy("How many vouchers?"), initial=1, min_value=1, max_value=MOST_AT_ONCE
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=LONGEST_CODE,
        required=False,
        help_text=gettext_lazy(
            "6 to 24 letters and digits. Empty: we make codes that nobody can guess. A code that people can "
            "guess will be guessed, so limit how often it can be used."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it gives"),
        choices=Voucher.Kind.choices,
        initial=Voucher.Kind.PERCENT,
        widget=forms.RadioSelect,
    )
    value = forms.DecimalField(
        label=gettext_lazy("How much"),
        min_value=0,
        max_digits=9,
        decimal_places=2,
        help_text=gettext_lazy("Per cent, like 50. Or an amount, like 15 or 15.50."),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        choices=Currency.choices,
        initial=Currency.GBP,
        required=False,
        help_text=gettext_lazy("For an amount or a fixed price."),
    )
    uses_allowed = forms.IntegerField(
        label=gettext_lazy("How often can each be used?"),
        initial=1,
        min_value=1,
        max_value=MOST_USES,
        required=False,
        help_text=gettext_lazy("Empty: as often as people like."),
    )
    uses_each = forms.IntegerField(
        label=gettext_lazy("How often by the same person?"),
        initial=1,
        min_value=1,
        max_value=MOST_USES,
        required=False,
        help_text=gettext_lazy("Empty: as often as they like."),
    )
    first_day = forms.DateField(
        label=gettext_lazy("First day"), required=False, widget=DayInput, validators=DAYS
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), required=False, widget=DayInput, validators=DAYS
    )
    courses: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only for these courses"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: for all courses and groups that cost money."),
    )
    cohorts: Any = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Only for these groups"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("With courses as well: for both."),
    )
    email_domain = EmailDomainField(longest=LONGEST_DOMAIN)
    person = forms.EmailField(
        label=gettext_lazy("Only for one person"),
        required=False,
        help_text=gettext_lazy("The e-mail address of their account here."),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("What it is booked under"), choices=Voucher.Purpose.choices
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("For you, as in “flyer in the library”. No names of people, please."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["courses"].queryset = vouchers.sold_courses()  # type: ignore[attr-defined]
        self.fields["cohorts"].queryset = vouchers.sold_cohorts()  # type: ignore[attr-defined]

    def clean_person(self) -> int | None:
        address = self.cleaned_data["person"]
        if not address:
            return None
        found = User.objects.filter(email__iexact=address, is_active=True).values_list("pk", flat=True)
        if (pk := found.first()) is None:
            raise forms.ValidationError(_("Nobody has an account with this address."))
        return int(pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if {"kind", "value"} <= cleaned.keys() and not voucher_rules.is_possible(self._discount()):
            said = {
                DiscountKind.PERCENT: _("Write more than 0 and at most 100."),
                DiscountKind.AMOUNT: _("Write more than 0."),
                DiscountKind.FIXED_PRICE: _("Write 0, or at least 0.50: payment services take no less."),
            }
            self.add_error("value", said[DiscountKind(cleaned["kind"])])
        if cleaned.get("kind") != Voucher.Kind.PERCENT and not cleaned.get("currency", "-"):
            self.add_error("currency", _("Choose a currency."))
        return cleaned

    def _discount(self) -> Discount:
        """Per cent and pounds alike have a hundredth part that is counted."""
        value: Decimal = self.cleaned_data["value"]
        return Discount(DiscountKind(self.cleaned_data["kind"]), int(value * COINS))

    def wish(self) -> Wish:
        """What was typed, for the action. Days are those of the site's own time zone."""
        typed, zone = self.cleaned_data, settings.TIME_ZONE
        first, last = typed["first_day"], typed["last_day"]
        is_share = typed["kind"] == Voucher.Kind.PERCENT
        return Wish(
            discount=self._discount(),
            purpose=typed["purpose"],
            currency="" if is_share else typed["currency"],
            starts_at=rules.end_of_day(first - timedelta(days=1), time_zone=zone) if first else None,
            ends_at=rules.end_of_day(last, time_zone=zone) if last else None,
            uses_allowed=typed["uses_allowed"],
            uses_each=typed["uses_each"],
            courses=[course.pk for course in typed["courses"]],
            cohorts=[cohort.pk for cohort in typed["cohorts"]],
            email_domain=typed["email_domain"],
            person_id=typed["person"],
            note=typed["note"],
        )
