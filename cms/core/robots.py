"""What search engines may read: robots.txt, and the site map of the public pages."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from wagtail.contrib.sitemaps.views import sitemap as wagtail_sitemap

# Nothing here is for a search engine: people's own pages, staff, forms, certificates of other people.
CLOSED = (
    "/admin/",
    "/learning/",
    "/account/",
    "/accounts/",
    "/join/",
    "/certificates/",
    "/search/",
)


@require_http_methods(["GET", "HEAD"])
def robots(request: HttpRequest) -> HttpResponse:
    """Which addresses a search engine may ask for."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_http_methods(["GET", "HEAD"])
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every published page that everybody may read, and nothing else."""
    answer: HttpResponse = wagtail_sitemap(request)
    return answer.render() if hasattr(answer, "render") else answer
