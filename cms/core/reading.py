"""What in a text would trouble a reader. Plain functions of plain text: a warning, never a ban.

The limits are the site's own aims (docs/for-editors/checks.md): sentences of 15 words on average and 30 at
most, a reading age of 12 or below, and paragraphs that fit on a phone.

The reading age is the Flesch–Kincaid grade level plus five, since pupils of the first American grade are
about six (J. P. Kincaid and others, “Derivation of new readability formulas”, Naval Technical Training
Command, Research Branch Report 8-75, 1975):

    grade = 0.39 × words per sentence + 11.8 × syllables per word − 15.59

It counts; it does not understand. A text it likes can still be hard to follow.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.syllables import syllables

# In words, unless the name says otherwise.
LONGEST_SENTENCE = 30
SENTENCES_ON_AVERAGE = 15
LONGEST_PARAGRAPH = 90
# With fewer sentences an average says nothing; with fewer words the formula does not.
SENTENCES_FOR_AN_AVERAGE = 5
WORDS_FOR_AN_AGE = 100
OLDEST_READING_AGE = 12
AGE_AT_FIRST_GRADE = 5
LONG_CAPITALS = 5
EXCERPT_WORDS = 12
SENTENCE_END = re.compile(r"[.!?…][\"”’)\]]*\s+(?=[\"“‘(\[]?[A-Z0-9£€À-Þ])")
# Words that end in a full stop in the middle of a sentence.
SHORT_FORM = re.compile(r"\b(?:e\.g|i\.e|etc|Dr|Mr|Mrs|Ms|St|vs|no|No|Prof)$")
WORD = re.compile(r"[^\W_]+(?:[’'\-.][^\W_]+)*")
CAPITALS = re.compile(r"\b[A-Z][A-Z’'\-]+(?:\s+[A-Z][A-Z’'\-]+)+\b|\b[A-Z]{7,}\b")
SHORT_NAME = re.compile(r"\b[A-Z]{2,6}s?\b")
# Short names that most readers in this country know better than the long ones.
KNOWN = "UK US USA EU NHS BBC TV PDF DVD CD OK ID HIV AM PM"
WELL_KNOWN = frozenset(KNOWN.split())
EMPTY_LINKS = re.compile(
    r"(?:please\s+)?(?:click|press|tap|see|go|look|read|find out)?\s*"
    r"(?:here|this|more|this link|this page|link|read more|find out more|learn more|more information)",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
COLOURS = re.compile(
    r"\b(?:in|the)\s+(?:red|green|blue|yellow|orange|purple|grey)\s+(?:text|words?|box|boxes|buttons?|lines?|part)\b",
    re.IGNORECASE,
)

HEADING, PARAGRAPH, ITEM, TITLE = "heading", "paragraph", "item", "title"
# The kinds of piece that hold sentences.
RUNNING = frozenset({PARAGRAPH, ITEM})
Words = str | Promise


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of words of a page. `where` is what an editor calls its place; `level` is a heading's."""

    kind: str
    text: str
    where: str = ""
    level: int = 0
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that would trouble a reader: what, where, and the words it is about."""

    kind: str
    sentence: str
    where: str = ""
    excerpt: str = ""

    @property
    def kind_label(self) -> str:
        """What this kind of remark is called."""
        return str(KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Measure:
    """A text in numbers. `average` is words a sentence; `age` is the reading age, if it can be told."""

    words: int
    average: int
    age: int | None


KINDS: dict[str, Words] = {
    "sentence": gettext_lazy("Long sentence"),
    "average": gettext_lazy("Long sentences on average"),
    "age": gettext_lazy("Hard to read"),
    "paragraph": gettext_lazy("Long paragraph"),
    "link": gettext_lazy("Link that says too little"),
    "heading": gettext_lazy("Heading level left out"),
    "capitals": gettext_lazy("Words in capitals"),
    "short name": gettext_lazy("Short name not explained"),
    "colour": gettext_lazy("Only told by colour"),
    "picture": gettext_lazy("Picture without words"),
    "transcript": gettext_lazy("Transcript missing"),
    "easy read": gettext_lazy("Easy-read version is older"),
    "record": gettext_lazy("Two records differ"),
}


def words(text: str) -> list[str]:
    """The words of a text; “self-help” and “don’t” are one each."""
    return WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text, without what is not words."""
    found, start = [], 0
    for end in SENTENCE_END.finditer(text):
        if not SHORT_FORM.search(text[start : end.start()]):
            found.append(text[start : end.end()])
            start = end.end()
    found.append(text[start:])
    return [sentence.strip() for sentence in found if words(sentence)]


