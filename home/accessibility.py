"""The accessibility statement: the sections that UK public bodies must publish, each a field of its own."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core.models import BasePage
from home.blocks import BarrierBlock
from home.panels import ReviewOverduePanel

FEATURES = ["bold", "italic", "ol", "ul", "link"]
# The headings of the three kinds of barrier, in the order of the model statement.
BARRIERS = (
    ("standard", _("Where we do not meet the standard")),
    ("burden", _("Disproportionate burden")),
    ("scope", _("What the rules do not cover")),
)


class Status(models.TextChoices):
    """How far the site meets the standard. One of these three must be said."""

    FULLY = "fully", _("Fully compliant")
    PARTLY = "partly", _("Partially compliant")
    NOT = "not", _("Not compliant")


class AccessibilityStatementPage(BasePage):
    """How easy this site is to use for disabled people, and what to do when it is not."""

    lead = models.TextField(
        _("in short"), max_length=400, blank=True, help_text=_("The whole statement in a sentence or two.")
    )
    commitment = RichTextField(
        _("what we promise"),
        features=FEATURES,
        help_text=_("Who runs the site, and what people should be able to do."),
    )
    scope = RichTextField(
        _("what this statement is about"),
        features=FEATURES,
        help_text=_("Which sites, apps and files it covers."),
    )
    how_accessible = RichTextField(
        _("how accessible this site is"),
        features=FEATURES,
        help_text=_("An honest picture in a few sentences."),
    )
    barriers = StreamField(
        [("barrier", BarrierBlock())],
        blank=True,
        verbose_name=_("what is not accessible, and why"),
        help_text=_("Every barrier you know of. What is fully compliant has none."),
    )
    other_forms = RichTextField(
        _("another form"),
        features=FEATURES,
        help_text=_("How people get a page in large print, easy read and so on."),
    )
    reporting = RichTextField(
        _("telling us about a problem"),
        features=FEATURES,
        help_text=_("Whom to tell, and how. More than one way, please."),
    )
    answer_days = models.PositiveSmallIntegerField(
        _("days until you answer"),
        null=True,
        blank=True,
        help_text=_("Working days. Promise only what you can keep. Leave empty while nobody has decided."),
    )
    enforcement = RichTextField(
        _("if people are not happy with the answer"),
        features=FEATURES,
        help_text=_("Who enforces the rules."),
    )
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.PARTLY,
        help_text=_("How far the site meets the standard."),
    )
    standard = models.CharField(
        _("standard"),
        max_length=120,
        default="Web Content Accessibility Guidelines (WCAG), version 2.2, level AA",
        help_text=_("The standard that the site was tested against."),
    )
    technical = RichTextField(
        _("more about the status"),
        features=FEATURES,
        blank=True,
        help_text=_("What the law asks you to say about the status."),
    )
    how_tested = RichTextField(
        _("how it was tested"), features=FEATURES, help_text=_("What, how, and by whom.")
    )
    tested_on = models.DateField(
        _("last tested on"), null=True, blank=True, help_text=_("The day of the newest test.")
    )
    improvements = RichTextField(
        _("what we will do next"),
        features=FEATURES,
        blank=True,
        help_text=_("What will be mended, and by when."),
    )
    prepared_on = models.DateField(
        _("prepared on"), null=True, help_text=_("The day this statement was first written.")
    )
    reviewed_on = models.DateField(
        _("last reviewed on"), null=True, help_text=_("The day somebody last went through all of it.")
    )
    review_due_on = models.DateField(
        _("next review due on"),
        null=True,
        help_text=_("A year after the last review at the latest. Editors are warned after it."),
    )

    content_panels: ClassVar[list[Panel]] = [
        ReviewOverduePanel(),
        *Page.content_panels,
        MultiFieldPanel(
            [FieldPanel("lead"), FieldPanel("commitment"), FieldPanel("scope")], _("What it is about")
        ),
        MultiFieldPanel(
            [FieldPanel("how_accessible"), FieldPanel("barriers"), FieldPanel("other_forms")],
            _("How accessible the site is"),
        ),
        MultiFieldPanel(
            [FieldPanel("reporting"), FieldPanel("answer_days"), FieldPanel("enforcement")],
            _("When something does not work"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("standard"),
                FieldPanel("status"),
                FieldPanel("technical"),
                FieldPanel("how_tested"),
                FieldPanel("tested_on"),
                FieldPanel("improvements"),
            ],
            _("Technical information"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("prepared_on"), FieldPanel("reviewed_on"), FieldPanel("review_due_on")]
                )
            ],
            _("Dates"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("commitment"),
        index.SearchField("how_accessible"),
        index.SearchField("barriers"),
        index.SearchField("reporting"),
    ]
    search_kind = _("Page")
    place = "accessibility"
    parent_page_types: ClassVar[list[str]] = ["home.HomePage", "home.InformationPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "home/accessibility_statement_page.html"

    class Meta:
        verbose_name = _("accessibility statement")

    def clean(self) -> None:
        super().clean()
        if self.prepared_on and self.reviewed_on and self.reviewed_on < self.prepared_on:
            raise ValidationError({"reviewed_on": _("A review cannot be earlier than the statement.")})
        if self.reviewed_on and self.review_due_on and self.review_due_on <= self.reviewed_on:
            raise ValidationError({"review_due_on": _("The next review comes after the last one.")})

    def is_overdue(self, *, on: date) -> bool:
        """Whether the day by which this statement should have been reviewed has passed."""
        return self.review_due_on is not None and self.review_due_on < on

    def barriers_by_kind(self) -> Iterator[tuple[str, list[Any]]]:
        """The heading and the barriers of each kind that has any."""
        for why, heading in BARRIERS:
            found = [block.value for block in self.barriers if block.value["why"] == why]
            if found:
                yield str(heading), found

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["is_overdue"] = self.is_overdue(on=timezone.localdate())
        context["barriers"] = list(self.barriers_by_kind())
        return context
