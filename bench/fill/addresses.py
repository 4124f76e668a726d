"""Where things are, as the site itself says it."""

from typing import Any

from django.urls import reverse

from bench.fill.course import BigCourse
from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from courses.catalogue.pages import CatalogueIndexPage
from home.models import HomePage

MODELS: dict[str, Any] = {
    "home": HomePage,
    "catalogue": CatalogueIndexPage,
    "research-index": ResearchIndexPage,
    "summary": ResearchSummaryPage,
}


def public(big: BigCourse) -> dict[str, str]:
    """The public pages to ask for, by scenario."""
    found = {name: _path(model.objects.live().order_by("path")[0]) for name, model in MODELS.items()}
    return {**found, "course-page": _path(big.page)}


def _path(page: Any) -> str:
    path: str = page.get_url_parts()[2]
    return path


def activity(enrolment: int, activity: int) -> str:
    """A lesson, or a quiz before it is begun."""
    return reverse("learning:activity", args=[enrolment, activity])


def begin(enrolment: int, activity: int) -> str:
    """Where a quiz is begun."""
    return reverse("learning:begin", args=[enrolment, activity])
