"""Blocks of the home page, and of the accessibility statement."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import PageBodyBlock

PICTURES = [
    ("learn", _("Steps that lead up: courses")),
    ("read", _("A page that is read: research")),
    ("together", _("People around a table: groups")),
    ("check", _("A paper with a seal: certificates")),
]


class WayInBlock(blocks.StructBlock):
    """A large link of the home page: one of our drawings, a title, one sentence, and where it leads."""

    picture = blocks.ChoiceBlock(label=_("Picture"), choices=PICTURES, default="learn")
    title = blocks.CharBlock(label=_("Title"), max_length=40)
    text = blocks.CharBlock(label=_("One sentence"), max_length=140)
    page = blocks.PageChooserBlock(label=_("Page it leads to"))

    class Meta:
        icon = "arrow-right-full"
        label = _("Way in")


class HomeSectionBlock(blocks.StructBlock):
    """A part of the home page: its heading on one side, its words on the other."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=80)
    text = blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "ol", "ul", "link"])

    class Meta:
        icon = "doc-full"
        label = _("Section")
        template = "blocks/home_section.html"


class HomeBodyBlock(PageBodyBlock):
    """What the home page may hold below its lists."""

    section = HomeSectionBlock()


class BarrierBlock(blocks.StructBlock):
    """One thing that not everybody can use, why, and what to do meanwhile."""

    why = blocks.ChoiceBlock(
        label=_("Which kind"),
        choices=[
            ("standard", _("It does not meet the standard, and should")),
            ("burden", _("Mending it would be a disproportionate burden")),
            ("scope", _("The rules do not cover it")),
        ],
        default="standard",
    )
    what = blocks.CharBlock(label=_("What does not work"), max_length=120)
    text = blocks.RichTextBlock(
        label=_("For whom, why, and what to do instead"), features=["bold", "italic", "ul", "link"]
    )
    mended_by = blocks.DateBlock(label=_("We plan to mend it by"), required=False)

    class Meta:
        icon = "warning"
        label = _("Barrier")
