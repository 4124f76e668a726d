"""What is done with others, or looked at by somebody: live sessions and coursework.

The day, the time and the place of a session belong to a cohort. Here stands what is the same for all.
"""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core.blocks import LessonBodyBlock
from courses.catalogue.outline import CourseworkRules, Kind, SessionRules
from courses.catalogue.pages.activities import ActivityPage

FEATURES = ["bold", "italic", "ol", "ul", "link", "glossary"]


class LiveSessionPage(ActivityPage):
    """A meeting: a workshop, or a clinic before fieldwork."""

    body = StreamField(
        LessonBodyBlock(),
        verbose_name=_("what we will do"),
        help_text=_("Press the plus sign to add a block. The list shows what each looks like."),
    )
    bring = RichTextField(
        _("what to bring or read before"),
        features=FEATURES,
        blank=True,
        help_text=_("Leave empty if people can just come."),
    )
    make_up = RichTextField(
        _("make-up task"),
        features=FEATURES,
        blank=True,
        help_text=_(
            "What somebody does instead who could not come: something to write and hand in. When an assessor "
            "has signed it off, the session counts as if they had been there. Leave empty if nothing can "
            "stand in for this session."
        ),
    )
    participatory_minutes = models.PositiveSmallIntegerField(
        _("minutes together"),
        null=True,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
        help_text=_("How long the session takes, from its beginning to its end."),
    )
    self_directed_minutes = models.PositiveSmallIntegerField(
        _("minutes of study alone"),
        default=0,
        validators=[MaxValueValidator(6000)],
        help_text=_("How long it takes to prepare, if that is not in a lesson already."),
    )

    kind = Kind.LIVE_SESSION
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("body"),
        FieldPanel("bring"),
        FieldPanel("make_up"),
        MultiFieldPanel(
            [
                FieldPanel("is_required"),
                FieldPanel("participatory_minutes"),
                FieldPanel("self_directed_minutes"),
            ],
            _("In the course"),
        ),
    ]
    template = "courses/live_session_page.html"

    class Meta:
        verbose_name = _("live session")

    @property
    def rules(self) -> SessionRules:
        """What an edition freezes."""
        return SessionRules(make_up=bool(self.make_up))

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """What an editor can look at."""
        return [("", _("Before the session")), ("make-up", _("After an absence"))]

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        return {**context, "is_make_up": mode_name == "make-up"}


class CourseworkPage(ActivityPage):
    """Something to make and hand in. An assessor signs it off, or sends it back with a comment."""

    body = StreamField(
        LessonBodyBlock(),
        verbose_name=_("what to do"),
        help_text=_("Press the plus sign to add a block. The list shows what each looks like."),
    )
    looks_for = RichTextField(
        _("what the assessor looks for"),
        features=FEATURES,
        help_text=_("Three to five short points. Learners read them before they begin."),
    )
    takes_text = models.BooleanField(
        _("can be written on the page"),
        default=True,
        help_text=_("Learners get a box to write in. What they type is kept."),
    )
    takes_files = models.BooleanField(
        _("can be handed in as files"),
        default=True,
        help_text=_("PDF, Word, OpenDocument, plain text, and pictures, up to 20 MB each."),
    )

    kind = Kind.COURSEWORK
    content_panels: ClassVar[list[Panel]] = [
        *Page.content_panels,
        FieldPanel("body"),
        FieldPanel("looks_for"),
        MultiFieldPanel(
            [*ActivityPage.rule_panels, FieldPanel("takes_text"), FieldPanel("takes_files")],
            _("In the course"),
        ),
    ]
    template = "courses/coursework_page.html"

    class Meta:
        verbose_name = _("coursework")
        verbose_name_plural = _("coursework")

    @property
    def rules(self) -> CourseworkRules:
        """What an edition freezes."""
        return CourseworkRules(takes_text=self.takes_text, takes_files=self.takes_files)

    def clean(self) -> None:
        """Coursework that can be handed in in no form could not be done."""
        super().clean()
        if not (self.takes_text or self.takes_files):
            raise ValidationError(
                {"takes_text": _("Tick at least one of the two, or nobody can hand it in.")}
            )
