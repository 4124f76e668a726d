"""Placeholders in words that staff write: {course_title}. Nothing but names from a list, put in once.

Python's own formatting would let a template reach into objects ({0.__class__}); this cannot: a name is
looked up in a dictionary of texts, and what is put in is not read again.
"""

import re
from collections.abc import Collection, Mapping

BRACES = re.compile(r"\{([^{}\n]*)\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in. A space before a placeholder that is empty goes with it: "Hello {name},"."""

    def one(found: re.Match[str]) -> str:
        value = values.get(found["name"])
        if value is None:
            return found[0]
        return f"{found['space']}{value}" if value else ""

    return re.sub(r"(?P<space> ?)\{(?P<name>[a-z][a-z_]{0,39})\}", one, text)


def unknown(text: str, allowed: Collection[str]) -> list[str]:
    """What stands in braces and is no placeholder, each once, in order."""
    found = (match[1] for match in BRACES.finditer(text))
    return list(dict.fromkeys(name for name in found if name not in allowed))


def has_stray_brace(text: str) -> bool:
    """Whether a brace stands alone."""
    return any(brace in BRACES.sub("", text) for brace in "{}")
