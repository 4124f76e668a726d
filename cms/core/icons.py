"""The icons of the heroicons package, each drawn once: the package serialises its XML at every use.

Templates load this as `heroicons` (TEMPLATES in the settings); the package itself is no installed app.
"""

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags import heroicons

register = template.Library()
Value = str | int | bool | None


@register.simple_tag
def heroicon_outline(name: str, *, size: int | None = 24, **attrs: Value) -> SafeString:
    """A large icon, drawn with lines."""
    return _drawn("outline", str(name), size, tuple(attrs.items()))


@register.simple_tag
def heroicon_mini(name: str, *, size: int | None = 20, **attrs: Value) -> SafeString:
    """A small, filled icon."""
    return _drawn("mini", str(name), size, tuple(attrs.items()))


@lru_cache(maxsize=256)
def _drawn(style: str, name: str, size: int | None, attrs: tuple[tuple[str, Value], ...]) -> SafeString:
    draw = heroicons.heroicon_outline if style == "outline" else heroicons.heroicon_mini
    return mark_safe(draw(name, size=size, **dict(attrs)))  # noqa: S308 - the package's own SVG
