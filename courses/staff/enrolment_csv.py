"""Bringing a list of people to a cohort, in Wagtail's admin: look at every line, then all or nothing."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core import typed
from cms.core.spreadsheets import csv_download
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import enrolment_csv as bringing
from courses.actions.enrolment_csv import INVITED, ListRefused, Outcome, Report
from courses.cohorts.models import Cohort
from courses.enrolment import rules
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.list_reading import MOST_BYTES
from courses.queries import team
from courses.staff.theirs import not_theirs_is_not_there

USUAL_DAYS = 14
MOST_SHOWN = 200
LONGEST_REASON = 300


class ListForm(forms.Form):
    """A file, and until when places are kept for people without an account."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A CSV file, up to 5,000 lines and 2 MB. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
        error_messages={
            "required": gettext_lazy("Please choose a file."),
            "empty": gettext_lazy("This file is empty. Please choose another one."),
        },
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        help_text=gettext_lazy(
            "Who has no account gets a link, and a place is kept until the end of this day."
        ),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 2 MB. Please bring it in in parts."))
        return file


class ConfirmForm(forms.Form):
    """Why these people get a place."""

    reason = forms.CharField(
        label=gettext_lazy("Why do these people get a place?"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy(
            "It is kept with the record of everybody who has no note in the file. "
            "Each person can read it in their own data."
        ),
        error_messages={"required": gettext_lazy("Please say why.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def bring_in(request: HttpRequest, cohort: int) -> HttpResponse:
    """Ask for a file (GET); say line by line what it would do, and then do all of it or nothing (POST)."""
    found = team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    if request.method != "POST":
        return _ask(request, found, _fresh())
    if request.POST.get("do") == "save":
        return _save(request, found)
    return _look(request, found)


def _fresh() -> ListForm:
    return ListForm(initial={"last_day": (timezone.now() + timedelta(days=USUAL_DAYS)).date()})


def _look(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, cohort, form, status=MISTAKE)
    try:
        kept = bringing.keep(
            cohort_id=cohort.pk,
            content=form.cleaned_data["file"].read(),
            answer_by=rules.end_of_day(form.cleaned_data["last_day"], time_zone=cohort.time_zone),
            by=request.user,
            at=timezone.now(),
        )
    except ListRefused as refused:
        form.add_error(None, refused.sentence)
        return _ask(request, cohort, form, status=REFUSED)
    return _report(request, cohort, kept, bringing.look(kept=kept, at=timezone.now()), ConfirmForm())


def _save(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    at, token = timezone.now(), typed.token(request.POST.get("token"))
    form = ConfirmForm(request.POST)
    try:
        kept = bringing.kept_list(cohort_id=cohort.pk, token=token, by=request.user)
        if not form.is_valid():
            report = bringing.look(kept=kept, at=at)
            return _report(request, cohort, kept, report, form, status=REFUSED)
        done = bringing.bring_in(
            cohort_id=cohort.pk, token=token, reason=form.cleaned_data["reason"], by=request.user, at=at
        )
    except ListRefused as refused:
        if refused.report is None:
            messages.warning(request, refused.sentence)
            return redirect("staff:learner_list", cohort.pk)
        form.add_error(None, refused.sentence)
        return _report(request, cohort, kept, refused.report, form, status=REFUSED)
    said = {"places": done.number_of(Outcome.PLACE), "sent": done.number_of(*INVITED)}
    messages.success(
        request,
        _("The list is brought in: %(places)d places given, %(sent)d invitations on their way.") % said,
    )
    return redirect("staff:learner_list", cohort.pk)


def _ask(request: HttpRequest, cohort: Cohort, form: ListForm, *, status: int = 200) -> HttpResponse:
    return render(request, "courses/staff/learner_list.html", {"form": form, **_head(cohort)}, status=status)


def _report(
    request: HttpRequest,
    cohort: Cohort,
    kept: LearnerList,
    report: Report,
    confirm: ConfirmForm,
    *,
    status: int = 200,
) -> HttpResponse:
    # What must be mended, and under it why others are passed over. Of a list that is right, every line.
    passed_over = [one for one in report.lines if one.outcome in bringing.PASSED_OVER]
    first = [*report.in_the_way, *passed_over] if report.in_the_way else report.lines
    context = {
        "form": _fresh(),
        "confirm": confirm,
        "token": kept.token,
        "answer_by": kept.answer_by,
        "report": report,
        "counts": _counts(report),
        "lines": [(one.line, bringing.sentence(one)) for one in first[:MOST_SHOWN]],
        "more": max(0, len(first) - MOST_SHOWN),
        **_head(cohort),
    }
    if not report.is_right:
        status = REFUSED
    return render(request, "courses/staff/learner_list.html", context, status=status)


def _counts(report: Report) -> list[tuple[str, int]]:
    passed_over = report.number_of(*bringing.PASSED_OVER)
    return [
        (_("Get a place at once"), report.number_of(Outcome.PLACE)),
        (_("Are sent an invitation"), report.number_of(*INVITED)),
        (_("Are passed over"), passed_over),
        (_("Must be mended first"), len(report.in_the_way)),
    ]


def _head(cohort: Cohort) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "header_title": _("Bring in a list"),
        "page_title": _("Bring in a list: %(cohort)s") % {"cohort": cohort.name},
        "page_subtitle": str(cohort.edition),
        "header_icon": "upload",
    }


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
def report(request: HttpRequest, cohort: int, token: Any) -> HttpResponseBase:
    """What becomes of every line of a list that was checked, as a table."""
    team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    try:
        kept = bringing.kept_list(cohort_id=cohort, token=token, by=request.user)
    except ListRefused as nothing:
        raise Http404 from nothing
    found = bringing.look(kept=kept, at=timezone.now())
    return csv_download(_rows(found), name=f"list-{cohort}")


def _rows(found: Report) -> Iterator[Iterable[object]]:
    yield [_("Line"), _("Email"), _("Name"), _("Note"), _("What happens")]
    for one in found.lines:
        line = one.line
        yield [line.number, line.email, line.name, line.note, bringing.sentence(one)]
