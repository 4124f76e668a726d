"""What a certificate says about the course, and the rule by which a typed name is compared."""

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a certificate prints about the course, frozen at issue.

    Nothing about the person.
    """

    kind: str
    course_code: str
    course_title: str
    edition_number: int
    provider: str
    stages: tuple[str, ...]
    outcomes: tuple[str, ...]
    started_on: date
    completed_on: date
    issued_on: date
    self_directed_minutes: int
    participatory_minutes: int
    assessment: tuple[str, ...]
    accreditation: str
    """What the records allowed to be claimed (ADR 13); empty when nobody outside accredits the course."""
    statement: str
    """What this certificate is not."""
    notice: str
    """Such as "This is a demonstration."; may be empty."""


class FactsUnreadableError(ValueError):
    """Stored facts do not have the shape that `to_json` writes."""


# Kept as JSON


def to_json(facts: Facts) -> dict[str, Any]:
    """Plain JSON values: dates as YYYY-MM-DD, lists for tuples."""
    return {field.name: _plain(getattr(facts, field.name)) for field in fields(facts)}


def from_json(stored: dict[str, Any]) -> Facts:
    """Read what `to_json` wrote.

    Raises FactsUnreadableError when a key is missing or unknown, or a value has the wrong type.
    """
    types = get_type_hints(Facts)
    if missing := sorted(types.keys() - stored.keys()):
        raise FactsUnreadableError(f"These facts are missing: {', '.join(missing)}.")
    if unknown := sorted(map(str, stored.keys() - types.keys())):
        raise FactsUnreadableError(f"These facts are not known: {', '.join(unknown)}.")
    return Facts(**{name: _read(name, stored[name], types[name]) for name in types})


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _read(name: str, value: object, wanted: object) -> Any:
    try:
        return _READERS[wanted](value)
    except (TypeError, ValueError) as error:
        raise FactsUnreadableError(f"The fact {name} cannot be read: {value!r}.") from error


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _read_number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):  # in Python, True is an int
        raise TypeError
    return value


def _read_texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_read_text, value))


def _read_date(value: object) -> date:
    return date.fromisoformat(_read_text(value))


_READERS: dict[object, Callable[[object], object]] = {
    str: _read_text,
    int: _read_number,
    date: _read_date,
    tuple[str, ...]: _read_texts,
}


# Comparing a typed name


def name_digest(name: str, salt: bytes) -> str:
    """SHA-256, as 64 lower-case hex digits, of `salt + same(name).encode("utf-8")`.

    `same` makes two ways of writing one name equal, in this order:

    1. typographic apostrophes become ' and hyphens and dashes become -;
    2. Unicode NFKC, then case folding, then NFKC again;
    3. step 1 again, because step 2 can bring new apostrophes;
    4. characters that cannot be seen (category Cf: joiners, direction marks) are dropped;
    5. each run of white space becomes one space, and none stays at the ends.

    Accents count: "Zoe" is not "Zoë".
    """
    return hashlib.sha256(salt + _same(name).encode("utf-8", "surrogatepass")).hexdigest()


def _same(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name.translate(_PLAIN)).casefold()
    plain = unicodedata.normalize("NFKC", folded).translate(_PLAIN)
    seen = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return re.sub(r"\s+", " ", seen).strip()


_PLAIN = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bb\u02bc\u02b9\u2032\u0060\u00b4\uff07", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
)
