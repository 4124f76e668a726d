"""One search over courses, research and pages."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from search import finding

LONGEST_QUERY = 200


@require_http_methods(["GET", "HEAD"])
def search(request: HttpRequest) -> HttpResponse:
    """Results for `q`, of one `kind` or of all; an empty question shows only the form."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    kind = request.GET.get("kind", "")
    found = finding.find(query, kind=kind, page=_number(request.GET.get("page", "")))
    count = ngettext("%d result", "%d results", found.shown_total) % found.shown_total
    context = {
        "query": query,
        "results": found.results,
        "count_sentence": count if query else "",
        "kinds": _kinds(query, found),
        "pages": _pages(query, found),
        "suggested": _suggested(query) if query and not found.total else None,
    }
    return render(request, "search/results.html", context)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1  # noqa: PLR2004 - five figures


def address(query: str, *, kind: str = "", page: int = 1) -> str:
    """Where these results stand; what is not chosen is left out."""
    asked = {"q": query, "kind": kind, "page": page if page > 1 else ""}
    return f"{reverse('search')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _kinds(query: str, found: finding.Found) -> list[dict[str, Any]]:
    """A link for each kind with its count; none where there is nothing to choose."""
    if len(found.counts) <= 1:
        return []
    everything = {
        "label": _("Everything"),
        "count": found.total,
        "url": address(query),
        "is_current": not found.kind,
    }
    return [
        everything,
        *(
            {
                "label": finding.KINDS[kind],
                "count": count,
                "url": address(query, kind=kind),
                "is_current": kind == found.kind,
            }
            for kind, count in found.counts.items()
        ),
    ]


def _pages(query: str, found: finding.Found) -> dict[str, Any] | None:
    if found.page_count == 1:
        return None
    before, after = found.page - 1, found.page + 1
    return {
        "number": found.page,
        "count": found.page_count,
        "previous": address(query, kind=found.kind, page=before) if before else "",
        "next": address(query, kind=found.kind, page=after) if after <= found.page_count else "",
    }


def _suggested(query: str) -> dict[str, str] | None:
    words = finding.suggestion(query)
    return {"words": words, "url": address(words)} if words else None
