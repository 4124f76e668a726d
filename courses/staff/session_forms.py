"""The form of a live session: a day and two times of the clock, in the cohort's own time zone."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.rich_text import DraftailRichTextArea

from courses.actions.sessions import Details
from courses.cohorts import dates, telling_times
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import FEATURES, LiveSession

# A day further away than this is a slip of the fingers.
FURTHEST = timedelta(days=3650)


class Editor(DraftailRichTextArea):
    """Wagtail's editor. What arrives and is not of its making is left out, instead of failing."""

    def value_from_datadict(self, *args: Any) -> Any:
        try:
            return super().value_from_datadict(*args)
        except (ValueError, TypeError, KeyError, AttributeError):
            return ""


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, with the browser's own calendar where it has one."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    """A time of the clock, to the minute."""
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, **options)


def not_too_far(day: date, cohort: Cohort) -> date:
    """The day. Raises ValidationError when it is ten years from the cohort's first."""
    if abs(day - cohort.starts_on) > FURTHEST:
        raise forms.ValidationError(_("That is more than ten years away. Please check the year."))
    return day


class SessionForm(forms.Form):
    """All that can be said of a session."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=255)
    day = day_field(gettext_lazy("Day"))
    begins = time_field(gettext_lazy("Begins"))
    ends = time_field(gettext_lazy("Ends"))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("The address, and how to find the room."),
    )
    link = forms.URLField(
        label=gettext_lazy("Link"),
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("Where people meet online. Only who is on the cohort sees it."),
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Room for"),
        required=False,
        min_value=1,
        max_value=32_000,
        help_text=gettext_lazy("How many people fit in. Leave empty if it does not matter."),
    )
    materials = forms.CharField(
        label=gettext_lazy("Materials"),
        required=False,
        max_length=20_000,
        help_text=gettext_lazy("What to read or bring, with links. Learners of the cohort see it."),
        widget=Editor(features=FEATURES),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort
        self.zone = ZoneInfo(cohort.time_zone)
        self.fields["begins"].help_text = _("Times of the clock in %(city)s.") % {
            "city": telling_times.city(self.zone)
        }

    def clean_day(self) -> date:
        return not_too_far(self.cleaned_data["day"], self.cohort)

    def clean(self) -> None:
        said = self.cleaned_data
        if "begins" in said and "ends" in said and said["ends"] <= said["begins"]:
            self.add_error("ends", _("The end must be after the beginning, on the same day."))

    @property
    def details(self) -> Details:
        """What was typed, with moments for the times of the clock."""
        said = self.cleaned_data
        return Details(
            title=said["title"],
            starts_at=self._moment(said["begins"]),
            ends_at=self._moment(said["ends"]),
            place=said["place"],
            link=said["link"],
            capacity=said["capacity"],
            materials=said["materials"],
        )

    def _moment(self, clock: Any) -> datetime:
        return dates.moment(self.cleaned_data["day"], clock, self.zone)


def initial_of(session: LiveSession) -> dict[str, Any]:
    """What the form shows of a session that is planned."""
    begins, ends = session.starts_at.astimezone(session.zone), session.ends_at.astimezone(session.zone)
    shown = {name: getattr(session, name) for name in ("title", "place", "link", "capacity", "materials")}
    return {**shown, "day": begins.date(), "begins": begins.time(), "ends": ends.time()}
