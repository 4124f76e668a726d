"""What a learner keeps for themselves: notes at the prompts of a lesson, and where they were reading."""

from django.db import models
from django.db.models import Q

from courses.catalogue.models import Activity
from courses.enrolment.models import Enrolment


class Note(models.Model):
    """What a learner wrote at one prompt. Private: no page of staff shows it.

    Why the prompt's title is kept here: editors may change or remove a prompt, and the learner's own
    words must still say what they were an answer to.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="notes")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    block = models.UUIDField(help_text="The prompt's id in the text of the lesson.")
    prompt = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    sequence = models.PositiveIntegerField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment", "activity", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "activity", "block"], name="note_one_per_prompt"),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="note_sequence_from_one"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


class ReadingPlace(models.Model):
    """Where a learner stopped reading in one course. It never counts as having done anything."""

    enrolment = models.OneToOneField(Enrolment, on_delete=models.PROTECT, related_name="reading_place")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    anchor = models.CharField(max_length=80, blank=True)
    heading = models.CharField(max_length=120, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["enrolment"]

    def __str__(self) -> str:
        return f"reading place of enrolment {self.enrolment_id}"
