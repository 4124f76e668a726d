"""The catalogue and the course page: what a visitor reads before joining."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.core.blocks import PageBodyBlock, ShortTextBlock
from cms.core.models import BasePage
from courses.catalogue import costs
from courses.catalogue.models import Course
from courses.catalogue.topics import Topic

SHORT_LIST = [("item", ShortTextBlock(max_length=200))]


class CatalogueIndexPage(BasePage):
    """The list of courses."""

    lead = models.TextField(
        max_length=400, blank=True, help_text=_("One or two sentences above the list of courses.")
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = ["courses.CoursePage"]
    max_count_per_parent = 1
    place = "courses"
    template = "courses/catalogue_index_page.html"

    class Meta:
        verbose_name = _("course catalogue")


class CoursePage(BasePage):
    """What a course is, for somebody who thinks of joining."""

    # In the list of pages editors see them as learners do, not the newest first.
    admin_default_ordering = "ord"

    course = models.OneToOneField(
        Course,
        on_delete=models.PROTECT,
        related_name="page",
        help_text=_("The course this page describes. Make it first, under Learning, Courses."),
    )
    one_line = models.CharField(max_length=160, help_text=_("One sentence for lists of courses."))
    lead = models.TextField(
        max_length=500, help_text=_("What the course is about, in two or three sentences.")
    )
    who_for = RichTextField(
        _("who it is for"),
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=_("Say who will get most out of it, and what they need to know before."),
    )
    outcomes = StreamField(
        SHORT_LIST,
        verbose_name=_("learning outcomes"),
        help_text=_("Finish the sentence “You will be able to …”. They are printed on certificates."),
    )
    how_to_pass = RichTextField(
        features=["bold", "italic", "ol", "ul", "link"],
        help_text=_("What learners must do to finish. Say it before they join."),
    )
    about = StreamField(
        PageBodyBlock(required=False), blank=True, help_text=_("Anything else that helps somebody to decide.")
    )
    topics = ParentalManyToManyField(
        Topic,
        blank=True,
        related_name="course_pages",
        verbose_name=_("topics"),
        help_text=_("Visitors can look for courses by topic. One or two are enough."),
    )
    prior_knowledge = models.CharField(
        _("what people should know before"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("For example “None needed”. Leave empty to say nothing about it."),
    )
    is_free = models.BooleanField(
        _("free of charge"), default=True, help_text=_("Visitors can look for free courses.")
    )
    cost_sentence = models.CharField(
        _("cost"), max_length=120, default="Free", help_text=_("In words, for example “Free” or “£20”.")
    )
    access_needs = RichTextField(
        _("access and support"),
        features=["bold", "italic", "ol", "ul", "link"],
        blank=True,
        help_text=_("What support you can give, and how to ask for it before joining."),
    )
    reviewed_on = models.DateField(
        _("last reviewed on"),
        null=True,
        blank=True,
        help_text=_("When somebody last read the whole course and found it right. Shown to visitors."),
    )
    # The default stands in the database too: while a release is going on, the older code still adds rows.
    first_stage_number = models.PositiveSmallIntegerField(
        _("number of the first stage"),
        choices=[(1, _("1")), (0, _("0: the course begins with a welcome"))],
        default=1,
        db_default=1,
        help_text=_("How stages are counted. It holds from the next edition on."),
    )
    sessions_needed = models.PositiveSmallIntegerField(
        _("how many live sessions are enough"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "Of all required sessions, whichever they are. For example 9 of 12. Leave empty if people must "
            "come to each of them. It holds from the next edition on."
        ),
    )
    notice = models.CharField(
        max_length=200, blank=True, help_text=_("A line shown with all texts of this course.")
    )
    certificate_kind = models.CharField(
        max_length=80,
        default="Certificate of completion",
        help_text=_("What it is called at the top of the certificate."),
    )
    certificate_statement = models.TextField(
        _("what the certificate does not say"),
        max_length=600,
        blank=True,
        help_text=_(
            "For example, that it does not allow anybody to practise. It is printed on the certificate."
        ),
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("course"),
        MultiFieldPanel(
            [
                FieldPanel("one_line"),
                FieldPanel("lead"),
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                FieldPanel("prior_knowledge"),
                FieldPanel("is_free"),
                FieldPanel("cost_sentence"),
                FieldPanel("notice"),
            ],
            _("At a glance"),
        ),
        FieldPanel("who_for"),
        FieldPanel("outcomes"),
        FieldPanel("how_to_pass"),
        FieldPanel("about"),
        FieldPanel("access_needs"),
        FieldPanel("first_stage_number"),
        FieldPanel("sessions_needed"),
        FieldPanel("reviewed_on"),
        MultiFieldPanel(
            [
                FieldPanel("certificate_kind"),
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

    def clean(self) -> None:
        """The tick at "free" is what the catalogue counts by, so the words must not say something else."""
        super().clean()
        wrong = costs.disagreement(
            is_free=self.is_free, sentence=self.cost_sentence, word_for_free=str(_("Free"))
        )
        if wrong == "amount":
            raise ValidationError(
                {
                    "cost_sentence": _(
                        "“Free of charge” is ticked, but this names an amount. Change one of them."
                    )
                }
            )
        if wrong == "free":
            raise ValidationError(
                {
                    "cost_sentence": _(
                        "This says free, but “Free of charge” is not ticked. Change one of them."
                    )
                }
            )
