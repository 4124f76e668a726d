"""The site's pictures. Wagtail's own description is the alternative text that a page starts with.

Whatever way a picture comes in, `HarmlessImageField` cleans it before it is stored: no place where it was
taken, no camera, no thumbnail of what was cut away, and no drawing that could do anything.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.files.base import ContentFile
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import (
    AbstractImage,
    AbstractRendition,
    WagtailImageField,
    WagtailImageFieldFile,
    get_upload_to,
)

from cms.core.picture_files import cleaned


class HarmlessImageFile(WagtailImageFieldFile):
    """The file of a picture, cleaned on its way into the storage, whoever stores it."""

    def save(self, name: str, content: Any, save: bool = True) -> None:  # noqa: FBT001, FBT002
        content.seek(0)
        super().save(name, ContentFile(cleaned(content.read(), name), name=name), save=save)


class HarmlessImageField(WagtailImageField):
    """Stores only what `picture_files.cleaned` lets through. The form refuses first, in words."""

    attr_class = HarmlessImageFile


class SiteImage(AbstractImage):
    """A picture, what it shows, and who is to be named for it."""

    if TYPE_CHECKING:
        objects: ClassVar[models.Manager["SiteImage"]]

    file = HarmlessImageField(
        verbose_name=_("file"), upload_to=get_upload_to, width_field="width", height_field="height"
    )
    credit = models.CharField(
        _("credit"),
        max_length=200,
        blank=True,
        help_text=_("Who made the picture, and its licence if it has one. Shown below the picture."),
    )

    admin_form_fields: ClassVar[tuple[str, ...]] = (
        "title",
        "file",
        "description",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        # Who may is asked of Wagtail's own image model, for the custom one too.
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.title)

    @property
    def default_alt_text(self) -> str:
        """Only words about what is seen: a file's name read aloud helps nobody."""
        return str(self.description)


class SiteRendition(AbstractRendition):
    """One size of a picture. Made when first asked for, and safe to throw away."""

    image = models.ForeignKey(SiteImage, related_name="renditions", on_delete=models.CASCADE)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_size"
            )
        ]
