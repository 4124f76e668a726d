"""Words and their meanings: what editors keep. How a marked word is drawn is in glossary_words.py."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.models import ReferenceIndex
from wagtail.search import index


class GlossaryTerm(index.Indexed, models.Model):
    """One word or short name, and what it means in plain words."""

    term = models.CharField(
        _("word"), max_length=80, unique=True, help_text=_("As it stands in a sentence, for example: peer.")
    )
    other_spellings = models.CharField(
        _("other spellings"),
        max_length=200,
        blank=True,
        help_text=_("Plurals, short names and other spellings, with commas between them."),
    )
    meaning = models.TextField(
        _("meaning"),
        max_length=300,
        help_text=_("One or two short sentences in plain words. They open beside the word in a text."),
    )
    easy_meaning = models.CharField(
        _("easy-read meaning"),
        max_length=160,
        blank=True,
        help_text=_("The same in one very short sentence. Leave it empty if the meaning is short already."),
    )
    picture = models.ForeignKey(
        "core.SiteImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Shown in the list of words, beside the easy-read meaning."),
    )
    related_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page to read on"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("A public page that says more, if there is one."),
    )

    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel([FieldPanel("term"), FieldPanel("other_spellings")], _("The word")),
        MultiFieldPanel([FieldPanel("meaning"), FieldPanel("easy_meaning")], _("What it means")),
        MultiFieldPanel([FieldPanel("picture"), FieldPanel("related_page")], _("More")),
    ]
    search_fields: ClassVar[list[Any]] = [
        index.SearchField("term"),
        index.AutocompleteField("term"),
        index.SearchField("other_spellings"),
        index.AutocompleteField("other_spellings"),
        index.SearchField("meaning"),
    ]

    class Meta:
        ordering: ClassVar[list[str]] = ["term"]
        verbose_name = _("word in the glossary")
        verbose_name_plural = _("glossary")

    def __str__(self) -> str:
        return self.term

    @property
    def anchor(self) -> str:
        """Where the word stands on the page of all words."""
        return f"word-{self.pk}"

    @property
    def initial(self) -> str:
        """The letter under which the word stands."""
        first = self.term[:1].upper()
        return first if first.isalpha() else "0–9"

    def deletion_refusal(self) -> str:
        """Why the word cannot be deleted; empty when no text uses it."""
        used = ReferenceIndex.get_references_to(self).values("base_content_type", "object_id").distinct()
        if not used.exists():
            return ""
        return str(
            _("“%(word)s” is used in a text, so it cannot be deleted. Take it out of the text first: ")
            % {"word": self.term}
        ) + str(_("“Usage” lists where it stands."))
