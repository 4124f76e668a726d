"""Amounts of money: whole numbers of the smallest coin, typed and shown the way people write them."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

COINS = 100


class Currency(models.TextChoices):
    GBP = "gbp", _("Pounds (£)")
    EUR = "eur", _("Euros (€)")
    USD = "usd", _("US dollars ($)")


SIGNS = {Currency.GBP.value: "£", Currency.EUR.value: "€", Currency.USD.value: "$"}


def shown(amount: int, currency: str) -> str:
    """An amount in words: £45, £45.50, −£3. `amount` is in pence or cents."""
    whole, coins = divmod(abs(amount), COINS)
    number = number_format(
        Decimal(abs(amount)) / COINS if coins else whole, 2 if coins else 0, force_grouping=True
    )
    return f"{'−' if amount < 0 else ''}{SIGNS.get(currency, currency.upper() + ' ')}{number}"


def in_full(amount: int, currency: str) -> str:
    """An amount as it stands on a paper, always with its pence or cents: £45.00, −£3.50."""
    number = number_format(Decimal(abs(amount)) / COINS, 2, force_grouping=True)
    return f"{'−' if amount < 0 else ''}{SIGNS.get(currency, currency.upper() + ' ')}{number}"


class MoneyFormField(forms.DecimalField):
    """Typed in pounds ("45.50"), kept in pence."""

    def __init__(self, **kwargs: Any) -> None:
        # What the database's own field brings along is about whole numbers.
        for name in ("min_value", "max_value"):
            kwargs.pop(name, None)
        super().__init__(min_value=Decimal(0), max_digits=9, decimal_places=2, **kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def prepare_value(self, value: Any) -> Any:
        """A number from the database is in coins; what was typed stays as it was typed."""
        return f"{Decimal(value) / COINS:.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return None if typed is None else int(typed * COINS)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))


class MoneyField(models.PositiveIntegerField):  # type: ignore[type-arg]
    """An amount in pence or cents. Its form asks for pounds or euros."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": MoneyFormField, **kwargs})
