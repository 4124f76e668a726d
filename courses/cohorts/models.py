"""Cohorts: one run of an edition, and the people who look after it."""

from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, Panel

from courses.catalogue.models import Edition


class Cohort(ClusterableModel):
    """One run of an edition. A rolling cohort is self-paced: it has no last day of teaching."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="Europe/London")
    is_rolling = models.BooleanField(_("self-paced, always running"), default=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text=_("Leave empty for a self-paced cohort."))
    enrolment_opens_at = models.DateTimeField()
    enrolment_closes_at = models.DateTimeField(null=True, blank=True)
    capacity = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many learners may be there at once. Leave empty for no limit."),
    )

    panels: ClassVar[list[Panel]] = [
        FieldPanel("edition"),
        FieldPanel("name"),
        FieldPanel("is_rolling"),
        FieldPanel("starts_on"),
        FieldPanel("ends_on"),
        FieldPanel("enrolment_opens_at"),
        FieldPanel("enrolment_closes_at"),
        FieldPanel("capacity"),
        FieldPanel("time_zone"),
        InlinePanel("staff", label=_("Facilitator or assessor")),
    ]

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(is_rolling=True) | Q(ends_on__isnull=False),
                name="cohort_dated_has_an_end",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="cohort_capacity_from_one"
            ),
            models.CheckConstraint(
                condition=Q(enrolment_closes_at__isnull=True)
                | Q(enrolment_closes_at__gt=F("enrolment_opens_at")),
                name="cohort_enrolment_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dates_sentence(self) -> str:
        """When it runs, in words."""
        if self.ends_on is None:
            return str(_("Start when you like and go at your own pace"))
        days = {"from": date_format(self.starts_on), "to": date_format(self.ends_on)}
        return str(_("From %(from)s to %(to)s") % days)

    def clean(self) -> None:
        """Say the database's rules in words an administrator can act on."""
        wrong: dict[str, Any] = {}
        if self.ends_on and self.starts_on and self.ends_on < self.starts_on:
            wrong["ends_on"] = _("The last day must not be before the first day.")
        if not self.is_rolling and not self.ends_on:
            wrong["ends_on"] = _("A cohort with dates needs a last day.")
        if self.time_zone not in available_timezones():
            wrong["time_zone"] = _("This time zone is not known. Write it like Europe/London.")
        opens, closes = self.enrolment_opens_at, self.enrolment_closes_at
        if opens and closes and closes <= opens:
            wrong["enrolment_closes_at"] = _("Joining must close after it opens.")
        if self.pk is not None:
            wrong |= self._wrong_for_its_learners()
        if wrong:
            raise ValidationError(wrong)

    def _wrong_for_its_learners(self) -> dict[str, Any]:
        """What a change would do to people who are already there."""
        wrong: dict[str, Any] = {}
        stored = Cohort.objects.get(pk=self.pk)
        if stored.edition_id != self.edition_id and self.enrolments.exists():
            wrong["edition"] = _(
                "Learners are on this cohort, so it keeps its edition. Open a new cohort instead."
            )
        learners = self.places.filter(held_until__isnull=True).count()
        if self.capacity is not None and self.capacity < learners:
            wrong["capacity"] = _("%d learners have a place already. Choose that number or more.") % learners
        return wrong


class CohortStaff(models.Model):
    """That a person looks after a cohort, and as what."""

    class Role(models.TextChoices):
        FACILITATOR = "facilitator", _("Facilitator")
        ASSESSOR = "assessor", _("Assessor")

    cohort = ParentalKey(Cohort, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cohort_roles")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        verbose_name_plural = "cohort staff"
        constraints = [
            models.UniqueConstraint(fields=["cohort", "user", "role"], name="cohort_role_once"),
            models.CheckConstraint(
                condition=Q(role__in=["facilitator", "assessor"]), name="cohort_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.cohort}"
