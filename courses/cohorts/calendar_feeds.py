"""The secret address at which a learner's calendar program asks for all their live sessions."""

from django.conf import settings
from django.db import models


class CalendarFeed(models.Model):
    """One address a person. Whoever knows it can read the dates, so a new one kills the old.

    The token is found by its SHA-256. It is also kept sealed, because its owner must be able to read the
    address again, on a second device.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    sealed_token = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["user"]

    def __str__(self) -> str:
        return f"calendar address {self.pk}"
