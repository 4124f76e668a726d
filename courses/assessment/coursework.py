"""What learners hand in: coursework, and the make-up task of a live session they could not come to."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.assessment.states import WORK_MOVES, WorkState
from courses.catalogue.models import Activity
from courses.enrolment.models import Enrolment
from courses.moves.models import Moving


class Submission(Moving):
    """One hand-in. Whoever hands in again adds one: what an assessor read stays what they read."""

    MOVES = WORK_MOVES

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="submissions")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    token = models.UUIDField(help_text="Made by the form, so that the same form sent twice is one hand-in.")
    text = models.TextField(blank=True)
    status = models.CharField(max_length=20, default=WorkState.HANDED_IN.value)
    handed_in_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["enrolment", "activity", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["handed_in", "replaced", "sent_back", "signed_off"]),
                name="submission_status_known",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "activity", "number"], name="submission_number_once"
            ),
            # One waits, or one was signed off: after that nothing is handed in any more.
            models.UniqueConstraint(
                fields=["enrolment", "activity"],
                condition=Q(status__in=["handed_in", "signed_off"]),
                name="submission_one_waiting_or_signed_off",
            ),
            models.CheckConstraint(
                condition=(
                    ~Q(status__in=["handed_in", "replaced"])
                    | Q(decided_by__isnull=True, decided_at__isnull=True)
                )
                & (
                    ~Q(status__in=["sent_back", "signed_off"])
                    | Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="submission_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="sent_back", comment=""), name="submission_sent_back_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["handed_in_at"], condition=Q(status="handed_in"), name="submission_waiting")
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"


class SubmissionDraft(models.Model):
    """What a learner has written and not handed in yet. Nobody else reads it."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="submission_drafts")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    sequence = models.PositiveIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "activity"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="submission_draft_one_each"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="submission_draft_sequence_from_one"),
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class SubmissionFile(models.Model):
    """A file that was handed in, or waits to be. Its bytes are in private storage under `file_name`.

    A file that is handed in again is another row with the same `file_name`.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="submission_files")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    submission = models.ForeignKey(
        Submission,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="files",
        help_text="Empty while it is not handed in.",
    )
    title = models.CharField(max_length=120, help_text="What the learner called it.")
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "activity", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="submission_file_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"
