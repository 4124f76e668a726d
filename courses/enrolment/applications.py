"""Applications for a place, what reviewers note about them, and what is asked and answered meanwhile."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.cohorts.models import Cohort
from courses.enrolment.models import Offer
from courses.enrolment.states import APPLICATION_MOVES, UNDECIDED, ApplicationState
from courses.moves.models import Moving

# Long enough for a page of typing.
LONGEST_TEXT = 4000


class Application(Moving):
    """One person's wish for a place in one cohort, in their own words. One live one per person and cohort.

    `answers` is a list of {"key", "question", "answer"}: the words of each question are those that the
    applicant was asked. `version` rises with every change the applicant makes, so that nobody decides on
    words that they have not seen.
    """

    MOVES = APPLICATION_MOVES

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications"
    )
    status = models.CharField(max_length=20, default=ApplicationState.DRAFT.value)
    answers: Any = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    waiting_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="Since when it is kept for a place that may come free. Counts until decided.",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reply = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="What the team added in its own words to a no."
    )
    offer = models.OneToOneField(
        Offer, null=True, blank=True, on_delete=models.SET_NULL, related_name="application"
    )

    class Meta:
        ordering = ["submitted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "draft",
                        "submitted",
                        "more_information",
                        "offered",
                        "joined",
                        "declined",
                        "withdrawn",
                    ]
                ),
                name="application_status_known",
            ),
            models.UniqueConstraint(
                fields=["cohort", "applicant"],
                condition=Q(status__in=["draft", "submitted", "more_information", "offered"]),
                name="application_one_live_per_cohort",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "joined", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="application_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | Q(decided_at__isnull=False),
                name="application_declined_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.pk}"

    @property
    def is_kept(self) -> bool:
        """Whether it waits for a place that may come free."""
        return self.waiting_since is not None and ApplicationState(self.status) in UNDECIDED


def kept() -> Q:
    """The applications that wait for a place that may come free."""
    return Q(waiting_since__isnull=False, status__in=[state.value for state in UNDECIDED])


def to_decide() -> Q:
    """The applications that wait for the team."""
    return Q(waiting_since=None, status=ApplicationState.SUBMITTED.value)


class ApplicationNote(models.Model):
    """What a reviewer writes for the other reviewers. The applicant sees it only in their download."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=LONGEST_TEXT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="application_note_has_words")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class ApplicationMessage(models.Model):
    """What the team asked of an applicant, or what the applicant answered."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_from_team = models.BooleanField()
    text = models.TextField(max_length=LONGEST_TEXT)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="application_message_has_words")]

    def __str__(self) -> str:
        return f"message {self.pk}"
