"""Supporters: people whom a learner invites to see their dates and how far they are."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.enrolment.models import Enrolment
from courses.enrolment.states import State

MOST_SUPPORTERS = 2
# An invitation that nobody answered ends by itself.
ANSWER_WITHIN = timedelta(days=14)


class Supporter(models.Model):
    """One invitation, and what became of it. Three moments say how it stands: invited, accepted, ended.

    The secret of the link is stored as a hash only; once somebody has accepted, it opens the page for that
    person alone. Who accepts need not use the address: the link is what counts.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="supporters")
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="supports"
    )
    wants_reminders = models.BooleanField(default=False)
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["invited_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, person__isnull=True)
                | Q(accepted_at__isnull=False, person__isnull=False),
                name="supporter_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("invited_at")),
                name="supporter_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="supporter_one_per_token"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "person"],
                condition=Q(ended_at__isnull=True, person__isnull=False),
                name="supporter_one_live_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"supporter {self.pk}"


def going_on() -> Q:
    """Rows of supporters who may see something now. Asked at every access; nothing is remembered."""
    return (
        Q(accepted_at__isnull=False, ended_at__isnull=True)
        & ~Q(enrolment__status=State.ENDED.value)
        & Q(enrolment__learner__is_active=True, enrolment__learner__erased_at=None)
    )


def can_answer(at: datetime) -> Q:
    """Rows of invitations that can still be accepted."""
    return (
        Q(accepted_at__isnull=True, ended_at__isnull=True, invited_at__gt=at - ANSWER_WITHIN)
        & ~Q(enrolment__status=State.ENDED.value)
        & Q(enrolment__learner__is_active=True, enrolment__learner__erased_at=None)
    )
