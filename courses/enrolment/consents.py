"""What a learner agreed to about one place on a course: which words, since when, and until when."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from courses.enrolment.models import Enrolment

LONGEST_VERSION = 10


class EnrolmentConsent(models.Model):
    """One consent. A new wording is a new version, and is asked for anew; nothing is written over."""

    class Kind(models.TextChoices):
        SHARE_NEEDS = "share_needs", _("Keeping what you need, for the facilitators of your group")
        NAME_IN_GROUP = "name_in_group", _("Showing your name to your group")
        SHARE_PROGRESS = (
            "share_progress",
            _("Showing how far you are to the organisation that gives your place"),
        )

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=LONGEST_VERSION)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["given_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["share_needs", "name_in_group", "share_progress"]),
                name="enrolment_consent_kind_known",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="enrolment_consent_one_live_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="enrolment_consent_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} consent {self.pk}"


# The words of each version. What somebody agreed to stays here for as long as a row names it.
WORDS: dict[str, dict[str, Any]] = {
    EnrolmentConsent.Kind.SHARE_NEEDS: {
        "1": _(
            "I agree that you keep this and show it to the facilitators of my group, "
            "also if I change to another group."
        )
    },
    EnrolmentConsent.Kind.NAME_IN_GROUP: {"1": _("The others in my group may see my name.")},
    EnrolmentConsent.Kind.SHARE_PROGRESS: {
        "1": _("The organisation that gives my place may see how many of the activities I have done.")
    },
}


def newest(kind: str) -> str:
    """The version that is asked for now."""
    return max(WORDS[kind], key=int)


def words(kind: str, version: str) -> str:
    """What somebody agreed to, in the words they saw."""
    return str(WORDS[kind].get(version, version))
