"""The site's menu and the links at its foot, from the pages that editors mark."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import caches
from wagtail.models import Page, Site

from cms.core.models import SiteDetails

register = template.Library()

LOCAL = "local"
MENU_KEY = "navigation:menu:"
FOOTER_KEY = "navigation:footer:"
DETAILS_KEY = "navigation:details:"
# Other processes show a changed menu after this long; the one that changed it, at once.
KEPT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str
    is_current: bool


@register.simple_tag(takes_context=True)
def main_menu(context: Any) -> list[Link]:
    """Published pages right below the home page that are marked for menus."""
    return _links(context, MENU_KEY, in_menus=True)


@register.simple_tag
def site_name() -> str:
    """The name of this site, from its settings."""
    return str(settings.SITE_NAME)


@register.simple_tag
def site_details() -> dict[str, str]:
    """Who runs this site and how to reach them."""
    found: dict[str, str] | None = caches[LOCAL].get(DETAILS_KEY)
    if found is None:
        # Not `for_site`, which writes a row when there is none: looking at a page changes nothing.
        details = SiteDetails.objects.filter(site__is_default_site=True).first() or SiteDetails()
        found = {
            "organisation": details.organisation,
            "contact_email": details.contact_email,
            "footer_note": details.footer_note,
        }
        caches[LOCAL].set(DETAILS_KEY, found, KEPT_SECONDS)
    return found


@register.simple_tag(takes_context=True)
def footer_links(context: Any) -> list[Link]:
    """The other published pages right below the home page: help, privacy, accessibility …"""
    return _links(context, FOOTER_KEY, in_menus=False)


def _links(context: Any, key: str, *, in_menus: bool) -> list[Link]:
    request = context.get("request")
    path = request.path if request else ""
    found = caches[LOCAL].get(key)
    if found is None:
        found = _find(in_menus=in_menus)
        caches[LOCAL].set(key, found, KEPT_SECONDS)
    return [Link(title, url, path.startswith(url)) for title, url in found]


def _find(*, in_menus: bool) -> list[tuple[str, str]]:
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return []
    pages = Page.objects.child_of(site.root_page).live().public().filter(show_in_menus=in_menus)
    return [(page.title, page.url) for page in pages.order_by("path")]


def forget(**kwargs: Any) -> None:
    """Draw the menus anew after a page was published, moved or taken down, or the details changed."""
    caches[LOCAL].delete_many([MENU_KEY, FOOTER_KEY, DETAILS_KEY])
