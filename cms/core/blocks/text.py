"""Blocks of running text. A block declares its fields; its template draws them and takes only `value`."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link"]


class HeadingBlock(blocks.StructBlock):
    """A heading inside a page; the page title is the only level 1."""

    text = blocks.CharBlock(label=_("Heading"), max_length=120)
    level = blocks.ChoiceBlock(
        label=_("Level"), choices=[("2", _("Section")), ("3", _("Part of a section"))], default="2"
    )

    class Meta:
        icon = "title"
        template = "blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    """Ordinary text with lists and links."""

    class Meta:
        icon = "pilcrow"
        template = "blocks/paragraph.html"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})


class CalloutBlock(blocks.StructBlock):
    """Something that must not be missed."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=FEATURES)

    class Meta:
        icon = "warning"
        template = "blocks/callout.html"


class QuotationBlock(blocks.StructBlock):
    """Somebody's own words, and whose they are."""

    text = blocks.TextBlock()
    source = blocks.CharBlock(max_length=200)

    class Meta:
        icon = "openquote"
        template = "blocks/quotation.html"


class StepsBlock(blocks.StructBlock):
    """Things to do in order."""

    title = blocks.CharBlock(max_length=120)
    steps = blocks.ListBlock(blocks.RichTextBlock(features=["bold", "italic", "link"]))

    class Meta:
        icon = "list-ol"
        template = "blocks/steps.html"


class ActivityPromptBlock(blocks.StructBlock):
    """Something for the reader to think about or to try."""

    title = blocks.CharBlock(max_length=120)
    text = blocks.RichTextBlock(features=FEATURES)

    class Meta:
        icon = "edit"
        template = "blocks/activity_prompt.html"


class ShortTextBlock(blocks.CharBlock):
    """One short sentence in a list."""

    class Meta:
        icon = "list-ul"
        template = "blocks/short_text.html"


class PageBodyBlock(blocks.StreamBlock):
    """What a public page may hold."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    callout = CalloutBlock()
    quotation = QuotationBlock()
    steps = StepsBlock()


class LessonBodyBlock(PageBodyBlock):
    """What a lesson may hold: a page's blocks, and things to try."""

    activity_prompt = ActivityPromptBlock()
