"""One search over courses, research and pages. Learner-only text is in no index that it reads."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.models import Page, get_page_models
from wagtail.search.query import PlainText

from cms.core.models import BasePage

MOST_RESULTS = 40
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Result:
    title: str
    url: str
    kind_label: str
    excerpt: str


@require_http_methods(["GET", "HEAD"])
def search(request: HttpRequest) -> HttpResponse:
    """Results for `q`; an empty question shows only the form."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    results = _find(query) if query else []
    count = ngettext("%d result", "%d results", len(results)) % len(results)
    context = {"query": query, "results": results, "count_sentence": count if query else ""}
    return render(request, "search/results.html", context)


def _find(query: str) -> list[Result]:
    pages = Page.objects.live().public().type(_searchable_types()).specific()
    # SQLite's full-text search would read a quotation mark as the end of the words.
    words = query.replace('"', " ").strip()
    return [_result(page) for page in pages.search(PlainText(words))[:MOST_RESULTS]] if words else []


def _searchable_types() -> tuple[type[BasePage], ...]:
    """The page types that say what a result of theirs is called."""
    return tuple(m for m in get_page_models() if issubclass(m, BasePage) and m.search_kind)


def _result(page: BasePage) -> Result:
    return Result(page.title, page.url or "", str(page.search_kind), page.search_excerpt)
