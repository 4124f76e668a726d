"""One row to read, one row to write, one page."""

from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page


class Text(models.Model):
    """A row that a page shows."""

    title = models.CharField(max_length=200)
    body = models.TextField()

    def __str__(self) -> str:
        """Name the row."""
        return self.title


class Answer(models.Model):
    """A row that a person saves, again and again."""

    person_id = models.BigIntegerField()
    slot = models.IntegerField()
    choice = models.IntegerField()

    class Meta:
        """One answer of each person to each question."""

        constraints = [models.UniqueConstraint(fields=["person_id", "slot"], name="one_answer")]

    def __str__(self) -> str:
        """Name the row."""
        return f"{self.person_id}, {self.slot}"


class FloorPage(Page):
    """The least that a Wagtail page can be."""

    body = RichTextField(blank=True)
    template = "floor/page.html"
