"""Parts that open when they are pressed. On paper all of them are open."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import previews
from cms.core.blocks.text import FEATURES


class AccordionPartBlock(blocks.StructBlock):
    """One part: what it is about, and what it says."""

    title = blocks.CharBlock(label=_("What can be read before it is opened"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=FEATURES)


class AccordionBlock(blocks.StructBlock):
    """Answers, examples or details that not every reader needs. Never for what everybody must read."""

    parts = blocks.ListBlock(AccordionPartBlock(), label=_("Parts"), min_num=1)

    class Meta:
        description = _("Details that not every reader needs. Never what everybody must read.")
        preview_value = staticmethod(previews.accordion)
        icon = "collapse-down"
        label = _("Parts that open")
        template = "blocks/accordion.html"
