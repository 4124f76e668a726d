"""The list of research pages: by kind, or of one kind. What is chosen stands in the address."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

from cms.research.kinds import WORDS, Kind


@dataclass(frozen=True, slots=True)
class Choice:
    """A link that narrows the list down to one kind, or opens it again. `kind` is empty for all."""

    kind: str
    label: Promise | None
    url: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Section:
    """All pages of one kind."""

    kind: str
    label: Promise
    about: Promise
    pages: list[Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as somebody asked for it. `choices` is empty where there is nothing to choose."""

    sections: list[Section]
    choices: list[Choice]
    chosen: Section | None
    count: int


def of(pages: Iterable[Any], *, kind: str, url: str) -> Listing:
    """The pages of one kind; of all kinds, if there are none of this one. `pages` is read once."""
    by_kind: dict[str, list[Any]] = {each.value: [] for each in Kind}
    for page in sorted(pages, key=_newest_first):
        by_kind[page.kind].append(page)
    sections = [
        Section(each.value, WORDS[each].plural, WORDS[each].about, by_kind[each.value])
        for each in Kind
        if by_kind[each.value]
    ]
    chosen = next((section for section in sections if section.kind == kind), None)
    count = sum(len(section.pages) for section in sections)
    everything = Choice("", None, url, count, chosen is None)
    each_kind = [
        Choice(s.kind, s.label, f"{url}?{urlencode({'kind': s.kind})}", len(s.pages), s is chosen)
        for s in sections
    ]
    return Listing(
        sections=[chosen] if chosen else sections,
        choices=[everything, *each_kind] if len(sections) > 1 else [],
        chosen=chosen,
        count=len(chosen.pages) if chosen else count,
    )


def _newest_first(page: Any) -> tuple[int, str]:
    return -(page.year or 0), page.title.casefold()
