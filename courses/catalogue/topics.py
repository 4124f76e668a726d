"""What courses are about, in a few words that the catalogue can be searched by."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel

from cms.core.prepared import Prepared


class Topic(models.Model):
    """One topic. Few and plain: every one is a box to tick in the catalogue."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    slug = models.SlugField(
        _("word in the address"), max_length=60, unique=True, help_text=_("Links to the catalogue hold it.")
    )
    description = models.CharField(
        _("description"),
        max_length=200,
        blank=True,
        help_text=_("For editors: which courses belong here."),
    )

    panels: ClassVar[list[Panel]] = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("description")]

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def of(page: Any) -> list[Topic]:
    """The topics of a course page; of a draft, those that its editor has chosen so far. One query."""
    # Where modelcluster keeps what was chosen and is not saved yet.
    if "topics" in vars(page).get("_cluster_related_objects", {}):
        return list(page.topics.all())
    return _saved(page.pk)


_saved: Prepared[Topic] = Prepared(lambda page: Topic.objects.filter(course_pages=page), int)
