"""The pages that belong together with one: those it names, and those that name it."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from cms.research.kinds import WORDS, Kind

# Long texts of other pages, which no link shows.
NOT_SHOWN = ("body", "what_was_found", "authors", "corrections_log", "read_more")


@dataclass(frozen=True, slots=True)
class Related:
    """One page, and in one sentence how it belongs here."""

    title: str
    url: str
    one_line: str
    how: str


@dataclass(frozen=True, slots=True)
class RelatedGroup:
    """Those of one kind."""

    kind: str
    label: Promise
    pages: list[Related]


def groups_of(page: Any) -> list[RelatedGroup]:
    """Published pages only, each once, by kind. `page` may be a draft that is only previewed. Two queries."""
    found: dict[int, tuple[Any, str]] = {}
    for other, how in (*_named(page), *_naming(page)):
        if other.live and other.pk != page.pk:
            found.setdefault(other.pk, (other, how))
    return [
        RelatedGroup(kind.value, WORDS[kind].plural, related)
        for kind in Kind
        if (related := [_related(other, how) for other, how in found.values() if other.kind == kind.value])
    ]


def _named(page: Any) -> list[tuple[Any, str]]:
    """In the order that editors chose."""
    rows = page.relations.select_related("other").defer(*(f"other__{name}" for name in NOT_SHOWN))
    return [(row.other, row.how) for row in rows]


def _naming(page: Any) -> list[tuple[Any, str]]:
    if not page.pk:
        return []
    rows = page.named_by.select_related("page").defer(*(f"page__{name}" for name in NOT_SHOWN))
    return [(row.page, row.how) for row in rows.order_by("page__title")]


def _related(page: Any, how: str) -> Related:
    return Related(page.title, page.url or "", page.one_line, how)
