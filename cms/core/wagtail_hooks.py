"""What the core adds to Wagtail's admin."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from cms.core import page_cache
from cms.core.rich_text import KeptPageLinkHandler
from cms.core.templatetags import navigation


@hooks.register("after_edit_setting")
def forget_site_details(request: HttpRequest, instance: Any) -> None:
    """The foot of every page shows the new details at once."""
    navigation.forget()
    page_cache.forget_pages()


@hooks.register("register_rich_text_features", order=10)
def keep_page_links(features: Any) -> None:
    """Draw links to pages with few queries."""
    features.register_link_type(KeptPageLinkHandler)
