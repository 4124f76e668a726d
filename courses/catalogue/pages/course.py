"""The catalogue and the course page: what a visitor reads before joining."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core.blocks import PageBodyBlock, ShortTextBlock
from cms.core.models import BasePage
from courses.catalogue import public
from courses.catalogue.models import Course, Edition

SHORT_LIST = [("item", ShortTextBlock(max_length=200))]


class CatalogueIndexPage(BasePage):
    """The list of courses."""

    lead = models.TextField(max_length=400, blank=True)

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["courses.CoursePage"]
    max_count_per_parent = 1
    template = "courses/catalogue_index_page.html"

    class Meta:
        verbose_name = _("course catalogue")


class CoursePage(BasePage):
    """What a course is, for somebody who thinks of joining."""

    course = models.OneToOneField(
        Course,
        on_delete=models.PROTECT,
        related_name="page",
        help_text=_("The course this page describes. Make it first, under Learning, Courses."),
    )
    one_line = models.CharField(max_length=160, help_text=_("One sentence for lists of courses."))
    lead = models.TextField(max_length=500)
    who_for = RichTextField(_("who it is for"), features=["bold", "italic", "ol", "ul", "link"])
    outcomes = StreamField(
        SHORT_LIST,
        verbose_name=_("learning outcomes"),
        help_text=_("Finish the sentence “You will be able to …”. They are printed on certificates."),
    )
    how_to_pass = RichTextField(features=["bold", "italic", "ol", "ul", "link"])
    about = StreamField(PageBodyBlock(required=False), blank=True)
    cost_sentence = models.CharField(_("cost"), max_length=120, default="Free")
    notice = models.CharField(
        max_length=200, blank=True, help_text=_("A line shown with all texts of this course.")
    )
    certificate_kind = models.CharField(max_length=80, default="Certificate of completion")
    accreditation = models.CharField(
        max_length=300, blank=True, help_text=_("Leave empty when nobody has accredited the course.")
    )
    certificate_statement = models.TextField(
        _("what the certificate does not say"), max_length=600, blank=True
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("course"),
        MultiFieldPanel(
            [FieldPanel("one_line"), FieldPanel("lead"), FieldPanel("cost_sentence"), FieldPanel("notice")],
            _("At a glance"),
        ),
        FieldPanel("who_for"),
        FieldPanel("outcomes"),
        FieldPanel("how_to_pass"),
        FieldPanel("about"),
        MultiFieldPanel(
            [
                FieldPanel("certificate_kind"),
                FieldPanel("accreditation"),
                FieldPanel("certificate_statement"),
            ],
            _("On the certificate"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        index.SearchField("one_line"),
        index.SearchField("lead"),
        index.SearchField("who_for"),
        index.SearchField("about"),
    ]
    search_kind = _("Course")
    parent_page_types: ClassVar[list[str]] = ["courses.CatalogueIndexPage"]
    subpage_types: ClassVar[list[str]] = ["courses.StagePage"]
    template = "courses/course_page.html"

    class Meta:
        verbose_name = _("course page")

    @cached_property
    def newest_edition(self) -> Edition | None:
        """The edition that new cohorts run, if one has been published."""
        return (
            Edition.objects.select_related("course")
            .filter(course_id=self.course_id)
            .order_by("-number")
            .first()
        )

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        edition = self.newest_edition
        outline = edition.outline if edition else None
        context["facts"] = public.facts(outline, cost=self.cost_sentence)
        context["stages"] = public.stages(outline)
        return context
