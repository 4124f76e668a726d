"""The form by which somebody pauses reminders."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

UNTIL_DAY, UNTIL_TOLD = "day", "told"


class PauseForm(forms.Form):
    """Until a day, or until the person says so."""

    how_long = forms.ChoiceField(
        label=_("How long?"),
        choices=[
            (UNTIL_DAY, _("Until a day that I choose")),
            (UNTIL_TOLD, _("Until I switch them on again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose how long.")},
    )
    last_day = forms.DateField(
        label=_("The last day without reminders"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Please write the day like 24 12 2026, or choose it.")},
        input_formats=["%Y-%m-%d", "%d %m %Y", "%d/%m/%Y", "%d.%m.%Y"],
    )

    def clean_last_day(self) -> date | None:
        """Only asked for with the first answer."""
        day: date | None = self.cleaned_data["last_day"]
        if self.cleaned_data.get("how_long") == UNTIL_DAY and day is None and not self.errors.get("last_day"):
            raise forms.ValidationError(_("Please choose the last day without reminders."))
        return day

    @property
    def chosen_day(self) -> date | None:
        """The day that was chosen; None for "until I switch them on again"."""
        day: date | None = self.cleaned_data["last_day"]
        return day if self.cleaned_data["how_long"] == UNTIL_DAY else None
