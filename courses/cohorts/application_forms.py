"""What a team asks people who apply for a place. Editors put a form together from questions."""

from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, Panel
from wagtail.fields import RichTextField
from wagtail.models import Orderable

LONGEST_LABEL = 255


def new_key() -> str:
    """A name for the field of a question. It stays when the question's words change."""
    return f"q{uuid4().hex[:12]}"


class ApplicationForm(ClusterableModel):
    """The questions for one or more cohorts. What was asked is kept with each answer, word for word."""

    title = models.CharField(
        max_length=200, help_text=_("For your team: people who apply do not see this title.")
    )
    intro = RichTextField(
        _("what to say first"),
        blank=True,
        features=["bold", "ol", "ul", "link"],
        help_text=_("What you look for, how you choose, and when people hear from you."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("title"),
        FieldPanel("intro"),
        InlinePanel("questions", label=_("Question"), min_num=1),
    ]

    class Meta:
        verbose_name = _("application form")
        verbose_name_plural = _("application forms")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ApplicationQuestion(Orderable):
    """One question of a form.

    Why not the form fields of Wagtail's own form pages: their app brings a table for answers that are
    nobody's in particular, and asks the database about form pages on every page of the admin.
    """

    class Kind(models.TextChoices):
        SINGLELINE = "singleline", _("A short answer")
        MULTILINE = "multiline", _("A longer answer")
        NUMBER = "number", _("A number")
        CHECKBOX = "checkbox", _("One box to tick")
        CHECKBOXES = "checkboxes", _("Several boxes to tick")
        DROPDOWN = "dropdown", _("One of a list")
        RADIO = "radio", _("One of a few")
        DATE = "date", _("A date")

    WITH_CHOICES: ClassVar[frozenset[str]] = frozenset({"checkboxes", "dropdown", "radio"})

    form = ParentalKey(ApplicationForm, on_delete=models.CASCADE, related_name="questions")
    key = models.CharField(max_length=20, default=new_key, editable=False)
    label = models.CharField(_("question"), max_length=LONGEST_LABEL)
    help_text = models.CharField(max_length=255, blank=True)
    kind = models.CharField(_("kind of answer"), max_length=16, choices=Kind.choices)
    is_required = models.BooleanField(_("must be answered"), default=True)
    choices = models.TextField(
        blank=True, help_text=_("One on each line. Only for several boxes, a list, or one of a few.")
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("label"),
        FieldPanel("help_text"),
        FieldPanel("kind"),
        FieldPanel("choices"),
        FieldPanel("is_required"),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="application_question_key_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "singleline",
                        "multiline",
                        "number",
                        "checkbox",
                        "checkboxes",
                        "dropdown",
                        "radio",
                        "date",
                    ]
                ),
                name="application_question_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def options(self) -> list[str]:
        """What can be chosen, each once, as typed."""
        return list(dict.fromkeys(line.strip() for line in self.choices.splitlines() if line.strip()))

    def clean(self) -> None:
        """A list to choose from needs something to choose."""
        wrong: dict[str, Any] = {}
        if self.kind in self.WITH_CHOICES and len(self.options) < 2:  # noqa: PLR2004 - one is no choice
            wrong["choices"] = _("Write at least two choices, one on each line.")
        if wrong:
            raise ValidationError(wrong)
