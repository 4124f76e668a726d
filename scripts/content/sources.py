"""The files of content/, read for checking: their words with line numbers, and what they may link to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cms.core.reading import HEADING, ITEM, PARAGRAPH, TITLE, Piece
from home.demo.text import Part, Text, TextUnreadableError, lines_of, parts, read, read_yaml

EASY_READ, SESSION, COURSEWORK = ".easy-read", ".session", ".coursework"
Way = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, and where."""

    path: Path
    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Words:
    """One run of words of a file: its kind as in cms.core.reading, its links as (address, words)."""

    line: int
    kind: str
    text: str
    links: tuple[tuple[str, str], ...] = ()
    level: int = 0
    # The number of the section (from one ## to the next) that it stands in.
    section: int = 0
    # The kind of the container it stands in, if any.
    inside: str = ""
    # Where a bold word, a link or a name in italics begins: buttons and titles have capitals of their own.
    begins: tuple[int, ...] = ()

    @property
    def piece(self) -> Piece:
        """The same for cms.core.reading."""
        return Piece(self.kind, self.text, level=self.level, links=tuple(words for _to, words in self.links))


MARKDOWN = MarkdownIt("commonmark", {"html": False})


def words_of_markdown(text: str, line: int, *, section: int = 0, inside: str = "") -> Iterator[Words]:
    """The paragraphs, items and headings of plain Markdown that begins at this line."""
    lists = 0
    heading = 0
    for token in MARKDOWN.parse(text):
        lists += {"list_item_open": 1, "list_item_close": -1}.get(token.type, 0)
        if token.type == "heading_open":
            heading = int(token.tag[1])
        if token.type == "inline":
            kind = HEADING if heading else ITEM if lists else PARAGRAPH
            said, links, begins = _inline(token.children or [])
            at = line + (token.map[0] if token.map else 0)
            yield Words(at, kind, said, links, heading, section, inside, begins)
            heading = 0


def _inline(tokens: list[Token]) -> tuple[str, tuple[tuple[str, str], ...], tuple[int, ...]]:
    """The words, the links as (address, words), and where something that stands out begins."""
    said, links, opened, address, begins = "", list[tuple[str, str]](), 0, "", list[int]()
    for token in tokens:
        if token.type in ("link_open", "strong_open", "em_open"):
            begins.append(len(said))
        if token.type == "link_open":
            opened, address = len(said), str(token.attrs.get("href", ""))
        elif token.type == "link_close":
            links.append((address, said[opened:]))
        elif token.type in ("softbreak", "hardbreak"):
            said += " "
        else:
            said += " ".join(token.content.splitlines())
    return said, tuple(links), tuple(begins)


def words_of_parts(found: list[Part]) -> Iterator[Words]:
    """Every word that a reader of these parts sees or hears, in order."""
    section = 0
    for part in found:
        if part.kind in ("2", "3"):
            section += part.kind == "2"
            yield Words(part.line, HEADING, part.title, level=int(part.kind), section=section)
            continue
        inside = "" if part.kind == "paragraph" else part.kind
        title = part.title.partition("|")[2].strip() if "|" in part.title else part.title
        if inside and title:
            yield Words(part.line, TITLE, title, section=section, inside=inside)
        yield from words_of_markdown(part.text, part.text_line, section=section, inside=inside)


@dataclass(frozen=True)
class Source:
    """A Markdown file with front matter."""

    text: Text

    @property
    def path(self) -> Path:
        return self.text.path

    @property
    def about(self) -> dict[str, Any]:
        return self.text.about

    @cached_property
    def lines(self) -> dict[Way, int]:
        """The lines of the front matter."""
        matter = self.path.read_text(encoding="utf-8").split("---\n", 2)[1]
        return lines_of(matter, first_line=2)

    @cached_property
    def parts(self) -> list[Part]:
        return list(parts(self.text.body, self.path.name, line=self.text.line))

    @cached_property
    def words(self) -> list[Words]:
        return list(words_of_parts(self.parts))


