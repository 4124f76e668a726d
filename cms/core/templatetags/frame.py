"""The head and the foot of every page. They are the same for many readers, so each kind is drawn once.

What they show depends only on what is handed to `component`, so nothing can be out of date: new links
or another name of the site are other values.
"""

from typing import Any

from django import template
from django.conf import settings
from django.core.cache import caches
from django.utils.safestring import SafeString

from cms.core import places, unread
from cms.core.templatetags.components import component
from cms.core.templatetags.navigation import footer_groups, main_menu, site_details, small_print

register = template.Library()
WORKS_HERE_SECONDS = 60


@register.simple_tag
def site_head() -> SafeString:
    """Styles, script and icon of every page."""
    return component("components/site_head.html")


@register.simple_tag(takes_context=True)
def site_header(context: Any) -> SafeString:
    """The name of the site, its menu, and the way to one's account."""
    user = getattr(context.get("request"), "user", None)
    signed_in = user is not None and bool(user.is_authenticated)
    return component(
        "components/site_header.html",
        site_name=settings.SITE_NAME,
        signed_in=signed_in,
        works_here=signed_in and _works_here(user),
        unread=unread.unread(user.pk) if user is not None and signed_in else 0,
        links=tuple(main_menu(context)),
    )


@register.simple_tag
def site_footer() -> SafeString:
    """Help and contact, in the same place on every page."""
    return component(
        "components/site_footer.html",
        site_name=settings.SITE_NAME,
        help=places.find("help"),
        groups=tuple(footer_groups()),
        small_print=tuple(small_print()),
        details=site_details(),
    )


def _works_here(user: Any) -> bool:
    """Whether to show the way to the admin, which asks again who may enter. A query once a minute."""
    key = f"works-here:{user.pk}"
    found: bool | None = caches["local"].get(key)
    if found is None:
        found = bool(user.has_perm("wagtailadmin.access_admin"))
        caches["local"].set(key, found, WORKS_HERE_SECONDS)
    return found
