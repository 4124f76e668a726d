"""What is wrong with words: too long, too hard, forbidden, a link that leads nowhere, a stranger's name."""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from cms.core import reading
from cms.core.reading import HEADING, PARAGRAPH, RUNNING, TITLE
from scripts.content.names import known_names
from scripts.content.sources import Library, Problem, Source, Words

LONGEST_ALT_TEXT = 200
SMALLEST_HEADING = 3
LONGEST_EASY_SENTENCE = 12
FORBIDDEN = {
    re.compile(r"\blorem\b|\bipsum\b", re.IGNORECASE): "text that stands in for text",
    re.compile(r"\bclick (?:here|on)\b", re.IGNORECASE): "not everybody clicks",
    re.compile(r"\bTODO\b|\bTBC\b|\bXXX\b|\?\?\?"): "unfinished",
    re.compile(r"[–—]"): "a dash: write a new sentence, a comma, or “10 to 12”",
    re.compile(r"(?<!WhyNot)!"): "no exclamation marks",
    re.compile(r"\bdel(?:ve|ves|ving)\b|\bempower\w*|\bcrucial(?:ly)?\b|\btapestry\b", re.IGNORECASE): (
        "a worn-out word"
    ),
}
# Where a sentence or a speech begins, a capital says nothing.
OPENING = re.compile(r"[\"“‘'(\[]$|[:.?!…][\"”’')]*\s*[\"“‘'(\[]?$")
CAPITALISED = re.compile(
    r"(?<![\w@/.'’-])[A-ZÀ-Þ][a-zß-ÿ]+(?:['’-]?[A-ZÀ-Þ]?[a-zß-ÿ]+)*|\b[A-Z]['’][A-Z][a-z]+"
)
OWN = re.compile(r"['’]s$")
ADDRESSES = ("https://", "mailto:", "tel:")
# What cms.core.reading says and we take as a fault.
FAULTS = frozenset({"sentence", "paragraph", "link", "heading", "capitals", "colour"})


def problems(
    library: Library, path: Path, words: list[Words], *, people: Iterable[str] = ()
) -> Iterator[Problem]:
    """Everything about the words of one file. `people` are those it says it made up."""
    allowed = known_names(library.folder) | {part for name in people for part in name.split()}
    for said in words:
        yield from _one(library, path, said)
    yield from _names(path, words, allowed)
    yield from _measured(path, words)
    level = 1
    for said in (found for found in words if found.kind == HEADING):
        if said.level > level + 1:
            yield Problem(path, said.line, "A ### stands here with no ## above it.")
        level = said.level


def source_problems(library: Library, source: Source) -> Iterator[Problem]:
    """The same for a Markdown file with front matter."""
    yield from problems(library, source.path, source.words, people=source.about.get("made_up", ()))


def _names(path: Path, words: list[Words], allowed: frozenset[str]) -> Iterator[Problem]:
    """Every unknown name once, where it comes first."""
    first: dict[str, int] = {}
    for said in words:
        for name in sorted(strangers(said.text, allowed, begins=said.begins)):
            first.setdefault(name, said.line)
    for name, line in first.items():
        yield Problem(
            path,
            line,
            f"“{name}” is not in content/names.yaml. A made-up person, group or place? Then the top of this "
            f"file says so: made_up: [{name}]",
        )


def _one(library: Library, path: Path, said: Words) -> Iterator[Problem]:
    for remark in reading.remarks([said.piece]):
        if remark.kind in FAULTS - {"heading"}:
            yield Problem(path, said.line, f"{remark.sentence} “{remark.excerpt}”")
    for pattern, why in FORBIDDEN.items():
        for found in pattern.finditer(said.text):
            yield Problem(path, said.line, f"“{found[0]}”: {why}.")
    if said.kind == HEADING and said.level > SMALLEST_HEADING:
        yield Problem(path, said.line, "Use only ## and ### for headings.")
    yield from _links(library, path, said)


def _links(library: Library, path: Path, said: Words) -> Iterator[Problem]:
    for address, _words in said.links:
        kind, _colon, name = address.partition(":")
        if kind == "glossary":
            if name not in library.slugs_of_words:
                yield Problem(path, said.line, f"There is no word “{name}” in the glossary.")
        elif kind == "page":
            if name not in library.addresses:
                yield Problem(path, said.line, f"There is no page “{name}” to link to.")
        elif not address.startswith(ADDRESSES):
            yield Problem(path, said.line, f"“{address}” is not an address that a link can have.")


