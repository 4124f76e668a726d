"""Enrolments, the places they take, the grants that keep them, and the offers and waiting before them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment.allocations import Allocation
from courses.enrolment.states import (
    MOVES,
    OFFER_MOVES,
    WAITING_MOVES,
    OfferState,
    State,
    WaitingState,
)
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
    access_until = models.DateTimeField(
        null=True, blank=True, help_text="Promised at joining: a later change of the cohort does not move it."
    )
    moved_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    shows_name_to_cohort = models.BooleanField(
        default=False, db_default=False, help_text="Only if the learner agreed, on the page of the cohort."
    )
    shares_progress_with_organisation = models.BooleanField(
        default=False, db_default=False, help_text="Only if the learner agreed, and while they have its seat."
    )

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
        indexes = [
            models.Index(
                fields=["access_until"],
                condition=Q(access_until__isnull=False, ended_at__isnull=True),
                name="enrolment_access_ends",
            )
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class Place(models.Model):
    """One seat of a cohort, held for a while or taken. The only thing counted against capacity.

    A `seat` belongs to an organisation, and nobody has claimed it yet; `allocation` says to which, also
    while a learner has it. `reserve` says which of the places that are kept back it fills; `over_capacity`
    that a named person gave it although there was no room.
    """

    class Reason(models.TextChoices):
        LEARNER = "learner"
        HOLD = "hold"
        SEAT = "seat"

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="places")
    enrolment = models.OneToOneField(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="place"
    )
    reason = models.CharField(max_length=20, choices=Reason.choices)
    held_until = models.DateTimeField(
        null=True, blank=True, help_text="A hold past this time does not count, whether or not a job ran."
    )
    reserve = models.CharField(
        max_length=20, blank=True, default="", db_default="", choices=CohortReserve.Reason.choices
    )
    over_capacity = models.BooleanField(default=False, db_default=False)
    allocation = models.ForeignKey(
        Allocation, null=True, blank=True, on_delete=models.PROTECT, related_name="places"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(~Q(reason="seat") | Q(allocation__isnull=False))
                & (~Q(reason="hold") | Q(allocation__isnull=True)),
                name="place_seat_of_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["learner", "hold", "seat"]), name="place_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(reason="learner", enrolment__isnull=False, held_until__isnull=True)
                | Q(reason="hold", enrolment__isnull=True, held_until__isnull=False)
                | Q(reason="seat", enrolment__isnull=True, held_until__isnull=True),
                name="place_taken_or_held",
            ),
            models.CheckConstraint(
                condition=Q(reserve__in=["", "funded", "organisation"]), name="place_reserve_known"
            ),
        ]

    def __str__(self) -> str:
        return f"place {self.pk} ({self.reason})"


class Grant(models.Model):
    """Why a learner may be there. An enrolment ends when no grant is left."""

    KINDS: ClassVar[list[str]] = [
        "free",
        "staff",
        "invitation",
        "code",
        "organisation",
        "application",
        "paid",
    ]

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["free", "staff", "invitation", "code", "organisation", "application", "paid"]
                ),
                name="grant_kind_known",
            ),
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


class Offer(Moving):
    """A place kept for one person until they answer. Whoever has no account yet is known by address.

    The secret of its link is stored as a hash only. Who claims an offer to an address need not use that
    address: the link is what counts.
    """

    class Kind(models.TextChoices):
        WAITING_LIST = "waiting_list"
        APPLICATION = "application"
        INVITATION = "invitation"
        ORGANISATION = "organisation"

    MOVES = OFFER_MOVES

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="offers")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64, blank=True)
    place = models.OneToOneField(
        Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="offer"
    )
    allocation = models.ForeignKey(
        Allocation, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    enrolment = models.ForeignKey(
        Enrolment, null=True, blank=True, on_delete=models.PROTECT, related_name="offers"
    )
    status = models.CharField(max_length=20, default=OfferState.OPEN.value)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer_by = models.DateTimeField(
        null=True, blank=True, help_text="Empty for an organisation's seat, which waits for its person."
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["waiting_list", "application", "invitation", "organisation"]),
                name="offer_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "accepted", "declined", "expired", "withdrawn"]),
                name="offer_status_known",
            ),
            models.CheckConstraint(
                condition=Q(answer_by__isnull=False) | Q(kind="organisation"), name="offer_has_an_end"
            ),
            models.CheckConstraint(
                condition=Q(kind="organisation", allocation__isnull=False)
                | (~Q(kind="organisation") & Q(allocation__isnull=True)),
                name="offer_seat_of_an_organisation",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", enrolment__isnull=False) | ~Q(status="accepted"),
                name="offer_accepted_has_an_enrolment",
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~Q(token_hash=""), name="offer_one_per_token"
            ),
            models.UniqueConstraint(
                fields=["cohort", "learner"],
                condition=Q(status="open", learner__isnull=False),
                name="offer_one_open_per_learner",
            ),
        ]
        indexes = [
            models.Index(fields=["answer_by"], condition=Q(status="open"), name="offer_waits_for_answer")
        ]

    def __str__(self) -> str:
        return f"offer {self.pk} ({self.kind})"

    def is_open_at(self, at: datetime) -> bool:
        """Whether it can still be accepted: by its time, whether or not a job has run."""
        return self.status == OfferState.OPEN.value and (self.answer_by is None or at < self.answer_by)


class WaitingEntry(Moving):
    """Somebody who waits for a place of a full cohort."""

    MOVES = WAITING_MOVES

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="waiting")
    learner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="waiting")
    status = models.CharField(max_length=20, default=WaitingState.WAITING.value)
    joined_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    offer = models.OneToOneField(
        Offer, null=True, blank=True, on_delete=models.SET_NULL, related_name="waiting_entry"
    )

    class Meta:
        ordering = ["joined_at", "pk"]
        verbose_name_plural = "waiting entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "offered", "joined", "passed", "left", "closed"]),
                name="waiting_status_known",
            ),
            models.UniqueConstraint(
                fields=["cohort", "learner"],
                condition=Q(status__in=["waiting", "offered"]),
                name="waiting_one_live_per_cohort",
            ),
        ]

    def __str__(self) -> str:
        return f"waiting {self.pk}"
