"""Work that was handed in: what waits, one piece of it, and deciding about it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from cms.core.private_downloads import download
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import assess
from courses.actions.assess import LONGEST, DecisionRefused
from courses.assessment.coursework import Submission, SubmissionFile
from courses.queries import work_waiting
from courses.staff.questions import task_of


class DecisionForm(forms.Form):
    """What the learner reads with the decision."""

    comment = forms.CharField(
        required=False,
        strip=False,
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy(
            "The learner reads it with your name. Say first what is good. If you send it back, say what to "
            "add or change."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST}),
    )


@require_http_methods(["GET", "HEAD"])
def work_list(request: HttpRequest) -> HttpResponse:
    """The work this person may decide about, the longest waiting first."""
    found = work_waiting.work(
        person=request.user,
        show=request.GET.get("show", "waiting"),
        cohort=request.GET.get("cohort", ""),
        page=request.GET.get("p", "1"),
        at=timezone.now(),
    )
    context = {
        "list": found,
        "header_title": _("Coursework"),
        "page_title": _("Coursework"),
        "header_icon": "tasks",
    }
    return render(request, "courses/staff/work_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def submission(request: HttpRequest, submission: int) -> HttpResponse:
    """One piece of work (GET); sign it off or send it back (POST)."""
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    if request.method != "POST":
        return _show(request, submission, form)
    if not form.is_valid():
        return _show(request, submission, form, status=MISTAKE)
    sends_back = request.POST.get("do") == "send_back"
    decide = assess.send_back if sends_back else assess.sign_off
    try:
        decide(
            submission_id=submission,
            comment=form.cleaned_data["comment"],
            by=request.user,
            at=timezone.now(),
        )
    except Submission.DoesNotExist as nothing:
        raise Http404 from nothing
    except DecisionRefused as refused:
        form.add_error("comment", refused.sentence)
        return _show(request, submission, form, status=REFUSED)
    if sends_back:
        messages.success(request, _("It is sent back, with your comment."))
    else:
        messages.success(request, _("It is signed off. The learner is told."))
    return redirect("staff:work")


def _show(request: HttpRequest, submission: int, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    try:
        found = work_waiting.submission(submission_id=submission, person=request.user)
    except Submission.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "work": found,
        "form": form,
        "header_title": found.activity_title,
        "page_title": f"{found.activity_title}: {found.learner}",
        "page_subtitle": f"{found.course_title}, {found.cohort.name}",
        "header_icon": "tasks",
    }
    return render(request, "courses/staff/submission.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
def work_file(request: HttpRequest, file: int) -> HttpResponse:
    """A file that was handed in, for those who may read the work."""
    try:
        found = work_waiting.file_of(file_id=file, person=request.user)
    except SubmissionFile.DoesNotExist as nothing:
        raise Http404 from nothing
    return download(file_name=found.file_name, title=found.title)


class WorkMenuItem(MenuItem):
    """Only shown to people who decide about work, with the number that waits."""

    def is_shown(self, request: HttpRequest) -> bool:
        return task_of(request).assesses

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        number = task_of(request).work
        label = f"{self.label} ({number})" if number else str(self.label)
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname=self.classname)


def menu_item() -> MenuItem:
    """The way to the work that waits."""
    return WorkMenuItem(
        _("Coursework"), reverse("staff:work"), name="coursework", icon_name="tasks", order=12
    )
