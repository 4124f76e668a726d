"""The home page, and plain pages of information."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core.blocks import PageBodyBlock
from cms.core.models import BasePage
from cms.research.models import ResearchSummaryPage
from courses.queries.catalogue import course_cards

SUMMARIES_SHOWN = 3


class HomePage(BasePage):
    """What this is and who it is for, on one screen."""

    heading = models.CharField(max_length=120)
    lead = models.TextField(max_length=400)
    start_link_text = models.CharField(_("text of the main button"), max_length=60)
    start_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = StreamField(PageBodyBlock(required=False), blank=True)

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("heading"),
        FieldPanel("lead"),
        MultiFieldPanel([FieldPanel("start_link_text"), FieldPanel("start_page")], _("Main button")),
        FieldPanel("body"),
    ]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    template = "home/home_page.html"

    class Meta:
        verbose_name = _("home page")

    @property
    def start_link_url(self) -> str:
        return self.start_page.url if self.start_page else ""

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["courses"] = course_cards(at=timezone.now())
        newest = ResearchSummaryPage.objects.live().order_by("-year", "title")
        context["summaries"] = newest[:SUMMARIES_SHOWN]
        return context


class InformationPage(BasePage):
    """Help, about, privacy, accessibility: words that do not need a shape of their own."""

    lead = models.TextField(max_length=400, blank=True)
    body = StreamField(PageBodyBlock())

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
    ]
    search_kind = _("Page")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.InformationPage"]
    subpage_types: ClassVar[list[str]] = ["home.InformationPage"]
    template = "home/information_page.html"

    class Meta:
        verbose_name = _("information page")
