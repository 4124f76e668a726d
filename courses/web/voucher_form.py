"""The voucher on the page where a place is bought: its field, and what it does to the price."""

from collections.abc import Iterable

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.rate_limits import is_too_often
from courses.payments.vouchers import LONGEST_CODE
from courses.queries.vouchers import Offered

# What the button sends that only shows the price.
USE = "voucher"
# Whoever looks at the price, mistypes and then pays needs few; a guesser needs very many.
CODES_A_MINUTE = 10


class VoucherForm(forms.Form):
    """A code, if somebody has one. It stands inside the form for buying, with a button of its own."""

    voucher = forms.CharField(
        required=False,
        max_length=LONGEST_CODE,
        label=gettext_lazy("Voucher code"),
        help_text=gettext_lazy("Small or capital letters, with or without dashes: all are fine."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    @property
    def code(self) -> str:
        """What was typed; empty when nothing was, or too much."""
        return str(self.cleaned_data.get("voucher", "")) if self.is_valid() else ""

    def is_tried_too_often(self, request: HttpRequest) -> bool:
        """Count a code that was sent; say so, next to the field, when this person has sent too many."""
        is_over = bool(self.code) and is_too_often(request, f"voucher-{request.user.pk}", CODES_A_MINUTE)
        if is_over:
            self.add_error("voucher", _("These were many codes. Please wait a minute, then try again."))
        return is_over

    def is_asked_for(self) -> bool:
        """Whether there is a code to try; otherwise say so next to the field."""
        if self.is_valid() and not self.code:
            self.add_error("voucher", _("Please type your code here, or go on to the payment without one."))
        return self.is_valid()


def in_words(found: Iterable[Offered]) -> list[str]:
    """What a voucher does to each price."""
    return [_sentence(one) for one in found]


def _sentence(one: Offered) -> str:
    said = {"label": one.label, "before": one.before, "now": one.now}
    if one.is_nothing:
        return _("%(label)s: with your voucher you pay nothing instead of %(before)s.") % said
    return _("%(label)s: with your voucher you pay %(now)s instead of %(before)s.") % said
