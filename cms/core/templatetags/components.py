"""Components that show nothing but a few short values: each combination is drawn once by a process."""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
Value = Hashable


@register.simple_tag
def component(name: str, **values: Value) -> SafeString:
    """Like `include … only`, for values that many readers share: states, kinds, the stages of a course.

    Not for names, addresses or anything else of one person: those would only fill the memory.
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(get_language(), str(name), tuple(values.items()))


@lru_cache(maxsize=2048)
def _drawn(language: str, name: str, values: tuple[tuple[str, Value], ...]) -> SafeString:
    return render_to_string(name, dict(values))
