"""The pages of a learner: dashboard, course, activity; and "I've done this"."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions import study
from courses.actions.study import StudyRefused
from courses.catalogue.outline import Kind
from courses.queries import access, dashboard, lessons, notices, quizzes
from courses.web import drafts, drawn, handing_in, lens, lesson_page, note_forms
from courses.web.people import LearnerRequest, learner_page


@learner_page("GET", "HEAD", for_onlookers=True)
def show_dashboard(request: LearnerRequest) -> HttpResponse:
    """Everything a learner is doing, and the one next step."""
    if request.lens is not None:
        return lens.stand_back(request.lens)
    now = timezone.now()
    found = dashboard.dashboard(learner=request.user, at=now)
    said = [place.told_by for place in found.awaited if place.told_by]
    news = notices.on_dashboard(person=request.user, at=now, without=said)
    return render(request, "learning/dashboard.html", {"dashboard": found, "notices": news})


@learner_page("GET", "HEAD", for_onlookers=True)
def course(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """One course with its outline and progress."""
    found = dashboard.course(enrolment_id=enrolment, learner=request.learner, at=timezone.now())
    return render(request, "learning/course.html", {"course": found, "stages": drawn.stages(found.learning)})


@learner_page("GET", "HEAD", for_onlookers=True)
def activity(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """A lesson, a quiz to begin, a live session, or coursework. Opening it changes nothing."""
    opened = access.open_activity(
        enrolment_id=enrolment, activity_id=activity, learner=request.learner, at=timezone.now()
    )
    if opened.activity.kind is Kind.LESSON:
        return lesson_page.show(request, opened)
    if opened.activity.kind is not Kind.QUIZ:
        return handing_in.show(request, opened)
    if opened.lock_sentence and not opened.standing.is_finished:
        return render(request, "learning/locked.html", {"activity": lessons.locked(opened)}, status=403)
    return render(request, "learning/quiz_start.html", {"quiz": quizzes.start(opened)})


@note_forms.keeps_notes
@learner_page("POST")
def done(request: LearnerRequest, enrolment: int, activity: int) -> HttpResponse:
    """The learner says that they have done a lesson. Their notes come with it, and are saved first."""
    now = timezone.now()
    _saved, refused_notes = note_forms.keep(request, enrolment=enrolment, activity=activity, at=now)
    if refused_notes:
        return lesson_page.show_refused(request, enrolment, activity, refused_notes)
    drafts.forget(request)
    try:
        standing = study.mark_done(enrolment_id=enrolment, activity_id=activity, learner=request.user, at=now)
    except StudyRefused as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:course", enrolment)
    if standing.is_complete:
        messages.success(request, _("You have finished the course. Well done!"))
        return redirect("learning:course", enrolment)
    done_now = standing.of(activity)
    title = done_now.activity.title if done_now else ""
    messages.success(request, _("Saved. You have done “%(title)s”.") % {"title": title})
    following = standing.next_activity
    if following is None:
        return redirect("learning:course", enrolment)
    return redirect("learning:activity", enrolment, following.activity.activity_id)
