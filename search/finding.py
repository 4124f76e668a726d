"""Looking through courses, research and pages. Learner-only text is in no index that it reads."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search import index

from cms.core import places
from cms.core.glossary_words import meanings
from cms.core.models import BasePage
from cms.core.prepared import Prepared
from courses.catalogue.pages import CoursePage
from search import kept, matching, words

PER_PAGE = 10
# No row has this number.
NO_PAGE = 0
MOST_PAGES = 100
MOST_TITLES = 500
# Weighing a match costs the database far more than finding it. Where so many pages hold the words, those with
# a word in the title come first and then the newest, and nobody is helped by weights.
MOST_RANKED = 60
# The kinds that people choose from: pages of these apps, all others, and words of the glossary.
KINDS: dict[str, Promise] = {
    "courses": _("Courses"),
    "research": _("Research"),
    "pages": _("Pages"),
    "words": _("Words explained"),
}
OTHERS, WORDS = "pages", "words"


@dataclass(frozen=True, slots=True)
class Result:
    """One page or word that was found. `marked_title` and `marked_excerpt` are safe HTML."""

    title: str
    url: str
    kind_label: str
    excerpt: str
    marked_title: SafeString
    marked_excerpt: SafeString


@dataclass(frozen=True, slots=True)
class _Match:
    """A page that holds the words, before it is fetched. `in_title` is how many of them its title holds."""

    pk: int
    model: type[BasePage]
    in_title: int

    @property
    def kind(self) -> str:
        return kind_of(self.model)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the glossary, by its number. `is_named`: what was asked for is the word itself."""

    pk: int
    is_named: bool
    kind: str = WORDS


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
    """The results of a question. Four queries at most, and five more when nothing is kept in memory."""
    typed, stems = words.typed_words(question), words.stems_of(question)
    if not typed:
        return NOTHING
    lessons = _lessons(typed)
    found = _matches(typed, stems)
    if 0 < len(found) <= MOST_RANKED:
        found = _weighed(typed, found)
    matches = _with_courses(found, lessons)
    explained = _words(typed)
    counts = _counts([*matches, *explained])
    kind = kind if kind in counts else ""
    if not counts:
        return NOTHING
    shown = [match for match in matches if not kind or match.kind == kind]
    everything = _together(shown, explained if kind in ("", WORDS) else [])
    page = max(1, min(page, Found([], counts, kind, page).page_count))
    here = everything[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Found(_results(here, kept.glossary(), lessons, stems), counts, kind, page)


def suggestion(question: str) -> str:
    """A question that would find something, for one with a slip of the finger; empty when there is none."""
    return words.nearest(question, places.kept("search-words", _known_words))


def _known_words() -> Any:
    public = Page.objects.live().public().filter(content_type__in=matching.types_by_id())
    titles = public.values_list("title", "search_description")[:MOST_TITLES]
    explained = [f"{one.term} {one.spellings}" for one in meanings().values()]
    return words.known_words([*explained, *(text for pair in titles for text in pair)])


def kind_of(model: type[BasePage]) -> str:
    """Which of KINDS a page type belongs to."""
    label = model._meta.app_label
    return label if label in KINDS else OTHERS


def _matches(typed: list[str], stems: frozenset[str]) -> list[_Match]:
    """Every page that holds the words: those with more of them in the title first, then the newest."""
    types = matching.types_by_id()
    found = [
        _Match(row.pk, types[row.type_id], sum(stem in row.title.lower() for stem in stems))
        for row in matching.pages_with(typed)
    ]
    return sorted(found, key=lambda match: -match.in_title)


def _lessons(typed: list[str]) -> dict[int, list[str]]:
    """The lessons whose titles hold all the words, by the course page that names them."""
    known = kept.lessons()
    found: dict[int, list[str]] = {}
    for place in sorted(kept.holding(known.titled, typed)):
        lesson = known.lessons[place]
        found.setdefault(lesson.page_id, []).append(lesson.title)
    return found


def _with_courses(matches: list[_Match], lessons: dict[int, list[str]]) -> list[_Match]:
    """The pages that were found, and behind them courses of which only a lesson's title holds the words."""
    missing = lessons.keys() - {match.pk for match in matches} if lessons else set()
    return [*matches, *(_Match(pk, CoursePage, 0) for pk in sorted(missing))]


def _words(typed: list[str]) -> list[_Word]:
    """The words of the glossary that are asked for, then those whose meanings hold all that was typed."""
    known = kept.glossary()
    if not known.url:
        return []
    named = kept.holding(known.named, typed)
    explained = kept.holding(known.explained, typed) - named
    return [_Word(pk, is_named=pk in named) for pk in [*sorted(named), *sorted(explained)]]


def _together(matches: list[_Match], explained: list[_Word]) -> list[_Match | _Word]:
    """Who asks for a word reads first what it means; words in whose meanings it stands come last."""
    named = [one for one in explained if one.is_named]
    return [*named, *matches, *explained[len(named) :]]


def _results(
    here: list[_Match | _Word], known: kept.Words, lessons: dict[int, list[str]], stems: frozenset[str]
) -> list[Result]:
    found = _pages([one for one in here if isinstance(one, _Match)])
    results = []
    for one in here:
        if isinstance(one, _Word):
            results.append(_explained(one.pk, known, stems))
        elif one.pk in found:
            results.append(_result(found[one.pk], lessons.get(one.pk, ()), stems))
    return results


def _explained(pk: int, known: kept.Words, stems: frozenset[str]) -> Result:
    meaning = known.meanings[pk]
    return Result(
        title=meaning.term,
        url=f"{known.url}#word-{pk}",
        kind_label=str(_("Word explained")),
        excerpt=meaning.text,
        marked_title=words.marked(meaning.term, stems),
        marked_excerpt=words.marked(meaning.text, stems),
    )


def _weighed(typed: list[str], matches: list[_Match]) -> list[_Match]:
    """The same, those of one line of the order as the database weighs them."""
    weight = {pk: place for place, pk in enumerate(matching.by_weight(typed))}
    last = len(weight)
    return sorted(matches, key=lambda match: (-match.in_title, weight.get(match.pk, last)))


def _pages(matches: list[_Match]) -> dict[int, BasePage]:
    """These pages by number, each as its own type. One query, whatever types there are."""
    if not matches:
        return {}
    children = {match.model: _child_name(match.model) for match in matches}
    numbers = [match.pk for match in matches]
    found = _fetching(tuple(sorted(children.values())))(*numbers, *[NO_PAGE] * (PER_PAGE - len(numbers)))
    by_number = {page.pk: page for page in found}
    return {one.pk: getattr(by_number[one.pk], children[one.model]) for one in matches if one.pk in by_number}


@cache
def _fetching(children: tuple[str, ...]) -> Prepared[Page]:
    """One page of results, with what these types add."""
    return Prepared(
        lambda *numbers: Page.objects.live().filter(pk__in=numbers).select_related(*children),
        *[int] * PER_PAGE,
    )


def _counts(matches: Iterable[_Match | _Word]) -> dict[str, int]:
    counted = Counter(match.kind for match in matches)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def _child_name(model: type[BasePage]) -> str:
    """What a page calls its own more exact self."""
    return str(model._meta.get_field("page_ptr").remote_field.get_accessor_name())


def _result(page: BasePage, lessons: Sequence[str], stems: frozenset[str]) -> Result:
    named = [_("In this course: “%(title)s”") % {"title": title} for title in lessons[:1]]
    passage = words.excerpt(chain(_texts(page), named), stems)
    return Result(
        title=page.title,
        url=places.url_of(page),
        kind_label=page.search_label,
        excerpt=passage,
        marked_title=words.marked(page.title, stems),
        marked_excerpt=words.marked(passage, stems),
    )


def _texts(page: BasePage) -> Iterator[str]:
    """What the index holds of a page, besides its title: its one sentence first."""
    yield page.search_excerpt
    for field in page.get_search_fields():
        if isinstance(field, index.SearchField) and field.field_name != "title":
            yield from _plain(field.get_value(page))


def _plain(value: Any) -> Iterator[str]:
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _plain(one)
    else:
        yield strip_tags(str(value or "").replace("<", " <"))
