"""Finding a public page in one step, where Wagtail asks twice a level and once more for the site.

Wagtail's own view answers; it is only handed the site and the page that it would have looked for. What
is not found like this (a page that routes by itself, a site without a page) goes Wagtail's own way.
"""

from typing import Any

from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase
from django.urls import re_path
from wagtail import views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.urls import serve_pattern

from cms.core import places


def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer with a published page."""
    site = find_site(request)
    page = find_page(site, path) if site is not None else None
    if page is not None:
        request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]
    answer: HttpResponseBase = views.serve(request, path)
    return answer


def find_site(request: HttpRequest) -> Site | None:
    """The site of this host name, kept in the process's memory."""
    key = places.key(f"site:{request._get_raw_host()}:{request.get_port()}")  # type: ignore[attr-defined]
    found = caches["local"].get(key)
    if found is None:
        found = Site.find_for_request(request)
        caches["local"].set(key, found, places.KEPT_SECONDS)
    request._wagtail_site = found  # type: ignore[attr-defined]
    return found


def find_page(site: Site, path: str) -> Any:
    """The published page at a path below the site's root; None when there is none right there."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return site.root_page.specific_class.objects.filter(pk=site.root_page_id, live=True).first()
    address = site.root_page.url_path + "/".join(parts) + "/"
    # The slug has an index; the whole path has none.
    found = Page.objects.filter(slug=parts[-1], url_path=address, live=True).first()
    return found.specific if found is not None else None


page_address = re_path(serve_pattern, serve, name="wagtail_serve")
