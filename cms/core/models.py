"""What every page shares, and the settings of a site that staff can edit."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page


class BasePage(Page):
    """Every page of this site. Abstract: Wagtail's swappable page model is experimental (ADR 2)."""

    # What a search result of this type is called; pages without a word for it are not searched.
    search_kind: ClassVar[Any] = ""

    promote_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            _("For search engines"),
        ),
        MultiFieldPanel([FieldPanel("show_in_menus")], _("For the site’s menu")),
    ]

    class Meta:
        abstract = True

    @property
    def search_excerpt(self) -> str:
        """One sentence about the page for a list of results."""
        return getattr(self, "one_line", "") or getattr(self, "lead", "")


class UnservedPage(BasePage):
    """A page that editors write and preview, but that has no address of its own for the public."""

    class Meta:
        abstract = True

    def route(self, request: Any, path_components: list[str]) -> Any:
        raise Http404

    def serve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        raise Http404

    def get_url_parts(self, request: Any = None) -> tuple[int, None, None] | None:
        """No address: nothing links here, and no site map names it. Wagtail's own form for saying so."""
        parts = super().get_url_parts(request)
        return (parts[0], None, None) if parts else None

    def get_sitemap_urls(self, request: Any = None) -> list[Any]:
        return []


@register_setting(icon="site")
class SiteDetails(BaseSiteSetting):
    """Who runs this site and how to reach them; shown at the foot of every page."""

    organisation = models.CharField(
        max_length=200, blank=True, help_text=_("The name of the organisation that runs this site.")
    )
    contact_email = models.EmailField(blank=True, help_text=_("Where people write for help."))
    footer_note = models.CharField(max_length=300, blank=True)

    panels: ClassVar[list[Panel]] = [
        FieldPanel("organisation"),
        FieldPanel("contact_email"),
        FieldPanel("footer_note"),
    ]

    class Meta:
        verbose_name = _("site details")
