"""Buying a place: choose a price and go to the page for paying; then one's own order, and what to do with it.

Coming back from the page for paying only reads: whether somebody paid is told by the payment service.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core import statuses, typed
from cms.core.rate_limits import MINUTE
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import buy, paying, settling
from courses.actions.buy import Billing, BuyingRefused, Wanted
from courses.actions.enrol import EnrolmentRefused
from courses.actions.refusals import ActionRefused
from courses.actions.vouchers import VoucherRefused
from courses.payments.gateway import GatewayRefused, GatewayUnavailable
from courses.payments.orders import Order
from courses.queries import buying, papers, vouchers
from courses.queries.buying import Buying, PriceChoice
from courses.web.agreeing import ticked
from courses.web.arriving import after_joining
from courses.web.people import LearnerRequest, learner_page
from courses.web.to_payment import leads_to_payment
from courses.web.voucher_form import USE, VoucherForm, in_words

OK, TOO_OFTEN = 200, 429
# The button that asks for an invoice, where there is one beside the payment service.
BY_INVOICE = "invoice"
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_NUMBER = 200, 500, 60


class BuyForm(forms.Form):
    """Which price, and what to print on the receipt."""

    price = forms.ChoiceField(
        label=gettext_lazy("Which price is yours?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose a price.")},
    )
    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=gettext_lazy("Name on the receipt"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Please write a name for the receipt.")},
    )
    organisation = forms.CharField(
        required=False,
        max_length=LONGEST_NAME,
        label=gettext_lazy("Organisation on the receipt"),
        help_text=gettext_lazy("If your employer pays, for example."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    address = forms.CharField(
        required=False,
        max_length=LONGEST_ADDRESS,
        label=gettext_lazy("Address on the receipt"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    purchase_order = forms.CharField(
        required=False,
        max_length=LONGEST_NUMBER,
        label=gettext_lazy("Your employer’s order number"),
    )
    terms = forms.BooleanField(
        label=gettext_lazy("I agree to the terms of use"),
        error_messages={"required": gettext_lazy("Please tick this box if you agree to the terms.")},
    )

    def __init__(self, *args: Any, found: Buying, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), _price_words(one)) for one in found.prices]
        self.fields["price"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["price"].label = _("The price")
            self.initial.setdefault("price", choices[0][0])

    @property
    def for_an_employer(self) -> list[forms.BoundField]:
        """What most people leave empty."""
        return [self["organisation"], self["address"], self["purchase_order"]]

    @property
    def shows_more(self) -> bool:
        """Whether something of that was written, or is wrong."""
        return any(field.value() or field.errors for field in self.for_an_employer)

    def wanted(self, *, agreed: list[int], voucher: str, by_invoice: bool) -> Wanted:
        """What was typed, for the action."""
        typed_in = self.cleaned_data
        return Wanted(
            price_id=typed.number(typed_in["price"]),
            terms=typed_in["terms"],
            agreed=agreed,
            voucher=voucher,
            by_invoice=by_invoice,
            billing=Billing(
                name=typed_in["name"],
                organisation=typed_in["organisation"],
                address=typed_in["address"],
                purchase_order=typed_in["purchase_order"],
            ),
        )


def _price_words(one: PriceChoice) -> SafeString:
    return format_html(
        "<span><strong>{}</strong> {}<br><span class='small'>{}</span></span>", one.words, one.label, one.note
    )


@leads_to_payment
@learner_page("GET", "HEAD", "POST")
def show(request: LearnerRequest, cohort: int) -> HttpResponse:
    """The prices of a cohort (GET); order a place, and go to the page for paying (POST)."""
    at = timezone.now()
    found = buying.buying(cohort_id=cohort, buyer=request.user, at=at)
    if found.enrolment_id is not None:
        return redirect("learning:course", found.enrolment_id)
    if not found.is_open:
        return redirect("learning:join", cohort)
    if request.method != "POST":
        form = BuyForm(found=found, initial={"name": request.user.printed_name})
        return _page(request, found, form, VoucherForm())
    return _posted(request, found, at=at)


def _posted(request: LearnerRequest, found: Buying, *, at: datetime) -> HttpResponse:
    """Show the price with a voucher, or order a place."""
    voucher = VoucherForm(request.POST)
    if voucher.is_tried_too_often(request):
        answer = _page(request, found, _as_typed(request, found), voucher, status=TOO_OFTEN)
        answer["Retry-After"] = str(MINUTE)
        return answer
    if request.POST.get("do") == USE:
        return _with_voucher(request, found, voucher)
    form = BuyForm(request.POST, found=found)
    if not (voucher.is_valid() and form.is_valid()):
        return _page(request, found, form, voucher, status=MISTAKE)
    by_invoice = request.POST.get("do") == BY_INVOICE
    wanted = form.wanted(agreed=ticked(request), voucher=voucher.code, by_invoice=by_invoice)
    try:
        order = buy.start(cohort_id=found.cohort_id, buyer=request.user, wanted=wanted, at=at)
    except VoucherRefused as refused:
        voucher.add_error("voucher", refused.sentence)
        return _page(request, found, form, voucher, status=REFUSED)
    except EnrolmentRefused as refused:
        form.add_error(None, refused.sentence)
        return _page(request, found, form, voucher, status=REFUSED)
    return _go_and_pay(request, order)


def _with_voucher(request: LearnerRequest, found: Buying, voucher: VoucherForm) -> HttpResponse:
    """The same page with the price as the voucher makes it. Nothing is written, and nobody is asked yet for
    what is still missing."""
    form = _as_typed(request, found)
    sentences: list[str] = []
    if voucher.is_asked_for():
        try:
            sentences = in_words(
                vouchers.offered(
                    code=voucher.code,
                    cohort_id=found.cohort_id,
                    price_id=typed.number(request.POST.get("price", "")),
                    buyer=request.user,
                    at=timezone.now(),
                )
            )
        except VoucherRefused as refused:
            statuses.refuse(voucher, "voucher", refused.sentence)
    status = statuses.status_of(voucher) if voucher.errors else 200
    return _page(request, found, form, voucher, status=status, sentences=sentences)


def _as_typed(request: LearnerRequest, found: Buying) -> BuyForm:
    """The form with what was typed, and without a word about what was not."""
    sent = {name: request.POST.get(name, "") for name in BuyForm.base_fields}
    return BuyForm(found=found, initial={**sent, "terms": "terms" in request.POST})


def _page(
    request: LearnerRequest,
    found: Buying,
    form: BuyForm,
    voucher: VoucherForm,
    *,
    status: int = 200,
    sentences: Sequence[str] = (),
) -> HttpResponse:
    """`sentences` say what the voucher does to the price."""
    context = {
        "buying": found,
        "form": form,
        "voucher": voucher,
        "sentences": sentences,
        "agreed": ticked(request),
        "is_refused": form.is_bound and status != OK,
        "minutes": settings.PAYMENT_MINUTES,
    }
    return render(request, "learning/buy.html", context, status=status)


def _go_and_pay(request: LearnerRequest, order: Order) -> HttpResponse:
    """On to the page for paying; when that cannot be had now, the order waits and says so."""
    if order.total == 0 and order.enrolment is not None:
        return after_joining(request, order.enrolment, got=_("You have the place, and it costs you nothing."))
    if order.is_by_invoice:
        return redirect("learning:order", order.pk)
    # Not the host that was asked: anybody can write one, and the same order must ask for the same page.
    back = settings.SITE_URL + reverse("learning:order", args=[order.pk])
    try:
        page = buy.pay_page(order_id=order.pk, buyer=request.user, return_url=back, at=timezone.now())
    except GatewayUnavailable:
        messages.warning(
            request,
            _("We cannot reach the payment service now. Your place is kept. Please try again soon."),
        )
        page = ""
    except BuyingRefused as refused:
        messages.warning(request, refused.sentence)
        page = ""
    return redirect(page or reverse("learning:order", args=[order.pk]))


@leads_to_payment
@learner_page("GET", "HEAD")
def order(request: LearnerRequest, order: int) -> HttpResponse:
    """One's own order, and how it stands."""
    came_back = request.GET.get("from") == "paid"
    found = buying.order(order_id=order, buyer=request.user, at=timezone.now(), came_back=came_back)
    context = {"order": found, "papers": papers.of_order(order_id=order)}
    return render(request, "learning/order.html", context)


