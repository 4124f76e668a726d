"""Blocks of running text. A block declares its fields; its template draws them and takes only `value`."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import previews

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "glossary"]


class HeadingBlock(blocks.StructBlock):
    """A heading inside a page; the page title is the only level 1."""

    text = blocks.CharBlock(label=_("Heading"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("2", _("Section")), ("3", _("Part of a section"))], default="2"
    )

    class Meta:
        description = _("Starts a section, or a part of one. Readers jump from heading to heading.")
        preview_value = staticmethod(previews.heading)
        icon = "title"
        template = "blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    """Ordinary text with lists and links."""

    class Meta:
        description = _("Ordinary text. Two to four sentences make a good paragraph.")
        preview_value = staticmethod(previews.paragraph)
        icon = "pilcrow"
        template = "blocks/paragraph.html"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})


class CalloutBlock(blocks.StructBlock):
    """Something that must not be missed."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=FEATURES)

    class Meta:
        description = _("Something that must not be missed. At most two on a page.")
        preview_value = staticmethod(previews.callout)
        icon = "warning"
        template = "blocks/callout.html"


class QuotationBlock(blocks.StructBlock):
    """Somebody's own words, and whose they are."""

    text = blocks.TextBlock()
    source = blocks.CharBlock(max_length=200)

    class Meta:
        description = _("Somebody’s own words, and whose they are.")
        preview_value = staticmethod(previews.quotation)
        icon = "openquote"
        template = "blocks/quotation.html"


class StepsBlock(blocks.StructBlock):
    """Things to do in order."""

    title = blocks.CharBlock(max_length=120)
    steps = blocks.ListBlock(blocks.RichTextBlock(features=["bold", "italic", "link", "glossary"]))

    class Meta:
        description = _("Things to do in order.")
        preview_value = staticmethod(previews.steps)
        icon = "list-ol"
        template = "blocks/steps.html"


class ActivityPromptBlock(blocks.StructBlock):
    """Something for the reader to think about or to try."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=FEATURES)

    class Meta:
        description = _("Something to think about or try, with room for private notes.")
        preview_value = staticmethod(previews.prompt)
        icon = "edit"
        template = "blocks/activity_prompt.html"


class ShortTextBlock(blocks.CharBlock):
    """One short sentence in a list."""

    class Meta:
        icon = "list-ul"
        template = "blocks/short_text.html"
