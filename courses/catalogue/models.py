"""Courses, their frozen editions and activities. The pages that editors write are in pages.py."""

from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel, Panel

from cms.core.clusters import Cluster
from courses.catalogue import memory
from courses.catalogue import outline as outlines
from courses.catalogue.forms import CourseForm
from courses.ledger.models import AppendOnly


class Course(Cluster):
    """The identity of a course. Learner records point here, never at a page: pages may go, records stay."""

    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        help_text=_("A short code that never changes, printed on certificates."),
    )
    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(
        _("provider"), max_length=200, help_text=_("Who is responsible for the course.")
    )
    delivery_partner = models.CharField(
        _("delivery partner"),
        max_length=200,
        blank=True,
        help_text=_("Who gives the course together with the provider. Leave empty if nobody does."),
    )

    base_form_class = CourseForm
    panels: ClassVar[list[Panel]] = [
        FieldPanel("title"),
        FieldPanel("code"),
        FieldPanel("provider"),
        FieldPanel("delivery_partner"),
        InlinePanel(
            "accreditations",
            label=_("Accreditation"),
            help_text=_(
                "Only what an outside body has confirmed in writing. The course page and new certificates "
                "name it on the days it covers, and on no other day."
            ),
        ),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
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
    note = models.TextField(
        max_length=1000, blank=True, default="", help_text="What changed, and why, in the editor's words."
    )

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
        if self.pk is None:
            return outlines.from_json(self.frozen)
        return memory.outline_of(self.pk, self.published_at, lambda: self.frozen)


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
