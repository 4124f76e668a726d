"""Files to take away. The reader learns what kind of file it is, and how large, before pressing."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import previews
from cms.core.blocks.files import FileBlock


class DownloadBlock(blocks.StructBlock):
    """One file to save or print."""

    title = blocks.CharBlock(label=_("What it is"), max_length=120)
    file = FileBlock(label=_("File"))
    about = blocks.CharBlock(label=_("What it is for"), max_length=250, required=False)

    class Meta:
        description = _("A file to save or print. Say first whether the page itself could say it.")
        preview_value = staticmethod(previews.download)
        icon = "download"
        label = _("File to download")
        template = "blocks/download.html"
