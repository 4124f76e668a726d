"""Organisations that have places on cohorts, and the people there who say who gets them."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel

# An invitation that nobody answered ends by itself.
ANSWER_WITHIN = timedelta(days=14)
MOST_MANAGERS = 20


class Organisation(models.Model):
    """Somebody who has places for others: an employer, a charity, a health service."""

    name = models.CharField(
        max_length=150, help_text=_("As people know it. Who is given one of its places reads this name.")
    )
    note = models.TextField(
        _("note for staff"),
        max_length=1000,
        blank=True,
        help_text=_("Only staff see it. No names of people, please."),
    )

    panels: ClassVar[list[Panel]] = [FieldPanel("name"), FieldPanel("note")]

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(Lower("name"), name="organisation_name_once")]

    def __str__(self) -> str:
        return self.name


class OrganisationManager(models.Model):
    """Somebody who looks after the places of an organisation: invited by a link, joined, ended.

    The secret of the link is stored as a hash only. Who opens it need not use the address it was sent to.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="managers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="managed_organisations",
    )
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["invited_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True, user__isnull=True)
                | Q(joined_at__isnull=False, user__isnull=False),
                name="organisation_manager_joined_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("invited_at")),
                name="organisation_manager_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="organisation_manager_one_per_token"
            ),
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=Q(ended_at__isnull=True, user__isnull=False),
                name="organisation_manager_one_live_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"organisation manager {self.pk}"


def looks_after() -> Q:
    """Rows of managers who may act now. Asked at every access; nothing is remembered."""
    return Q(joined_at__isnull=False, ended_at__isnull=True)


def can_answer(at: datetime) -> Q:
    """Rows of invitations that can still be accepted."""
    return Q(joined_at__isnull=True, ended_at__isnull=True, invited_at__gt=at - ANSWER_WITHIN)
