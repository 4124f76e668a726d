"""What forms say when something is missing or cannot be read: whole sentences that name the way on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

TOO_LONG = _("Please use %(limit_value)d letters or fewer. You have %(show_value)d.")
TOO_SHORT = _("Please use %(limit_value)d letters or more. You have %(show_value)d.")

# The first kind that fits a field gives its words; a field's own words always come before them.
KIND_WORDS: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (
        forms.EmailField,
        {
            "required": _("Please type your e-mail address."),
            "invalid": _("Please type a whole e-mail address, such as name@example.org."),
        },
    ),
    (
        forms.BooleanField,
        {"required": _("Please tick this box.")},
    ),
    (
        forms.MultipleChoiceField,
        {
            "required": _("Please choose one or more."),
            "invalid_choice": _("Please choose from the list."),
            "invalid_list": _("Please choose from the list."),
        },
    ),
    (
        forms.ChoiceField,
        {"required": _("Please choose one."), "invalid_choice": _("Please choose from the list.")},
    ),
    (
        forms.DateField,
        {"required": _("Please give a date."), "invalid": _("Please give a date, such as 31/12/2026.")},
    ),
    (
        forms.IntegerField,
        {"required": _("Please type a number."), "invalid": _("Please type a number, such as 12.")},
    ),
    (
        forms.FileField,
        {
            "required": _("Please choose a file."),
            "empty": _("This file is empty. Please choose another one."),
            "invalid": _("The file did not reach us. Please choose it again."),
        },
    ),
    (
        forms.Field,
        {
            "required": _("Please fill this in."),
            "max_length": TOO_LONG,
            "min_length": TOO_SHORT,
        },
    ),
)


def _words_of(field: forms.Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, words in KIND_WORDS:
        if isinstance(field, kind):
            found = {**words, **found}
    return found


def _library_words(field: forms.Field) -> dict[str, Any]:
    """What Django would say about a field of this kind, whose form gave it no words of its own."""
    said: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        said.update(getattr(kind, "default_error_messages", {}))
    return said


def say_it_kindly(fields: dict[str, forms.Field]) -> None:
    """Give every field our words, where it has none of its own.

    Validators are left alone: Django asks the field first for words under the validator's code.
    """
    for field in fields.values():
        usual = _library_words(field)
        for code, words in _words_of(field).items():
            if field.error_messages.get(code) in (None, usual.get(code)):
                field.error_messages[code] = words


class KindWords:
    """For a form whose refusals are our sentences. Mix it in before the form of a library."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_it_kindly(self.fields)
