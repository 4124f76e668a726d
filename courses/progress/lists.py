"""A register as a list from a spreadsheet: e-mail, status, minutes. Plain Python; nothing is looked up."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO

from courses.progress.turnout import Mark, Status

MOST_BYTES = 200_000
MOST_LINES = 2_000
SEPARATORS = (",", ";", "\t")
# What people write in the second column, in small letters.
WORDS = {
    "attended": Status.ATTENDED,
    "present": Status.ATTENDED,
    "yes": Status.ATTENDED,
    "partly": Status.PARTLY,
    "part": Status.PARTLY,
    "apologised": Status.APOLOGISED,
    "apologized": Status.APOLOGISED,
    "apology": Status.APOLOGISED,
    "absent": Status.ABSENT,
    "no": Status.ABSENT,
}


class Wrong(StrEnum):
    """What is wrong with a line."""

    NO_ADDRESS = "no_address"
    UNKNOWN = "unknown"
    TWICE = "twice"
    STATUS = "status"
    MINUTES = "minutes"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list. `number` is its place in the file from 1; `mark` is None when it is wrong."""

    number: int
    email: str
    mark: Mark | None
    wrong: Wrong | None = None


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark at the beginning, else Western European."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lines(text: str) -> list[Line]:
    """Every line with something on it. A first line that names the columns is passed over."""
    seen: dict[str, int] = {}
    found: list[Line] = []
    for number, cells in _rows(text):
        line = _line(number, cells)
        if line.wrong is None and line.email in seen:
            line = Line(number, line.email, None, Wrong.TWICE)
        seen.setdefault(line.email, number)
        if not _names_columns(cells, is_first=not found):
            found.append(line)
        if len(found) > MOST_LINES:
            return [*found[:MOST_LINES], Line(number, "", None, Wrong.TOO_LONG)]
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    text = text.replace("\x00", "").lstrip("\ufeff")
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, [""]
            continue
        if any(cell.strip() for cell in cells):
            yield reader.line_num, [cell.strip() for cell in cells]


def _names_columns(cells: list[str], *, is_first: bool) -> bool:
    return is_first and "@" not in cells[0]


def _line(number: int, cells: list[str]) -> Line:
    email, status, minutes = [*cells, "", ""][:3] if len(cells) > 1 else (cells[0], "", "")
    # What a spreadsheet of ours put before a formula's first letter.
    email = email.removeprefix("'").lower()
    if "@" not in email:
        return Line(number, email, None, Wrong.NO_ADDRESS)
    found = WORDS.get(status.lower())
    if found is None:
        return Line(number, email, None, Wrong.STATUS)
    if found is not Status.PARTLY:
        return Line(number, email, Mark(found))
    if not (minutes.isascii() and minutes.isdigit() and 0 < int(minutes[:9]) < 32_000):  # noqa: PLR2004
        return Line(number, email, None, Wrong.MINUTES)
    return Line(number, email, Mark(found, int(minutes)))


@dataclass(frozen=True, slots=True)
class Matched:
    """The list beside the people of a cohort: whom each line means, and what is wrong."""

    marks: Mapping[int, Mark]
    lines: list[Line]

    @property
    def wrong(self) -> list[Line]:
        return [line for line in self.lines if line.wrong is not None]

    @property
    def is_right(self) -> bool:
        return bool(self.lines) and not self.wrong


def matched(found: list[Line], enrolments: Mapping[str, int]) -> Matched:
    """`enrolments` maps the address of each learner, in small letters, to their enrolment."""
    checked = [
        Line(line.number, line.email, None, Wrong.UNKNOWN)
        if line.wrong is None and line.email not in enrolments
        else line
        for line in found
    ]
    marks = {enrolments[line.email]: line.mark for line in checked if line.mark is not None}
    return Matched(marks=marks, lines=checked)
