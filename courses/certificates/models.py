"""Certificates: immutable printed facts, the holder's erasable details, and a log of what happened.

Why three tables: the facts must never change, the person's name must be erasable, and what happens
later (corrected, revoked) must be told as history instead of overwriting anything.
"""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from courses.catalogue.models import Course
from courses.certificates import facts as frozen_facts
from courses.certificates.codes import CODE_LENGTH, grouped
from courses.enrolment.models import Enrolment
from courses.ledger.models import AppendOnly


class Certificate(AppendOnly):
    """What was certified, as printed. Names nobody: the holder's name is in CertificateHolder.

    `name_digest` is the salted hash of the printed name, so that a name can be checked without being
    shown, and a holder's own copy can be matched even after the name was erased.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="certificates")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="certificates")
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    frozen = models.JSONField()
    issued_at = models.DateTimeField()
    name_salt = models.BinaryField(max_length=32)
    name_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=Q(supersedes__isnull=True),
                name="certificate_one_first_per_enrolment",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="certificate_does_not_supersede_itself",
            ),
        ]

    def __str__(self) -> str:
        return grouped(self.code)

    @cached_property
    def facts(self) -> frozen_facts.Facts:
        """The printed facts, read once."""
        return frozen_facts.from_json(self.frozen)

    def matches_name(self, name: str) -> bool:
        """Whether this is the printed name, spacing and capitals aside."""
        digest = frozen_facts.name_digest(name, bytes(self.name_salt))
        return digest == self.name_digest


class CertificateHolder(models.Model):
    """The person's printed details and what they choose to show. Erased when they ask."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="holder")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates_held"
    )
    printed_name = models.CharField(max_length=200)
    is_name_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(printed_name=""), name="holder_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"holder of {self.certificate_id}"


class CertificateDocument(models.Model):
    """The PDF, drawn once from the frozen facts. The bytes are in private storage."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="document")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    is_accessible = models.BooleanField()
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.file_name


class CertificateLogEntry(AppendOnly):
    """One thing that happened to a certificate. The newest entry that decides a status wins."""

    class Event(models.TextChoices):
        ISSUED = "issued"
        CORRECTED = "corrected"
        SUSPENDED = "suspended"
        RESTORED = "restored"
        REVOKED = "revoked"
        SUPERSEDED = "superseded"
        ERASED = "erased"

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="log")
    event = models.CharField(max_length=20, choices=Event.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "certificate log entries"
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(event="issued"), name="certificate_issued_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    event__in=[
                        "issued",
                        "corrected",
                        "suspended",
                        "restored",
                        "revoked",
                        "superseded",
                        "erased",
                    ]
                ),
                name="certificate_event_known",
            ),
        ]

    def __str__(self) -> str:
        return self.event
