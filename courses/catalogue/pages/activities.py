"""Stages and their activities: previewed by editors, met by learners at /learning/."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core.blocks import LessonBodyBlock
from cms.core.models import UnservedPage
from courses.catalogue.outline import Kind


class StagePage(UnservedPage):
    """One stage of a course."""

    summary = models.TextField(max_length=400, blank=True)
    is_gated = models.BooleanField(
        _("opens only after the stages before it"),
        default=True,
        help_text=_("Learners must finish what is required in earlier stages first."),
    )

    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("is_gated"),
    ]
    parent_page_types: ClassVar[list[str]] = ["courses.CoursePage"]
    subpage_types: ClassVar[list[str]] = ["courses.LessonPage", "courses.QuizPage"]
    template = "courses/stage_page.html"

    class Meta:
        verbose_name = _("stage")


class ActivityPage(UnservedPage):
    """What all activities share. Abstract."""

    is_required = models.BooleanField(_("required to complete the course"), default=True)
    self_directed_minutes = models.PositiveSmallIntegerField(
        _("minutes of study alone"),
        validators=[MaxValueValidator(6000)],
        help_text=_("An honest estimate. It is printed on certificates."),
    )

    kind: ClassVar[Kind]
    parent_page_types: ClassVar[list[str]] = ["courses.StagePage"]
    subpage_types: ClassVar[list[str]] = []
    rule_panels: ClassVar[list[Panel]] = [
        FieldPanel("is_required"),
        FieldPanel("self_directed_minutes"),
    ]

    class Meta:
        abstract = True


class LessonPage(ActivityPage):
    """Something to read and think about."""

    body = StreamField(LessonBodyBlock())

    kind = Kind.LESSON
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("body"),
        MultiFieldPanel(ActivityPage.rule_panels, _("In the course")),
    ]
    template = "courses/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")


class QuizPage(ActivityPage):
    """A quiz. Its questions come from the question bank; its rules are frozen with the edition."""

    intro = RichTextField(features=["bold", "italic", "ol", "ul", "link"], blank=True)
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("pass mark (per cent)"), default=75, validators=[MaxValueValidator(100)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for any number of attempts."),
    )
    time_limit_minutes = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Leave empty for no time limit."),
    )

    kind = Kind.QUIZ
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        InlinePanel("quiz_questions", label=_("Question")),
        MultiFieldPanel(
            [
                *ActivityPage.rule_panels,
                FieldPanel("pass_mark_percent"),
                FieldPanel("attempts_allowed"),
                FieldPanel("time_limit_minutes"),
            ],
            _("In the course"),
        ),
    ]
    template = "courses/quiz_page.html"

    class Meta:
        verbose_name = _("quiz")
