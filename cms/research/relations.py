"""The pages that belong together with one: those it names, and those that name it."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.utils.functional import Promise

from cms.core.places import url_of
from cms.core.prepared import Prepared
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
    """In the order that editors chose. A draft holds rows of its own, which are in no table."""
    is_draft = page.relations.is_deferring or not page.pk
    return [(row.other, row.how) for row in (page.relations.all() if is_draft else _rows("other")(page.pk))]


def _naming(page: Any) -> list[tuple[Any, str]]:
    return [(row.page, row.how) for row in _rows("page")(page.pk)] if page.pk else []


@cache
def _rows(shown: str) -> Prepared[Any]:
    """The relations of a page, with the `other` page that it names, or with the `page` that names it."""
    rows = apps.get_model("research.ResearchRelation").objects.select_related(shown)
    rows = rows.defer(*(f"{shown}__{name}" for name in NOT_SHOWN))
    if shown == "other":
        return Prepared(lambda pk: rows.filter(page=pk), int)
    return Prepared(lambda pk: rows.filter(other=pk).order_by("page__title"), int)


def _related(page: Any, how: str) -> Related:
    return Related(page.title, url_of(page), page.one_line, how)
