"""Tables to take along: cells that a spreadsheet shows and never works out, line by line."""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.http import StreamingHttpResponse

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Without it some programs take the letters for those of another alphabet.
BYTE_ORDER_MARK = "\ufeff"


def safe_cell(value: object) -> object:
    """The value with an apostrophe before anything that a spreadsheet would take for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def csv_download(rows: Iterable[Iterable[object]], *, name: str) -> StreamingHttpResponse:
    """The rows, heads first, as a file `name`.csv that is written while it is sent, and kept by nobody."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    yield BYTE_ORDER_MARK
    for row in rows:
        written = StringIO()
        csv.writer(written).writerow([safe_cell(value) for value in row])
        yield written.getvalue()
