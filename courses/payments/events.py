"""News from the payment service. Its words are not kept: what happened is asked for when it is applied."""

from django.db import models
from django.db.models import Q

from courses.moves.models import Moving
from courses.payments.states import EVENT_MOVES, EventState


class PaymentEvent(Moving):
    """That something happened to a checkout or a payment. Stored once, whatever is delivered how often."""

    MOVES = EVENT_MOVES

    event_id = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=60)
    checkout = models.CharField(max_length=255, blank=True)
    payment = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    status = models.CharField(max_length=20, default=EventState.RECEIVED.value)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["received", "handled", "ignored"]), name="payment_event_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="received", settled_at__isnull=True)
                | (~Q(status="received") & Q(settled_at__isnull=False)),
                name="payment_event_settled_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(status="received"), name="payment_event_waits"),
            models.Index(fields=["payment"], condition=~Q(payment=""), name="payment_event_of_payment"),
            models.Index(fields=["checkout"], condition=~Q(checkout=""), name="payment_event_of_checkout"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
