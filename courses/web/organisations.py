"""The pages of those who look after the seats of an organisation: who has them, offering and taking back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.core.statuses import MISTAKE, REFUSED, refuse, status_of
from courses.actions import organisation_managers, organisation_seats, organisation_sharing, organisations
from courses.actions.organisations import MOST_SEATS, OrganisationRefused
from courses.actions.refusals import ActionRefused
from courses.queries import organisation_seats as seating
from courses.queries.organisation_seats import Invitation, Seat
from courses.web.people import LearnerRequest, learner_page
from courses.web.secret_links import link_page

GONE = 410
LONGEST_TEXT = 60_000
LONGEST_REASON = 300


class AssignForm(forms.Form):
    """Addresses, one a line."""

    addresses = forms.CharField(
        label=gettext_lazy("E-mail addresses"),
        max_length=LONGEST_TEXT,
        strip=False,
        help_text=gettext_lazy("One on each line. We write to each of them once."),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Please write at least one address.")},
    )


class TakeBackForm(forms.Form):
    """Why, and who gets the seat instead."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why do you take it back?"),
        help_text=gettext_lazy("It is kept with the record. The person can read it in their own data."),
        error_messages={"required": gettext_lazy("Please say why.")},
    )
    instead = forms.EmailField(
        required=False,
        label=gettext_lazy("Offer it to this address instead"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("This is not an e-mail address. It looks like name@example.org."),
        },
    )


class GiveBackForm(forms.Form):
    """How many seats are not needed."""

    seats = forms.IntegerField(
        min_value=1,
        max_value=MOST_SEATS,
        label=gettext_lazy("How many free seats do you give back?"),
        error_messages={"required": gettext_lazy("Please write a number.")},
    )


