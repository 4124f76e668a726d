"""What the team writes to chosen learners of a cohort."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment

LONGEST_SUBJECT = 120
LONGEST_TEXT = 5000


class TeamMessage(models.Model):
    """One message to chosen learners. Each gets it alone, and does not learn who else did."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="team_messages")
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    text = models.TextField(max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    token = models.UUIDField(unique=True, help_text="Of the form: sent twice, it is written once.")

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(subject="") & ~Q(text=""), name="team_message_says_something")
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class TeamMessageTo(models.Model):
    """To whom a message went."""

    message = models.ForeignKey(TeamMessage, on_delete=models.CASCADE, related_name="recipients")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="team_messages")

    class Meta:
        ordering = ["message", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "enrolment"], name="team_message_once_each")
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} to enrolment {self.enrolment_id}"
