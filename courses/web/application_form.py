"""The form that an applicant fills in, built from the questions of the team; and the answers in it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

from courses.cohorts.application_forms import ApplicationQuestion
from courses.enrolment.applications import LONGEST_TEXT

LONGEST_LINE = 255
Kind = ApplicationQuestion.Kind


class AnswersForm(forms.Form):
    """The fields come from the questions; hidden fields are not among them."""


def _short(question: ApplicationQuestion, **common: Any) -> forms.Field:
    return forms.CharField(max_length=LONGEST_LINE, **common)


def _long(question: ApplicationQuestion, **common: Any) -> forms.Field:
    box = forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_TEXT})
    return forms.CharField(max_length=LONGEST_TEXT, widget=box, **common)


def _number(question: ApplicationQuestion, **common: Any) -> forms.Field:
    # Not a number box: those change under a turning wheel, and say nothing useful when they refuse.
    box = forms.TextInput(attrs={"inputmode": "decimal"})
    return forms.DecimalField(max_digits=15, decimal_places=4, widget=box, **common)


def _date(question: ApplicationQuestion, **common: Any) -> forms.Field:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **common)


def _tick(question: ApplicationQuestion, **common: Any) -> forms.Field:
    return forms.BooleanField(**common)


def _ticks(question: ApplicationQuestion, **common: Any) -> forms.Field:
    choices = [(option, option) for option in question.options]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)


def _one_of_a_list(question: ApplicationQuestion, **common: Any) -> forms.Field:
    choices = [("", _("Please choose")), *((option, option) for option in question.options)]
    return forms.ChoiceField(choices=choices, **common)


def _one_of_a_few(question: ApplicationQuestion, **common: Any) -> forms.Field:
    choices = [(option, option) for option in question.options]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


FIELDS: dict[str, Callable[..., forms.Field]] = {
    Kind.SINGLELINE.value: _short,
    Kind.MULTILINE.value: _long,
    Kind.NUMBER.value: _number,
    Kind.DATE.value: _date,
    Kind.CHECKBOX.value: _tick,
    Kind.CHECKBOXES.value: _ticks,
    Kind.DROPDOWN.value: _one_of_a_list,
    Kind.RADIO.value: _one_of_a_few,
}


def build(
    questions: Sequence[ApplicationQuestion],
    *,
    data: QueryDict | None = None,
    answers: Sequence[Mapping[str, Any]] = (),
) -> AnswersForm:
    """A form with one field for each question; bound when there is `data`, else filled with `answers`."""
    form = AnswersForm(data, initial={one["key"]: one["answer"] for one in answers})
    for question in questions:
        form.fields[question.key] = _field(question)
    return form


def _field(question: ApplicationQuestion) -> forms.Field:
    ticked = question.kind in (Kind.CHECKBOX, Kind.CHECKBOXES)
    needed = _("Please tick this to go on.") if question.kind == Kind.CHECKBOX else _("Please answer this.")
    field = FIELDS[question.kind](
        question,
        label=question.label,
        # A label or a help text is plain text: the template of a field puts help in as it is.
        help_text=conditional_escape(question.help_text),
        required=question.is_required,
    )
    field.error_messages["required"] = (
        _("Please tick at least one.") if ticked and question.kind == Kind.CHECKBOXES else needed
    )
    return field


def typed(questions: Sequence[ApplicationQuestion], data: QueryDict) -> list[dict[str, Any]]:
    """What was typed, as it was typed and no longer than the form allows: also what is not right yet.

    Only the questions of the form are read, and of a choice only what can be chosen.
    """
    return [
        {"key": one.key, "question": one.label, "answer": _answer(one, data.getlist(one.key))}
        for one in questions
    ]


def _answer(question: ApplicationQuestion, values: list[str]) -> str | list[str] | bool:
    if question.kind == Kind.CHECKBOXES:
        return [option for option in question.options if option in values]
    last = values[-1].replace("\x00", "").strip() if values else ""
    if question.kind == Kind.CHECKBOX:
        return last == "on"
    if question.kind in (Kind.DROPDOWN, Kind.RADIO):
        return last if last in question.options else ""
    return last[: LONGEST_TEXT if question.kind == Kind.MULTILINE else LONGEST_LINE]
