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
    """One sentence; empty when nobody outside has accredited the course."""
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


# Shown to people


def rows(facts: Facts) -> list[tuple[str, str]]:
    """Label and value, in the order of the HTML certificate, the public check page and the PDF."""
    return [
        ("Course", f"{facts.course_title} ({facts.course_code})"),
        ("Edition", str(facts.edition_number)),
        ("Provider", facts.provider),
        ("Started", _day(facts.started_on)),
        ("Completed", _day(facts.completed_on)),
        ("Issued", _day(facts.issued_on)),
        ("Time", _time(facts)),
        ("How it was assessed", _sentences(facts.assessment) or "There was no assessment."),
        (
            "Accreditation",
            facts.accreditation or "None. No outside body has accredited this course.",
        ),
    ]


def duration(minutes: int) -> str:
    """Say whole minutes in words: 65 is "1 hour 5 minutes", 0 is "0 minutes".

    Raises ValueError when minutes is below zero.
    """
    if minutes < 0:
        raise ValueError("A duration cannot be below zero.")
    hours, rest = divmod(minutes, 60)
    parts = [_count(hours, "hour")] if hours else []
    if rest or not hours:
        parts.append(_count(rest, "minute"))
    return " ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


# Written out, because strftime's %B follows the locale of the machine.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _sentences(texts: tuple[str, ...]) -> str:
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts)


def _time(facts: Facts) -> str:
    alone, together = facts.self_directed_minutes, facts.participatory_minutes
    parts = [
        f"{duration(alone)} of self-directed study" if alone else "no self-directed study",
        f"{duration(together)} of live sessions" if together else "no live sessions",
    ]
    if alone and together:
        parts.append(f"{duration(alone + together)} in all")
    sentence = "; ".join(parts)
    return sentence[0].upper() + sentence[1:]


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
