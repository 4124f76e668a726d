"""How a learner reads: the version they like, where they stopped, and a stage on paper."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions import reading
from courses.actions.study import StudyRefused
from courses.queries import access, print_packs
from courses.web import lesson_page, note_forms
from courses.web.people import LearnerRequest, learner_page

NOTHING_TO_SAY = 204


@note_forms.keeps_notes
@learner_page("POST")
def version(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Easy read or full text, from now on, on every device."""
    access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.user, at=timezone.now()
    )
    if refused := _keep_notes(request, enrolment, activity):
        return refused
    reading.choose_version(learner=request.user, is_easy=request.POST.get("version") == "easy")
    return redirect("learning:activity", enrolment, activity)


def _keep_notes(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse | None:
    """Save the notes that came with a button; the lesson again when one of them could not be saved."""
    _saved, refused = note_forms.keep(request, enrolment=enrolment, activity=activity, at=timezone.now())
    return lesson_page.show_refused(request, enrolment, activity, refused) if refused else None


@note_forms.keeps_notes
@learner_page("POST")
def place(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """Remember where the learner is. lesson.js sends this by itself; the button works without it."""
    is_script = request.headers.get("X-Requested-With") == "fetch"
    if refused_notes := _keep_notes(request, enrolment, activity):
        return refused_notes
    try:
        kept = reading.keep_place(
            enrolment_id=enrolment,
            activity_id=activity,
            anchor=request.POST.get("anchor", ""),
            is_easy=request.POST.get("version") == "easy",
            learner=request.user,
            at=timezone.now(),
        )
    except StudyRefused as refused:
        if is_script:
            return HttpResponse(status=NOTHING_TO_SAY)
        messages.warning(request, refused.sentence)
        return redirect("learning:course", enrolment)
    if is_script:
        return HttpResponse(status=NOTHING_TO_SAY)
    words = _("We will remember that you are at “%(heading)s”.") % {"heading": kept.heading}
    messages.success(request, words if kept.heading else _("We will remember that you are in this lesson."))
    return redirect("learning:activity", enrolment, activity)


@learner_page("GET", "HEAD", for_onlookers=True)
def print_stage(request: LearnerRequest, enrolment: int, number: int) -> HttpResponse:
    """All lessons of a stage, to print."""
    found = print_packs.pack(
        enrolment_id=enrolment,
        number=number,
        learner=request.learner,
        at=timezone.now(),
        shows_notes=request.lens is None,
    )
    return render(request, "learning/print_stage.html", {"pack": found})
