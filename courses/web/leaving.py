"""Leaving a course, and going to another group of it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED, status_of
from courses.actions import enrol, moving
from courses.actions.enrol import EnrolmentRefused, PrerequisitesMissing
from courses.cohorts.models import Cohort
from courses.queries import before_joining, leaving
from courses.queries.joining import OpenCohort
from courses.web.agreeing import ticked
from courses.web.people import LearnerRequest, learner_page

LONGEST_REASON = 300
WHY = {
    "dates": gettext_lazy("The dates do not suit me any more"),
    "health": gettext_lazy("My health, or that of somebody I care for"),
    "work": gettext_lazy("My work, or something else in my life"),
    "other": gettext_lazy("Another reason, or I would rather not say"),
}


class LeaveForm(forms.Form):
    """Why somebody leaves, if they like to say."""

    reason = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why do you leave?"),
        help_text=gettext_lazy("The people who look after the course read it. It helps them to do better."),
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_REASON}),
    )


class MoveForm(forms.Form):
    """To which group, and why."""

    to = forms.ChoiceField(
        label=gettext_lazy("To which group would you like to go?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a group.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you change?"),
        choices=list(WHY.items()),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose one. The last one says nothing about you.")},
    )

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = groups  # type: ignore[attr-defined]


@learner_page("GET", "HEAD", "POST")
def leave(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Explain what leaving means (GET); leave (POST)."""
    found = leaving.leaving(enrolment_id=enrolment, learner=request.user)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        context = {"leaving": found, "form": form}
        return render(request, "learning/leave.html", context, status=status_of(form))
    try:
        enrol.withdraw(
            enrolment_id=enrolment,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"].strip(),
        )
    except EnrolmentRefused as refused:
        messages.warning(request, refused.sentence)
        return redirect("learning:course", enrolment)
    messages.success(request, _("You have left the course. What you did is kept. You are welcome back."))
    return redirect("learning:dashboard")


@learner_page("GET", "HEAD", "POST")
def move(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """The other groups that one can join now (GET); go to one of them with all one's work (POST)."""
    at = timezone.now()
    found = leaving.moving(enrolment_id=enrolment, learner=request.user, at=at)
    groups = [(str(one.cohort.pk), _group_words(one)) for one in found.groups]
    form = MoveForm(request.POST if request.method == "POST" else None, groups=groups)
    if request.method != "POST":
        return _show_groups(request, found, form)
    if not form.is_valid():
        return _show_groups(request, found, form, status=MISTAKE)
    try:
        new = moving.move_self(
            enrolment_id=enrolment,
            to_cohort_id=typed.number(form.cleaned_data["to"]),
            learner=request.user,
            at=at,
            reason=str(WHY[form.cleaned_data["reason"]]),
            agreed=ticked(request),
        )
    except PrerequisitesMissing as refused:
        form.add_error("to", refused.sentence)
        before = before_joining.of_cohort(cohort_id=refused.cohort_id, person=request.user, at=at)
        return _show_groups(request, found, form, status=REFUSED, before=before, agreed=ticked(request))
    except EnrolmentRefused as refused:
        form.add_error("to", refused.sentence)
        return _show_groups(request, found, form, status=REFUSED)
    except Cohort.DoesNotExist:
        return redirect("learning:move", enrolment)
    messages.success(request, _("You are in the other group now. What you have done came along."))
    return redirect("learning:course", new.pk)


def _group_words(one: OpenCohort) -> str:
    return f"{one.cohort.name}: {one.cohort.dates_sentence}. {one.places_sentence}"


def _show_groups(
    request: LearnerRequest, found: leaving.Leaving, form: MoveForm, *, status: int = 200, **asked: Any
) -> HttpResponse:
    """`asked` is what the chosen group asks for before joining, when that is what was refused."""
    context = {"leaving": found, "form": form, **asked}
    return render(request, "learning/move.html", context, status=status)
