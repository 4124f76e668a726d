"""Pictures. Wagtail's own block asks for a description, or that the picture is marked decorative."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from cms.core.blocks import previews


class PictureBlock(blocks.StructBlock):
    """A picture with words below it; who made it is kept with the picture itself."""

    image = ImageBlock(label=_("Picture"))
    caption = blocks.CharBlock(
        label=_("Words below the picture"),
        max_length=250,
        required=False,
        help_text=_("What the reader should notice. Leave it empty if the text around it says so."),
    )

    class Meta:
        description = _("A picture that says something. It needs a description, or is marked as decoration.")
        preview_value = staticmethod(previews.picture)
        icon = "image"
        label = _("Picture")
        template = "blocks/picture.html"
