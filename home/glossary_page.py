"""The public list of all words of the glossary, from A to Z."""

from itertools import groupby
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.models import Page

from cms.core.glossary import GlossaryTerm
from cms.core.models import BasePage


class GlossaryPage(BasePage):
    """Every word of the glossary with its meaning. The words themselves are edited under Glossary."""

    lead = models.TextField(
        _("first paragraph"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences above the list of words."),
    )

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("lead")]
    search_kind = _("Page")
    parent_page_types: ClassVar[list[str]] = ["home.HomePage"]
    subpage_types: ClassVar[list[str]] = []
    max_count_per_parent = 1
    template = "home/glossary_page.html"

    class Meta:
        verbose_name = _("glossary page")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        terms = GlossaryTerm.objects.select_related("picture", "related_page")
        ordered = sorted(terms, key=lambda term: (term.initial, term.term.casefold()))
        context["letters"] = [
            {"letter": letter, "terms": list(found)}
            for letter, found in groupby(ordered, key=lambda term: term.initial)
        ]
        return context
