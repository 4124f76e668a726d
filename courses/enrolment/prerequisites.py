"""What people have met of what a cohort asks for: what they agreed to, and what the team has checked.

Both are known by their words, not by the rule: they count wherever the same course asks for the same, and
not any more when a team changes what it asks for. Another course that was finished is no row here.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import LONGEST_WORDS


class Declaration(models.Model):
    """That somebody agreed to a sentence when they took a place: the words as they were then."""

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declarations"
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="declarations")
    words = models.CharField(max_length=LONGEST_WORDS)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["learner", "cohort", "words"], name="declaration_once_per_cohort")
        ]

    def __str__(self) -> str:
        return f"declaration {self.pk}"


class StaffCheck(models.Model):
    """What the team says of one check of one person: yes or no and the day. Never what was found.

    `valid_until` is the last day on which a yes counts; empty when it does not run out.
    """

    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_checks"
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="staff_checks")
    title = models.CharField(
        max_length=LONGEST_WORDS, help_text="The name of the check as the cohort had it."
    )
    is_done = models.BooleanField()
    checked_on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "cohort", "title"], name="staff_check_once_per_cohort"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("checked_on")),
                name="staff_check_ends_after_it",
            ),
        ]

    def __str__(self) -> str:
        return f"check {self.pk}"
