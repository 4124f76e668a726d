"""One search over courses, research and pages. Learner-only text is in no index that it reads."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.models import Page
from wagtail.search.query import PlainText

from cms.research.models import ResearchSummaryPage
from courses.catalogue.pages import CoursePage
from home.models import InformationPage

KINDS = {
    CoursePage: (_("Course"), "one_line"),
    ResearchSummaryPage: (_("Research summary"), "one_line"),
    InformationPage: (_("Page"), "lead"),
}
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
    pages = Page.objects.live().public().type(tuple(KINDS))
    found = pages.specific().search(PlainText(query))[:MOST_RESULTS]
    return [_result(page) for page in found]


def _result(page: Page) -> Result:
    label, field = KINDS[type(page)]
    return Result(page.title, page.url or "", str(label), getattr(page, field))
