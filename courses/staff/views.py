"""Publishing an edition, and the register of a cohort."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.actions import editions
from courses.actions.editions import PublicationRefused
from courses.catalogue import public
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.queries import registers


@require_http_methods(["GET", "HEAD", "POST"])
def publish_edition(request: HttpRequest, page: int) -> HttpResponse:
    """Say what the next edition would hold and what is missing (GET); publish it (POST)."""
    course_page = get_object_or_404(CoursePage, id=page)
    if not course_page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    if request.method == "POST":
        return _publish(request, course_page)
    pages = editions.activity_pages(course_page)
    outline = editions.draw_outline(course_page=course_page, course=course_page.course, pages=pages)
    context = {
        "course_page": course_page,
        "problems": editions.preview(course_page=course_page),
        "facts": public.facts(outline, cost=course_page.cost_sentence),
        "stages": public.stages(outline),
        "newest": Edition.objects.filter(course=course_page.course).order_by("-number").first(),
        "header_title": _("Publish an edition"),
        "page_title": _("Publish an edition"),
        "page_subtitle": course_page.title,
        "header_icon": "success",
    }
    return render(request, "courses/staff/publish_edition.html", context)


def _publish(request: HttpRequest, course_page: CoursePage) -> HttpResponse:
    before = Edition.objects.filter(course=course_page.course).count()
    try:
        edition = editions.publish(course_page=course_page, by=request.user, at=timezone.now())
    except PublicationRefused as refused:
        messages.error(request, refused.sentence)
        return redirect("staff:publish_edition", course_page.pk)
    if edition.number == before:
        messages.info(
            request, _("Nothing has changed since edition %d, so there is no new one.") % edition.number
        )
    else:
        messages.success(
            request,
            _("Edition %d is published. New cohorts can use it; cohorts under way keep theirs.")
            % edition.number,
        )
    return redirect(reverse("wagtailadmin_explore", args=[course_page.pk]))


@require_http_methods(["GET", "HEAD"])
def registers_list(request: HttpRequest) -> HttpResponse:
    """The cohorts this person looks after."""
    context = {
        "cohorts": registers.cohorts_for(request.user),
        "header_title": _("Cohort registers"),
        "page_title": _("Cohort registers"),
        "header_icon": "group",
    }
    return render(request, "courses/staff/registers.html", context)


@require_http_methods(["GET", "HEAD"])
def register(request: HttpRequest, cohort: int) -> HttpResponse:
    """Who is on a cohort, and how far they are."""
    try:
        found = registers.register(cohort_id=cohort, person=request.user)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "register": found,
        "header_title": found.cohort.name,
        "page_title": found.cohort.name,
        "page_subtitle": str(found.cohort.edition),
        "header_icon": "group",
    }
    return render(request, "courses/staff/register.html", context)
