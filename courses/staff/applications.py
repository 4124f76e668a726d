"""Choosing among those who applied for a place, in Wagtail's admin."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
from courses.actions import apply
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment import places
from courses.enrolment.applications import LONGEST_TEXT, Application
from courses.enrolment.rules import answer_by
from courses.queries import selection
from courses.queries.selection import ForReview, Table

WORDS = {"required": gettext_lazy("Please write something first.")}


class NoteForm(forms.Form):
    """A note for the other reviewers."""

    text = forms.CharField(
        label=gettext_lazy("A note for the other reviewers"),
        help_text=gettext_lazy(
            "The applicant does not see it here. It is part of what they get when they ask for their data."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TEXT}),
        error_messages=WORDS,
    )


class MoreForm(forms.Form):
    """What the applicant is asked."""

    text = forms.CharField(
        label=gettext_lazy("What would you like to know?"),
        help_text=gettext_lazy(
            "The applicant reads it and answers on their own page. We send them an e-mail."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TEXT}),
        error_messages=WORDS,
    )


class OfferForm(forms.Form):
    """Until when a place is kept, and which one."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until when may they answer?"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": gettext_lazy("Please choose a day and a time.")},
    )
    reserve = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Which place?"),
        help_text=gettext_lazy("A place that is kept back can be used for those it is kept for."),
    )

    def __init__(self, *args: Any, found: ForReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = {"zone": found.cohort.time_zone}
        self.fields["until"].help_text = _("In the time of %(zone)s. The place is kept until then.") % zone
        if not found.unfilled:
            del self.fields["reserve"]
            return
        kept = [(reason, CohortReserve.Reason(reason).label) for reason in found.unfilled]
        self.fields["reserve"].choices = [("", _("An ordinary place")), *kept]  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """A no, with the team's own words if they like."""

    reply = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label=gettext_lazy("Your own words (if you like)"),
        help_text=gettext_lazy(
            "The applicant reads them under our standard words, which thank them and say that a no is no "
            "judgement of them."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_TEXT}),
    )


