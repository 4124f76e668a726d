"""Notices of a team for everybody on a cohort."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cms.core import typed
from cms.core.statuses import refuse, status_of
from courses.actions import cohort_notices
from courses.actions.cohort_notices import NoticeRefused
from courses.cohorts.models import Cohort
from courses.cohorts.notices import LONGEST_NOTICE
from courses.queries import looking, registers


class NoticeForm(forms.Form):
    """A few words for everybody."""

    text = forms.CharField(
        strip=False,
        max_length=LONGEST_NOTICE,
        label=gettext_lazy("Your words"),
        help_text=gettext_lazy("Plain text. Everybody who has a place is told, on the site and by e-mail."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Please write something first.")},
    )


def _cohort(request: HttpRequest, cohort: int) -> Cohort:
    try:
        return registers.cohorts_for(request.user).get(pk=cohort)
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing


@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, cohort: int) -> HttpResponse:
    """What everybody was told (GET); tell them something new (POST)."""
    found = _cohort(request, cohort)
    may_write = looking.may_look_as(person=request.user, cohort_id=cohort)
    if request.method != "POST":
        return _show(request, found, NoticeForm(), may_write=may_write)
    if not may_write:
        raise Http404
    form = NoticeForm(request.POST)
    if form.is_valid():
        try:
            cohort_notices.post(
                cohort_id=cohort,
                text=form.cleaned_data["text"],
                token=typed.token(request.POST.get("token")),
                by=request.user,
                at=timezone.now(),
            )
        except NoticeRefused as refused:
            refuse(form, "text", refused.sentence)
        else:
            messages.success(request, _("It is on the page of the group, and everybody is told."))
            return redirect("staff:notices", cohort)
    return _show(request, found, form, may_write=may_write, status=status_of(form))


def _show(
    request: HttpRequest, cohort: Any, form: NoticeForm, *, may_write: bool, status: int = 200
) -> HttpResponse:
    context = {
        "cohort": cohort,
        "notices": cohort.notices.select_related("by"),
        "form": form,
        "may_write": may_write,
        "token": request.POST.get("token") or uuid4(),
        "header_title": _("Notices"),
        "page_title": _("Notices"),
        "page_subtitle": cohort.name,
        "header_icon": "mail",
    }
    return render(request, "courses/staff/notices.html", context, status=status)


@require_POST
def remove(request: HttpRequest, cohort: int, notice: int) -> HttpResponse:
    """Take a notice away."""
    _cohort(request, cohort)
    if not looking.may_look_as(person=request.user, cohort_id=cohort):
        raise Http404
    cohort_notices.remove(notice_id=notice, cohort_id=cohort, by=request.user, at=timezone.now())
    messages.success(request, _("The notice is gone. E-mails that were sent cannot be taken back."))
    return redirect("staff:notices", cohort)
