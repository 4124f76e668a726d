"""Work that must follow a change: written with its cause, delivered after commit, swept if that was lost."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class OutboxEntry(models.Model):
    """One piece of work. `payload` holds ids, never personal data."""

    kind = models.SlugField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    handled_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(handled_at__isnull=True, given_up_at__isnull=True),
                name="outbox_waiting",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(handled_at__isnull=True) | Q(given_up_at__isnull=True),
                name="outbox_handled_or_given_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class MessageSent(models.Model):
    """That an e-mail of a kind went to a person. Not its words, which are drawn from the records.

    Without a user it went to an address that has no account yet, such as that of an offer.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="messages_sent",
    )
    kind = models.SlugField(max_length=60)
    about = models.CharField(max_length=80)
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["-sent_at"]
        verbose_name_plural = "messages sent"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "about"], name="message_once"),
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=Q(user__isnull=True),
                name="message_once_without_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
