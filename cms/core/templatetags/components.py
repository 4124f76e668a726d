"""Components that show nothing but a few short values: each combination is drawn once by a process."""

from collections.abc import Hashable

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cms.core.kept import kept_by_language

register = template.Library()
Value = Hashable


@register.simple_tag
def component(name: str, **values: Value) -> SafeString:
    """Like `include … only`, for values that many readers share: states, kinds, the stages of a course.

    Not for names, addresses or anything else of one person: those would only fill the memory.
    """
    return _drawn(str(name), tuple(values.items()))


@kept_by_language(2048)
def _drawn(name: str, values: tuple[tuple[str, Value], ...]) -> SafeString:
    return render_to_string(name, dict(values))
