"""Looking through courses, research and pages. Learner-only text is in no index that it reads."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import add
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db.models import Case, When
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, get_page_models
from wagtail.search import index
from wagtail.search.query import PlainText, SearchQuery

from cms.core import places
from cms.core.models import BasePage
from search import words

PER_PAGE = 10
MOST_PAGES = 100
MOST_TITLES = 500
# Weighing every match costs more than finding them. Beyond so many, no reader looks at the weights.
MOST_RANKED = 300
# The kinds that people choose from: pages of these apps, and all others.
KINDS: dict[str, Promise] = {"courses": _("Courses"), "research": _("Research"), "pages": _("Pages")}
OTHERS = "pages"


@dataclass(frozen=True, slots=True)
class Result:
    """One page that was found. `marked_title` and `marked_excerpt` are safe HTML."""

    title: str
    url: str
    kind_label: str
    excerpt: str
    marked_title: SafeString
    marked_excerpt: SafeString


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. `counts` has every kind that has any, whichever is chosen."""

    results: list[Result]
    counts: dict[str, int]
    kind: str
    page: int

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def shown_total(self) -> int:
        return self.counts.get(self.kind, 0) if self.kind else self.total

    @property
    def page_count(self) -> int:
        return max(1, min(MOST_PAGES, -(-self.shown_total // PER_PAGE)))


NOTHING = Found([], {}, "", 1)


def find(question: str, *, kind: str = "", page: int = 1) -> Found:
    """The results of a question. Four queries at most."""
    asked = _query(question)
    if asked is None:
        return NOTHING
    # Asked once: which pages are public is a query of its own.
    public = Page.objects.live().public()
    counts = _counts(_of_kind(public).search(asked))
    kind = kind if kind in counts else ""
    if not counts:
        return NOTHING
    page = max(1, min(page, Found([], counts, kind, page).page_count))
    stems = words.stems_of(question)
    ranked = sum(counts.values()) <= MOST_RANKED
    matches = _of_kind(public, kind).search(asked, order_by_relevance=ranked)
    start = (page - 1) * PER_PAGE
    numbers = _best_first(matches, stems, ranked=ranked).values_list("pk", flat=True)
    results = [_result(one, stems) for one in _pages(list(numbers[start : start + PER_PAGE]))]
    return Found(results, counts, kind, page)


def suggestion(question: str) -> str:
    """A question that would find something, for one with a slip of the finger; empty when there is none."""
    known = caches["local"].get(places.key("search-words"))
    if known is None:
        titles = _of_kind(Page.objects.live().public()).values_list("title", "search_description")[
            :MOST_TITLES
        ]
        known = words.known_words(text for pair in titles for text in pair)
        caches["local"].set(places.key("search-words"), known, places.KEPT_SECONDS)
    return words.nearest(question, known)


def searchable_types() -> tuple[type[BasePage], ...]:
    """The page types that say what a result of theirs is called."""
    return tuple(m for m in get_page_models() if issubclass(m, BasePage) and m.search_kind)


def kind_of(model: type[BasePage]) -> str:
    """Which of KINDS a page type belongs to."""
    label = model._meta.app_label
    return label if label in KINDS else OTHERS


def _query(question: str) -> SearchQuery | None:
    """Every word in one of its forms."""
    each = [
        reduce(lambda one, other: one | other, [PlainText(form) for form in words.forms(word)])
        for word in words.typed_words(question)
    ]
    return reduce(lambda one, other: one & other, each) if each else None


def _best_first(results: Any, stems: set[str], *, ranked: bool) -> Any:
    """Pages with the words in their title before others; then as the database weighs them, or the newest."""
    pages = results.get_queryset()
    in_title = [Case(When(title__icontains=stem, then=1), default=0) for stem in sorted(stems)]
    then = pages.query.order_by if ranked else ("-first_published_at", "-pk")
    return pages.annotate(in_title=reduce(add, in_title)).order_by("-in_title", *then)


def _pages(numbers: list[int]) -> list[BasePage]:
    """These pages in this order, each as its own type. One query."""
    found = Page.objects.filter(pk__in=numbers).select_related(*_child_names()).in_bulk()
    return [_specific(found[number]) for number in numbers if number in found]


def _of_kind(pages: Any, kind: str = "") -> Any:
    types = [model for model in searchable_types() if not kind or kind_of(model) == kind]
    return pages.filter(content_type__in=[_type_id(model) for model in types])


def _type_id(model: type[BasePage]) -> int:
    return ContentType.objects.get_for_model(model).pk


def _counts(results: Any) -> dict[str, int]:
    kinds = {_type_id(model): kind_of(model) for model in searchable_types()}
    counted: Counter[str] = Counter()
    for type_id, count in results.facet("content_type_id").items():
        counted[kinds[type_id]] += count
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


@lru_cache(maxsize=1)
def _child_names() -> tuple[str, ...]:
    """What a page calls its own more exact self, for every type: one query then fetches all of them."""
    return tuple(
        str(model._meta.get_field("page_ptr").remote_field.get_accessor_name())
        for model in searchable_types()
    )


def _specific(page: Page) -> BasePage:
    model = page.specific_class
    exact: BasePage = getattr(page, model._meta.get_field("page_ptr").remote_field.get_accessor_name())
    return exact


def _result(page: BasePage, stems: set[str]) -> Result:
    passage = words.excerpt(_texts(page), stems)
    return Result(
        title=page.title,
        url=page.url or "",
        kind_label=page.search_label,
        excerpt=passage,
        marked_title=words.marked(page.title, stems),
        marked_excerpt=words.marked(passage, stems),
    )


def _texts(page: BasePage) -> list[str]:
    """What the index holds of a page, besides its title: its one sentence first."""
    fields = [
        field
        for field in page.get_search_fields()
        if isinstance(field, index.SearchField) and field.field_name != "title"
    ]
    return [page.search_excerpt, *(text for field in fields for text in _plain(field.get_value(page)))]


def _plain(value: Any) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [text for one in value for text in _plain(one)]
    return [strip_tags(str(value or "").replace("<", " <"))]