@require_http_methods(["GET", "HEAD"])
def applications(request: HttpRequest, cohort: int) -> HttpResponse:
    """Who applied for a cohort."""
    try:
        found = selection.of_cohort(
            cohort_id=cohort,
            person=request.user,
            show=request.GET.get("show", ""),
            page=request.GET.get("p", "1"),
            at=timezone.now(),
        )
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "list": found,
        "cohort": found.cohort,
        "header_title": _("Applications"),
        "page_title": _("Applications: %(cohort)s") % {"cohort": found.cohort.name},
        "page_subtitle": str(found.cohort.edition),
        "header_icon": "form",
    }
    return render(request, "courses/staff/applications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, application: int) -> HttpResponse:
    """One application (GET); note, ask, offer, keep or decline (POST, `do` says which)."""
    try:
        found = selection.for_review(application_id=application, person=request.user, at=timezone.now())
    except Application.DoesNotExist as nothing:
        raise Http404 from nothing
    forms_by_name = _forms(request, found)
    if request.method != "POST":
        return _show(request, found, forms_by_name)
    doing = DOINGS.get(request.POST.get("do", ""))
    if doing is None:
        return redirect("staff:application", application)
    do, done = doing
    form = forms_by_name[request.POST["do"]]
    if not form.is_valid():
        return _show(request, found, forms_by_name, status=MISTAKE)
    try:
        do(request, found, form.cleaned_data)
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        # How it stands now, with what was typed.
        now = selection.for_review(application_id=application, person=request.user, at=timezone.now())
        return _show(request, now, forms_by_name, status=REFUSED)
    messages.success(request, done)
    return redirect("staff:application", application)


@require_http_methods(["GET", "HEAD"])
def decline(request: HttpRequest, application: int) -> HttpResponse:
    """Say what a no means, and ask for words that go with it. The form is sent to the application's page."""
    try:
        found = selection.for_review(application_id=application, person=request.user, at=timezone.now())
    except Application.DoesNotExist as nothing:
        raise Http404 from nothing
    if not found.is_undecided:
        return redirect("staff:application", application)
    return _show_decline(request, found, _forms(request, found))


def _forms(request: HttpRequest, found: ForReview) -> dict[str, forms.Form]:
    """The forms of the page, each bound only when it was sent."""
    do = request.POST.get("do", "") if request.method == "POST" else ""

    def data(name: str) -> Any:
        return request.POST if do == name else None

    return {
        "note": NoteForm(data("note"), prefix="note"),
        "more": MoreForm(data("more"), prefix="more"),
        "offer": OfferForm(data("offer"), prefix="offer", found=found, initial={"until": _usual(found)}),
        "decline": DeclineForm(data("decline"), prefix="decline"),
        # One press each: there is nothing to fill in.
        "offer_now": forms.Form(data("offer_now")),
        "keep": forms.Form(data("keep")),
    }


def _usual(found: ForReview) -> Any:
    """Until when a place is usually kept, on the cohort's own clock."""
    cohort = found.cohort
    until = answer_by(
        at=timezone.now(), time_zone=cohort.time_zone, hours=cohort.offer_hours, end=places.offers_end(cohort)
    )
    there = until.astimezone(ZoneInfo(cohort.time_zone)).replace(tzinfo=None, second=0, microsecond=0)
    # A form has no 24:00, and midnight would name the next day.
    return there - timedelta(minutes=1) if (there.hour, there.minute) == (0, 0) else there


def _note(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    apply.note(application_id=found.id, by=request.user, text=cleaned["text"], at=timezone.now())


def _more(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    apply.ask_more(
        application_id=found.id,
        by=request.user,
        text=cleaned["text"],
        seen=_seen(request),
        at=timezone.now(),
    )


def _offer(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    # The form reads the clock of the site; what was meant is the clock of the cohort.
    until = cleaned["until"].replace(tzinfo=ZoneInfo(found.cohort.time_zone))
    apply.offer(
        application_id=found.id,
        by=request.user,
        seen=_seen(request),
        until=until,
        reserve=cleaned.get("reserve", ""),
        at=timezone.now(),
    )


def _offer_now(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    """An ordinary place, for the usual hours."""
    apply.offer(application_id=found.id, by=request.user, seen=_seen(request), at=timezone.now())


def _keep(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    apply.keep_waiting(application_id=found.id, by=request.user, seen=_seen(request), at=timezone.now())


def _decline(request: HttpRequest, found: ForReview, cleaned: dict[str, Any]) -> None:
    apply.decline(
        application_id=found.id,
        by=request.user,
        reply=cleaned["reply"],
        seen=_seen(request),
        at=timezone.now(),
    )


def _seen(request: HttpRequest) -> int:
    return typed.number(request.POST.get("seen"))


Do = Callable[[HttpRequest, ForReview, dict[str, Any]], None]
DOINGS: dict[str, tuple[Do, Any]] = {
    "note": (_note, gettext_lazy("Your note is saved.")),
    "more": (_more, gettext_lazy("Your question is sent.")),
    "offer": (_offer, gettext_lazy("The place is kept, and the applicant is told.")),
    "offer_now": (_offer_now, gettext_lazy("The place is kept, and the applicant is told.")),
    "keep": (_keep, gettext_lazy("The applicant is on the waiting list, and is told.")),
    "decline": (_decline, gettext_lazy("The applicant is told.")),
}


def _show(
    request: HttpRequest, found: ForReview, forms_by_name: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    if found.is_undecided and forms_by_name["decline"].is_bound:
        return _show_decline(request, found, forms_by_name, status=status)
    context = {
        "found": found,
        "cohort": found.cohort,
        "forms": forms_by_name,
        "header_title": found.name,
        "page_title": _("Application of %(name)s") % {"name": found.name},
        "page_subtitle": f"{found.course_title}, {found.cohort.name}",
        "header_icon": "form",
    }
    return render(request, "courses/staff/application.html", context, status=status)


def _show_decline(
    request: HttpRequest, found: ForReview, forms_by_name: dict[str, forms.Form], *, status: int = 200
) -> HttpResponse:
    context = {
        "found": found,
        "cohort": found.cohort,
        "form": forms_by_name["decline"],
        "header_title": _("Decline this application"),
        "page_title": _("Decline the application of %(name)s") % {"name": found.name},
        "page_subtitle": f"{found.course_title}, {found.cohort.name}",
        "header_icon": "form",
    }
    return render(request, "courses/staff/decline_application.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, cohort: int) -> HttpResponseBase:
    """Every application of a cohort as a table."""
    try:
        found = selection.table(cohort_id=cohort, person=request.user)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    return csv_download(_rows(found), name=f"applications-{cohort}")


def _rows(found: Table) -> Iterator[Iterable[object]]:
    yield [_("Name"), _("E-mail"), _("Sent"), _("State"), *found.heads]
    yield from selection.lines_of(found)
