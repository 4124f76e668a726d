"""Supporters: invited and removed by the learner, and the pages of those who support somebody."""

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.statuses import REFUSED, refuse, status_of
from courses.actions import supporters
from courses.actions.supporters import SupportRefused
from courses.queries import supporting
from courses.queries.supporting import Invitation, OwnSupporters
from courses.web.people import LearnerRequest, learner_page
from courses.web.secret_links import link_page

GONE = 410


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(
        label=gettext_lazy("The e-mail address of your supporter"),
        help_text=gettext_lazy(
            "We write to this address once. The e-mail has your name and the name of the course."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Please write an e-mail address."),
            "invalid": gettext_lazy("This is not an e-mail address. It looks like name@example.org."),
        },
    )


# --- The learner --------------------------------------------------------------------------------


@learner_page("GET", "HEAD", "POST")
def show(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Who supports one (GET); invite somebody (POST)."""
    at = timezone.now()
    found = supporting.own(enrolment_id=enrolment, learner=request.user, at=at)
    if request.method != "POST":
        return _page(request, found, InviteForm())
    form = InviteForm(request.POST)
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            supporters.invite(enrolment_id=enrolment, learner=request.user, email=email, at=at)
        except SupportRefused as refused:
            refuse(form, "email", refused.sentence)
        else:
            messages.success(request, _("We have sent the invitation. The link works for 14 days."))
            return redirect("learning:supporters", enrolment)
    return _page(request, found, form, status=status_of(form))


def _page(
    request: LearnerRequest, found: OwnSupporters, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    context = {"supporters": found, "form": form}
    return render(request, "learning/supporters.html", context, status=status)


@learner_page("POST")
def remove(request: LearnerRequest, enrolment: int, supporter: int) -> HttpResponse:
    """End it at once."""
    supporters.remove(supporter_id=supporter, enrolment_id=enrolment, learner=request.user, at=timezone.now())
    messages.success(request, _("It has ended. That person sees nothing of your course any more."))
    return redirect("learning:supporters", enrolment)


# --- The supporter ------------------------------------------------------------------------------


@link_page("supporters", "GET", "HEAD", "POST")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What supporting somebody means (GET); say yes (POST)."""
    at = timezone.now()
    if request.method != "POST":
        return _invitation(request, supporting.invitation(token=token, person=request.user, at=at))
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        made = supporters.accept(token=token, person=request.user, at=at)
    except SupportRefused as refused:
        messages.warning(request, refused.sentence)
        found = supporting.invitation(token=token, person=request.user, at=at)
        return _invitation(request, found, status=REFUSED)
    messages.success(request, _("Thank you. You are a supporter now."))
    return redirect("learning:supporting", made.pk)


def _invitation(request: HttpRequest, found: Invitation, *, status: int = 200) -> HttpResponse:
    if found.supporting_url:
        return redirect(found.supporting_url)
    if not found.is_open:
        status = GONE
    return render(request, "learning/support_invitation.html", {"invitation": found}, status=status)


@link_page("supporters", "POST")
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Say no; no account is needed for that."""
    supporters.decline(token=token, at=timezone.now())
    return render(request, "learning/support_declined.html")


@learner_page("GET", "HEAD")
def supporting_page(request: LearnerRequest, supporter: int) -> HttpResponse:
    """Somebody's dates and how far they are."""
    found = supporting.supported(supporter_id=supporter, person=request.user, at=timezone.now())
    response = render(request, "learning/supporting.html", {"supported": found})
    # Once it has ended, nothing is left in the browser either.
    response["Cache-Control"] = "no-store"
    return response


@learner_page("POST")
def choose_reminders(request: LearnerRequest, supporter: int) -> HttpResponse:
    """Be reminded of meetings too, or no longer."""
    wants = request.POST.get("reminders") == "yes"
    supporters.choose_reminders(supporter_id=supporter, person=request.user, wants=wants)
    if wants:
        messages.success(request, _("Saved. We write to you too, the day before a meeting."))
    else:
        messages.success(request, _("Saved. We do not remind you any more."))
    return redirect("learning:supporting", supporter)


@learner_page("POST")
def leave(request: LearnerRequest, supporter: int) -> HttpResponse:
    """Support somebody no longer."""
    supporters.leave(supporter_id=supporter, person=request.user, at=timezone.now())
    messages.success(request, _("You have stopped. We have told the person. Thank you for your help."))
    return redirect("learning:dashboard")