def reading_age(texts: list[str]) -> int | None:
    """The reading age in years by the formula above; None when there are too few words to tell."""
    counted = [found for text in texts for found in sentences(text)]
    total = [word for sentence in counted for word in words(sentence)]
    if len(total) < WORDS_FOR_AN_AGE:
        return None
    spoken = sum(syllables(word) for word in total)
    grade = 0.39 * len(total) / len(counted) + 11.8 * spoken / len(total) - 15.59
    return max(AGE_AT_FIRST_GRADE, round(grade) + AGE_AT_FIRST_GRADE)


def measure(pieces: list[Piece]) -> Measure:
    """The numbers of a text. Headings and titles are left out, as they are no sentences."""
    texts = [piece.text for piece in pieces if piece.kind in RUNNING]
    counted = [len(words(found)) for text in texts for found in sentences(text)]
    average = round(sum(counted) / len(counted)) if len(counted) >= SENTENCES_FOR_AN_AVERAGE else 0
    return Measure(sum(counted), average, reading_age(texts))


def remarks(pieces: list[Piece]) -> list[Remark]:
    """Everything in these pieces that would trouble a reader, in reading order, the whole text last."""
    found = [remark for piece in pieces for remark in _about_one(piece)]
    found += _headings(pieces)
    found += _short_names(pieces)
    found += _about_all(measure(pieces))
    return found


def remarks_on_text(text: str) -> list[Remark]:
    """The same for plain text whose paragraphs have empty lines between them."""
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    return remarks([Piece(PARAGRAPH, part) for part in parts if part])


def _about_one(piece: Piece) -> Iterator[Remark]:
    for sentence in sentences(piece.text):
        count = len(words(sentence))
        if count > LONGEST_SENTENCE:
            said = _("This sentence has %(count)s words. Can it be two?") % {"count": count}
            yield Remark("sentence", said, piece.where, excerpt(sentence))
    count = len(words(piece.text))
    if piece.kind == PARAGRAPH and count > LONGEST_PARAGRAPH:
        said = _("This paragraph has %(count)s words. Where could a new one begin?") % {"count": count}
        yield Remark("paragraph", said, piece.where, excerpt(piece.text))
    for link in piece.links:
        if is_empty_link(link):
            said = _("A link must say where it leads, also to somebody who hears only the links.")
            yield Remark("link", said, piece.where, excerpt(link))
    for capitals in CAPITALS.finditer(piece.text):
        if len(capitals[0]) >= LONG_CAPITALS:
            said = _("Words in capitals are hard to read, and some readers hear them letter by letter.")
            yield Remark("capitals", said, piece.where, excerpt(capitals[0]))
    for colour in COLOURS.finditer(piece.text):
        said = _("Not everybody sees colours. Say also what it is called or where it is.")
        yield Remark("colour", said, piece.where, excerpt(colour[0]))


def is_empty_link(text: str) -> bool:
    """Whether the words of a link say nothing about where it leads."""
    plain = text.strip().strip(".…>›»→").strip()
    return not plain or bool(EMPTY_LINKS.fullmatch(plain) or ADDRESS.fullmatch(plain))


def _headings(pieces: list[Piece]) -> Iterator[Remark]:
    level = 1
    for piece in pieces:
        if piece.kind != HEADING:
            continue
        if piece.level > level + 1:
            said = _("This heading is a part of a section, but no section heading stands above it.")
            yield Remark("heading", said, piece.where, excerpt(piece.text))
        level = piece.level


def _short_names(pieces: list[Piece]) -> Iterator[Remark]:
    """Short names that stand nowhere in brackets and are not followed by brackets."""
    everything = "\n".join(piece.text for piece in pieces)
    seen: set[str] = set()
    for piece in pieces:
        shouted = [found.span() for found in CAPITALS.finditer(piece.text)]
        for found in SHORT_NAME.finditer(piece.text):
            name = found[0].removesuffix("s")
            is_shouted = any(start <= found.start() < end for start, end in shouted)
            if name in WELL_KNOWN or name in seen or is_shouted:
                continue
            seen.add(name)
            if not re.search(rf"\({re.escape(name)}s?\b|\b{re.escape(name)}s?\s*\(", everything):
                said = _("Say once what “%(name)s” stands for.") % {"name": name}
                yield Remark("short name", said, piece.where, name)


def _about_all(measured: Measure) -> Iterator[Remark]:
    if measured.average > SENTENCES_ON_AVERAGE:
        said = _("The sentences have %(count)s words on average. Aim for 15 or fewer.")
        yield Remark("average", said % {"count": measured.average}, _("The whole text"))
    if measured.age is not None and measured.age > OLDEST_READING_AGE:
        said = _("The reading age is about %(age)s. Aim for 12: shorter sentences and shorter words.")
        yield Remark("age", said % {"age": measured.age}, _("The whole text"))


def excerpt(text: str) -> str:
    """The first words of a text, enough to find it again."""
    parts = text.split()
    return " ".join(parts[:EXCERPT_WORDS]) + (" …" if len(parts) > EXCERPT_WORDS else "")
