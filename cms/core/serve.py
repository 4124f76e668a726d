"""Finding a public page in one step, where Wagtail asks twice a level and once more for the site.

Wagtail's own view answers; it is only handed the site and the page that it would have looked for. What
is not found like this (a page that routes by itself, a site without a page) goes Wagtail's own way.
"""

from functools import cache
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase
from django.urls import re_path
from wagtail import views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult
from wagtail.urls import serve_pattern

from cms.core import places
from cms.core.prepared import Prepared, PreparedRows


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
    """The published page at a path below the site's root, as its own type; None when none is right there."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        return _published(site.root_page.content_type_id, site.root_page_id)
    address = site.root_page.url_path + "/".join(parts) + "/"
    found = next(iter(_at(parts[-1], address)), None)
    return _published(found.content_type_id, found.pk) if found is not None else None


class _Found(NamedTuple):
    pk: int
    content_type_id: int


# The slug has an index; the whole path has none.
_at: PreparedRows[_Found] = PreparedRows(
    _Found,
    lambda slug, address: Page.objects.filter(slug=slug, url_path=address, live=True).values_list(
        "pk", "content_type_id"
    ),
    str,
    str,
)


def _published(content_type_id: int, pk: int) -> Any:
    model = ContentType.objects.get_for_id(content_type_id).model_class()
    found = next(iter(_one_of(model)(pk)), None) if model is not None else None
    if found is not None:
        found._wagtail_cached_site_root_paths = places.site_roots()
    return found


@cache
def _one_of(model: Any) -> Prepared[Any]:
    """A published page of this type, by its number."""
    return Prepared(lambda pk: model.objects.filter(pk=pk, live=True), int)


page_address = re_path(serve_pattern, serve, name="wagtail_serve")
