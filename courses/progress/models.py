"""What happened to each activity, and that a learner reached the end."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.catalogue.models import Activity
from courses.enrolment.models import Enrolment


class Record(models.Model):
    """What happened to one activity for one enrolment. Its history is in the ledger."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="records")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="records")
    outcome = models.CharField(max_length=20)
    score = models.PositiveIntegerField(null=True, blank=True)
    max_score = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["enrolment", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="record_one_per_activity"),
            models.CheckConstraint(
                condition=Q(outcome__in=["done", "passed", "not_passed", "handed_in", "sent_back"]),
                name="record_outcome_known",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True, max_score__isnull=True)
                | Q(score__isnull=False, max_score__isnull=False, score__lte=models.F("max_score")),
                name="record_score_within_reach",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}: activity {self.activity_id}"


class Completion(models.Model):
    """The enrolment reached the end of its edition. It is never taken back by a later rule."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="completion")
    completed_at = models.DateTimeField()

    class Meta:
        ordering = ["-completed_at"]

    def __str__(self) -> str:
        return f"completion of enrolment {self.enrolment_id}"
