"""Applying for a place: the form, and one's own application afterwards."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import apply as applying
from courses.actions.apply import ApplicationRefused
from courses.actions.enrol import EnrolmentRefused
from courses.enrolment.applications import LONGEST_TEXT
from courses.enrolment.states import ApplicationState
from courses.queries import applications
from courses.queries.applications import Applying
from courses.web import application_form, drafts
from courses.web.application_form import AnswersForm
from courses.web.people import LearnerRequest, learner_page

LATER = "later"
# How the names of all fields of an application begin (`application_forms.new_key`).
FIELD = "q"


class MoreForm(forms.Form):
    """The answer to what the team asked. The action judges the words."""

    text = forms.CharField(
        strip=False,
        label=gettext_lazy("Your answer"),
        error_messages={"required": gettext_lazy("Please write something first.")},
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_TEXT}),
    )


@drafts.keeps_form(prefix=FIELD)
@learner_page("GET", "HEAD", "POST")
def apply(request: LearnerRequest, cohort: int) -> HttpResponse:
    """Explain and show the form (GET); keep what was written, or send it in (POST)."""
    at = timezone.now()
    shown = applications.applying(cohort_id=cohort, applicant=request.user, at=at)
    if shown.is_decided:
        return redirect(shown.application_url)
    if request.method != "POST":
        answers = shown.application.answers if shown.application else []
        if kept := drafts.of(request):
            typed = QueryDict(urlencode(kept, doseq=True))
            answers = application_form.typed(shown.questions, typed)
        return _show(request, shown, application_form.build(shown.questions, answers=answers))
    is_final = request.POST.get("go") != LATER
    form = application_form.build(shown.questions, data=request.POST)
    # What was sent in stays whole; a draft may be as unfinished as it likes.
    if (is_final or shown.is_sent) and not form.is_valid():
        return _show(request, shown, form, status=MISTAKE)
    answers = application_form.typed(shown.questions, request.POST)
    try:
        saved, is_new = applying.keep(
            cohort_id=cohort, applicant=request.user, answers=answers, at=at, is_final=is_final
        )
    except (ApplicationRefused, EnrolmentRefused) as refused:
        messages.warning(request, refused.sentence)
        # What is not sent in may be unfinished, so nothing is said about that.
        words = form if is_final else application_form.build(shown.questions, answers=answers)
        return _show(request, shown, words, status=REFUSED)
    drafts.forget(request)
    if is_new:
        messages.success(request, _("Thank you. Your application has arrived."))
    elif saved.status == ApplicationState.DRAFT.value:
        messages.success(request, _("What you wrote is kept. It is not sent yet: go on whenever you like."))
        return redirect("learning:apply", cohort)
    else:
        messages.success(request, _("Your changes are saved."))
    return redirect("learning:application", saved.pk)


def _show(request: LearnerRequest, shown: Applying, form: AnswersForm, *, status: int = 200) -> HttpResponse:
    # Who is kept out by the window can still change what was sent in before it closed.
    can_write = not shown.sentence or shown.is_sent
    context = {"applying": shown, "form": form, "can_write": can_write}
    return render(request, "learning/apply.html", context, status=status)


@drafts.keeps_words("text")
@learner_page("GET", "HEAD", "POST")
def application(request: LearnerRequest, application: int) -> HttpResponse:
    """One's own application (GET); answer what the team asked (POST)."""
    if request.method != "POST":
        return _own(request, application, MoreForm(initial=drafts.of(request)))
    form = MoreForm(request.POST)
    if not form.is_valid():
        return _own(request, application, form, status=MISTAKE)
    try:
        applying.answer_more(
            application_id=application,
            applicant=request.user,
            text=form.cleaned_data["text"],
            at=timezone.now(),
        )
    except ApplicationRefused as refused:
        form.add_error("text", refused.sentence)
        return _own(request, application, form, status=REFUSED)
    drafts.forget(request)
    messages.success(request, _("Your answer is sent."))
    return redirect("learning:application", application)


def _own(request: LearnerRequest, application: int, form: MoreForm, *, status: int = 200) -> HttpResponse:
    found = applications.own(application_id=application, applicant=request.user, at=timezone.now())
    if found.status == ApplicationState.DRAFT.value:
        return redirect("learning:apply", found.cohort_id)
    context: dict[str, Any] = {"application": found, "form": form}
    return render(request, "learning/application.html", context, status=status)


@learner_page("GET", "HEAD", "POST")
def withdraw(request: LearnerRequest, application: int) -> HttpResponse:
    """Ask whether to take an application back (GET); take it back (POST)."""
    if request.method != "POST":
        found = applications.own(application_id=application, applicant=request.user, at=timezone.now())
        return render(request, "learning/withdraw_application.html", {"application": found})
    try:
        applying.withdraw(application_id=application, applicant=request.user, at=timezone.now())
    except ApplicationRefused as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:application", application)
    messages.success(request, _("You have taken your application back. What you wrote is kept for a year."))
    return redirect("learning:dashboard")