def strangers(text: str, allowed: frozenset[str], *, begins: Collection[int] = ()) -> set[str]:
    """The names in a text that are not known: capitalised words inside sentences, side by side as one.

    `begins` are further places where a capital says nothing, as at the beginning of a button's name."""
    found: set[str] = set()
    starts = {*begins, *(text.find(sentence) for sentence in reading.sentences(text))}
    run, end = list[str](), 0
    for match in CAPITALISED.finditer(text):
        name = OWN.sub("", match[0])
        is_first = match.start() in starts or bool(OPENING.search(text[: match.start()]))
        is_known = name in allowed or all(part in allowed for part in name.split("-"))
        if is_known or (is_first and name not in FIRST_NAMES):
            continue
        if run and text[end : match.start()].strip():
            found.add(" ".join(run))
            run = []
        run.append(name)
        end = match.end()
    return found | ({" ".join(run)} if run else set())


def _measured(path: Path, words: list[Words]) -> Iterator[Problem]:
    pieces = [said.piece for said in words if said.kind in RUNNING]
    counted = [len(reading.words(found)) for piece in pieces for found in reading.sentences(piece.text)]
    if len(counted) >= reading.SENTENCES_FOR_AN_AVERAGE:
        average = sum(counted) / len(counted)
        if average > reading.SENTENCES_ON_AVERAGE:
            yield Problem(path, 1, f"Sentences have {average:.1f} words on average. Aim for 15 or fewer.")
    age = reading.reading_age([piece.text for piece in pieces])
    if age is not None and age > reading.OLDEST_READING_AGE:
        yield Problem(path, 1, f"The reading age is {age}. Aim for 12 or below.")


def alt_text(path: Path, line: int, alt: str) -> Iterator[Problem]:
    """What is wrong with the words that stand for a picture."""
    if not alt:
        yield Problem(
            path, line, "The picture has no words for those who cannot see it (name | what can be seen)."
        )
    elif len(alt) > LONGEST_ALT_TEXT:
        yield Problem(path, line, f"The words for the picture have {len(alt)} characters. 200 are the most.")


def easy_sentences(path: Path, words: list[Words]) -> Iterator[Problem]:
    """Sentences too long for easy read."""
    for said in words:
        if said.kind in (PARAGRAPH, TITLE):
            for sentence in reading.sentences(said.text):
                if (count := len(reading.words(sentence))) > LONGEST_EASY_SENTENCE:
                    yield Problem(
                        path, said.line, f"{count} words in an easy-read sentence. 12 are the most."
                    )


# The given names that stand most often in such texts, for those that begin a sentence.
GIVEN_NAMES = """
    Aisha Alan Alice Ali Amina Amy Andrew Angela Anna Anne Anita Arthur Asha Barbara Ben Betty Bill Bob
    Brenda Brian Carol Caroline Catherine Chris Claire Colin Daniel Dave David Dawn Deborah Denise Derek
    Diane Doreen Dorothy Doris Eileen Elaine Elizabeth Ellen Emily Emma Eric Ethel Eva Fatima Femi Fiona
    Frank Fred Gareth Geoff George Gill Gordon Grace Graham Gwen Hannah Harry Hassan Helen Henry Hilda
    Ian Ibrahim Imran Iris Irene Ivy Jack James Jane Janet Jean Jenny Jim Joan Joe John Josie Joyce
    Judith Julia Julie June Karen Kate Kathleen Keith Ken Kevin Kwame Laura Leila Len Linda Lisa Liz
    Lucy Maggie Malik Margaret Maria Marie Marion Martin Mary Maureen Maya Meera Michael Mike Mohammed
    Moira Molly Monica Muriel Nadia Nancy Nasreen Neil Nick Nicola Nina Nora Norman Olive Olga Omar Pam
    Patricia Patrick Paul Pauline Peggy Peter Philip Phyllis Pradeep Priya Rachel Raj Ravi Raymond Rita
    Robert Roger Ron Rosa Rosemary Roy Ruby Ruth Sally Sam Samir Samira Sandra Sarah Sheila Shirley
    Simon Sofia Stella Stephen Steve Stuart Sue Sunita Susan Sushma Tariq Ted Teresa Terry Thomas Tim
    Tom Tony Valerie Vera Victor Vijay Violet Vivien Walter Wendy William Winifred Yasmin Yusuf Yvonne
    Zainab Zara
"""
FIRST_NAMES = frozenset(GIVEN_NAMES.split())
