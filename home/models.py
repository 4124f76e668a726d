"""The home page, plain pages of information, and the index of this app's models."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core import places
from cms.core.blocks import PageBodyBlock
from cms.core.models import BasePage, SiteDetails
from cms.core.places import Place, url_of
from cms.research.models import ResearchSummaryPage
from courses.queries.catalogue import course_cards
from home.accessibility import AccessibilityStatementPage
from home.blocks import HomeBodyBlock, WayInBlock
from home.glossary_page import GlossaryPage
from home.notices import NoticePage, NoticeVersion

__all__ = [
    "AccessibilityStatementPage",
    "GlossaryPage",
    "HomePage",
    "InformationPage",
    "NoticePage",
    "NoticeVersion",
]

COURSES_SHOWN = 4


@dataclass(frozen=True, slots=True)
class WayIn:
    """One large link of the home page, to a published page."""

    picture: str
    title: str
    text: str
    url: str


class HomePage(BasePage):
    """What this is and who it is for, on one screen."""

    heading = models.CharField(
        _("heading"), max_length=120, help_text=_("What this site is, in a few words.")
    )
    lead = models.TextField(
        _("in short"),
        max_length=400,
        help_text=_("What people can do here and who it is for. Two sentences."),
    )
    start_link_text = models.CharField(
        _("text of the main button"),
        max_length=60,
        help_text=_("Say what happens: Find a course, not Click here."),
    )
    start_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page of the main button"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Where the main button leads."),
    )
    ways_in = StreamField(
        [("way_in", WayInBlock())],
        blank=True,
        max_num=4,
        verbose_name=_("ways in"),
        help_text=_("Three large links are best: to the courses, the research and the groups."),
    )
    courses_heading = models.CharField(
        _("heading above the courses"),
        max_length=60,
        default=_("Courses with open places"),
        help_text=_("Above the courses that have open places."),
    )
    courses_text = models.CharField(
        _("sentence below it"),
        max_length=200,
        blank=True,
        help_text=_("Leave it empty if the heading says enough."),
    )
    research_heading = models.CharField(
        _("heading above the research"),
        max_length=60,
        default=_("New research summaries"),
        help_text=_("Above the newest summaries."),
    )
    research_text = models.CharField(
        _("sentence below it"),
        max_length=200,
        blank=True,
        help_text=_("Leave it empty if the heading says enough."),
    )
    body = StreamField(
        HomeBodyBlock(required=False),
        blank=True,
        verbose_name=_("below the lists"),
        help_text=_("More about the site, for people who read on."),
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("heading"),
                FieldPanel("lead"),
                FieldPanel("start_link_text"),
                FieldPanel("start_page"),
            ],
            _("At the top"),
        ),
        FieldPanel("ways_in"),
        MultiFieldPanel([FieldPanel("courses_heading"), FieldPanel("courses_text")], _("Courses")),
        MultiFieldPanel([FieldPanel("research_heading"), FieldPanel("research_text")], _("Research")),
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
        urls = self._linked_urls()
        context["start_url"] = urls.get(self.start_page_id, "")
        context["ways_in"] = [
            WayIn(way["picture"], way["title"], way["text"], urls[way["page"]])
            for way in self._ways()
            if way["page"] in urls
        ]
        context["courses"] = [card for card in course_cards(at=timezone.now()) if card.is_open][
            :COURSES_SHOWN
        ]
        context["summaries"] = ResearchSummaryPage.newest()
        return context

    def _ways(self) -> list[dict[str, Any]]:
        """What editors wrote, with the number of each page: asking for all pages at once is cheaper."""
        return [block["value"] for block in self.ways_in.raw_data]

    def _linked_urls(self) -> dict[int | None, str]:
        """The addresses of the published pages that this one links to, kept until something is published."""
        ids = {self.start_page_id, *(way["page"] for way in self._ways())} - {None}

        def find() -> dict[int | None, str]:
            return {page.pk: url_of(page) for page in Page.objects.live().filter(pk__in=ids)} if ids else {}

        return places.kept(f"urls:{sorted(ids)}", find)


class InformationPage(BasePage):
    """Help, about, privacy, accessibility: words that do not need a shape of their own."""

    lead = models.TextField(
        _("in short"),
        max_length=400,
        blank=True,
        help_text=_("The whole page in a sentence or two. Lists and search show it."),
    )
    body = StreamField(
        PageBodyBlock(),
        verbose_name=_("text"),
        help_text=_("Press the plus sign to add a block. The list shows what each looks like."),
    )

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
    subpage_types: ClassVar[list[str]] = [
        "home.InformationPage",
        "home.NoticePage",
        "home.AccessibilityStatementPage",
    ]
    template = "home/information_page.html"

    class Meta:
        verbose_name = _("information page")

    @classmethod
    def places(cls) -> dict[str, Place]:
        """The page of help: the one that the site's details name, else the one called "help"."""
        page = help_page() or cls.objects.live().public().filter(slug="help").order_by("path").first()
        return {"help": Place(page.url or "", page.title)} if page is not None else {}


def help_page() -> Page | None:
    """The published page that the site's details name as help."""
    details = SiteDetails.objects.filter(site__is_default_site=True).first()
    found: Page | None = (
        Page.objects.live().public().filter(pk=details.help_page_id).first()
        if details is not None and details.help_page_id
        else None
    )
    return found
