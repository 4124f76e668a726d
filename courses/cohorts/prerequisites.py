"""What a cohort asks for before somebody takes a place. Editors list it in the cohort's own form."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Orderable

from courses.catalogue.models import Course
from courses.cohorts.models import Cohort

LONGEST_WORDS = 500
LONGEST_STEP = 300


# In which order a cohort's rules are told. One that was never put in order comes first, on every database.
IN_ORDER = (F("sort_order").asc(nulls_first=True), "pk")


class Prerequisite(Orderable):
    """One thing that is asked for: a course finished, a sentence agreed to, or a check by the team.

    `words` are the sentence, or the name of the check. Nothing about a person belongs in here.
    """

    class Kind(models.TextChoices):
        COURSE = "course", _("Another course, finished here")
        DECLARATION = "declaration", _("A sentence that people agree to")
        CHECK = "check", _("A check that the team makes")

    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="prerequisites")
    kind = models.CharField(_("what is asked for"), max_length=20, choices=Kind.choices)
    course = models.ForeignKey(
        Course,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Only for another course."),
    )
    words = models.CharField(
        max_length=LONGEST_WORDS,
        blank=True,
        help_text=_(
            "The sentence that people agree to, like “I am 60 or older.”, or the name of the check, like "
            "“A basic vetting check”. Not for another course. If you change it, people are asked anew."
        ),
    )
    next_step = models.CharField(
        _("what the person should do about it"),
        max_length=LONGEST_STEP,
        blank=True,
        help_text=_("Only for a check, like “Ask Sam Example for the form.” It is shown to everybody."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("kind"),
        FieldPanel("course"),
        FieldPanel("words"),
        FieldPanel("next_step"),
    ]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["course", "declaration", "check"]), name="prerequisite_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="course", course__isnull=False)
                | (~Q(kind="course") & Q(course__isnull=True) & ~Q(words="")),
                name="prerequisite_says_what",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def _own_course(self) -> int | None:
        """The course of the cohort; None while either is only being made."""
        cohort = getattr(self, "cohort", None)
        return cohort.edition.course_id if cohort is not None and cohort.edition_id else None

    def clean(self) -> None:
        """Say the database's rules in words an administrator can act on."""
        self.words = " ".join(self.words.split())
        wrong: dict[str, Any] = {}
        if self.kind == self.Kind.COURSE:
            self.words = ""
            if self.course_id is None:
                wrong["course"] = _("Choose the course that must be finished first.")
            elif self.course_id == self._own_course():
                wrong["course"] = _("A course cannot ask for itself. Choose another one.")
        else:
            self.course = None
            if not self.words:
                wrong["words"] = _("Write the sentence, or the name of the check.")
        if self.kind == self.Kind.CHECK and not self.next_step:
            wrong["next_step"] = _("Say what the person should do, for example whom to ask.")
        if wrong:
            raise ValidationError(wrong)
