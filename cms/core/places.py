"""Where the pages are that other pages name: the courses, the research, help, the notices.

A template never writes an address such as /courses/: editors may call a page what they like. A page
type says which place a page of it is (`BasePage.place`), and the addresses are kept in the process's
memory until something is published, and half a minute at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.urls import get_urlconf, reverse
from wagtail.models import Page, Site, get_page_models

from cms.core import page_cache

T = TypeVar("T")
HOME = "/"
KEPT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One page that others name. A notice has a version, and says what changed in it."""

    url: str
    title: str
    version: str = ""
    changed: str = ""


def key(name: str) -> str:
    """A key of the process's memory that nothing finds any more once something was published."""
    return f"{name}:{page_cache.store.generation()}"


def forget_kept(*names: str) -> None:
    """Drop what is kept under these names, now and before this process looked for news."""
    caches["local"].delete_many([*map(key, names), *(f"{name}:None" for name in names)])


def kept(name: str, find: Callable[[], T]) -> T:
    """What `find` gives, kept by this process until something is published, and half a minute at most."""
    found: T | None = caches["local"].get(key(name))
    if found is None:
        found = find()
        caches["local"].set(key(name), found, KEPT_SECONDS)
    return found


def places() -> dict[str, Place]:
    """Every place that has a published page."""
    return kept("places", _find)


def find(name: str) -> Place | None:
    """The page of one place, if there is one."""
    return places().get(name)


def address(name: str) -> str:
    """The address of a place; the start page when there is no such page."""
    found = find(name)
    return found.url if found else HOME


def privacy_version() -> str:
    """Which privacy notice people agree to now: the published one, or the setting where there is none."""
    found = find("privacy")
    return found.version if found and found.version else str(settings.PRIVACY_NOTICE_VERSION)


def site_roots() -> Any:
    """Where Wagtail's sites begin, which every address of a page is worked out from.

    Wagtail asks the shared cache for it once for each page.
    """
    return kept("site-roots", Site.get_site_root_paths)


def url_of(page: Page) -> str:
    """The address of a page; empty when it has none."""
    if type(page).get_url_parts is Page.get_url_parts:
        return url_at(page.url_path)
    return _wagtails_url_of(page)


def url_at(path: str) -> str:
    """The address of the page with this path in the tree of pages; empty when no site has it."""
    roots = site_roots()
    if len(roots) == 1 and path.startswith(roots[0].root_path):
        return _served_at(get_urlconf(), path[len(roots[0].root_path) :])
    return _wagtails_url_of(Page(url_path=path))


def _wagtails_url_of(page: Page) -> str:
    page._wagtail_cached_site_root_paths = site_roots()
    return page.url or ""


@lru_cache(maxsize=2048)
def _served_at(urlconf: str | None, path: str) -> str:
    """Django works each address out anew. `urlconf` is only a key: another set of addresses has others."""
    return reverse("wagtail_serve", args=[path])


def _find() -> dict[str, Place]:
    found: dict[str, Place] = {}
    for model in get_page_models():
        name_places: Any = getattr(model, "places", None)
        if name_places is not None:
            found |= name_places()
    return found


def forget(**kwargs: Any) -> None:
    """Look again, after something was published, moved or taken down."""
    forget_kept("places", "site-roots")
