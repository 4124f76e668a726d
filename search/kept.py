"""What search keeps in the process's memory: the words of the glossary, and the titles of lessons.

So a question costs no more statements for them. Both are public: the glossary has a page of its own, and
course pages list the titles. Kept until something is published, and half a minute at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wagtail.models import Page

from cms.core import places
from cms.core.glossary_words import Meaning, meanings
from courses.queries import lesson_titles
from search.words import WORD, stem

# The page with all words. Its app stands beside this one, and neither imports the other.
GLOSSARY = ("home", "glossarypage")

Index = Mapping[str, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the glossary by their numbers. `url` is the page of all of them; empty without one."""

    meanings: Mapping[int, Meaning]
    url: str
    named: Index
    explained: Index


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson by its title alone, and the course page that names it."""

    page_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Lessons:
    lessons: tuple[Lesson, ...]
    titled: Index


def glossary() -> Words:
    """Every word of the glossary. Three queries, or none."""
    return places.kept("search-glossary", _glossary)


def lessons() -> Lessons:
    """Every lesson of the public course pages. Two queries, or none."""
    return places.kept("search-lessons", _lessons)


def holding(index: Index, asked: list[str]) -> frozenset[int]:
    """What holds each of these words, in whatever form."""
    each = [index.get(word, frozenset()) | index.get(stem(word), frozenset()) for word in asked]
    return frozenset.intersection(*each) if each else frozenset()


def _glossary() -> Words:
    app, model = GLOSSARY
    public = Page.objects.live().public()
    page = public.filter(content_type__app_label=app, content_type__model=model).order_by("path").first()
    known = meanings()
    named = {pk: f"{one.term} {one.spellings}" for pk, one in known.items()}
    explained = {pk: f"{named[pk]} {one.text}" for pk, one in known.items()}
    return Words(known, places.url_of(page) if page else "", _index(named), _index(explained))


def _lessons() -> Lessons:
    by_page = lesson_titles.by_page(Page.objects.live().public())
    found = tuple(Lesson(page_id, title) for page_id, titles in by_page.items() for title in titles)
    return Lessons(found, _index({place: lesson.title for place, lesson in enumerate(found)}))


def _index(texts: Mapping[int, str]) -> Index:
    """Which texts hold a word, by the word and by the part that its forms share."""
    found: dict[str, set[int]] = {}
    for number, text in texts.items():
        for word in WORD.findall(text.lower()):
            found.setdefault(word, set()).add(number)
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}
