"""The site's menus and the places that pages name, for templates."""

from dataclasses import dataclass, fields
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import caches
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.models import Page, Site

from cms.core import places
from cms.core.menus import SiteNavigation
from cms.core.models import BasePage, SiteDetails

register = template.Library()

LOCAL = "local"
MENU, FOOTER, DETAILS = "menu", "footer", "details"
# At the very foot of every page, in this order.
SMALL_PRINT = ("accessibility", "privacy", "terms", "complaints")


@dataclass(frozen=True, slots=True)
class Details:
    """Who runs this site and how to reach them: the fields of SiteDetails that pages show."""

    organisation: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_hours: str = ""
    footer_note: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    url: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Links below one heading; no heading where nobody wrote one."""

    title: str
    links: tuple[Link, ...]


@register.simple_tag(takes_context=True)
def main_menu(context: Any) -> list[Link]:
    """The menu that editors wrote; else the published pages right below the home page marked for menus."""
    request = context.get("request")
    path = request.path if request else ""
    return [Link(link.title, link.url, path.startswith(link.url)) for link in places.kept(MENU, _menu)]


@register.simple_tag
def footer_groups() -> list[Group]:
    """The groups that editors wrote; else the other published pages right below the home page."""
    return places.kept(FOOTER, _groups)


@register.simple_tag
def small_print() -> list[Link]:
    """The pages that every site must have: accessibility, privacy, terms, complaints."""
    found = places.places()
    return [Link(found[name].title, found[name].url) for name in SMALL_PRINT if name in found]


@register.simple_tag
def place(name: str) -> places.Place | None:
    """A page that other pages name ("courses", "research", "help", "privacy" …), if it is published."""
    return places.find(name)


@register.simple_tag
def place_url(name: str) -> str:
    """The address of such a page, or of the start page when there is none."""
    return places.address(name)


@register.simple_tag
def site_name() -> str:
    """The name of this site, from its settings."""
    return str(settings.SITE_NAME)


@register.simple_tag
def site_details() -> Details:
    """Who runs this site and how to reach them."""
    return places.kept(DETAILS, _details)


def kept_details() -> Details:
    """The same without asking the database: empty when this process has not looked lately."""
    found: Details = caches[LOCAL].get(places.key(DETAILS)) or Details()
    return found


@register.simple_tag
def trail(page: Any) -> list[Link]:
    """The pages between the start page and this one. No query for a page right below the start page."""
    if page is None or page.depth is None or page.depth <= BELOW_HOME:
        return []
    above = page.get_ancestors().filter(depth__gte=BELOW_HOME, live=True)
    links = [Link(one.title, places.url_of(one)) for one in above]
    return [link for link in links if link.url]


# The root of all pages is 1, the home page 2.
BELOW_HOME = 3


def _details() -> Details:
    # Not `for_site`, which writes a row when there is none: looking at a page changes nothing.
    details = SiteDetails.objects.filter(site__is_default_site=True).first() or SiteDetails()
    return Details(**{field.name: getattr(details, field.name) for field in fields(Details)})


def _menu() -> list[Link]:
    written = _written()
    links = _links(block.value for block in written.main_menu) if written else []
    return links or _below_home(in_menus=True)


def _groups() -> list[Group]:
    written = _written()
    groups = [
        Group(block.value["title"], tuple(_links(block.value["links"])))
        for block in (written.footer if written else ())
    ]
    found = [group for group in groups if group.links]
    if found:
        return found
    named = {one.url for one in places.places().values()}
    others = tuple(link for link in _below_home(in_menus=False) if link.url not in named)
    return [Group("", others)] if others else []


def _written() -> SiteNavigation | None:
    found: SiteNavigation | None = SiteNavigation.objects.filter(site__is_default_site=True).first()
    return found


def _links(values: Any) -> list[Link]:
    """The links that everybody can follow: a page must be published and open to all."""
    values = list(values)
    ids = [value["page"].pk for value in values if value["page"] is not None]
    shown = {page.pk: page for page in Page.objects.live().public().filter(pk__in=ids)} if ids else {}
    found = []
    for value in values:
        page = shown.get(value["page"].pk) if value["page"] is not None else None
        if page is not None and page.url:
            found.append(Link(value["words"] or page.title, page.url))
        elif value["page"] is None and value["address"]:
            found.append(Link(value["words"], value["address"]))
    return found


def _below_home(*, in_menus: bool) -> list[Link]:
    site = Site.objects.select_related("root_page").filter(is_default_site=True).first()
    if site is None:
        return []
    pages = Page.objects.child_of(site.root_page).live().public().filter(show_in_menus=in_menus)
    return [Link(page.title, page.url) for page in pages.order_by("path")]


@register.simple_tag(takes_context=True)
def page_head(context: Any) -> SafeString:
    """The lasting address of a public page, and what is shown when somebody shares it. Nothing elsewhere."""
    page, request = context.get("page"), context.get("request")
    if (
        not isinstance(page, BasePage)
        or not page.pk
        or getattr(request, "is_preview", False)
        or not places.url_of(page)
    ):
        return SafeString("")
    title, address = page.seo_title or getattr(page, "heading", "") or page.title, page.lasting_url
    shared = {
        "og:type": "website",
        "og:site_name": settings.SITE_NAME,
        "og:title": title,
        "og:description": page.search_description or page.search_excerpt,
        "og:url": address,
    }
    tags = format_html_join("", '<meta property="{}" content="{}">', ((k, v) for k, v in shared.items() if v))
    return format_html('<link rel="canonical" href="{}">{}', address, tags)


def forget(**kwargs: Any) -> None:
    """Draw the menus anew after a page was published, moved or taken down, or the details changed."""
    places.forget_kept(MENU, FOOTER, DETAILS)
    places.forget()
