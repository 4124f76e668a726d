"""Who outside has accredited a course, and on which days. Nothing else may claim an accreditation."""

from collections.abc import Collection
from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel

from courses.catalogue.forms import OVERLAP, Span, overlap
from courses.catalogue.models import Course


class AccreditationRecord(models.Model):
    """That a body has accredited a course, from a day to a day, both included.

    Why not a sentence on the course page: a sentence goes on claiming after the last day.
    """

    course = ParentalKey(Course, on_delete=models.PROTECT, related_name="accreditations")
    body = models.CharField(
        gettext_lazy("body"),
        max_length=200,
        help_text=gettext_lazy("The organisation that has accredited the course, by its full name."),
    )
    reference = models.CharField(
        gettext_lazy("reference"),
        max_length=80,
        help_text=gettext_lazy("The number that the body gave, so that others can ask about it."),
    )
    kind = models.CharField(
        gettext_lazy("kind or level"),
        max_length=120,
        blank=True,
        help_text=gettext_lazy(
            "In the body’s own words, for example “continuing professional development” or “level 3”."
        ),
    )
    credits = models.CharField(
        gettext_lazy("credits or points"),
        max_length=80,
        blank=True,
        help_text=gettext_lazy(
            "As the body gives them, for example “6 credits”. Never reckon them yourself."
        ),
    )
    valid_from = models.DateField(gettext_lazy("first day"))
    valid_until = models.DateField(gettext_lazy("last day"))
    statement = models.CharField(
        gettext_lazy("what it covers"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("One sentence, if the body asks for it to be printed."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("body"),
        FieldPanel("reference"),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("credits")]),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
        FieldPanel("statement"),
    ]

    class Meta:
        verbose_name = gettext_lazy("accreditation record")
        verbose_name_plural = gettext_lazy("accreditation records")
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="accreditation_ends_after_it_begins"
            ),
            models.UniqueConstraint(
                fields=["course", "body", "valid_from"], name="accreditation_once_per_body_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}, {self.reference}"

    @property
    def sentence(self) -> str:
        """The whole claim, as it is shown and printed."""
        about = ", ".join(text for text in (self.kind, self.credits) if text)
        words = {
            "body": self.body,
            "reference": self.reference,
            "about": about,
            "from": date_format(self.valid_from, "DATE_FORMAT"),
            "until": date_format(self.valid_until, "DATE_FORMAT"),
        }
        claim = (
            _("Accredited by %(body)s: %(about)s. Reference %(reference)s, valid from %(from)s to %(until)s.")
            if about
            else _("Accredited by %(body)s. Reference %(reference)s, valid from %(from)s to %(until)s.")
        )
        return f"{claim % words} {self.statement}".strip()

    def clean(self) -> None:
        """Say the database's rule in words."""
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day must not be before the first day.")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """No two records of one body share a day, which needs an extension of PostgreSQL to be a constraint.

        The form of a course leaves the course out, because it compares all records itself (CourseForm).
        """
        super().validate_constraints(exclude=exclude)
        if exclude and "course" in exclude:
            return
        others = AccreditationRecord.objects.filter(course_id=self.course_id).exclude(pk=self.pk)
        if any(overlap(self.span, other.span) for other in others):
            raise ValidationError({"valid_from": OVERLAP})

    @property
    def span(self) -> Span:
        """What another record of this course must not overlap."""
        return self.body, self.valid_from, self.valid_until


def covering(*days: date) -> Q:
    """The records that cover every one of these days."""
    condition = Q()
    for day in days:
        condition &= Q(valid_from__lte=day, valid_until__gte=day)
    return condition


def sentences(*, course_id: int, days: tuple[date, ...]) -> str:
    """What may be claimed of a course on all of these days; empty when nothing may. One query."""
    records = AccreditationRecord.objects.filter(covering(*days), course_id=course_id)
    return " ".join(record.sentence for record in records)


def today(at: datetime) -> date:
    """The day by which accreditation is reckoned, whatever the time zone of who is looking."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
