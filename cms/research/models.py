"""Research pages: published works, and the groups, projects and studies around them, in plain words.

One page type for all kinds (`kinds.py`): they are listed, searched, corrected and linked in the same way, and
differ only in what a page cannot do without. Why not a type each: an editor who chose the wrong kind would
have to write the page anew, at another address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel, Panel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.core.blocks import PageBodyBlock, ShortTextBlock
from cms.core.json_ld import as_json
from cms.core.models import BasePage
from cms.core.places import url_at
from cms.core.prepared import PreparedRows
from cms.core.reading import Remark
from cms.research import listing, records, relations, sharing
from cms.research.blocks import ABOUT, AuthorBlock, CorrectionBlock, ReadMoreBlock
from cms.research.forms import ResearchPageForm
from cms.research.kinds import WITH_RECORD, WORDS, Kind, Words

# What a published work cannot do without, and other pages can.
REFERENCE = WORDS[Kind.WORK].needs


# How many of the newest works the home page shows.
MOST_NEW = 3


class Newest(NamedTuple):
    """One of the newest works, as lists show it."""

    url: str
    title: str
    one_line: str
    year: int | None
    venue: str
    years: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A published work as our source cites it, and as the publisher's record has it."""

    cited_as: str
    registered_title: str
    authors: list[dict[str, str]]
    has_more_authors: bool
    year: int | None
    registered_year: int | None
    venue: str
    volume: str
    issue: str
    pages: str
    doi: str
    handle_url: str

    @property
    def doi_url(self) -> str:
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def has_record(self) -> bool:
        """Whether a record of it was seen, and not only the words that cite it."""
        return bool(self.doi or self.handle_url or self.registered_title)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was put right, or where two records differ, and since when the page says so."""

    date: date
    text: str
    about: str = ""


class ResearchIndexPage(BasePage):
    """The list of research pages, by their kind."""

    lead = models.TextField(
        max_length=400, blank=True, help_text=_("One or two sentences above the list of pages.")
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
        pages = ResearchSummaryPage.objects.live().child_of(self).defer_streamfields()
        context["listing"] = listing.of(pages, kind=request.GET.get("kind", ""), url=self.url or "")
        return context


class ResearchSummaryPage(BasePage):
    """One work, group, project, study, policy or report, in plain words."""

    kind = models.CharField(
        _("what this page is about"),
        max_length=10,
        choices=Kind.choices,
        default=Kind.WORK.value,
        db_default=Kind.WORK.value,
        help_text=_("Lists are ordered by it. A published work needs a full reference; the others do not."),
    )
    one_line = models.CharField(max_length=160, help_text=_("One sentence for lists."))
    body = StreamField(
        PageBodyBlock(),
        verbose_name=_("plain summary"),
        help_text=_(
            "In plain words: what was asked and done, what came of it, and what it cannot tell us."
            " For a group: who they are and what they did."
        ),
    )
    what_was_found = StreamField(
        [("item", ShortTextBlock(max_length=300))],
        blank=True,
        verbose_name=_("what was found, or what came of it"),
        help_text=_("Short sentences, one thing each. Only what the source itself says."),
    )
    source = models.CharField(
        _("what this page rests on"),
        max_length=300,
        default="",
        db_default="",
        help_text=_("The article, report or record that you wrote this from. Readers see it."),
    )
    cited_as = models.TextField(
        max_length=600,
        blank=True,
        help_text=_("The words in which your source cites the work, mistakes and all."),
    )
    registered_title = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("The title in the publisher’s record. Empty if you have not seen it."),
    )
    authors = StreamField(
        [("author", AuthorBlock())], blank=True, help_text=_("In the order of the publisher’s record.")
    )
    has_more_authors = models.BooleanField(
        _("there are more authors"),
        default=False,
        db_default=False,
        help_text=_(
            "Tick it if you do not know them all. The page then says “and others” after those above."
        ),
    )
    year = models.PositiveSmallIntegerField(
        _("year"),
        null=True,
        blank=True,
        help_text=_("The year in the publisher’s record. Lists show the newest first."),
    )
    is_year_only_cited = models.BooleanField(
        _("the year is from “cited as” only"),
        default=False,
        db_default=False,
        help_text=_(
            "Tick it if you have not seen the year in the record. “Registered as” then leaves it out."
        ),
    )
    venue = models.CharField(
        _("journal or publisher"), max_length=200, blank=True, help_text=_("As in the publisher’s record.")
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
    years = models.CharField(
        _("years"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "For groups, projects and studies: when it was, for example “2010 to 2013” or “Since 2007”."
        ),
    )
    funders = models.CharField(
        max_length=300, blank=True, help_text=_("Who paid for it, as the source says.")
    )
    groups = models.CharField(
        _("research groups without a page here"),
        max_length=300,
        blank=True,
        help_text=_("A group that has a page is chosen under “Belongs together with” instead."),
    )
    method = models.TextField(
        max_length=400, blank=True, help_text=_("How they found it out, in a sentence or two.")
    )
    setting = models.CharField(max_length=300, blank=True, help_text=_("Where and when it was done."))
    notes = models.TextField(
        max_length=800,
        blank=True,
        help_text=_("What a careful reader should know besides, such as what your source leaves out."),
    )
    corrections_log = StreamField(
        [("correction", CorrectionBlock())],
        blank=True,
        verbose_name=_("corrections and differences"),
        help_text=_(
            "Every mistake that was put right, and every place where two records differ, with its date."
        ),
    )
    # Empty in rows that an older version of the site wrote.
    read_more = StreamField(
        [("work", ReadMoreBlock())],
        blank=True,
        null=True,
        verbose_name=_("read more elsewhere"),
        help_text=_("Works that have no page here. Say which of them your main source names."),
    )
    reviewed_sentence = models.CharField(
        _("who reviewed this summary"),
        max_length=300,
        blank=True,
        help_text=_("For example: Read by Maria Example, a researcher, in May 2026."),
    )

    base_form_class = ResearchPageForm
    content_panels: ClassVar[list[Panel]] = [
        FieldPanel("kind", widget=forms.RadioSelect),
        *Page.content_panels,
        FieldPanel("one_line"),
        FieldPanel("body"),
        FieldPanel("what_was_found"),
        MultiFieldPanel(
            [
                FieldPanel("years"),
                FieldPanel("setting"),
                FieldPanel("method"),
                FieldPanel("funders"),
                FieldPanel("groups"),
            ],
            _("At a glance"),
        ),
        InlinePanel(
            "relations",
            heading=_("Belongs together with"),
            label=_("Page"),
            help_text=_(
                "Other pages about the same research, in the order in which readers should meet them."
                " Name each link once: it shows on both pages."
            ),
        ),
        MultiFieldPanel(
            [
                FieldPanel("cited_as"),
                FieldPanel("registered_title"),
                FieldPanel("authors"),
                FieldPanel("has_more_authors"),
                FieldPanel("year"),
                FieldPanel("is_year_only_cited"),
                FieldPanel("venue"),
                FieldPanel("volume"),
                FieldPanel("issue"),
                FieldPanel("pages"),
                FieldPanel("doi"),
                FieldPanel("handle_url"),
            ],
            _("The reference (works and reports)"),
        ),
        FieldPanel("corrections_log"),
        MultiFieldPanel(
            [
                FieldPanel("source"),
                FieldPanel("notes"),
                FieldPanel("read_more"),
                FieldPanel("reviewed_sentence"),
            ],
            _("Where this comes from"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("one_line"),
        index.SearchField("body"),
        index.SearchField("what_was_found"),
        index.SearchField("cited_as"),
        index.SearchField("registered_title"),
        index.SearchField("authors"),
        index.SearchField("groups"),
        index.SearchField("funders"),
        index.FilterField("kind"),
    ]
    search_kind = _("Research")
    parent_page_types: ClassVar[list[str]] = ["research.ResearchIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "research/research_summary_page.html"

    class Meta:
        verbose_name = _("research page")

    def full_clean(self, exclude: Any = None, *args: Any, **kwargs: Any) -> None:
        """As in Django; and whatever way a page is published, it has what its kind cannot do without.

        A form always leaves some fields out, and asks for these itself (`ResearchPageForm`).
        """
        super().full_clean(exclude, *args, **kwargs)
        values = {name: getattr(self, name) for name in ("kind", *REFERENCE)}
        if exclude is None and (missing := self.missing(values)):
            raise ValidationError(missing)

    def clean(self) -> None:
        super().clean()
        if self.doi and not self.doi.startswith("10."):
            raise ValidationError({"doi": _("A DOI starts with 10. Leave out the address before it.")})

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["related"] = relations.groups_of(self)
        if self.known_kind is Kind.WORK:
            context["data"] = as_json(sharing.data_of(self))
        return context

    @classmethod
    def newest(cls) -> list[Newest]:
        """The published works that the home page shows, the newest first. One query."""
        return _newest()

    @property
    def known_kind(self) -> Kind:
        """The kind, also of a draft in which none was chosen yet."""
        return Kind(self.kind) if self.kind in Kind.values else Kind.WORK

    @property
    def words(self) -> Words:
        """What this kind of page is called."""
        return WORDS[self.known_kind]

    @property
    def search_label(self) -> str:
        return str(self.known_kind.label)

    @property
    def has_facts(self) -> bool:
        """Whether there is anything for the panel beside the text."""
        return any((self.years, self.setting, self.groups, self.method, self.funders))

    def own_remarks(self) -> list[Remark]:
        """Where the reference and the record differ, and no note says so."""
        if self.known_kind not in WITH_RECORD:
            return []
        noted = {b.value.get("about") for b in self.corrections_log}
        return [
            Remark("record", str(records.SENTENCES[part]), gettext("The reference"))
            for part in records.differences(
                cited_as=self.cited_as,
                title=self.registered_title,
                authors=[b.value["name"] for b in self.authors],
                has_more_authors=self.has_more_authors,
                year=self.year,
                doi=self.doi,
            )
            if part.value not in noted
        ]

    def missing(self, values: Mapping[str, Any]) -> dict[str, str]:
        """What a page with these values lacks, by field, as sentences for editors."""
        kind = values.get("kind")
        needs = WORDS[Kind(kind)].needs if kind in Kind.values else ()
        return {name: gettext("A page of this kind needs it.") for name in needs if not values.get(name)}

    @property
    def reference(self) -> Reference:
        """The published work this page is about."""
        return Reference(
            cited_as=self.cited_as,
            registered_title=self.registered_title,
            authors=[{"name": b.value["name"], "orcid": b.value["orcid"]} for b in self.authors],
            has_more_authors=self.has_more_authors,
            year=self.year,
            registered_year=None if self.is_year_only_cited else self.year,
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
        labels = {**dict(ABOUT), "other": ""}
        found = [
            Correction(b.value["on"], b.value["text"], str(labels.get(b.value.get("about"), "")))
            for b in self.corrections_log
        ]
        return sorted(found, key=lambda correction: correction.date, reverse=True)


_newest: PreparedRows[Newest] = PreparedRows(
    lambda path, *rest: Newest(url_at(path), *rest),
    lambda: (
        ResearchSummaryPage.objects.live()
        .filter(kind=Kind.WORK.value)
        .order_by("-year", "title")
        .values_list("url_path", *Newest._fields[1:])[:MOST_NEW]
    ),
)


class ResearchRelation(Orderable):
    """That two research pages belong together. Written on one of them, shown on both.

    Naming one page twice is refused by the form and shown once. Why not by the database too: two rows that
    an editor swaps are saved one after the other, and the first would break the rule for a moment.
    """

    page = ParentalKey(ResearchSummaryPage, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(
        ResearchSummaryPage,
        on_delete=models.CASCADE,
        related_name="named_by",
        verbose_name=_("other page"),
    )
    how = models.CharField(
        _("how they belong together"),
        max_length=200,
        blank=True,
        help_text=_("One sentence that is true on both pages: “The article came out of this project.”"),
    )

    panels: ClassVar[list[Panel]] = [
        PageChooserPanel("other", page_type="research.ResearchSummaryPage"),
        FieldPanel("how"),
    ]

    class Meta(Orderable.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(page=F("other")), name="research_relation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.page} – {self.other}"
