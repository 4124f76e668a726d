"""How the library writes parameters into a form: `line_items[0][price_data][currency]=gbp`."""

import re
from typing import Any
from urllib.parse import parse_qsl

from scripts.stripe_stand_in.errors import Refused

PART = re.compile(r"[^\[\]]+")


def decoded(text: str) -> dict[str, Any]:
    """Nested as it was before it was sent; every value is text still."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *way, last = PART.findall(name.replace("[]", "[0]")) or [name]
        inside = root
        for part in way:
            inside = inside.setdefault(part, {})
            if not isinstance(inside, dict):
                raise Refused(f"Invalid parameter: {name}", param=name)
        inside[last] = value
    found = _with_lists(root)
    return found if isinstance(found, dict) else {}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(one) for name, one in value.items()}
    if inside and all(name.isdecimal() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside
