"""The registers of cohorts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.cohorts.models import Cohort
from courses.queries import looking, registers, rosters
from courses.queries.rosters import Wanted


@require_http_methods(["GET", "HEAD"])
def registers_list(request: HttpRequest) -> HttpResponse:
    """The cohorts this person looks after."""
    context = {
        "cohorts": registers.listed(request.user),
        "header_title": _("Cohort registers"),
        "page_title": _("Cohort registers"),
        "header_icon": "group",
    }
    return render(request, "courses/staff/registers.html", context)


@require_http_methods(["GET", "HEAD"])
def register(request: HttpRequest, cohort: int) -> HttpResponse:
    """Who is on a cohort, and how far they are."""
    try:
        found = registers.register(
            cohort_id=cohort,
            person=request.user,
            wanted=Wanted.read(request.GET, sort="needs"),
            at=timezone.now(),
        )
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "register": found,
        "cohort": found.cohort,
        "shows": rosters.SHOWS,
        "sorts": rosters.SORTS,
        "may_look": looking.may_look_as(person=request.user, cohort_id=cohort),
        "header_title": found.cohort.name,
        "page_title": found.cohort.name,
        "page_subtitle": str(found.cohort.edition),
        "header_icon": "group",
    }
    return render(request, "courses/staff/register.html", context)
