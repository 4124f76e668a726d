"""Joining a cohort: a page that explains (GET), and the joining itself (POST)."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.actions import enrol
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.models import Cohort
from courses.queries import catalogue


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, cohort: int) -> HttpResponse:
    """Explain what joining means, or join."""
    at = timezone.now()
    try:
        found = catalogue.joining(cohort_id=cohort, visitor=request.user, at=at)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    if found.enrolment_id is not None:
        return redirect("learning:course", found.enrolment_id)
    if request.method == "POST":
        return _join(request, cohort, found)
    return render(request, "learning/join.html", {"joining": found})


def _join(request: HttpRequest, cohort: int, found: catalogue.Joining) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        enrolment = enrol.start(cohort_id=cohort, learner=request.user, at=timezone.now())
    except EnrolmentRefused as refused:
        messages.warning(request, refused.sentence)
        return render(request, "learning/join.html", {"joining": found}, status=409)
    messages.success(request, _("You have joined. Here is your course."))
    return redirect("learning:course", enrolment.pk)
