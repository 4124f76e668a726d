"""Research pages: plain summaries of published work, with their references and corrections."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core.blocks import PageBodyBlock, ShortTextBlock
from cms.core.models import BasePage


class AuthorBlock(blocks.StructBlock):
    """One author, in the order of the publisher's record."""

    name = blocks.CharBlock(max_length=120)
    orcid = blocks.CharBlock(
        max_length=19, required=False, label="ORCID", help_text=_("For example 0000-0002-1825-0097")
    )

    class Meta:
        icon = "user"


class CorrectionBlock(blocks.StructBlock):
    """A dated note of what was put right. Nothing is changed silently."""

    on = blocks.DateBlock(label=_("Date"))
    text = blocks.TextBlock(max_length=600)

    class Meta:
        icon = "date"


@dataclass(frozen=True, slots=True)
class Reference:
    """How to find the published work."""

    cited_as: str
    registered_title: str
    authors: list[dict[str, str]]
    year: int | None
    venue: str
    volume: str
    issue: str
    pages: str
    doi: str
    handle_url: str

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""


@dataclass(frozen=True, slots=True)
class Correction:
    date: date
    text: str


class ResearchIndexPage(BasePage):
    """The list of research summaries."""

    lead = models.TextField(
        max_length=400, blank=True, help_text=_("One or two sentences above the list of summaries.")
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["research.ResearchSummaryPage"]
    place = "research"
    max_count_per_parent = 1
    template = "research/research_index_page.html"

    class Meta:
        verbose_name = _("research index")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["summaries"] = ResearchSummaryPage.objects.live().child_of(self).order_by("-year", "title")
        return context


class ResearchSummaryPage(BasePage):
    """A plain summary of one published work."""

    one_line = models.CharField(max_length=160, help_text=_("One sentence for lists."))
    body = StreamField(
        PageBodyBlock(),
        verbose_name=_("plain summary"),
        help_text=_("The study in plain words: what was asked, what was done, and what came out of it."),
    )
    what_was_found = StreamField(
        [("item", ShortTextBlock(max_length=300))],
        blank=True,
        help_text=_("Short sentences, each one finding. Only what the work itself says."),
    )
    cited_as = models.TextField(max_length=600, help_text=_("As the source cites it."))
    registered_title = models.CharField(
        max_length=300, blank=True, help_text=_("The publisher’s title, when it differs.")
    )
    authors = StreamField([("author", AuthorBlock())], help_text=_("In the order of the publisher’s record."))
    year = models.PositiveSmallIntegerField(_("year"), null=True, help_text=_("The year it was published."))
    venue = models.CharField(
        _("journal or publisher"), max_length=200, help_text=_("Where it was published.")
    )
    volume = models.CharField(
        max_length=20, blank=True, help_text=_("As printed. Leave it empty if there is none.")
    )
    issue = models.CharField(
        max_length=20, blank=True, help_text=_("As printed. Leave it empty if there is none.")
    )
    pages = models.CharField(max_length=40, blank=True, help_text=_("As printed, for example 12–34."))
    doi = models.CharField("DOI", max_length=200, blank=True, help_text=_("From 10. on, without https."))
    handle_url = models.URLField(
        _("repository address"), blank=True, help_text=_("Where the text can be read, if not by its DOI.")
    )
    funders = models.CharField(max_length=300, blank=True, help_text=_("Who paid for it, as the work says."))
    groups = models.CharField(
        _("research groups"), max_length=300, blank=True, help_text=_("The groups that did the research.")
    )
    method = models.TextField(
        max_length=400, blank=True, help_text=_("How they found it out, in a sentence or two.")
    )
    setting = models.CharField(max_length=300, blank=True, help_text=_("Where and when it was done."))
    notes = models.TextField(
        max_length=800,
        blank=True,
        help_text=_("What a careful reader should know, such as where two records differ."),
    )
    corrections_log = StreamField(
        [("correction", CorrectionBlock())],
        blank=True,
        verbose_name=_("corrections"),
        help_text=_("Every mistake that was put right, with its date. Readers see them."),
    )
    reviewed_sentence = models.CharField(
        _("who reviewed this summary"),
        max_length=300,
        blank=True,
        help_text=_("For example: Read by Maria Example, a researcher, in May 2026."),
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("one_line"),
        FieldPanel("body"),
        FieldPanel("what_was_found"),
        MultiFieldPanel(
            [
                FieldPanel("cited_as"),
                FieldPanel("registered_title"),
                FieldPanel("authors"),
                FieldPanel("year"),
                FieldPanel("venue"),
                FieldPanel("volume"),
                FieldPanel("issue"),
                FieldPanel("pages"),
                FieldPanel("doi"),
                FieldPanel("handle_url"),
            ],
            _("The published work"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("groups"),
                FieldPanel("funders"),
                FieldPanel("method"),
                FieldPanel("setting"),
                FieldPanel("notes"),
                FieldPanel("reviewed_sentence"),
            ],
            _("How it was made"),
        ),
        FieldPanel("corrections_log"),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("one_line"),
        index.SearchField("body"),
        index.SearchField("what_was_found"),
        index.SearchField("cited_as"),
        index.SearchField("groups"),
    ]
    search_kind = _("Research summary")
    parent_page_types: ClassVar[list[str]] = ["research.ResearchIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "research/research_summary_page.html"

    class Meta:
        verbose_name = _("research summary")

    def clean(self) -> None:
        super().clean()
        if self.doi and not self.doi.startswith("10."):
            raise ValidationError({"doi": _("A DOI starts with 10. Leave out the address before it.")})

    @property
    def reference(self) -> Reference:
        """The published work this page is about."""
        return Reference(
            cited_as=self.cited_as,
            registered_title=self.registered_title,
            authors=[{"name": b.value["name"], "orcid": b.value["orcid"]} for b in self.authors],
            year=self.year,
            venue=self.venue,
            volume=self.volume,
            issue=self.issue,
            pages=self.pages,
            doi=self.doi,
            handle_url=self.handle_url,
        )

    @property
    def corrections(self) -> list[Correction]:
        """Corrections, newest first."""
        found = [Correction(b.value["on"], b.value["text"]) for b in self.corrections_log]
        return sorted(found, key=lambda correction: correction.date, reverse=True)

    @property
    def related(self) -> list["ResearchSummaryPage"]:
        """Other summaries on this site, for somebody who wants to read on."""
        return list(
            ResearchSummaryPage.objects.live()
            .sibling_of(self, inclusive=False)
            .order_by("-year", "title")[:3]
        )
