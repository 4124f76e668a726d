"""Where a work as it is cited and the publisher's record of it differ. Plain functions of plain text.

It compares words and cannot know which of the two is right: it only asks for a note that says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

YEAR = re.compile(r"\((\d{4})\b")
DOI = re.compile(r"\b10\.\d{4,9}/[^\s,;]+")
# What stands between two names, and what is no name: initials, and "and others".
BETWEEN = re.compile(r"[,;&]|\band\b")
NO_NAME = re.compile(r"(?:[A-Z]\.[\s-]?)+|others|et al\.?")
OTHERS = re.compile(r"\b(?:and others|et al\b)")


class Part(StrEnum):
    """The parts of a reference that are compared."""

    TITLE = "title"
    AUTHORS = "authors"
    YEAR = "year"
    DOI = "doi"


# What is asked of editors.
SENTENCES: Mapping[Part, Promise] = {
    Part.TITLE: _("The title is not in “cited as”. Say in a correction which is which, with its date."),
    Part.AUTHORS: _(
        "“Cited as” has other authors, or another order. Say so in a correction about the authors."
    ),
    Part.YEAR: _("“Cited as” has another year. Say so in a correction about the year."),
    Part.DOI: _("“Cited as” has another DOI. Say so in a correction about the DOI."),
}


def differences(
    *,
    cited_as: str,
    title: str,
    authors: Sequence[str],
    year: int | None,
    doi: str,
    has_more_authors: bool = False,
) -> list[Part]:
    """The parts in which the words of `cited_as` differ from the record. What either leaves out is none."""
    cited, surnames = _plain(cited_as), [_surname(name) for name in authors]
    if not cited:
        return []
    found = list(_differences(cited, _plain(title), year, doi))
    if authors and _names_differ(cited, surnames, has_more_authors=has_more_authors):
        found.append(Part.AUTHORS)
    return [part for part in Part if part in found]


def _differences(cited: str, title: str, year: int | None, doi: str) -> Iterator[Part]:
    if title and title.casefold().rstrip(".") not in cited.casefold():
        yield Part.TITLE
    years = YEAR.findall(cited)
    if year and years and str(year) not in years:
        yield Part.YEAR
    cited_dois = [found.rstrip(".)").casefold() for found in DOI.findall(cited)]
    if doi and cited_dois and doi.casefold() not in cited_dois:
        yield Part.DOI


def _names_differ(cited: str, authors: list[str], *, has_more_authors: bool) -> bool:
    """Whether other names stand before the year, or the same ones in another order.

    With more authors than the record's own list names, the first ones are compared.
    """
    before_year, bracket, _after = cited.partition("(")
    if not bracket:
        return False
    named = [
        name for part in BETWEEN.split(before_year) if (name := part.strip()) and not NO_NAME.fullmatch(name)
    ]
    surnames = [_surname(NO_NAME.sub("", name).strip() or name) for name in named]
    expected = authors[: len(surnames)] if OTHERS.search(before_year) else authors
    if has_more_authors:
        surnames = surnames[: len(authors)]
    return bool(surnames) and [name.casefold() for name in surnames] != [name.casefold() for name in expected]


def _surname(name: str) -> str:
    """“Munn-Giddings” of “Carol Munn-Giddings” and of “Munn-Giddings, C.”"""
    before, comma, _after = _plain(name).partition(",")
    words = before.split()
    return before if comma or not words else words[-1]


def _plain(text: str) -> str:
    """With simple apostrophes and hyphens, and one space between words."""
    return " ".join(text.replace("’", "'").replace("‐", "-").replace("–", "-").split())
