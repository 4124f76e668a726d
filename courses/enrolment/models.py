"""Enrolments, the places they take, and the grants that keep them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.cohorts.models import Cohort
from courses.enrolment.states import MOVES, State
from courses.moves.models import Moving


class Enrolment(Moving):
    """One learner in one cohort. Never deleted; one live enrolment per learner and cohort."""

    MOVES = MOVES

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    status = models.CharField(max_length=20, default=State.PENDING.value)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "active", "suspended", "ended"]),
                name="enrolment_status_known",
            ),
            models.UniqueConstraint(
                fields=["learner", "cohort"],
                condition=~Q(status="ended"),
                name="enrolment_one_live_per_cohort",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False)
                | (~Q(status="ended") & Q(ended_at__isnull=True)),
                name="enrolment_ended_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class Place(models.Model):
    """One seat of a cohort, held for a while or taken. The only thing counted against capacity."""

    class Reason(models.TextChoices):
        LEARNER = "learner"
        HOLD = "hold"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="places")
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="place"
    )
    reason = models.CharField(max_length=20, choices=Reason.choices)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="A hold past this time does not count, whether or not a job ran."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=["learner", "hold"]), name="place_reason_known"),
            models.CheckConstraint(
                condition=Q(reason="learner", enrolment__isnull=False, held_until__isnull=True)
                | Q(reason="hold", held_until__isnull=False),
                name="place_taken_or_held",
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.pk} ({self.reason})"


class Grant(models.Model):
    """Why a learner may be there. An enrolment ends when no grant is left."""

    KINDS: ClassVar[list[str]] = ["free", "staff"]

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["free", "staff"]), name="grant_kind_known"),
            models.UniqueConstraint(
                fields=["enrolment", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="grant_one_live_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="grant_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} grant {self.pk}"
