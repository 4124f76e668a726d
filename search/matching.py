"""Which public pages hold the words of a question.

PostgreSQL is asked by SQL that is written once (ADR 19). For Wagtail's own query Django needs longer to write
it than the database to answer it; and it compares the numbers of pages as texts, so that PostgreSQL reads all
pages at every search. Elsewhere Wagtail's own query is asked. Both find the same.
"""

from functools import cache, reduce
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.search import SearchQuery as Words
from django.contrib.postgres.search import SearchRank
from django.db.models import BigIntegerField, Exists, F, OuterRef
from django.db.models.functions import Cast
from wagtail.models import Page, PageViewRestriction, get_page_models
from wagtail.search.models import IndexEntry
from wagtail.search.query import PlainText, SearchQuery

from cms.core.models import BasePage
from cms.core.prepared import PreparedRows, this_database
from search import words


class Row(NamedTuple):
    """A page that holds the words."""

    pk: int
    type_id: int
    title: str
    path: str


class _Weighed(NamedTuple):
    pk: int


class _Closed(NamedTuple):
    path: str


def pages_with(typed: list[str]) -> list[Row]:
    """Every public page that holds all these words in whatever form, the newest first. Two queries.

    Pages that only learners may read are in the index as well; their types are not among `types_by_id`.
    """
    types, closed = types_by_id(), tuple(one.path for one in _closed())
    return [row for row in _holding(typed) if row.type_id in types and not row.path.startswith(closed)]


def by_weight(typed: list[str]) -> list[int]:
    """The numbers of the pages that hold these words, as the database weighs them. One query."""
    if _is_postgres():
        return [row.pk for row in _weighed(_as_tsquery(typed))]
    return list(_wagtails(typed, order_by_relevance=True).values_list("pk", flat=True))


def types_by_id() -> dict[int, type[BasePage]]:
    """The page types that say what a result of theirs is called, by the number of their content type."""
    return {ContentType.objects.get_for_model(model).pk: model for model in _searchable_types()}


@cache
def _searchable_types() -> tuple[type[BasePage], ...]:
    return tuple(m for m in get_page_models() if issubclass(m, BasePage) and m.search_kind)


def _holding(typed: list[str]) -> list[Row]:
    if _is_postgres():
        return _held(_as_tsquery(typed))
    pages = _wagtails(typed, order_by_relevance=False).order_by(*NEWEST_FIRST)
    return [Row(*row) for row in pages.values_list(*COLUMNS)]


NEWEST_FIRST = ("-first_published_at", "-pk")
COLUMNS = ("pk", "content_type_id", "title", "path")
_closed: PreparedRows[_Closed] = PreparedRows(
    _Closed, lambda: PageViewRestriction.objects.values_list("page__path")
)


def _is_postgres() -> bool:
    return this_database().vendor == "postgresql"


# --- PostgreSQL --------------------------------------------------------------------------------------


def _as_tsquery(typed: list[str]) -> str:
    """Every word in one of its forms. A word holds nothing that would have to be escaped."""
    each = (" | ".join(f"'{form}'" for form in words.forms(word)) for word in typed)
    return " & ".join(f"({forms})" for forms in each)


def _entries(asked: str) -> Any:
    """What Wagtail's index holds with these words. It keeps the numbers of what is indexed as texts."""
    # The two together, as in the index over both: search/migrations/0001_index_of_words.py.
    title: Any = F("title")
    both = title._combine(F("body"), "||", False)  # noqa: FBT003 - as Wagtail's own search does
    found = IndexEntry.objects.annotate(words=both, number=Cast("object_id", BigIntegerField()))
    return found.filter(words=_words(asked))


def _words(asked: str) -> Words:
    return Words(asked, config="simple", search_type="raw")


_held: PreparedRows[Row] = PreparedRows(
    Row,
    lambda asked: (
        Page.objects.live()
        .filter(Exists(_entries(asked).filter(number=OuterRef("pk"), content_type=OuterRef("content_type"))))
        .order_by(*NEWEST_FIRST)
        .values_list(*COLUMNS)
    ),
    str,
)
_weighed: PreparedRows[_Weighed] = PreparedRows(
    _Weighed,
    lambda asked: (
        _entries(asked)
        .order_by(SearchRank(F("words"), _words(asked)).desc(), "-number")
        .values_list("number")
    ),
    str,
)


# --- Elsewhere ---------------------------------------------------------------------------------------


def _wagtails(typed: list[str], *, order_by_relevance: bool) -> Any:
    each = [
        reduce(lambda one, other: one | other, [PlainText(form) for form in words.forms(word)])
        for word in typed
    ]
    asked: SearchQuery = reduce(lambda one, other: one & other, each)
    pages = Page.objects.live().filter(content_type__in=types_by_id())
    return pages.search(asked, order_by_relevance=order_by_relevance).get_queryset()
