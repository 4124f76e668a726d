"""Django's `i18n` tags, with one difference: the words of a `translate` tag are looked up once.

A template's words change with the language and with nothing else, so each tag keeps them by language.
Registered as the library `i18n` in the settings, so that templates are written as everywhere.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token, Variable
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class KeptTranslateNode(template.Node):
    """The words of one tag, by language."""

    child_nodelists = ()

    def __init__(self, found: TranslateNode) -> None:
        self.asvar, found.asvar = found.asvar, None
        self._found = found
        self._kept: dict[str | None, str] = {}

    def render(self, context: Any) -> str:
        language = get_language()
        words = self._kept.get(language)
        if words is None:
            words = self._kept[language] = self._found.render(context)
        if self.asvar is None:
            return words
        context[self.asvar] = words
        return ""


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> template.Node:
    """As Django's tag; words that come from a variable or through filters are looked up each time."""
    found = i18n.do_translate(parser, token)
    return KeptTranslateNode(found) if _is_fixed(found) else found


def _is_fixed(found: TranslateNode) -> bool:
    expression = found.filter_expression
    is_literal = isinstance(expression.var, Variable) and expression.var.lookups is None
    return bool(is_literal and not expression.filters and found.message_context is None)
