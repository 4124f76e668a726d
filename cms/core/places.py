"""Where the pages are that other pages name: the courses, the research, help, the notices.

A template never writes an address such as /courses/: editors may call a page what they like. A page
type says which place a page of it is (`BasePage.place`), and the addresses are kept in the process's
memory until something is published, and half a minute at most.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from wagtail.models import Page, Site, get_page_models

from cms.core import page_cache

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


def places() -> dict[str, Place]:
    """Every place that has a published page."""
    found: dict[str, Place] | None = caches["local"].get(key("places"))
    if found is None:
        found = _find()
        caches["local"].set(key("places"), found, KEPT_SECONDS)
    return found


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
    found = caches["local"].get(key("site-roots"))
    if found is None:
        found = Site.get_site_root_paths()
        caches["local"].set(key("site-roots"), found, KEPT_SECONDS)
    return found


def url_of(page: Page) -> str:
    """The address of a page; empty when it has none."""
    page._wagtail_cached_site_root_paths = site_roots()
    return page.url or ""


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
