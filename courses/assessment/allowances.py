"""What the team allows one learner at one quiz: more tries, more time."""

from dataclasses import replace
from math import ceil

from django.conf import settings
from django.db import models
from django.db.models import Q

from courses.catalogue.models import Activity
from courses.catalogue.outline import QuizRules
from courses.enrolment.models import Enrolment

LONGEST_REASON = 300
# Four times as long is more than any adjustment we know of; more is a slip of the hand.
MOST_TIME_PERCENT = 400


class Allowance(models.Model):
    """More tries or more time at one quiz for one enrolment. 100 % is the usual time.

    Why not on the attempt: it is given before the next try begins, and every try after it has it too.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="allowances")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    extra_attempts = models.PositiveSmallIntegerField(default=0)
    time_factor_percent = models.PositiveSmallIntegerField(default=100)
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "activity"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity"], name="allowance_one_per_quiz"),
            models.CheckConstraint(
                condition=Q(time_factor_percent__gte=100, time_factor_percent__lte=MOST_TIME_PERCENT),
                name="allowance_time_never_less",
            ),
        ]

    def __str__(self) -> str:
        return f"allowance {self.pk}"


def rules_with(quiz: QuizRules, *, extra_attempts: int, time_factor_percent: int) -> QuizRules:
    """The rules of a quiz as they are for one learner. Minutes are rounded up, in the learner's favour."""
    allowed, limit = quiz.attempts_allowed, quiz.time_limit_minutes
    return replace(
        quiz,
        attempts_allowed=None if allowed is None else allowed + extra_attempts,
        time_limit_minutes=None if limit is None else ceil(limit * time_factor_percent / 100),
    )
