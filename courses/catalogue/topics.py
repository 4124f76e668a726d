"""What courses are about, in a few words that the catalogue can be searched by."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel


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
