"""The head and the foot of every page. They are the same for many readers, so each kind is drawn once.

What they show depends only on what is handed to the cached functions below, so nothing can be out of
date: new links, another language or another name of the site are other arguments.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from cms.core import places
from cms.core.templatetags.navigation import footer_groups, main_menu, site_details, small_print

register = template.Library()
WORKS_HERE_SECONDS = 60


@register.simple_tag
def site_head() -> SafeString:
    """Styles, script and icon of every page."""
    return _head.__wrapped__() if settings.DEBUG else _head()


@register.simple_tag(takes_context=True)
def site_header(context: Any) -> SafeString:
    """The name of the site, its menu, and the way to one's account."""
    user = getattr(context.get("request"), "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    draw = _header.__wrapped__ if settings.DEBUG else _header
    works_here = signed_in and _works_here(user)
    return draw(get_language(), settings.SITE_NAME, signed_in, works_here, tuple(main_menu(context)))


@register.simple_tag(takes_context=True)
def site_footer(context: Any) -> SafeString:
    """Help and contact, in the same place on every page."""
    draw = _footer.__wrapped__ if settings.DEBUG else _footer
    return draw(
        get_language(),
        settings.SITE_NAME,
        (places.find("help"), tuple(footer_groups()), tuple(small_print())),
        tuple(site_details().items()),
    )


@lru_cache(maxsize=1)
def _head() -> SafeString:
    return render_to_string("components/site_head.html")


def _works_here(user: Any) -> bool:
    """Whether to show the way to the admin, which asks again who may enter. A query once a minute."""
    key = f"works-here:{user.pk}"
    found: bool | None = caches["local"].get(key)
    if found is None:
        found = bool(user.has_perm("wagtailadmin.access_admin"))
        caches["local"].set(key, found, WORKS_HERE_SECONDS)
    return found


@lru_cache(maxsize=128)
def _header(
    language: str,
    name: str,
    signed_in: bool,  # noqa: FBT001
    works_here: bool,  # noqa: FBT001
    links: tuple[Any, ...],
) -> SafeString:
    context = {"site_name": name, "signed_in": signed_in, "works_here": works_here, "links": links}
    return render_to_string("components/site_header.html", context)


@lru_cache(maxsize=128)
def _footer(
    language: str, name: str, links: tuple[Any, ...], details: tuple[tuple[str, str], ...]
) -> SafeString:
    help_page, groups, small = links
    context = {"site_name": name, "help": help_page, "groups": groups, "small_print": small}
    context["details"] = dict(details)
    return render_to_string("components/site_footer.html", context)
