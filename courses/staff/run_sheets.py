"""The run sheet of a cohort: everything with a date on one line of time, and moving it."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of
from courses.actions import run_sheets as planning
from courses.actions.run_sheets import DateDetails, DateRefused
from courses.catalogue.outline import Kind
from courses.catalogue.public import stage_line
from courses.cohorts.dates import Anchor, DaysOff, What
from courses.cohorts.models import Cohort
from courses.cohorts.schedule import ANCHOR_LABELS, DAYS_OFF_LABELS, WHAT_LABELS, CohortDate
from courses.queries import run_sheets, team
from courses.staff.session_forms import day_field, not_too_far, time_field
from courses.staff.sessions import header
from courses.staff.theirs import not_theirs_is_not_there


class DateForm(forms.Form):
    """How one date is worked out."""

    what = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[(w.value, label) for w, label in WHAT_LABELS.items()],
        help_text=gettext_lazy("Before a stage begins, learners cannot open it. Other dates shut nothing."),
    )
    stage_number = forms.TypedChoiceField(
        label=gettext_lazy("Stage"), coerce=int, empty_value=None, required=False
    )
    activity_id = forms.TypedChoiceField(
        label=gettext_lazy("Activity"), coerce=int, empty_value=None, required=False
    )
    text = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("If it is about something else, or should be called otherwise."),
    )
    anchor = forms.ChoiceField(
        label=gettext_lazy("Counted from"), choices=[(a.value, label) for a, label in ANCHOR_LABELS.items()]
    )
    session_activity_id = forms.TypedChoiceField(
        label=gettext_lazy("Which live session"), coerce=int, empty_value=None, required=False
    )
    offset_days = forms.IntegerField(
        label=gettext_lazy("Days after it"),
        initial=0,
        min_value=-planning.MOST_DAYS,
        max_value=planning.MOST_DAYS,
        required=False,
        help_text=gettext_lazy("0 is the same day. With a minus, so many days before."),
    )
    on = day_field(gettext_lazy("Fixed date"), required=False)
    local_time = time_field(gettext_lazy("Time of the clock there"), initial="09:00")
    days_off = forms.ChoiceField(
        label=gettext_lazy("Steps over"),
        required=False,
        choices=[(d.value, label) for d, label in DAYS_OFF_LABELS.items()],
        help_text=gettext_lazy("It then falls on the next day that is none of these, or the day before."),
    )

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort, outline = cohort, cohort.edition.outline
        nothing = [("", "–")]
        activities = [(a.activity_id, a.title) for a in outline.activities]
        meetings = [(a.activity_id, a.title) for a in outline.activities if a.kind is Kind.LIVE_SESSION]
        stages = [(s.number, stage_line(s.number, s.title)) for s in outline.stages]
        self._choose("stage_number", nothing + stages)
        self._choose("activity_id", nothing + activities)
        self._choose("session_activity_id", nothing + meetings)

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_on(self) -> date | None:
        day: date | None = self.cleaned_data["on"]
        return None if day is None else not_too_far(day, self.cohort)

    @property
    def details(self) -> DateDetails:
        """What was chosen. What does not belong to the chosen anchor is left aside."""
        said = self.cleaned_data
        anchor = Anchor(said["anchor"])
        return DateDetails(
            what=What(said["what"]),
            anchor=anchor,
            local_time=said["local_time"],
            offset_days=0 if anchor is Anchor.DATE else said["offset_days"] or 0,
            on=said["on"] if anchor is Anchor.DATE else None,
            session_activity_id=said["session_activity_id"] if anchor is Anchor.SESSION else None,
            stage_number=said["stage_number"],
            activity_id=said["activity_id"],
            text=said["text"],
            days_off=DaysOff(said["days_off"]),
        )


class MoveForm(forms.Form):
    """Another first day."""

    starts_on = day_field(gettext_lazy("New first day"))

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cohort = cohort

    def clean_starts_on(self) -> date:
        day = not_too_far(self.cleaned_data["starts_on"], self.cohort)
        if day == self.cohort.starts_on:
            raise forms.ValidationError(_("That is the first day already. Please choose another."))
        return day


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """Everything with a date, in the order of time. It can be printed."""
    found = run_sheets.run_sheet(cohort_id=cohort, person=request.user, at=timezone.now())
    context = {"sheet": found, **header(_("Run sheet"), found.cohort, "list-ul")}
    return render(request, "courses/staff/run_sheet.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def add_date(request: HttpRequest, cohort: int) -> HttpResponse:
    """Plan a release, a deadline or a reminder."""
    found = team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    form = DateForm(request.POST if request.method == "POST" else None, cohort=found)
    if request.method == "POST" and form.is_valid():
        try:
            planning.add_date(cohort_id=cohort, details=form.details, by=request.user, at=timezone.now())
        except DateRefused as refused:
            refuse(form, None, refused.sentence)
        else:
            messages.success(request, _("The date is on the run sheet."))
            return redirect("staff:run_sheet", cohort)
    return _show_date(request, form, found)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def change_date(request: HttpRequest, date: int) -> HttpResponse:
    """Work a date out in another way."""
    planned = CohortDate.objects.get(pk=date)
    found = team.cohort_of(cohort_id=planned.cohort_id, person=request.user, runs=True)
    if request.method != "POST":
        names = [name for name in DateForm.base_fields if hasattr(planned, name)]
        form = DateForm(cohort=found, initial={name: getattr(planned, name) for name in names})
        return _show_date(request, form, found, planned)
    form = DateForm(request.POST, cohort=found)
    if form.is_valid():
        try:
            planning.change_date(date_id=date, details=form.details, by=request.user, at=timezone.now())
        except DateRefused as refused:
            refuse(form, None, refused.sentence)
        else:
            messages.success(request, _("The date is changed."))
            return redirect("staff:run_sheet", found.pk)
    return _show_date(request, form, found, planned)


def _show_date(
    request: HttpRequest, form: DateForm, cohort: Cohort, planned: CohortDate | None = None
) -> HttpResponse:
    title = _("Change a date") if planned else _("Plan a date")
    context = {"form": form, "planned": planned, **header(title, cohort, "time")}
    return render(request, "courses/staff/date_form.html", context, status=status_of(form))


@require_http_methods(["POST"])
@not_theirs_is_not_there
def remove_date(request: HttpRequest, date: int) -> HttpResponse:
    """Take a date off the run sheet."""
    cohort_id = CohortDate.objects.values_list("cohort", flat=True).get(pk=date)
    planning.remove_date(date_id=date, by=request.user, at=timezone.now())
    messages.success(request, _("The date is off the run sheet."))
    return redirect("staff:run_sheet", cohort_id)


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def move(request: HttpRequest, cohort: int) -> HttpResponse:
    """Ask for another first day (GET), say what follows (POST), and move when that was confirmed (POST)."""
    found = team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    form = MoveForm(request.POST if request.method == "POST" else None, cohort=found)
    context: dict[str, Any] = {"form": form, **header(_("Move the whole cohort"), found, "date")}
    if request.method != "POST":
        return render(request, "courses/staff/move.html", context)
    if request.POST.get("do") == "save" and _day(request.POST.get("starts_on", "")) == found.starts_on:
        messages.success(request, _("The cohort begins on that day."))
        return redirect("staff:run_sheet", cohort)
    if not form.is_valid():
        return render(request, "courses/staff/move.html", context, status=MISTAKE)
    starts_on = form.cleaned_data["starts_on"]
    if request.POST.get("do") == "save":
        try:
            planning.move_start(
                cohort_id=cohort,
                starts_on=starts_on,
                seen=_day(request.POST.get("seen", "")) or date.min,
                by=request.user,
                at=timezone.now(),
            )
        except DateRefused as refused:
            form.add_error(None, refused.sentence)
            return render(request, "courses/staff/move.html", context, status=REFUSED)
        messages.success(request, _("The cohort is moved. Its learners are being told."))
        return redirect("staff:run_sheet", cohort)
    following = run_sheets.after_move(cohort=found, starts_on=starts_on, at=timezone.now())
    return render(request, "courses/staff/move.html", {**context, "following": following})


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None
