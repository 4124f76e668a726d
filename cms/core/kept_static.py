"""Django's `static` tag, with one difference: the address of a file is looked up once.

Where a file of styles or a script lies is decided when the files are collected, before a process starts.
Registered as the library `static` in the settings, so that templates are written as everywhere.
"""

from typing import Any

from django import template
from django.conf import settings
from django.template.base import Parser, Token
from django.templatetags import static as django_static
from django.templatetags.static import StaticNode

register = template.Library()
register.tags.update(django_static.register.tags)


class KeptStaticNode(StaticNode):
    """The address that one tag gives. Only for a file that the template names itself."""

    kept: str | None = None

    def url(self, context: Any) -> str:
        if self.kept is None or settings.DEBUG:
            self.kept = super().url(context)
        return self.kept


@register.tag("static")
def static(parser: Parser, token: Token) -> template.Node:
    """As Django's tag; a file that a variable names is looked up each time."""
    found = StaticNode.handle_token(parser, token)
    is_fixed = isinstance(found.path.var, str) and not found.path.filters
    return KeptStaticNode(found.varname, found.path) if is_fixed else found
