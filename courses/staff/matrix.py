"""The matrix of a cohort, people by activities: as a page, and as a table to take along."""

from collections.abc import Iterable, Iterator

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.core.spreadsheets import csv_download
from courses.cohorts.models import Cohort
from courses.queries import looking, matrix, rosters
from courses.queries.matrix import CELL_LABELS, Matrix, MatrixRow
from courses.queries.rosters import Wanted

ICONS = {
    "done": "check",
    "passed": "circle-check",
    "not_passed": "rotate",
    "no_tries": "warning",
    "handed_in": "time",
    "sent_back": "edit",
    "open": "radio-empty",
    "locked": "lock",
}
# Spreadsheets take a file for UTF-8 only when it begins like this.


@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest, cohort: int) -> HttpResponse:
    """Everybody on a cohort, and where they stand with each activity."""
    found = _matrix(request, cohort)
    drawn = _drawn_cells()
    context = {
        "matrix": found,
        "cohort": found.cohort,
        "rows": [(row, SafeString("".join(drawn[state] for state in row.cells))) for row in found.rows],
        "key": [(_icon(state), label) for state, label in CELL_LABELS.items()],
        "shows": rosters.SHOWS,
        "sorts": rosters.SORTS,
        "may_manage": looking.may_look_as(person=request.user, cohort_id=cohort),
        "header_title": found.cohort.name,
        "page_title": _("People and activities: %(cohort)s") % {"cohort": found.cohort.name},
        "page_subtitle": str(found.cohort.edition),
        "header_icon": "table",
    }
    return render(request, "courses/staff/matrix.html", context)


def _matrix(request: HttpRequest, cohort: int) -> Matrix:
    wanted = Wanted.read(request.GET)
    try:
        return matrix.matrix(cohort_id=cohort, person=request.user, wanted=wanted, at=timezone.now())
    except Cohort.DoesNotExist as nothing:
        raise Http404 from nothing


def _drawn_cells() -> dict[str, SafeString]:
    """Each kind of cell drawn once: a page has thousands of them, of few kinds."""
    template = "courses/staff/includes/matrix_cell.html"
    return {
        state: render_to_string(template, {"state": state, "icon": _icon(state), "label": label})
        for state, label in CELL_LABELS.items()
    }


def _icon(state: str) -> str:
    return ICONS.get(state, "info-circle")


@require_http_methods(["GET", "HEAD"])
def download(request: HttpRequest, cohort: int) -> HttpResponseBase:
    """The same as a table for a spreadsheet: everybody who was asked for, not only one page."""
    found = _matrix(request, cohort)
    return csv_download(_rows(request, found), name=f"cohort-{cohort}")


def _rows(request: HttpRequest, found: Matrix) -> Iterator[Iterable[object]]:
    yield [
        _("Name"),
        _("E-mail"),
        _("Place"),
        _("Joined"),
        _("Last active"),
        _("Finished"),
        _("Steps done"),
        _("Steps in all"),
        *(f"{column.number} {column.title}" for column in found.columns),
    ]
    for row in matrix.every_row(found, person=request.user, at=timezone.now()):
        yield _values(row)


def _values(row: MatrixRow) -> list[object]:
    moments = (row.started_at, row.last_at, row.completed_at)
    days = [date_format(timezone.localtime(one), "Y-m-d") if one else "" for one in moments]
    cells = [str(CELL_LABELS[state]) for state in row.cells]
    return [row.name, row.email, row.status, *days, row.done, row.total, *cells]