@dataclass(frozen=True)
class Values:
    """A YAML file."""

    path: Path
    about: dict[str, Any]

    @cached_property
    def lines(self) -> dict[Way, int]:
        return lines_of(self.path.read_text(encoding="utf-8"))

    def line(self, *way: str | int) -> int:
        """The line of a value, or of the nearest thing that holds it."""
        while way not in self.lines and way:
            way = way[:-1]
        return self.lines.get(way, 1)


@dataclass
class Stage:
    """A stage's folder."""

    folder: Path
    values: Values | None
    lessons: list[Source]
    easy: list[Source]
    quiz: Values | None
    sessions: list[Source] = field(default_factory=list)
    coursework: list[Source] = field(default_factory=list)

    @property
    def texts(self) -> list[Source]:
        """Everything in Markdown that learners meet as a step of its own."""
        return [*self.lessons, *self.sessions, *self.coursework]


@dataclass
class Course:
    """A course's folder."""

    folder: Path
    values: Values
    stages: list[Stage]

    @property
    def code(self) -> str:
        return str(self.values.about.get("code", ""))


@dataclass
class Library:
    """All of content/. What cannot be read at all is among `problems`."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)

    def source(self, path: Path) -> Source | None:
        """The file, or None and a problem."""
        try:
            found = Source(read(path))
            _ = found.parts
        except TextUnreadableError as wrong:
            self.problems.append(Problem(path, _line_in(str(wrong)), str(wrong)))
            return None
        return found

    def values(self, path: Path) -> Values | None:
        """The same for a YAML file."""
        if not path.exists():
            self.problems.append(Problem(path, 1, "This file is missing."))
            return None
        try:
            return Values(path, read_yaml(path))
        except TextUnreadableError as wrong:
            self.problems.append(Problem(path, _line_in(str(wrong)), str(wrong)))
            return None

    def sources(self, paths: list[Path]) -> list[Source]:
        return [found for path in paths if (found := self.source(path)) is not None]

    @cached_property
    def courses(self) -> list[Course]:
        folders = sorted(path.parent for path in self.folder.glob("courses/*/course.yaml"))
        return [found for folder in folders if (found := self._course(folder)) is not None]

    def _course(self, folder: Path) -> Course | None:
        values = self.values(folder / "course.yaml")
        stages = sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0].isdigit())
        return Course(folder, values, [self._stage(stage) for stage in stages]) if values else None

    def _stage(self, folder: Path) -> Stage:
        texts = sorted(folder.glob("*.md"))
        return Stage(
            folder,
            self.values(folder / "stage.yaml"),
            self.sources([path for path in texts if "." not in path.stem]),
            self.sources([path for path in texts if path.stem.endswith(EASY_READ)]),
            self.values(folder / "quiz.yaml") if (folder / "quiz.yaml").exists() else None,
            self.sources([path for path in texts if path.stem.endswith(SESSION)]),
            self.sources([path for path in texts if path.stem.endswith(COURSEWORK)]),
        )

    @cached_property
    def research(self) -> list[Source]:
        return self.sources(sorted(self.folder.glob("research/*.md")))

    @cached_property
    def pages(self) -> list[Source]:
        return self.sources(sorted(self.folder.glob("pages/*.md")))

    @cached_property
    def home(self) -> Values | None:
        return self.values(self.folder / "home.yaml")

    @cached_property
    def glossary(self) -> Values | None:
        return self.values(self.folder / "glossary.yaml")

    @cached_property
    def slugs_of_words(self) -> set[str]:
        words = self.glossary.about.get("words", []) if self.glossary else []
        return {word.get("slug", "") for word in words}

    @cached_property
    def addresses(self) -> set[str]:
        """Everything that a page: link may name."""
        return (
            {"", "courses", "research", "glossary"}
            | {source.path.stem for source in self.pages}
            | {f"research/{source.about.get('slug')}" for source in self.research}
            | {f"courses/{course.values.about.get('slug')}" for course in self.courses}
        )


def _line_in(message: str) -> int:
    """The line that a message of the reader names."""
    _before, _word, after = message.partition("line ")
    number = after.split(":")[0].split(",")[0]
    return int(number) if number.isdigit() else 1
