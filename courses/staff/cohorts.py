"""A new cohort from an earlier one, and the people of a cohort taken to a newer edition."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of
from courses.actions import cohorts
from courses.actions.refusals import ActionRefused
from courses.catalogue.models import Edition
from courses.cohorts.models import Cohort
from courses.queries import newer_edition
from courses.queries.newer_edition import NewerEdition

MAY_OPEN, OVERSEES = "courses.add_cohort", "courses.change_cohort"
DATE_LABELS = {
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "enrolment_opens_at": gettext_lazy("Joining opens"),
    "enrolment_closes_at": gettext_lazy("Joining closes"),
    "offers_until": gettext_lazy("No more offers after"),
    "access_ends_on": gettext_lazy("Last day of access"),
}


class AgainForm(forms.Form):
    """What a new cohort cannot take from the earlier one, and from when people can join it."""

    name = forms.CharField(label=gettext_lazy("Name of the new cohort"), max_length=200)
    starts_on = forms.DateField(
        label=gettext_lazy("First day of the new cohort"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("All other days and times move by as many days."),
    )
    opens_at = forms.DateTimeField(
        label=gettext_lazy("From when people can join"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    edition = forms.TypedChoiceField(label=gettext_lazy("Which edition it runs"), coerce=int)

    def __init__(self, *args: Any, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newer = Edition.objects.filter(course=cohort.edition.course_id, number__gte=cohort.edition.number)
        self.editions = {one.pk: one for one in newer.order_by("-number")}
        words = _("Edition %(number)d")
        choices = [(pk, words % {"number": one.number}) for pk, one in self.editions.items()]
        self.fields["edition"].choices = choices  # type: ignore[attr-defined]
        self.fields["edition"].initial = next(iter(self.editions))
        self.fields["opens_at"].help_text = _(
            "In the time of %(zone)s. Leave it empty, and it moves with the other days."
        ) % {"zone": cohort.time_zone}
        self.zone = ZoneInfo(cohort.time_zone)

    def clean_opens_at(self) -> Any:
        """The form reads the clock of the site; what is meant is the clock of the cohort."""
        moment = self.cleaned_data["opens_at"]
        return moment.replace(tzinfo=self.zone) if moment else None


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, cohort: int) -> HttpResponse:
    """Ask for name and first day (GET); show what would be there; with `confirm`, open it."""
    if not request.user.has_perm(MAY_OPEN):
        raise Http404
    found = get_object_or_404(Cohort.objects.select_related("edition__course"), pk=cohort)
    if request.method != "POST":
        return _show_again(request, found, AgainForm(cohort=found))
    form = AgainForm(request.POST, cohort=found)
    if not form.is_valid():
        return _show_again(request, found, form, status=MISTAKE)
    chosen = form.cleaned_data
    planned = _planned(found, form)
    if request.POST.get("confirm") != "yes":
        wrong = cohorts.wrong_opening(planned.cohort, at=timezone.now())
        if wrong:
            form.add_error("opens_at", wrong)
        return _show_again(request, found, form, planned=planned, status=REFUSED if wrong else 200)
    try:
        new = cohorts.open_again(
            cohort_id=cohort,
            edition_id=chosen["edition"],
            name=chosen["name"],
            starts_on=chosen["starts_on"],
            opens_at=chosen["opens_at"],
            by=request.user,
            at=timezone.now(),
        )
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show_again(request, found, form, planned=planned, status=REFUSED)
    opens = date_format(new.enrolment_opens_at.astimezone(form.zone), "DATETIME_FORMAT")
    button = messages.button(reverse("cohort:edit", args=[new.pk]), _("Dates, places and joining"))
    sentence = _("The new cohort is there. Joining opens on %(opens)s. Look at its dates before then.")
    messages.success(request, sentence % {"opens": opens}, buttons=[button])
    return redirect("staff:register", new.pk)


def _planned(cohort: Cohort, form: AgainForm) -> cohorts.Planned:
    chosen = form.cleaned_data
    return cohorts.planned(
        cohort=cohort,
        edition=form.editions[chosen["edition"]],
        name=chosen["name"],
        starts_on=chosen["starts_on"],
        at=timezone.now(),
        opens_at=chosen["opens_at"],
    )


def _show_again(
    request: HttpRequest,
    cohort: Cohort,
    form: AgainForm,
    *,
    planned: cohorts.Planned | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "cohort": cohort,
        "form": form,
        "planned": planned,
        "days": _days(cohort, planned.cohort) if planned else [],
        "header_title": _("New cohort from this one"),
        "page_title": _("New cohort from this one"),
        "page_subtitle": cohort.name,
        "header_icon": "copy",
    }
    return render(request, "courses/staff/cohort_again.html", context, status=status)


def _days(old: Cohort, new: Cohort) -> list[tuple[Any, Any, Any, bool]]:
    """What is called how, when it was, when it will be, and whether it is a moment or a day."""
    return [
        (label, getattr(old, name), getattr(new, name), name.endswith(("_at", "_until")))
        for name, label in DATE_LABELS.items()
        if getattr(old, name)
    ]


class OntoForm(forms.Form):
    """The name of the cohort that goes on, and why."""

    name = forms.CharField(
        label=gettext_lazy("Name of the cohort that goes on with the newer edition"), max_length=200
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        help_text=gettext_lazy("Kept with the record of each person."),
        error_messages={"required": gettext_lazy("Please say why, in a few words.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def onto_newer_edition(request: HttpRequest, cohort: int) -> HttpResponse:
    """Show what a newer edition would mean for these people (GET); take the chosen ones over (POST)."""
    if not request.user.has_perm(OVERSEES):
        raise Http404
    try:
        found = newer_edition.newer_edition(cohort_id=cohort, person=request.user)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    if request.method != "POST":
        return _show_onto(request, found, OntoForm(initial={"name": found.cohort.name}))
    form = OntoForm(request.POST)
    if form.is_valid():
        try:
            new = cohorts.take_to_newer_edition(
                cohort_id=cohort,
                # What was looked at, and not one that was published meanwhile.
                edition_id=typed.number(request.POST.get("edition")),
                enrolment_ids=[typed.number(one) for one in request.POST.getlist("people")],
                name=form.cleaned_data["name"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
        except ActionRefused as refused:
            refuse(form, None, refused.sentence)
        else:
            messages.success(request, _("They go on with the newer edition, with everything they did."))
            return redirect("staff:register", new.pk)
    return _show_onto(request, found, form, status=status_of(form))


def _show_onto(
    request: HttpRequest, found: NewerEdition, form: OntoForm, *, status: int = 200
) -> HttpResponse:
    ticked = request.POST.getlist("people") if request.method == "POST" else None
    context = {
        "found": found,
        "cohort": found.cohort,
        "form": form,
        "people": [(person, ticked is None or str(person.enrolment_id) in ticked) for person in found.people],
        "header_title": _("Go on with a newer edition"),
        "page_title": _("Go on with a newer edition"),
        "page_subtitle": found.cohort.name,
        "header_icon": "history",
    }
    return render(request, "courses/staff/newer_edition.html", context, status=status)
