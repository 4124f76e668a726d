"""Courses, their frozen editions and activities. The pages that editors write are in pages.py."""

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from wagtail.admin.panels import FieldPanel, Panel

from courses.catalogue import outline as outlines
from courses.ledger.models import AppendOnly


class Course(models.Model):
    """The identity of a course. Learner records point here, never at a page: pages may go, records stay."""

    code = models.CharField(
        max_length=20, unique=True, help_text="A short code that never changes, printed on certificates."
    )
    title = models.CharField(max_length=200)
    provider = models.CharField(max_length=200, help_text="Who is responsible for the course.")

    panels: ClassVar[list[Panel]] = [FieldPanel("title"), FieldPanel("code"), FieldPanel("provider")]

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Activity(models.Model):
    """The stable identity of one activity across editions: the page's translation key.

    Why not the page: a page can be moved, replaced or deleted while learners' records must stay.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="activities")
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "activities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in outlines.Kind]),
                name="activity_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Edition(AppendOnly):  # type: ignore[django-manager-missing]  # modelcluster is not typed
    """A frozen outline. A cohort runs one edition; changing what must be done needs a new one."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    frozen = models.JSONField(help_text="The outline, as courses.catalogue.outline writes it.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["course", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="edition_number_once_per_course"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="edition_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.course.code}, edition {self.number}"

    @cached_property
    def outline(self) -> outlines.Outline:
        """What this edition freezes, read once."""
        return outlines.from_json(self.frozen)


class EditionPage(AppendOnly):
    """That an edition names a page, so that the page cannot be deleted while the edition needs it."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="edition_pages")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="edition_pages")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.PROTECT, related_name="edition_pages")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "activity"], name="edition_names_an_activity_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.activity}"
