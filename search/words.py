"""Words that people type, the forms they take in texts, and marking them there. No database.

Every database is asked for the same forms of a word, so that it finds the same everywhere: what one
calls stemming the other does not know.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

WORD = re.compile(r"\w+")
# A page is not about these; a question of nothing else is asked as it is.
SMALL = frozenset(
    WORD.findall(
        "a an and are as at be by can do does for from how i in is it my of on or so that the their they "
        "this to was we what when where which who why will with you your"
    )
)
MOST_WORDS = 12
SHORTEST_STEM = 3
ENDINGS = ("ings", "ing", "ies", "ers", "er", "ed", "es", "s", "e", "y")
FORMS = ("", "s", "es", "ed", "ing", "er", "ers", "e", "y", "ies", "ings")
EXCERPT = 220
BEFORE = 70
# How alike a known word must be to be offered for one that nothing holds.
ALIKE = 0.75


def typed_words(question: str) -> list[str]:
    """The words to look for, in small letters, each once; the small words only if there are no others."""
    words = list(dict.fromkeys(WORD.findall(question.lower())))[:MOST_WORDS]
    return [word for word in words if word not in SMALL] or words


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The part of an English word that its forms share, more or less."""
    for ending in ENDINGS:
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= SHORTEST_STEM and not word.endswith("ss"):
            return rest
    return word


def forms(word: str) -> list[str]:
    """The forms in which a word may stand in a text, the typed one first."""
    if not word.isascii() or not word.isalpha():
        return [word]
    return list(dict.fromkeys([word, *(stem(word) + form for form in FORMS)]))


def is_match(word: str, stems: frozenset[str]) -> bool:
    """Whether a word of a text is one that was looked for, in whatever form."""
    small = word.lower()
    return small in stems or stem(small) in stems


def stems_of(question: str) -> frozenset[str]:
    """What to mark in the results of a question."""
    words = typed_words(question)
    return frozenset({stem(word) for word in words} | set(words))


def matches(text: str, stems: frozenset[str]) -> Iterator[re.Match[str]]:
    """The words of a text that were looked for. A word begins with its stem, so few of them are looked at."""
    return (found for found in _beginning_with(stems).finditer(text) if is_match(found.group(), stems))


@lru_cache(maxsize=256)
def _beginning_with(stems: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(stems)))})\w*", re.IGNORECASE)


def marked(text: str, stems: frozenset[str]) -> SafeString:
    """The text as safe HTML, with the words that were looked for in <mark>."""
    drawn, end = [], 0
    for word in matches(text, stems):
        drawn.append(f"{escape(text[end : word.start()])}<mark>{escape(word.group())}</mark>")
        end = word.end()
    drawn.append(escape(text[end:]))
    # Two marks side by side are read as one.
    return mark_safe("".join(drawn).replace("</mark> <mark>", " "))  # noqa: S308 - every part is escaped above


def excerpt(texts: Iterable[str], stems: frozenset[str]) -> str:
    """The passage that tells most about the question; the first text when no passage holds a word of it."""
    first, best, most = "", "", 0
    for text in texts:
        told = " ".join((text or "").split())
        first = first or told
        known = len({stem(match.group().lower()) for match in matches(told, stems)})
        if known > most:
            best, most = told, known
        # No other can tell more. The texts of a page are drawn one by one, and most words stand in the first.
        if known and known >= len({stem(one) for one in stems}):
            break
    place = next((match.start() for match in matches(best, stems)), 0)
    return _cut(best or first, place)


def _cut(text: str, place: int) -> str:
    """About EXCERPT letters around a place, from word to word."""
    if len(text) <= EXCERPT:
        return text
    start = max(0, min(place - BEFORE, len(text) - EXCERPT))
    start = 0 if start == 0 else text.find(" ", start) + 1
    end = start + EXCERPT
    end = len(text) if end >= len(text) else max(text.rfind(" ", start, end), start + 1)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def known_words(texts: Iterable[str]) -> set[str]:
    """Words that are worth offering."""
    words = {word for text in texts for word in WORD.findall(text.lower())}
    return {word for word in words if len(word) > SHORTEST_STEM and word not in SMALL}


def nearest(question: str, known: set[str]) -> str:
    """The question with words that nothing knows replaced by the most alike; empty when there are none."""
    stems = {stem(word) for word in known}
    changed, words = False, []
    for word in typed_words(question):
        if word in known or stem(word) in stems:
            words.append(word)
            continue
        alike = get_close_matches(word, sorted(known), n=1, cutoff=ALIKE)
        if not alike:
            return ""
        changed = True
        words.append(alike[0])
    return " ".join(words) if changed else ""
