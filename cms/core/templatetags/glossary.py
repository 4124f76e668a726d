"""Meanings of marked words, for the template that draws rich text."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from cms.core import glossary_words

register = template.Library()


@register.filter
def with_meanings(html: str) -> SafeString:
    """The rich text with its marked words drawn. Wagtail has cleaned the text when it was saved."""
    return mark_safe(glossary_words.with_meanings(html))  # noqa: S308 - as in Wagtail's own template
