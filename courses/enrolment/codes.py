"""Enrolment codes: whoever has one may join a cohort, as often as the code allows."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.cohorts.models import Cohort
from courses.enrolment import code_words
from courses.enrolment.models import Enrolment

LONGEST_DOMAIN = 253


class EnrolmentCode(models.Model):
    """A code for one cohort. It is kept as people type it, and not hashed: the team hands it out again."""

    code = models.CharField(max_length=code_words.LENGTH, unique=True)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="codes")
    uses_allowed = models.PositiveIntegerField(
        null=True, blank=True, help_text="Empty: as often as you like."
    )
    email_domain = models.CharField(
        max_length=LONGEST_DOMAIN,
        blank=True,
        help_text="Only for people with a confirmed address there, as in example.org.",
    )
    valid_until = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(uses_allowed__isnull=True) | Q(uses_allowed__gte=1), name="code_uses_from_one"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="code_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"

    @property
    def as_given(self) -> str:
        """As it is written for people, in groups of four."""
        return code_words.grouped(self.code)


class CodeUse(models.Model):
    """That somebody joined by a code. It counts for the code, also when they have left since."""

    code = models.ForeignKey(EnrolmentCode, on_delete=models.PROTECT, related_name="uses")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="code_uses")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "enrolment"], name="code_use_once_per_enrolment")
        ]

    def __str__(self) -> str:
        return f"use of code {self.code_id}"
