"""What people of a cohort need to take part, for its facilitators: opened one by one, and each time noted."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.core.statuses import REFUSED
from courses.actions import needs as telling
from courses.actions.needs import NeedsRefused, Opened
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.needs import AccessNeeds
from courses.queries import needs


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """Who has told something: never what."""
    return _page(request, cohort)


@require_POST
def look(request: HttpRequest, enrolment: int) -> HttpResponse:
    """Open what one person told. The address of the page holds no words, and no copy of it is kept."""
    try:
        opened = telling.look(enrolment_id=enrolment, by=request.user, at=timezone.now())
    except AccessNeeds.DoesNotExist as nothing:
        raise Http404 from nothing
    except NeedsRefused as refused:
        messages.warning(request, refused.sentence)
        cohort_id = Enrolment.objects.values_list("cohort", flat=True).get(pk=enrolment)
        return _page(request, cohort_id, status=REFUSED)
    cohort_id = Enrolment.objects.values_list("cohort", flat=True).get(pk=enrolment)
    return _page(request, cohort_id, opened=opened)


def _page(
    request: HttpRequest, cohort: int, *, opened: Opened | None = None, status: int = 200
) -> HttpResponse:
    try:
        found = needs.of_cohort(cohort_id=cohort, by=request.user)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    context: dict[str, Any] = {
        "found": found,
        "cohort": found.cohort,
        "opened": opened,
        "header_title": _("What people need"),
        "page_title": _("What people need"),
        "page_subtitle": found.cohort.name,
        "header_icon": "group",
    }
    response = render(request, "courses/staff/needs.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
