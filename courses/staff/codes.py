"""The enrolment codes of a cohort, in Wagtail's admin: make them, see who used them, switch them off."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cms.core.spreadsheets import csv_download
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import codes as making
from courses.actions.codes import MOST_AT_ONCE
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import rules
from courses.enrolment.codes import LONGEST_DOMAIN
from courses.queries import codes, team
from courses.queries.codes import ShownCode
from courses.staff.fields import EmailDomainField
from courses.staff.theirs import not_theirs_is_not_there

MOST_USES = 1_000_000


class CodesForm(forms.Form):
    """One code, or many that are alike."""

    number = forms.IntegerField(
        label=gettext_lazy("How many codes?"), initial=1, min_value=1, max_value=MOST_AT_ONCE
    )
    uses_allowed = forms.IntegerField(
        label=gettext_lazy("How often can each be used?"),
        initial=1,
        min_value=1,
        max_value=MOST_USES,
        required=False,
        help_text=gettext_lazy("Empty: as often as you like, while there are places."),
    )
    email_domain = EmailDomainField(longest=LONGEST_DOMAIN)
    last_day = forms.DateField(
        label=gettext_lazy("Last day on which it works"),
        required=False,
        help_text=gettext_lazy("Empty: as long as people can join."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For your team, as in “flyer in the library”. No names of people, please."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """The codes of a cohort (GET); make one or many (POST)."""
    found = team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    if request.method != "POST":
        return _show(request, found, CodesForm())
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=MISTAKE)
    asked = dict(form.cleaned_data)
    day = asked.pop("last_day")
    asked["valid_until"] = rules.end_of_day(day, time_zone=found.time_zone) if day else None
    try:
        made = making.make(cohort_id=cohort, by=request.user, at=timezone.now(), **asked)
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, found, form, status=REFUSED)
    messages.success(
        request,
        ngettext("The code is %(code)s.", "%(count)d codes are made.", len(made))
        % {"code": made[0].as_given, "count": len(made)},
    )
    return redirect("staff:codes", cohort)


def _show(request: HttpRequest, cohort: Cohort, form: CodesForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "found": codes.of_cohort(cohort=cohort, page=request.GET.get("page"), at=timezone.now()),
        "cohort": cohort,
        "form": form,
        "header_title": _("Codes"),
        "page_title": _("Codes: %(cohort)s") % {"cohort": cohort.name},
        "page_subtitle": str(cohort.edition),
        "header_icon": "key",
    }
    return render(request, "courses/staff/codes.html", context, status=status)


@require_POST
@not_theirs_is_not_there
def revoke(request: HttpRequest, cohort: int, code: int) -> HttpResponse:
    """Switch a code off."""
    team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    making.revoke(code_id=code, cohort_id=cohort, by=request.user, at=timezone.now())
    messages.success(request, _("The code is switched off. Who joined with it keeps their place."))
    return redirect("staff:codes", cohort)


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
def download(request: HttpRequest, cohort: int) -> HttpResponseBase:
    """Every code of a cohort as a table. Who used them is not in it."""
    found = codes.all_of(
        cohort=team.cohort_of(cohort_id=cohort, person=request.user, runs=True), at=timezone.now()
    )
    return csv_download(_rows(found), name=f"codes-{cohort}")


def _rows(found: Any) -> Iterator[Iterable[object]]:
    heads = [
        _("Code"),
        _("State"),
        _("Used"),
        _("Can be used"),
        _("Only for"),
        _("Until"),
        _("What it is for"),
    ]
    yield heads
    for code in found:
        yield _cells(code)


def _cells(code: ShownCode) -> list[object]:
    until = code.valid_until.isoformat() if code.valid_until else ""
    return [code.code, code.state, code.uses, code.uses_allowed or "", code.email_domain, until, code.note]
