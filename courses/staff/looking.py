"""Looking at the pages of learners: how it begins. How it goes on is in courses/web/lens.py."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.core import typed
from courses.actions import look
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage, QuizPage
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.queries import looking, onlookers, quiz_trials, registers
from courses.queries.editions import editions_of


@require_http_methods(["GET", "HEAD"])
def choose(request: HttpRequest, page: int) -> HttpResponse:
    """Which edition of a course to look at, as a sample learner."""
    course_page = get_object_or_404(CoursePage.objects.select_related("course"), id=page)
    if not course_page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    context = {
        "course_page": course_page,
        "editions": editions_of(course_page.course),
        "header_title": _("Look as a learner"),
        "page_title": _("Look as a learner"),
        "page_subtitle": course_page.title,
        "header_icon": "view",
    }
    return render(request, "courses/staff/look.html", context)


@require_POST
def at_edition(request: HttpRequest, edition: int) -> HttpResponse:
    """Begin to look at an edition as a sample learner, of one of its cohorts or of none."""
    try:
        sight = looking.sample_in_sight(
            person=request.user,
            edition_id=edition,
            cohort_id=typed.number(request.POST.get("cohort")) or None,
            opens_everything=request.POST.get("everything") == "yes",
            at=timezone.now(),
        )
    except (Edition.DoesNotExist, Cohort.DoesNotExist) as nothing:
        raise Http404 from nothing
    onlookers.begin(request, sight, back=_back(request, sight), at=timezone.now())
    start = reverse("learning:course", args=[sight.enrolment.pk])
    wanted = request.POST.get("next", "")
    return redirect(wanted if wanted.startswith(start) else start)


def _back(request: HttpRequest, sight: looking.Sight) -> str:
    """Where somebody came from, by what they may see there."""
    cohort_id = sight.enrolment.cohort_id
    if cohort_id and registers.cohorts_for(request.user).filter(pk=cohort_id).exists():
        return reverse("staff:register", args=[cohort_id])
    page = CoursePage.objects.filter(course=sight.edition.course_id).first()
    if page is not None and page.permissions_for_user(request.user).can_edit():
        return reverse("staff:look", args=[page.pk])
    return reverse("staff:registers")


@require_POST
def at_learner(request: HttpRequest, enrolment: int) -> HttpResponse:
    """Begin to look as one learner. Facilitators of the cohort and administrators may; it is logged."""
    try:
        sight = looking.person_in_sight(person=request.user, enrolment_id=enrolment)
    except Enrolment.DoesNotExist as nothing:
        raise Http404 from nothing
    at = timezone.now()
    look.as_learner(enrolment=sight.enrolment, by=request.user, at=at)
    onlookers.begin(request, sight, back=reverse("staff:register", args=[sight.enrolment.cohort_id]), at=at)
    return redirect("learning:course", enrolment)


@require_http_methods(["GET", "HEAD", "POST"])
def try_quiz(request: HttpRequest, page: int) -> HttpResponse:
    """All questions of a quiz (GET), and how answers would be marked, with feedback (POST). Keeps nothing."""
    quiz_page = get_object_or_404(QuizPage, id=page)
    if not looking.may_try_quiz(person=request.user, page=quiz_page):
        raise Http404
    answered: dict[str, Any] | None = None
    if request.method == "POST":
        answered = {key: request.POST.getlist(key) for key in request.POST}
    context = {
        "trial": quiz_trials.trial(quiz_page, answered),
        "back": onlookers.ends_at(request) is not None,
        "header_title": _("Try a quiz"),
        "page_title": _("Try a quiz"),
        "page_subtitle": quiz_page.title,
        "header_icon": "help",
    }
    return render(request, "courses/staff/try_quiz.html", context)
