"""Fields that several forms of the team share."""

from typing import Any

from django import forms
from django.core.validators import DomainNameValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class EmailDomainField(forms.CharField):
    """What stands after the @ of an address, with or without it, in small letters; empty for any."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Only for people with an address at"),
            # One more for the @ that people type with it.
            max_length=longest + 1,
            required=False,
            help_text=gettext_lazy(
                "What stands after the @, as in example.org. They must have confirmed that address here."
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        domain = str(super().clean(value)).strip().removeprefix("@").lower()
        if domain:
            try:
                DomainNameValidator(accept_idna=False)(domain)
            except forms.ValidationError as wrong:
                raise forms.ValidationError(_("Please write it like example.org.")) from wrong
        return domain
