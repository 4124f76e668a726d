"""The icons of the heroicons package, each drawn once: the package serialises its XML at every use.

Templates load this as `heroicons` (TEMPLATES in the settings); the package itself is no installed app.
An icon whose inputs are written in the template is drawn when the template is read.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable
from django.template.library import SimpleNode, parse_bits
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags import heroicons

register = template.Library()
Value = str | int | bool | None


def heroicon_outline(name: str, *, size: int | None = 24, **attrs: Value) -> SafeString:
    """A large icon, drawn with lines."""
    return _drawn("outline", str(name), size, tuple(attrs.items()))


def heroicon_mini(name: str, *, size: int | None = 20, **attrs: Value) -> SafeString:
    """A small, filled icon."""
    return _drawn("mini", str(name), size, tuple(attrs.items()))


@lru_cache(maxsize=256)
def _drawn(style: str, name: str, size: int | None, attrs: tuple[tuple[str, Value], ...]) -> SafeString:
    draw = heroicons.heroicon_outline if style == "outline" else heroicons.heroicon_mini
    return mark_safe(draw(name, size=size, **dict(attrs)))  # noqa: S308 - the package's own SVG


def _tag(draw: Callable[..., SafeString]) -> Callable[[Parser, Token], Node]:
    def compiled(parser: Parser, token: Token) -> Node:
        name, *bits = token.split_contents()
        args, kwargs = parse_bits(  # type: ignore[call-arg]
            parser, bits, ["name"], None, "attrs", None, ["size"], {"size": 0}, takes_context=False, name=name
        )
        if all(map(_is_written, [*args, *kwargs.values()])):
            nothing = template.Context()
            drawn = {key: value.resolve(nothing) for key, value in kwargs.items()}
            return TextNode(draw(*(arg.resolve(nothing) for arg in args), **drawn))
        return SimpleNode(draw, False, args, kwargs, None)  # noqa: FBT003 - it takes no context

    return compiled


def _is_written(value: Any) -> bool:
    """Whether an input of a tag is a word or number in the template itself."""
    if not isinstance(value, FilterExpression) or value.filters:
        return False
    return not isinstance(value.var, Variable) or value.var.lookups is None


register.tag("heroicon_outline", _tag(heroicon_outline))
register.tag("heroicon_mini", _tag(heroicon_mini))
