"""Stages and their activities: previewed by editors, met by learners at /learning/."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core.blocks import EasyReadBlock, LessonBodyBlock
from cms.core.models import UnservedPage
from courses.catalogue.outline import Kind


class StagePage(UnservedPage):
    """One stage of a course."""

    # In the list of pages editors see them as learners do, not the newest first.
    admin_default_ordering = "ord"

    summary = models.TextField(
        max_length=400,
        blank=True,
        help_text=_(
            "What learners will do here, in a sentence or two. It stands in the outline of the course."
        ),
    )
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
    subpage_types: ClassVar[list[str]] = [
        "courses.LessonPage",
        "courses.LiveSessionPage",
        "courses.CourseworkPage",
        "courses.QuizPage",
    ]
    template = "courses/stage_page.html"

    class Meta:
        verbose_name = _("stage")


class ActivityPage(UnservedPage):
    """What all activities share. Abstract."""

    is_required = models.BooleanField(
        _("required to complete the course"),
        default=True,
        help_text=_("Without a tick, learners may leave it out."),
    )
    self_directed_minutes = models.PositiveSmallIntegerField(
        _("minutes of study alone"),
        null=True,
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

    body = StreamField(
        LessonBodyBlock(),
        help_text=_("Press the plus sign to add a block. The list shows what each looks like."),
    )
    easy_read = StreamField(
        EasyReadBlock(),
        verbose_name=_("easy-read version"),
        blank=True,
        help_text=_(
            "The same lesson in short sentences with pictures. Learners can choose it, and their choice is "
            "remembered. When you change the text above, look at this too."
        ),
    )

    kind = Kind.LESSON
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("body"),
        FieldPanel("easy_read"),
        MultiFieldPanel(ActivityPage.rule_panels, _("In the course")),
    ]
    template = "courses/lesson_page.html"

    class Meta:
        verbose_name = _("lesson")

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """What an editor can look at."""
        return [("", _("Full text")), ("easy", _("Easy read"))]

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        return {**context, "is_easy": mode_name == "easy"}


class QuizPage(ActivityPage):
    """A quiz. Its questions come from the question bank; its rules are frozen with the edition."""

    intro = RichTextField(
        features=["bold", "italic", "ol", "ul", "link"],
        blank=True,
        help_text=_("What the quiz is about, and what it is good for. Learners read it before they begin."),
    )
    pass_mark_percent = models.PositiveSmallIntegerField(
        _("pass mark (per cent)"),
        default=75,
        validators=[MaxValueValidator(100)],
        help_text=_("Of every hundred marks, how many are enough. 75 is usual."),
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
        InlinePanel(
            "quiz_questions",
            label=_("Question"),
            help_text=_(
                "Tick the safety questions, if there are any. Nobody passes while one of them is wrong, "
                "however high the score. The tick is a rule: it holds from the next edition on."
            ),
        ),
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

    @property
    def safety_count(self) -> int:
        """How many of the questions must be right, for the preview."""
        return sum(asked.must_be_right for asked in self.quiz_questions.all())
