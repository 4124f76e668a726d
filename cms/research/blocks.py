"""The blocks of a research page: authors, corrections, and what to read besides."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.research.records import Part

# What a correction can be about: the parts of a record that can differ, and what is in no record.
ABOUT = [
    (Part.TITLE.value, _("Title")),
    (Part.AUTHORS.value, _("Authors")),
    (Part.YEAR.value, _("Year")),
    ("venue", _("Journal or publisher")),
    (Part.DOI.value, _("DOI")),
    ("name", _("Name")),
    ("other", _("Something else")),
]


class AuthorBlock(blocks.StructBlock):
    """One author, in the order of the publisher's record."""

    name = blocks.CharBlock(max_length=120)
    orcid = blocks.CharBlock(
        max_length=19, required=False, label="ORCID", help_text=_("For example 0000-0002-1825-0097")
    )

    class Meta:
        icon = "user"


class CorrectionBlock(blocks.StructBlock):
    """A dated note of what was put right, or of where two records differ. Nothing is changed silently."""

    about = blocks.ChoiceBlock(choices=ABOUT, default="other", label=_("What it is about"))
    on = blocks.DateBlock(label=_("Date"))
    text = blocks.TextBlock(max_length=600)

    class Meta:
        icon = "date"


class ReadMoreBlock(blocks.StructBlock):
    """Something to read elsewhere."""

    title = blocks.CharBlock(max_length=200)
    about = blocks.CharBlock(
        max_length=250, required=False, label=_("What it is"), help_text=_("One plain sentence.")
    )
    address = blocks.URLBlock(
        max_length=300, required=False, label=_("Address"), help_text=_("A lasting one, if there is one.")
    )
    in_source = blocks.BooleanBlock(
        required=False,
        label=_("Our main source names it"),
        help_text=_("Leave it empty for what you found yourselves. Readers are told so."),
    )

    class Meta:
        icon = "link"
