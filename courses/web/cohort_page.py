"""The page of a learner's group, and the choice whether others there see their name."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions import cohort_names
from courses.queries import cohort_page
from courses.web.people import LearnerRequest, learner_page


@learner_page("GET", "HEAD")
def cohort(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Who looks after the group, when it meets, what is new, and who else agreed to be named."""
    found = cohort_page.cohort_page(enrolment_id=enrolment, learner=request.user, at=timezone.now())
    return render(request, "learning/cohort.html", {"cohort": found})


@learner_page("POST")
def show_name(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Let the others see one's name, or no longer."""
    is_shown = request.POST.get("shows_name") == "yes"
    cohort_names.show_name(enrolment_id=enrolment, learner=request.user, is_shown=is_shown, at=timezone.now())
    if is_shown:
        messages.success(request, _("Saved. The others in your group can see your name now."))
    else:
        messages.success(request, _("Saved. The others in your group do not see your name."))
    return redirect("learning:cohort", enrolment)
