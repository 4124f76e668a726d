"""The places of a cohort, in Wagtail's admin: who waits, what is offered, and giving somebody a place."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.core import typed
from cms.core.statuses import MISTAKE, REFUSED, status_of
from courses.actions import enrol, offers, organisations
from courses.actions.organisations import MOST_SEATS
from courses.actions.refusals import ActionRefused
from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation
from courses.cohorts.staffing import OVERSEES
from courses.enrolment.models import Offer
from courses.queries import seats
from courses.queries.seats import SeatsOfCohort
from courses.staff.doings import past_field

LONGEST_REASON = 300


class GiveForm(forms.Form):
    """A place for somebody who has an account."""

    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        help_text=gettext_lazy("The confirmed address of an account. Somebody without one can be invited."),
        error_messages={"required": gettext_lazy("Please write an address.")},
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("It is kept with the record. The person can read it in their own data."),
        error_messages={"required": gettext_lazy("Please say why.")},
    )
    over_capacity = forms.BooleanField(
        required=False,
        label=gettext_lazy("Also when all places are taken"),
        help_text=gettext_lazy("Your name and the reason stay on record with the place."),
    )

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks:
            self.fields["past_prerequisites"] = past_field()

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"])
        found = EmailAddress.objects.filter(email__iexact=address, verified=True, user__is_active=True)
        self.person = getattr(found.select_related("user").first(), "user", None)
        if self.person is None:
            raise forms.ValidationError(
                _("No account has confirmed this address. Check for a mistake, or invite the person.")
            )
        return address


class SeatsForm(forms.Form):
    """How many seats, and why. Which organisation stands above it."""

    seats = forms.IntegerField(
        min_value=1,
        max_value=MOST_SEATS,
        label=gettext_lazy("How many seats?"),
        error_messages={"required": gettext_lazy("Please write a number.")},
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("It is kept in the history of the cohort. No names of people, please."),
        error_messages={"required": gettext_lazy("Please say why.")},
    )


class AllocateForm(SeatsForm):
    """Seats for an organisation, new or more of them."""

    field_order = ("organisation", "seats", "reason")
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=gettext_lazy("Organisation"),
        help_text=gettext_lazy("A new one is added under Learning, Organisations."),
        error_messages={"required": gettext_lazy("Please choose an organisation.")},
    )


class ReduceForm(SeatsForm):
    """Fewer seats for an organisation that has some here."""

    field_order = ("allocation", "seats", "reason")
    allocation = forms.TypedChoiceField(
        coerce=int,
        label=gettext_lazy("Organisation"),
        error_messages={"required": gettext_lazy("Please choose an organisation.")},
    )

    def __init__(self, *args: Any, found: SeatsOfCohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("%(name)s (%(free)d free)")
        self.fields["allocation"].choices = [  # type: ignore[attr-defined]
            (one.allocation_id, words % {"name": one.organisation, "free": one.free})
            for one in found.organisations
        ]


class TakeBackForm(forms.Form):
    """Why an offer is taken back."""

    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label=gettext_lazy("Why do you take it back?"),
        error_messages={"required": gettext_lazy("Please say why.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest, cohort: int) -> HttpResponse:
    """The places of a cohort (GET); give one, or send an offer again (POST, `do` says which)."""
    found = _found(request, cohort)
    do = request.POST.get("do", "")
    if request.method != "POST" or do not in DOINGS:
        return _show(request, found, GiveForm(asks=found.asks))
    return DOINGS[do](request, found)


def _found(request: HttpRequest, cohort: int) -> SeatsOfCohort:
    try:
        return seats.of_cohort(cohort_id=cohort, person=request.user, at=timezone.now())
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing


def _give(request: HttpRequest, found: SeatsOfCohort) -> HttpResponse:
    form = GiveForm(request.POST, asks=found.asks)
    if not form.is_valid():
        return _show(request, found, form, status=MISTAKE)
    try:
        enrol.by_staff(
            cohort_id=found.cohort.pk,
            learner=form.person,
            by=request.user,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            over_capacity=form.cleaned_data["over_capacity"],
            past_prerequisites=form.cleaned_data.get("past_prerequisites", False),
        )
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, found, form, status=REFUSED)
    messages.success(request, _("The person has a place now, and is told."))
    return redirect("staff:places", found.cohort.pk)


def _send_again(request: HttpRequest, found: SeatsOfCohort) -> HttpResponse:
    offer = _offer_of(found, request)
    try:
        offers.send_again(offer_id=offer.pk, by=request.user, at=timezone.now())
    except ActionRefused as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, _("The offer is sent again."))
    return redirect("staff:places", found.cohort.pk)


def _offer_of(found: SeatsOfCohort, request: HttpRequest) -> Offer:
    """The offer that was chosen, if it belongs to this cohort."""
    number = typed.number(request.POST.get("offer"))
    try:
        return Offer.objects.select_related("learner").get(pk=number, cohort=found.cohort)
    except Offer.DoesNotExist as nothing:
        raise Http404 from nothing


def _allocate(request: HttpRequest, found: SeatsOfCohort) -> HttpResponse:
    _check_oversees(request)
    form = AllocateForm(request.POST, auto_id="id_allocate_%s")
    if not form.is_valid():
        return _show(request, found, GiveForm(asks=found.asks), allocate=form, status=MISTAKE)
    chosen = form.cleaned_data
    try:
        organisations.allocate(
            cohort_id=found.cohort.pk,
            organisation_id=chosen["organisation"].pk,
            seats=chosen["seats"],
            by=request.user,
            at=timezone.now(),
            reason=chosen["reason"],
        )
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, found, GiveForm(asks=found.asks), allocate=form, status=REFUSED)
    messages.success(request, _("The organisation has the seats. Its managers can offer them to people."))
    return redirect("staff:places", found.cohort.pk)


def _reduce(request: HttpRequest, found: SeatsOfCohort) -> HttpResponse:
    _check_oversees(request)
    form = ReduceForm(request.POST, found=found, auto_id="id_reduce_%s")
    if not form.is_valid():
        return _show(request, found, GiveForm(asks=found.asks), reduce=form, status=MISTAKE)
    chosen = form.cleaned_data
    try:
        organisations.take_back_seats(
            allocation_id=chosen["allocation"],
            seats=chosen["seats"],
            by=request.user,
            at=timezone.now(),
            reason=chosen["reason"],
        )
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _show(request, found, GiveForm(asks=found.asks), reduce=form, status=REFUSED)
    messages.success(request, _("The seats are back in the cohort. Who waits is offered them."))
    return redirect("staff:places", found.cohort.pk)


def _check_oversees(request: HttpRequest) -> None:
    """Facilitators see how the seats stand; what an organisation has is not theirs to decide."""
    if not request.user.has_perm(OVERSEES):
        raise Http404


DOINGS: dict[str, Callable[[HttpRequest, SeatsOfCohort], HttpResponse]] = {
    "give": _give,
    "send_again": _send_again,
    "allocate": _allocate,
    "reduce": _reduce,
}


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, offer: int) -> HttpResponse:
    """Say what taking an offer back means and ask why (GET); take it back (POST)."""
    try:
        chosen: Any = Offer.objects.select_related("learner", "cohort__edition__course", "application").get(
            pk=offer
        )
    except Offer.DoesNotExist as nothing:
        raise Http404 from nothing
    found = _found(request, chosen.cohort_id)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, found, chosen, form, status=status_of(form))
    try:
        offers.withdraw(
            offer_id=offer, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _ask(request, found, chosen, form, status=REFUSED)
    messages.success(request, _("The offer is taken back, and its place is free."))
    if hasattr(chosen, "application"):
        return redirect("staff:application", chosen.application.pk)
    return redirect("staff:places", found.cohort.pk)


def _ask(
    request: HttpRequest, found: SeatsOfCohort, chosen: Offer, form: TakeBackForm, *, status: int
) -> HttpResponse:
    context = {
        "cohort": found.cohort,
        "who": seats.who(chosen),
        "is_seat": chosen.kind == Offer.Kind.ORGANISATION,
        "application": getattr(chosen, "application", None),
        "form": form,
        "header_title": _("Take an offer back"),
        "page_title": _("Take an offer back"),
        "page_subtitle": found.cohort.name,
        "header_icon": "undo",
    }
    return render(request, "courses/staff/take_back_offer.html", context, status=status)


def _show(
    request: HttpRequest,
    found: SeatsOfCohort,
    form: GiveForm,
    *,
    allocate: AllocateForm | None = None,
    reduce: ReduceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "oversees": request.user.has_perm(OVERSEES),
        "allocate": allocate or AllocateForm(auto_id="id_allocate_%s"),
        "reduce": reduce or ReduceForm(found=found, auto_id="id_reduce_%s"),
        "found": found,
        "cohort": found.cohort,
        "form": form,
        "header_title": _("Places"),
        "page_title": _("Places: %(cohort)s") % {"cohort": found.cohort.name},
        "page_subtitle": str(found.cohort.edition),
        "header_icon": "group",
    }
    return render(request, "courses/staff/places.html", context, status=status)
