"""What a learner needs to take part: told once after joining, and theirs to change and to delete."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.statuses import refuse, status_of
from courses.actions import needs as telling
from courses.actions.needs import SHARE, NeedsRefused
from courses.enrolment import consents
from courses.enrolment.needs import LONGEST_NEEDS
from courses.queries import needs
from courses.queries.needs import OwnNeeds
from courses.web.people import LearnerRequest, learner_page


class NeedsForm(forms.Form):
    """What somebody needs, and that they agree that it is kept and shown."""

    text = forms.CharField(
        strip=False,
        max_length=LONGEST_NEEDS,
        label=gettext_lazy("What do you need to take part?"),
        help_text=gettext_lazy(
            "For example: a ramp, large print, captions, more breaks. Say what you need, not why."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LONGEST_NEEDS}),
        error_messages={"required": gettext_lazy("Please write what you need, or skip this page.")},
    )
    agrees = forms.BooleanField(
        label=consents.WORDS[SHARE][consents.newest(SHARE)],
        error_messages={
            "required": gettext_lazy(
                "We can only keep this if you agree. Please tick the box, or skip this page."
            )
        },
    )


@learner_page("GET", "HEAD", "POST")
def show(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """What one told, and who looked at it (GET); tell it, or something else in its place (POST)."""
    found = needs.own(enrolment_id=enrolment, learner=request.user)
    if request.method != "POST":
        return _page(request, found, _stored(found))
    form = NeedsForm(request.POST)
    if form.is_valid():
        try:
            telling.tell(
                enrolment_id=enrolment,
                learner=request.user,
                text=form.cleaned_data["text"],
                agrees=form.cleaned_data["agrees"],
                at=timezone.now(),
            )
        except NeedsRefused as refused:
            refuse(form, "text", refused.sentence)
        else:
            messages.success(request, _("Saved. Only the facilitators of your group can open it."))
            return redirect("learning:needs", enrolment)
    return _page(request, found, form, status=status_of(form))


@learner_page("POST")
def forget(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Delete what one told."""
    telling.forget(enrolment_id=enrolment, learner=request.user, at=timezone.now())
    messages.success(request, _("Deleted. Nobody can open it any more."))
    return redirect("learning:needs", enrolment)


def _stored(found: OwnNeeds) -> NeedsForm:
    if found.stored is None:
        return NeedsForm()
    return NeedsForm(initial={"text": telling.read(found.stored) or "", "agrees": True})


def _page(request: LearnerRequest, found: OwnNeeds, form: NeedsForm, *, status: int = 200) -> HttpResponse:
    response = render(request, "learning/needs.html", {"needs": found, "form": form}, status=status)
    response["Cache-Control"] = "no-store"
    return response
