"""A list of people from a spreadsheet: e-mail, name, note. Plain Python; nothing is looked up."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

MOST_BYTES = 2 * 1024 * 1024
MOST_LINES = 5_000
LONGEST_ADDRESS, LONGEST_NAME, LONGEST_NOTE = 254, 200, 300
SEPARATORS = (",", ";", "\t")
# What people call the columns, in small letters without spaces and dashes.
COLUMNS = {
    "email": "email",
    "emailaddress": "email",
    "mail": "email",
    "name": "name",
    "fullname": "name",
    "note": "note",
    "notes": "note",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Fault(StrEnum):
    """Why a whole file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_HEADS = "no_heads"
    TWO_COLUMNS = "two_columns"
    NOT_A_LIST = "not_a_list"


class Wrong(StrEnum):
    """What is wrong with one line, whatever else is known."""

    NO_ADDRESS = "no_address"
    TOO_LONG = "too_long"
    TWICE = "twice"


class ListUnreadable(Exception):
    """This is no list that could be looked at."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `number` is where it begins in the file, from 1; the address is in small letters."""

    number: int
    email: str
    name: str = ""
    note: str = ""
    wrong: Wrong | None = None


def read(content: bytes) -> list[Line]:
    """Every line with something on it, in order. Raises ListUnreadable."""
    if len(content) > MOST_BYTES:
        raise ListUnreadable(Fault.TOO_LARGE)
    rows = _rows(decoded(content))
    heads = next(rows, None)
    if heads is None:
        raise ListUnreadable(Fault.EMPTY)
    places = _columns(heads[1])
    found, seen = list[Line](), set[str]()
    for number, cells in rows:
        if len(found) == MOST_LINES:
            raise ListUnreadable(Fault.TOO_MANY)
        found.append(_line(number, cells, places, seen))
    if not found:
        raise ListUnreadable(Fault.EMPTY)
    return found


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 or UTF-16, with or without a mark at the beginning, else Western European."""
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return text.replace("\x00", "").lstrip("\ufeff")


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Without a mark: in UTF-16, every other byte of Western letters is nought.
    start = content[:200]
    if start[1::2].count(0) > len(start) / 4:
        return "utf-16-le"
    if start[0::2].count(0) > len(start) / 4:
        return "utf-16-be"
    return "utf-8"


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of the line on which each row begins, and its cells."""
    lines = text.splitlines(keepends=True)
    skipped, separator = 0, ""
    # Some spreadsheets say first how they separate.
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == len("sep=;"):
        skipped, separator = 1, lines[0].strip()[-1]
    rest = "".join(lines[skipped:])
    first = next((line for line in lines[skipped:] if line.strip()), "")
    reader = csv.reader(
        StringIO(rest, newline=""),
        delimiter=separator if separator in SEPARATORS else max(SEPARATORS, key=first.count),
    )
    before = 0
    try:
        for cells in reader:
            number, before = before + 1 + skipped, reader.line_num
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error as wrong:
        raise ListUnreadable(Fault.NOT_A_LIST) from wrong


def _columns(heads: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        name = COLUMNS.get("".join(head.lower().replace("-", "").replace("_", "").split()))
        if name is None:
            continue
        if name in found:
            raise ListUnreadable(Fault.TWO_COLUMNS)
        found[name] = place
    if "email" not in found:
        raise ListUnreadable(Fault.NO_HEADS)
    return found


def _line(number: int, cells: list[str], places: dict[str, int], seen: set[str]) -> Line:
    email, name, note = (_cell(cells, places.get(column)) for column in ("email", "name", "note"))
    email = email.lower()
    line = Line(number, email[:LONGEST_ADDRESS], name[:LONGEST_NAME], note[:LONGEST_NOTE])
    if not email:
        return _wrong(line, Wrong.NO_ADDRESS)
    if len(email) > LONGEST_ADDRESS or len(name) > LONGEST_NAME or len(note) > LONGEST_NOTE:
        return _wrong(line, Wrong.TOO_LONG)
    if email in seen:
        return _wrong(line, Wrong.TWICE)
    seen.add(email)
    return line


def _wrong(line: Line, wrong: Wrong) -> Line:
    return Line(line.number, line.email, line.name, line.note, wrong)


def _cell(cells: list[str], place: int | None) -> str:
    """One cell on one line, without what a table of ours put before a formula's first letter."""
    if place is None or place >= len(cells):
        return ""
    text = cells[place].strip()
    if text.startswith("'") and text[1:].startswith(FORMULA_STARTS):
        text = text[1:]
    return " ".join(text.split())
