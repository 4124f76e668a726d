"""That an organisation has seats on a cohort. How many is counted in places, and kept nowhere else."""

from django.conf import settings
from django.db import models

from courses.cohorts.models import Cohort
from courses.cohorts.organisations import Organisation


class Allocation(models.Model):
    """The seats of one organisation on one cohort: every `Place` that names it, free, offered or taken.

    It stays when the last seat was given back: offers that were made of it name it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="allocations")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="allocations")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "cohort"], name="allocation_once_per_cohort"),
        ]

    def __str__(self) -> str:
        return f"allocation {self.pk}"
