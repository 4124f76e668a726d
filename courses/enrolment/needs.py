"""What a learner needs to take part, in their own words. Kept apart from all else, and sealed."""

from django.db import models

from courses.enrolment.models import Enrolment

LONGEST_NEEDS = 2000
# What the ledger says when a facilitator opened it.
LOOKED = "looked at access needs"


class AccessNeeds(models.Model):
    """One text a place. Only the facilitators of the cohort may read it, and each reading is noted.

    Why sealed: it can say something about health, so a copy of the database alone must not tell it. That
    is also why nothing can search it.
    """

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="access_needs")
    sealed_text = models.TextField()
    told_at = models.DateTimeField(help_text="When it was last changed.")

    class Meta:
        ordering = ["told_at", "pk"]
        verbose_name_plural = "access needs"

    def __str__(self) -> str:
        return f"access needs {self.pk}"
