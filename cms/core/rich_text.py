"""Links to pages inside rich text, without fetching the pages again for every paragraph."""

from typing import Any

from django.core.cache import caches
from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

from cms.core import places

# A page that moved is found again after this long.
KEPT_SECONDS = 30


class KeptPageLinkHandler(PageLinkHandler):
    """Wagtail's own handler, with addresses kept in the process's memory and asked for all at once."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        urls = page_urls([attrs.get("id", "") for attrs in attrs_list])
        return [f'<a href="{escape(url)}">' if url else "<a>" for url in urls]

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, Any]) -> str:
        return cls.expand_db_attributes_many([attrs])[0]


def page_urls(ids: list[str]) -> list[str]:
    """The address of each page; empty for one that is gone or has none. At most one query."""
    local = caches["local"]
    keys = {page_id: f"page-url:{page_id}" for page_id in ids if str(page_id).isdigit()}
    found: dict[str, str] = local.get_many(keys.values())
    missing = [int(page_id) for page_id, key in keys.items() if key not in found]
    if missing:
        pages = Page.objects.filter(pk__in=missing).only("url_path", "locale", "live")
        fresh = {f"page-url:{page.pk}": places.url_of(page) for page in pages}
        local.set_many(fresh, KEPT_SECONDS)
        found |= fresh
    return [found.get(keys.get(page_id, ""), "") for page_id in ids]
