"""Lists of people that somebody of the team has checked and not yet brought in."""

import uuid

from django.conf import settings
from django.db import models

from courses.cohorts.models import Cohort


class LearnerList(models.Model):
    """A file between its check and its import; one for each person of the team and cohort.

    Why not a hidden field: what is brought in must be what was checked. Why not the session: sessions
    are copied into the browser's reach of every other page. The content is sealed, and kept for a day.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="learner_lists")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    sealed = models.TextField()
    answer_by = models.DateTimeField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cohort", "by"], name="learner_list_one_each"),
        ]

    def __str__(self) -> str:
        return f"list {self.pk}"
