"""Orders in Wagtail's admin, for the people who look after payments: the list, one order, and what can be
done with it. Who may not see orders is told that there is nothing here.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component

from cms.core import private_downloads
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import papers as kept
from courses.actions import paying
from courses.actions.refusals import ActionRefused
from courses.payments import gateway
from courses.payments.orders import Order
from courses.queries import order_story, orders, papers
from courses.queries.order_story import OrderStory
from courses.queries.orders import Wanted
from courses.staff import vouchers
from courses.staff.order_doings import DOINGS, Doing, PlainForm, doings_for
from courses.staff.theirs import not_theirs_is_not_there, only_for

# Who sees orders; who gives money back and settles what went wrong; who takes tables away.
SEES, SETTLES, EXPORTS = "courses.view_order", "courses.change_order", "courses.view_orderbilling"


@require_http_methods(["GET", "HEAD"])
@only_for(SEES)
def orders_list(request: HttpRequest) -> HttpResponse:
    """Every order, with filters and what all that are shown come to."""
    found = orders.listed(Wanted.read(request.GET))
    context = {
        "list": found,
        "wanted": found.wanted,
        "header_title": _("Orders"),
        "page_title": _("Orders"),
        "header_icon": "form",
    }
    return render(request, "courses/staff/orders.html", context)


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
@only_for(SEES)
def order(request: HttpRequest, order: int) -> HttpResponse:
    """The whole story of one order."""
    found = order_story.story(order_id=order, by=request.user, at=timezone.now())
    settles = request.user.has_perm(SETTLES)
    context = {
        "story": found,
        "order": found.order,
        "doings": doings_for(found) if settles else [],
        "settles": settles,
        "papers": papers.of_order(order_id=order),
        **_titles(found),
    }
    return render(request, "courses/staff/order.html", context)


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
@only_for(SEES)
def order_paper(request: HttpRequest, order: int, paper: int) -> HttpResponseBase:
    """A receipt or credit note of an order, as the PDF that its buyer has."""
    found = papers.for_staff(order_id=order, paper_id=paper)
    return private_downloads.attachment(
        content=kept.pdf(paper=found), title=papers.file_title(found), content_type="application/pdf"
    )


def _titles(found: OrderStory) -> dict[str, Any]:
    title = _("Order %(reference)s") % {"reference": found.order.reference}
    return {
        "header_title": title,
        "page_title": title,
        "page_subtitle": f"{found.order.cohort.edition.course.title}, {found.order.cohort.name}",
        "header_icon": "form",
    }


@require_http_methods(["GET", "HEAD", "POST"])
@not_theirs_is_not_there
@only_for(SEES, SETTLES)
def act(request: HttpRequest, order: int, what: str) -> HttpResponse:
    """Say what would happen and ask why (GET); do it (POST)."""
    found, doing = order_story.story(order_id=order, by=request.user, at=timezone.now()), DOINGS.get(what)
    if doing is None:
        raise Http404
    form = doing.form(request.POST if request.method == "POST" else None, story=found)
    if not form.is_bound or not form.is_valid():
        return _show(request, found, doing, form, status=MISTAKE if form.is_bound else 200)
    try:
        doing.do(found, form.cleaned_data, request.user, timezone.now())
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        # How it stands now, with what was typed.
        now = order_story.story(order_id=order, by=request.user, at=timezone.now())
        return _show(request, now, doing, form, status=REFUSED)
    messages.success(request, doing.done)
    return redirect("staff:order", order)


def _show(
    request: HttpRequest, found: OrderStory, doing: Doing, form: PlainForm, *, status: int
) -> HttpResponse:
    context = {
        "story": found,
        "order": found.order,
        "doing": doing,
        "form": form,
        "sentences": doing.said_of(found),
        "makes_sense": doing.may(found),
        "back_url": reverse("staff:order", args=[found.order.pk]),
        **_titles(found),
        "page_title": doing.title,
        "page_subtitle": _("Order %(reference)s") % {"reference": found.order.reference},
    }
    return render(request, "courses/staff/order_act.html", context, status=status)


@require_POST
@not_theirs_is_not_there
@only_for(SEES, SETTLES)
def ask_again(request: HttpRequest, order: int) -> HttpResponse:
    """Ask the payment service how this order stands, and make ours stand the same."""
    Order.objects.only("pk").get(pk=order)
    if gateway.current() is None:
        messages.warning(request, _("Paying by card is not switched on here, so nobody can be asked."))
        return redirect("staff:order", order)
    try:
        paying.bring_up_to_date(order_id=order, at=timezone.now())
    except gateway.GatewayUnavailable:
        messages.warning(
            request,
            _(
                "The payment service cannot be reached just now. Nothing is lost: we ask again by ourselves. "
                "You can try again in a few minutes."
            ),
        )
    except gateway.GatewayRefused as refused:
        messages.warning(
            request,
            _("The payment service does not know this order (it says: %(code)s). Please look there.")
            % {"code": refused.code},
        )
    else:
        messages.success(request, _("Asked. The order stands as the payment service says."))
    return redirect("staff:order", order)


# --- The menu and the first page -----------------------------------------------------------------------


class OrdersMenuItem(MenuItem):
    """Only shown to people who see orders."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(SEES))


def menu_item() -> MenuItem:
    """The menu “Payments”."""
    items = [
        OrdersMenuItem(_("Orders"), reverse("staff:orders"), name="orders", icon_name="form", order=10),
        OrdersMenuItem(_("Takings"), reverse("staff:takings"), name="takings", icon_name="table", order=20),
        OrdersMenuItem(
            _("Payment service"),
            reverse("staff:compared"),
            name="payments-compared",
            icon_name="link",
            order=30,
        ),
        vouchers.menu_item(),
    ]
    menu = Menu(register_hook_name=None, items=items)
    return SubmenuMenuItem(gettext_lazy("Payments"), menu, name="payments", icon_name="table", order=160)


def permissions() -> QuerySet[Permission]:
    """The permissions about orders."""
    names = [permission.removeprefix("courses.") for permission in (SEES, SETTLES, EXPORTS)]
    return Permission.objects.filter(content_type__app_label="courses", codename__in=names)


class PaymentsPanel(Component):
    """The orders that need a person, on the admin's first page."""

    name = "payments_waiting"
    template_name = "courses/staff/orders_panel.html"
    order = 45

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "waiting": orders.waiting_for_somebody(),
            "all_url": f"{reverse('staff:orders')}?show={orders.NEEDS}",
        }
