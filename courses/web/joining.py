"""Joining a cohort: a page that explains (GET), and the joining itself (POST)."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.actions import enrol, waiting
from courses.actions.enrol import EnrolmentRefused, PaymentDue
from courses.cohorts.models import Cohort
from courses.queries import joining
from courses.web import lens
from courses.web.agreeing import ticked
from courses.web.arriving import after_joining
from courses.web.people import LearnerRequest, learner_page

REFUSED = 409


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, cohort: int) -> HttpResponse:
    """Explain what joining means, or join."""
    at = timezone.now()
    if request.method == "POST" and lens.of(request, at=at) is not None:
        return lens.refuse_to_write(request)
    try:
        return _join(request, cohort, at) if request.method == "POST" else _explain(request, cohort, at)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing


def _explain(request: HttpRequest, cohort: int, at: datetime, *, status: int = 200) -> HttpResponse:
    found = joining.joining(cohort_id=cohort, visitor=request.user, at=at)
    if found.enrolment_id is not None:
        return redirect("learning:course", found.enrolment_id)
    context = {"joining": found, "agreed": ticked(request), "is_refused": status == REFUSED}
    return render(request, "learning/join.html", context, status=status)


def _join(request: HttpRequest, cohort: int, at: datetime) -> HttpResponse:
    """The page is not read first: the action knows all that the answer needs."""
    if not request.user.is_authenticated:
        joining.joining(cohort_id=cohort, visitor=request.user, at=at)
        return redirect_to_login(request.path)
    try:
        enrolment = enrol.start(cohort_id=cohort, learner=request.user, at=at, agreed=ticked(request))
    except PaymentDue:
        return redirect("learning:buy", cohort)
    except EnrolmentRefused as refused:
        messages.warning(request, refused.sentence)
        return _explain(request, cohort, at, status=REFUSED)
    return after_joining(request, enrolment, got=_("You have joined."))


@require_http_methods(["POST"])
def wait(request: HttpRequest, cohort: int) -> HttpResponse:
    """Put oneself on the waiting list of a cohort that is full."""
    at = timezone.now()
    if lens.of(request, at=at) is not None:
        return lens.refuse_to_write(request)
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("learning:join", args=[cohort]))
    try:
        joining.joining(cohort_id=cohort, visitor=request.user, at=at)
        waiting.join(cohort_id=cohort, learner=request.user, at=at)
    except EnrolmentRefused as refused:
        messages.warning(request, refused.sentence)
        return _explain(request, cohort, at, status=REFUSED)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing
    messages.success(request, _("You are on the waiting list. We write to you when a place is free."))
    return redirect("learning:join", cohort)


@learner_page("POST")
def stop_waiting(request: LearnerRequest, cohort: int) -> HttpResponse:
    """Take oneself off a waiting list."""
    waiting.leave(cohort_id=cohort, learner=request.user, at=timezone.now())
    messages.success(request, _("You are not on the waiting list any more."))
    return redirect("learning:join", cohort)
