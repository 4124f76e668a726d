"""The easy-read version of a lesson: one idea a row, short sentences, pictures that say the same."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from cms.core.blocks import previews
from cms.core.blocks.text import HeadingBlock


class EasyReadRowBlock(blocks.StructBlock):
    """One short sentence, with a picture beside it."""

    image = ImageBlock(
        label=_("Picture"), required=False, help_text=_("It shows the same idea as the words.")
    )
    text = blocks.RichTextBlock(
        label=_("One short sentence"),
        features=["bold", "link", "glossary"],
        help_text=_("One idea. About ten words. Plain words, or a glossary word with its meaning."),
    )

    class Meta:
        description = _("One idea: a picture and a short sentence.")
        preview_value = staticmethod(previews.easy_row)
        icon = "image"
        label = _("Picture and sentence")
        template = "blocks/easy_read_row.html"


class EasyReadBlock(blocks.StreamBlock):
    """What an easy-read version may hold."""

    heading = HeadingBlock()
    row = EasyReadRowBlock()
