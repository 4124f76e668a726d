"""Vouchers in Wagtail's admin, for the people who look after payments: make one or many, see how often each
was used and by which orders, switch them off. Nobody deletes one.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.menu import MenuItem

from cms.core.spreadsheets import csv_download
from cms.core.statuses import MISTAKE, REFUSED
from courses.actions import vouchers as making
from courses.actions.refusals import ActionRefused
from courses.queries import vouchers
from courses.queries.vouchers import ShownVoucher
from courses.staff.theirs import not_theirs_is_not_there, only_for
from courses.staff.voucher_form import VoucherForm

# Who sees vouchers; who makes them; who switches them off.
SEES, MAKES, SWITCHES = "courses.view_voucher", "courses.add_voucher", "courses.change_voucher"


@require_http_methods(["GET", "HEAD"])
@only_for(SEES)
def vouchers_list(request: HttpRequest) -> HttpResponse:
    """Every voucher, and how often it was used."""
    context: dict[str, Any] = {
        "found": vouchers.listed(page=request.GET.get("page"), at=timezone.now()),
        "may_make": request.user.has_perm(MAKES),
        "may_switch": request.user.has_perm(SWITCHES),
        **_titles(_("Vouchers")),
    }
    return render(request, "courses/staff/vouchers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only_for(SEES, MAKES)
def make(request: HttpRequest) -> HttpResponse:
    """The form (GET); make one voucher, or many that are alike (POST)."""
    form = VoucherForm(request.POST or None)
    if request.method != "POST":
        return _form(request, form)
    if not form.is_valid():
        return _form(request, form, status=MISTAKE)
    asked: dict[str, Any] = {"code": form.cleaned_data["code"], "number": form.cleaned_data["number"]}
    try:
        made = making.make(wish=form.wish(), by=request.user, at=timezone.now(), **asked)
    except ActionRefused as refused:
        form.add_error(None, refused.sentence)
        return _form(request, form, status=REFUSED)
    messages.success(
        request,
        ngettext("The voucher is %(code)s.", "%(count)d vouchers are made.", len(made))
        % {"code": made[0].code, "count": len(made)},
    )
    return redirect("staff:vouchers")


def _form(request: HttpRequest, form: VoucherForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, **_titles(_("Make vouchers"))}
    return render(request, "courses/staff/voucher_make.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@not_theirs_is_not_there
@only_for(SEES)
def voucher(request: HttpRequest, voucher: int) -> HttpResponse:
    """One voucher, and which orders have it."""
    found = vouchers.uses(voucher_id=voucher, page=request.GET.get("page"), at=timezone.now())
    title = _("Voucher %(code)s") % {"code": found.voucher.code}
    context = {"found": found, "may_switch": request.user.has_perm(SWITCHES), **_titles(title)}
    return render(request, "courses/staff/voucher.html", context)


@require_POST
@not_theirs_is_not_there
@only_for(SEES, SWITCHES)
def switch_off(request: HttpRequest, voucher: int) -> HttpResponse:
    """Nobody can use it from now on."""
    making.switch_off(voucher_id=voucher, by=request.user, at=timezone.now())
    messages.success(request, _("The voucher is switched off. Orders that have it keep their price."))
    return redirect("staff:voucher", voucher)


@require_http_methods(["GET", "HEAD"])
@only_for(SEES)
def download(request: HttpRequest) -> HttpResponseBase:
    """Every voucher as a table. Who used them is not in it."""
    found = vouchers.all_of_them(at=timezone.now())
    return csv_download(_rows(found), name="vouchers")


def _rows(found: Iterator[ShownVoucher]) -> Iterator[Iterable[object]]:
    heads = [
        _("Code"),
        _("State"),
        _("What it gives"),
        _("Used"),
        _("Waits for payment"),
        _("Can be used"),
        _("Rules"),
        _("What it is booked under"),
        _("Note"),
        _("Made"),
    ]
    yield heads
    for one in found:
        yield _cells(one)


def _cells(one: ShownVoucher) -> list[object]:
    rules, made = "; ".join(one.rules), one.made_at.isoformat()
    uses = [one.spent, one.held, one.uses_allowed or ""]
    return [one.code, one.state, one.gives, *uses, rules, one.purpose, one.note, made]


def _titles(title: str) -> dict[str, str]:
    return {"header_title": title, "page_title": title, "header_icon": "tag"}


# --- The menu and permissions --------------------------------------------------------------------------


class VouchersMenuItem(MenuItem):
    """Only shown to people who see vouchers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(SEES))


def menu_item() -> MenuItem:
    """The way to the vouchers."""
    return VouchersMenuItem(
        gettext_lazy("Vouchers"), reverse("staff:vouchers"), name="vouchers", icon_name="tag", order=40
    )


def permissions() -> QuerySet[Permission]:
    """The permissions about vouchers."""
    names = [permission.removeprefix("courses.") for permission in (SEES, MAKES, SWITCHES)]
    return Permission.objects.filter(content_type__app_label="courses", codename__in=names)
