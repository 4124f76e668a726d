"""Who looks after the seats of an organisation, in Wagtail's admin: invited by address, removed at once."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import organisation_managers
from courses.actions.organisations import OrganisationRefused
from courses.queries import organisation_seats
from courses.staff.theirs import not_theirs_is_not_there

MAY = "courses.change_organisation"


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("We write to this address once. They may use another one for their account."),
        error_messages={
            "required": gettext_lazy("Please write an address."),
            "invalid": gettext_lazy("This is not an e-mail address."),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def managers(request: HttpRequest, organisation: int) -> HttpResponse:
    """Who looks after the seats (GET); invite one more (POST)."""
    _check(request)
    if request.method != "POST":
        return _show(request, organisation, InviteForm())
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, organisation, form, status=MISTAKE)
    try:
        organisation_managers.invite(
            organisation_id=organisation,
            email=form.cleaned_data["email"],
            by=request.user,
            at=timezone.now(),
        )
    except OrganisationRefused as refused:
        form.add_error("email", refused.sentence)
        return _show(request, organisation, form, status=REFUSED)
    messages.success(request, _("The invitation is on its way. Its link works for 14 days."))
    return redirect("staff:organisation_managers", organisation)


@require_POST
@not_theirs_is_not_there
def remove(request: HttpRequest, organisation: int, manager: int) -> HttpResponse:
    """End it at once, or take an invitation back. The seats stay as they are."""
    _check(request)
    organisation_managers.remove(
        manager_id=manager, organisation_id=organisation, by=request.user, at=timezone.now()
    )
    messages.success(request, _("Removed. The seats, and who has them, stay as they are."))
    return redirect("staff:organisation_managers", organisation)


def _check(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY):
        raise Http404


def _show(request: HttpRequest, organisation: int, form: InviteForm, *, status: int = 200) -> HttpResponse:
    found, people = organisation_seats.managers(organisation_id=organisation, at=timezone.now())
    context = {
        "organisation": found,
        "managers": people,
        "form": form,
        "header_title": _("Managers"),
        "page_title": _("Managers: %(organisation)s") % {"organisation": found.name},
        "header_icon": "user",
    }
    return render(request, "courses/staff/organisation_managers.html", context, status=status)
