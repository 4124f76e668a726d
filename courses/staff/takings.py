"""Takings in Wagtail's admin: what was sold and went back, beside the payment service, and as tables."""

from collections.abc import Iterable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from openpyxl import Workbook

from cms.core.spreadsheets import csv_download, safe_cell
from courses.queries import takings, takings_compared
from courses.queries.orders import days
from courses.queries.staff_lists import Choice
from courses.queries.takings import By
from courses.staff.orders import EXPORTS, SEES
from courses.staff.theirs import only_for

# The payment service is asked for so many days at a time.
MOST_DAYS = 92
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _period(request: HttpRequest) -> tuple[date, date, str]:
    """The days that were asked for; this month, when none were. And what was not understood."""
    since, until, wrong = days(request.GET)
    until = until or timezone.localdate()
    since = since or until.replace(day=1)
    return min(since, until), until, wrong


def _by(request: HttpRequest) -> By:
    typed = request.GET.get("by", "")
    return By(typed) if typed in {*By} else By.DAY


@require_http_methods(["GET", "HEAD"])
@only_for(SEES)
def show(request: HttpRequest) -> HttpResponse:
    """What was sold and went back in some days."""
    since, until, wrong = _period(request)
    by = _by(request)
    found = takings.takings(by=by, since=since, until=until)
    context = {
        "found": found,
        "rows": [(row, row.words()) for row in found.rows],
        "totals": [(row, row.words()) for row in found.totals],
        "outstanding": [(one, one.words()) for one in found.outstanding],
        "wrong": wrong,
        "choices": [Choice(one.value, str(label), one is by) for one, label in takings.LABELS.items()],
        "heading": takings.LABELS[by],
        "may_export": request.user.has_perm(EXPORTS),
        "header_title": _("Takings"),
        "page_title": _("Takings"),
        "header_icon": "table",
    }
    return render(request, "courses/staff/takings.html", context)


@require_http_methods(["GET", "HEAD"])
@only_for(SEES)
def compare(request: HttpRequest) -> HttpResponse:
    """Our orders beside the payment service's movements."""
    since, until, wrong = _period(request)
    if until - since >= timedelta(days=MOST_DAYS):
        since = until - timedelta(days=MOST_DAYS - 1)
        wrong = _("The payment service is asked for %(days)d days at most. These are the last ones.") % {
            "days": MOST_DAYS
        }
    found = takings_compared.compared(since=since, until=until)
    context = {
        "found": found,
        "beside": [(one, one.words()) for one in found.beside],
        "payouts": [(one, one.words()) for one in found.payouts],
        "balances": [(one, one.words()) for one in found.balances],
        "sentence": "" if found.is_asked else takings_compared.sentence(found),
        "wrong": wrong,
        "header_title": _("Payment service"),
        "page_title": _("Our orders and the payment service"),
        "header_icon": "link",
    }
    return render(request, "courses/staff/compared.html", context)


# --- Tables to take away -------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD"])
@only_for(SEES, EXPORTS)
def download_csv(request: HttpRequest) -> HttpResponseBase:
    """Takings as a table, with totals."""
    since, until, _wrong = _period(request)
    found = takings.takings(by=_by(request), since=since, until=until)
    return csv_download(takings.table(found), name=_name(since, until))


@require_http_methods(["GET", "HEAD"])
@only_for(SEES, EXPORTS)
def download_xlsx(request: HttpRequest) -> HttpResponseBase:
    """Takings, every order behind them, and the payment service's movements beside them: three sheets."""
    since, until, _wrong = _period(request)
    found = takings.takings(by=_by(request), since=since, until=until)
    first = max(since, until - timedelta(days=MOST_DAYS - 1))
    beside = takings_compared.compared(since=first, until=until)
    book = Workbook(write_only=True)
    _sheet(book, _("Takings"), takings.table(found))
    _sheet(book, _("Orders"), takings.orders_table(since, until))
    _sheet(book, _("Payment service"), takings_compared.table(beside))
    written = BytesIO()
    book.save(written)
    written.seek(0)
    return FileResponse(
        written, as_attachment=True, filename=f"{_name(since, until)}.xlsx", content_type=XLSX
    )


def _sheet(book: Workbook, title: str, rows: Iterable[list[Any]]) -> None:
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_printable(safe_cell(value)) for value in row])


def _printable(cell: Any) -> Any:
    """Without the control characters that a spreadsheet cannot hold."""
    return "".join(sign for sign in cell if sign.isprintable()) if isinstance(cell, str) else cell


def _name(since: date, until: date) -> str:
    return f"takings-{since.isoformat()}-{until.isoformat()}"
