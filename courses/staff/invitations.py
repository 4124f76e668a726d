"""Inviting people to a cohort by their addresses, in Wagtail's admin."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import invitations as inviting
from courses.actions import offers
from courses.actions.invitations import LONGEST_DAYS, MOST_ADDRESSES, InvitationRefused
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.enrolment import rules
from courses.enrolment.models import Offer
from courses.queries import invitations, team
from courses.staff.theirs import not_theirs_is_not_there

LONGEST_TEXT = 60_000
USUAL_DAYS = 14


class InviteForm(forms.Form):
    """Addresses, one a line, and until when the places are kept."""

    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please write at least one address.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day to answer"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Until the end of this day, or until it is too late to join, the place is kept."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addresses"].help_text = _("One on each line, %(most)d at the most.") % {
            "most": MOST_ADDRESSES
        }


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """Who was invited (GET); invite more people (POST)."""
    found, at = team.cohort_of(cohort_id=cohort, person=request.user, runs=True), timezone.now()
    if request.method != "POST":
        soon = (at + timedelta(days=USUAL_DAYS)).date()
        return _show(request, found, InviteForm(initial={"last_day": soon}))
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=MISTAKE)
    try:
        made = inviting.invite(
            cohort_id=cohort,
            addresses=form.cleaned_data["addresses"].splitlines(),
            answer_by=rules.end_of_day(form.cleaned_data["last_day"], time_zone=found.time_zone),
            by=request.user,
            at=at,
        )
    except InvitationRefused as refused:
        form.add_error("addresses" if refused.lines else None, refused.sentence)
        return _show(request, found, form, lines=refused.lines, status=REFUSED)
    messages.success(
        request,
        ngettext(
            "A place is kept for %(count)d address, and the invitation is on its way.",
            "A place is kept for each of %(count)d addresses, and the invitations are on their way.",
            len(made),
        )
        % {"count": len(made)},
    )
    return redirect("staff:invitations", cohort)


def _show(
    request: HttpRequest,
    cohort: Cohort,
    form: InviteForm,
    *,
    lines: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "found": invitations.of_cohort(cohort=cohort, page=request.GET.get("page"), at=timezone.now()),
        "cohort": cohort,
        "form": form,
        "lines": lines or {},
        "most_days": LONGEST_DAYS,
        "header_title": _("Invitations"),
        "page_title": _("Invitations: %(cohort)s") % {"cohort": cohort.name},
        "page_subtitle": str(cohort.edition),
        "header_icon": "mail",
    }
    return render(request, "courses/staff/invitations.html", context, status=status)


@require_POST
@not_theirs_is_not_there
def send_again(request: HttpRequest, cohort: int, offer: int) -> HttpResponse:
    """Send an invitation once more, with a new link."""
    team.cohort_of(cohort_id=cohort, person=request.user, runs=True)
    if not Offer.objects.filter(pk=offer, cohort=cohort, kind=Offer.Kind.INVITATION).exists():
        raise Http404
    try:
        offers.send_again(offer_id=offer, by=request.user, at=timezone.now())
    except ActionRefused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, _("The invitation is sent again. The link of the first one stops working."))
    return redirect("staff:invitations", cohort)
