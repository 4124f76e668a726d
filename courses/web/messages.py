"""A person's notices, and which reminders they want."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import notices as putting_away
from courses.actions import reminder_choices
from courses.actions.reminder_choices import ChoiceRefused
from courses.queries import notices, reminders
from courses.web.people import LearnerRequest, learner_page
from courses.web.reminder_forms import PauseForm


@learner_page("GET", "HEAD")
def show_notices(request: LearnerRequest) -> HttpResponse:
    """All notices of a person, the newest first."""
    found = notices.page(person=request.user, number=request.GET.get("p", "1"))
    return render(
        request, "learning/notices.html", {"page": found, "unread": notices.unread_of(request.user)}
    )


@learner_page("GET", "HEAD")
def notice(request: LearnerRequest, notice: int) -> HttpResponse:
    """One notice with its words. Opening it changes nothing."""
    found = notices.opened(person=request.user, notice_id=notice, at=timezone.now())
    return render(request, "learning/notice.html", {"notice": found})


@learner_page("POST")
def read_notice(request: LearnerRequest, notice: int) -> HttpResponse:
    """Put a notice away; with `go`, on to where it leads."""
    found = notices.opened(person=request.user, notice_id=notice, at=timezone.now())
    putting_away.read(person=request.user, notice_id=notice, at=timezone.now())
    if request.POST.get("go") and found.url:
        return redirect(found.url)
    messages.success(request, _("The notice is put away."))
    return redirect("learning:notices")


@learner_page("POST")
def read_all_notices(request: LearnerRequest) -> HttpResponse:
    """Put every notice away."""
    number = putting_away.read(person=request.user, at=timezone.now())
    if number:
        sentence = ngettext("%(n)d notice is put away.", "%(n)d notices are put away.", number)
        messages.success(request, sentence % {"n": number})
    return redirect("learning:notices")


@learner_page("GET", "HEAD")
def show_reminders(request: LearnerRequest) -> HttpResponse:
    """When we write by ourselves, and what a person has chosen."""
    return _reminders_page(request, PauseForm())


@learner_page("POST")
def pause_reminders(request: LearnerRequest) -> HttpResponse:
    """No reminders until a day, or until the person says so."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _reminders_page(request, form, status=MISTAKE)
    try:
        reminder_choices.pause(person=request.user, last_day=form.chosen_day, at=timezone.now())
    except ChoiceRefused as refused:
        form.add_error("last_day", refused.sentence)
        return _reminders_page(request, form, status=REFUSED)
    messages.success(request, _("Saved. We send you no reminders for now."))
    return redirect("learning:reminders")


@learner_page("POST")
def resume_reminders(request: LearnerRequest) -> HttpResponse:
    """Reminders come again."""
    reminder_choices.resume(person=request.user)
    messages.success(request, _("Saved. Reminders come again."))
    return redirect("learning:reminders")


@learner_page("POST")
def snooze_reminders(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """A week without reminders of one course."""
    reminder_choices.snooze(enrolment_id=enrolment, person=request.user, at=timezone.now())
    messages.success(request, _("Saved. We remind you of this course again in a week."))
    return redirect("learning:reminders")


@learner_page("POST")
def wake_reminders(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Reminders of one course come again."""
    reminder_choices.wake(enrolment_id=enrolment, person=request.user)
    messages.success(request, _("Saved. We remind you of this course again."))
    return redirect("learning:reminders")


def _reminders_page(request: LearnerRequest, form: PauseForm, status: int = 200) -> HttpResponse:
    found = reminders.choices(person=request.user, at=timezone.now())
    return render(request, "account/reminders.html", {"choices": found, "form": form}, status=status)