def manager_page(*methods: str) -> Callable[[Callable[..., HttpResponse]], Any]:
    """A page with names and addresses of others: kept by no browser. Not theirs is not there (404)."""

    def decorate(view: Callable[..., HttpResponse]) -> Any:
        @wraps(view)
        def private(request: LearnerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = "no-store"
            return response

        return learner_page(*methods)(private)

    return decorate


# --- The seats ----------------------------------------------------------------------------------


@manager_page("GET", "HEAD")
def show_all(request: LearnerRequest) -> HttpResponse:
    """The organisations somebody looks after; straight to the only one."""
    found = seating.own(request.user)
    if len(found) == 1:
        return redirect("learning:organisation", found[0].id)
    return render(request, "learning/organisations.html", {"organisations": found})


@manager_page("GET", "HEAD")
def show(request: LearnerRequest, organisation: int) -> HttpResponse:
    """The seats of one organisation, cohort by cohort."""
    found = seating.overview(organisation_id=organisation, person=request.user)
    return render(request, "learning/organisation.html", {"organisation": found})


@manager_page("GET", "HEAD", "POST")
def seats(request: LearnerRequest, allocation: int) -> HttpResponse:
    """Who has the seats on a cohort (GET); offer free ones to these addresses (POST)."""
    seating.allocation_of(allocation_id=allocation, person=request.user)
    if request.method != "POST":
        return _seats(request, allocation, AssignForm())
    form = AssignForm(request.POST)
    if not form.is_valid():
        return _seats(request, allocation, form, status=MISTAKE)
    try:
        made = organisation_seats.assign(
            allocation_id=allocation,
            addresses=form.cleaned_data["addresses"].splitlines(),
            by=request.user,
            at=timezone.now(),
        )
    except ActionRefused as refused:
        form.add_error("addresses", refused.sentence)
        return _seats(request, allocation, form, lines=getattr(refused, "lines", {}), status=REFUSED)
    words = ngettext(
        "A seat is offered to %(count)d address, and the e-mail is on its way.",
        "A seat is offered to each of %(count)d addresses, and the e-mails are on their way.",
        len(made),
    )
    messages.success(request, words % {"count": len(made)})
    return redirect("learning:seats", allocation)


def _seats(
    request: LearnerRequest,
    allocation: int,
    form: AssignForm,
    *,
    lines: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = seating.seats(allocation_id=allocation, person=request.user)
    context = {"found": found, "numbers": found.numbers, "form": form, "lines": lines or {}}
    return render(request, "learning/seats.html", context, status=status)


@manager_page("POST")
def send_again(request: LearnerRequest, allocation: int, seat: int) -> HttpResponse:
    """Write to the address of an offered seat once more."""
    seating.seat(allocation_id=allocation, seat_id=seat, person=request.user)
    try:
        organisation_seats.send_again(
            seat_id=seat, allocation_id=allocation, by=request.user, at=timezone.now()
        )
    except ActionRefused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, _("The e-mail is sent again. The link of the first one stops working."))
    return redirect("learning:seats", allocation)


@manager_page("GET", "HEAD", "POST")
def take_back(request: LearnerRequest, allocation: int, seat: int) -> HttpResponse:
    """Say what taking a seat back means and ask why (GET); take it back, or give it to another (POST)."""
    found, chosen = seating.seat(allocation_id=allocation, seat_id=seat, person=request.user)
    if request.method != "POST":
        if not chosen.held_by:
            return redirect("learning:seats", allocation)
        return _ask(request, found, chosen, TakeBackForm())
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _ask(request, found, chosen, form, status=MISTAKE)
    try:
        organisation_seats.take_back(
            seat_id=seat,
            allocation_id=allocation,
            held_by=request.POST.get("held_by", ""),
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            instead=form.cleaned_data["instead"],
        )
    except ActionRefused as refused:
        lines = list(getattr(refused, "lines", {}).values())
        form.add_error("instead" if lines else None, lines[0] if lines else refused.sentence)
        return _ask(request, found, chosen, form, status=REFUSED)
    if form.cleaned_data["instead"]:
        messages.success(request, _("The seat is taken back, and offered to the other address."))
    else:
        messages.success(request, _("The seat is taken back. You can offer it to somebody else."))
    return redirect("learning:seats", allocation)


def _ask(
    request: LearnerRequest, found: Any, chosen: Seat, form: TakeBackForm, *, status: int = 200
) -> HttpResponse:
    numbers = seating.numbers_of(found)
    context = {"numbers": numbers, "organisation_id": found.organisation_id, "seat": chosen, "form": form}
    return render(request, "learning/take_back_seat.html", context, status=status)


@manager_page("GET", "HEAD", "POST")
def give_back(request: LearnerRequest, allocation: int) -> HttpResponse:
    """Ask how many free seats are not needed (GET); give them back to the cohort (POST)."""
    found = seating.allocation_of(allocation_id=allocation, person=request.user)
    form = GiveBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["seats"]
        try:
            organisations.take_back_seats(
                allocation_id=allocation, seats=number, by=request.user, at=timezone.now()
            )
        except OrganisationRefused as refused:
            refuse(form, "seats", refused.sentence)
        else:
            words = ngettext("%(count)d seat is given back.", "%(count)d seats are given back.", number)
            messages.success(request, words % {"count": number})
            return redirect("learning:organisation", found.organisation_id)
    numbers = seating.numbers_of(found)
    context = {"numbers": numbers, "organisation_id": found.organisation_id, "form": form}
    return render(request, "learning/give_back_seats.html", context, status=status_of(form))


# --- Becoming a manager -------------------------------------------------------------------------


@link_page("managers", "GET", "HEAD", "POST")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What looking after seats means (GET); say yes (POST)."""
    at = timezone.now()
    if request.method != "POST":
        return _invitation(request, seating.invitation(token=token, person=request.user, at=at))
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        made = organisation_managers.join(token=token, person=request.user, at=at)
    except OrganisationRefused as refused:
        messages.warning(request, refused.sentence)
        found = seating.invitation(token=token, person=request.user, at=at)
        return _invitation(request, found, status=REFUSED)
    messages.success(request, _("Thank you. You look after these places now."))
    return redirect("learning:organisation", made.organisation_id)


def _invitation(request: HttpRequest, found: Invitation, *, status: int = 200) -> HttpResponse:
    if found.organisation_id is not None:
        return redirect("learning:organisation", found.organisation_id)
    if not found.is_open:
        status = GONE
    return render(request, "learning/manager_invitation.html", {"invitation": found}, status=status)


# --- The learner --------------------------------------------------------------------------------


@learner_page("POST")
def share_progress(request: LearnerRequest, enrolment: int) -> HttpResponse:
    """Let one's organisation see how much one has done, or no longer."""
    shares = request.POST.get("shares_progress") == "yes"
    organisation_sharing.share_progress(
        enrolment_id=enrolment, learner=request.user, shares=shares, at=timezone.now()
    )
    if shares:
        messages.success(request, _("Saved. Your organisation can see how much you have done."))
    else:
        messages.success(request, _("Saved. Your organisation does not see what you have done."))
    return redirect("learning:cohort", enrolment)
