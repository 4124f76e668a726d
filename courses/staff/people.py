"""One person in one cohort: everything about them, and what can be done with their place."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.core.statuses import REFUSED, status_of
from courses.actions.refusals import ActionRefused
from courses.enrolment.models import Enrolment
from courses.queries import people
from courses.queries.people import PersonInCohort
from courses.staff.doings import DOINGS, Doing, ReasonForm, doings_for


def _person(request: HttpRequest, enrolment: int) -> PersonInCohort:
    try:
        return people.person(enrolment_id=enrolment, by=request.user, at=timezone.now())
    except Enrolment.DoesNotExist as nothing:
        raise Http404 from nothing


@require_http_methods(["GET", "HEAD"])
def person(request: HttpRequest, enrolment: int) -> HttpResponse:
    """Everything about one person in one cohort."""
    found = _person(request, enrolment)
    context = {
        "person": found,
        "doings": doings_for(found) if found.may_manage else [],
        **_titles(found),
    }
    return render(request, "courses/staff/person.html", context)


def _titles(found: PersonInCohort) -> dict[str, Any]:
    return {
        "header_title": found.name,
        "page_title": found.name,
        "page_subtitle": f"{found.learning.outline.course_title}, {found.cohort.name}",
        "header_icon": "user",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, enrolment: int, what: str) -> HttpResponse:
    """Say what would happen and ask why (GET); do it (POST)."""
    found, doing = _person(request, enrolment), DOINGS.get(what)
    if doing is None or not found.may_manage or (what == "certificate" and not found.may_correct):
        raise Http404
    asked = request.POST if request.method == "POST" else None
    form = doing.form(asked, person=found, by=request.user)
    if asked is None or not form.is_valid():
        return _show(request, found, doing, form, status=status_of(form))
    try:
        done = doing.do(found, form.cleaned_data, request.user, timezone.now())
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, found, doing, form, status=REFUSED)
    messages.success(request, doing.done)
    # Who was moved, or got a place back, has a new enrolment.
    return redirect("staff:person", done.pk if isinstance(done, Enrolment) else enrolment)


def _show(
    request: HttpRequest, found: PersonInCohort, doing: Doing, form: ReasonForm, *, status: int
) -> HttpResponse:
    context = {
        "person": found,
        "doing": doing,
        "form": form,
        "back_url": reverse("staff:person", args=[found.enrolment.pk]),
        **_titles(found),
        "page_title": doing.title,
        "header_title": doing.title,
        "page_subtitle": f"{found.name}, {found.cohort.name}",
    }
    return render(request, "courses/staff/person_act.html", context, status=status)
