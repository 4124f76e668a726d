"""Facts for programs that read pages (schema.org, as JSON-LD)."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

# What would end the element that holds the data; the same three as in Django's own json_script.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def as_json(data: dict[str, Any]) -> SafeString:
    """The data as it may stand inside a <script> element that no browser runs."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(ESCAPES))  # noqa: S308
