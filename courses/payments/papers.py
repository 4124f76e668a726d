"""Receipts, invoices and credit notes: what was printed, frozen, under numbers without gaps."""

from functools import cached_property

from django.db import models
from django.db.models import Q

from courses.payments import paper_facts
from courses.payments.orders import Order, Refund
from courses.payments.paper_facts import Facts, Kind, numbered


class PaperSeries(models.Model):
    """The last number of a kind in a year. Locked while the next is taken, so that none is left out or given
    twice: a sequence of the database would leave gaps."""

    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField(help_text="In the time zone of the site.")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "paper series"
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="paper_series_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "invoice", "credit_note"]), name="paper_series_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}"


class Paper(models.Model):
    """One receipt, invoice or credit note of an order. Written once; then only three things still happen.

    Its PDF is kept; a credit note is cancelled when the money came back to us; the buyer's name goes when the
    law lets it go. The number and the amounts stay for ever.
    A credit note with no `refund` is about money that a bank took back.
    """

    class Cancelled(models.TextChoices):
        """Why a credit note no longer counts."""

        REFUND_FAILED = "refund_failed"
        DISPUTE_WON = "dispute_won"

    kind = models.CharField(max_length=12)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="papers")
    refund = models.ForeignKey(Refund, null=True, blank=True, on_delete=models.PROTECT, related_name="papers")
    issued_at = models.DateTimeField()
    printed = models.JSONField()
    tax = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(max_length=20, blank=True, choices=Cancelled.choices)
    emptied_at = models.DateTimeField(null=True, blank=True, help_text="When the buyer's name went.")

    class Meta:
        ordering = ["issued_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["receipt", "invoice", "credit_note"]), name="paper_kind_known"
            ),
            models.UniqueConstraint(fields=["kind", "year", "number"], name="paper_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="paper_number_from_one"),
            models.UniqueConstraint(
                fields=["order", "kind"], condition=~Q(kind="credit_note"), name="paper_once_per_order"
            ),
            models.UniqueConstraint(
                fields=["refund"], condition=Q(refund__isnull=False), name="paper_once_per_refund"
            ),
            models.CheckConstraint(
                condition=Q(refund__isnull=True) | Q(kind="credit_note"), name="paper_of_a_refund_is_a_credit"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_because="")
                | Q(kind="credit_note", cancelled_at__isnull=False) & ~Q(cancelled_because=""),
                name="paper_cancelled_is_a_credit",
            ),
            models.CheckConstraint(
                condition=Q(file_name="", sha256="") | ~Q(file_name="") & ~Q(sha256=""),
                name="paper_file_has_a_digest",
            ),
        ]

    def __str__(self) -> str:
        return numbered(Kind(self.kind), self.year, self.number)

    @cached_property
    def facts(self) -> Facts:
        """What is printed, read once."""
        return paper_facts.from_json(self.printed)
