"""What the team tells everybody on a cohort."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.cohorts.models import Cohort

LONGEST_NOTICE = 2000


class CohortNotice(models.Model):
    """A few words of the team for everybody on a cohort. Learners read it on their cohort's page."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="notices")
    text = models.TextField(max_length=LONGEST_NOTICE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    token = models.UUIDField(unique=True, help_text="Of the form: sent twice, it tells once.")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="cohort_notice_says_something")]

    def __str__(self) -> str:
        return f"notice {self.pk}"