@leads_to_payment
@learner_page("POST")
def pay(request: LearnerRequest, order: int) -> HttpResponse:
    """Go (back) to the page where an order is paid."""
    return _go_and_pay(request, Order.objects.get(pk=order, buyer=request.user))


@learner_page("POST")
def give_up(request: LearnerRequest, order: int) -> HttpResponse:
    """Not wanted any more: the place is free at once."""
    buy.give_up(order_id=order, buyer=request.user, at=timezone.now())
    return redirect("learning:order", order)


@learner_page("POST")
def check(request: LearnerRequest, order: int) -> HttpResponse:
    """Ask the payment service now, instead of waiting for its word."""
    Order.objects.get(pk=order, buyer=request.user)
    try:
        paying.bring_up_to_date(order_id=order, at=timezone.now())
    except (GatewayUnavailable, GatewayRefused):
        messages.warning(request, _("We cannot reach the payment service at the moment. Your place is kept."))
    return redirect(f"{reverse('learning:order', args=[order])}?from=paid")


@learner_page("POST")
def choose(request: LearnerRequest, order: int) -> HttpResponse:
    """The place was gone when the money came: all of it back, or the next place that comes free."""
    at = timezone.now()
    Order.objects.get(pk=order, buyer=request.user)
    try:
        if request.POST.get("wish") == Order.Wish.WAIT:
            settling.wait(order_id=order, by=request.user, at=at)
            messages.success(
                request, _("We write to you when a place is free. You have paid for it already.")
            )
        else:
            settling.refund_all(
                order_id=order, by=request.user, at=at, reason=_("The place was gone. The buyer chose this.")
            )
            messages.success(request, _("All your money goes back the way it came."))
    except ActionRefused as refused:
        messages.warning(request, refused.sentence)
    return redirect("learning:order", order)
