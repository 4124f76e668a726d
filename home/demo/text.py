"""Reading the demo's texts: Markdown with a few containers becomes the blocks that editors use."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

FENCE = re.compile(r"^:::\s*(?P<kind>\w+)?\s*(?P<title>.*)$")
HEADING = re.compile(r"^(?P<marks>#{2,3})\s+(?P<text>.+)$")
STEP = re.compile(r"^\d+\.\s+", re.MULTILINE)
LINK = re.compile(r'<a href="(?P<kind>page|glossary):(?P<name>[^"]*)">')
NOT_THERE = {
    "page": "There is no page “{name}” to link to.",
    "glossary": "There is no word “{name}” in the glossary.",
}

Block = tuple[str, Any]
# Containers with a title and text: the block they become, and what it calls its title.
TITLED = {
    "callout": ("callout", "title"),
    "activity": ("activity_prompt", "title"),
    "section": ("section", "heading"),
}
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
HEADINGS = ("2", "3")
# A picture needs no words below it.
MAY_BE_EMPTY = ("image", "download")


class TextUnreadableError(ValueError):
    """A text has something that cannot be turned into blocks; the message names the file and line."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file with front matter: what is said about the text, and the text, which begins at `line`."""

    path: Path
    about: dict[str, Any]
    body: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, a container, or a run of text between them. `line` is that of its own first line and
    `text_line` that of the first line of its text, both in the file."""

    line: int
    kind: str
    title: str
    text: str
    text_line: int


def read(path: Path, *, name: str = "") -> Text:
    """Read a Markdown file with YAML front matter between two lines of three dashes.

    Raises TextUnreadableError naming the file, by `name` if there is one, and the line."""
    name = name or path.name
    source = path.read_text(encoding="utf-8")
    if not source.startswith("---\n") or source.count("---\n") < 2:
        raise TextUnreadableError(f"{name}, line 1: there is no front matter between two lines of ---.")
    _before, matter, body = source.split("---\n", 2)
    about = _mapping(matter, name, first_line=2)
    return Text(path=path, about=about, body=body, line=matter.count("\n") + 3)


def read_yaml(path: Path, *, name: str = "") -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping. Raises TextUnreadableError as above."""
    return _mapping(path.read_text(encoding="utf-8"), name or path.name, first_line=1)


def _mapping(source: str, name: str, *, first_line: int) -> dict[str, Any]:
    try:
        found = yaml.load(source, Loader=LOADER)  # noqa: S506 - a safe loader, written in C
    except yaml.MarkedYAMLError as wrong:
        line = first_line + (wrong.problem_mark.line if wrong.problem_mark else 0)
        raise TextUnreadableError(f"{name}, line {line}: {wrong.problem}.") from wrong
    if not isinstance(found, dict):
        raise TextUnreadableError(f"{name}, line {first_line}: this should be names and values.")
    return found


def lines_of(source: str, *, first_line: int = 1) -> dict[tuple[str | int, ...], int]:
    """The line of every value of a YAML text, by the names and places that lead to it."""
    found: dict[tuple[str | int, ...], int] = {}

    def walk(node: yaml.Node, way: tuple[str | int, ...], line: int) -> None:
        found[way] = line
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                walk(value, (*way, str(key.value)), key.start_mark.line + first_line)
        elif isinstance(node, yaml.SequenceNode):
            for place, value in enumerate(node.value):
                walk(value, (*way, place), value.start_mark.line + first_line)

    if (top := yaml.compose(source, Loader=LOADER)) is not None:
        walk(top, (), first_line)
    return found


class Blocks:
    """Turns Markdown into StreamField data. `page_id` finds the page that a page: link names, and
    `words` the numbers of the words that glossary: links name."""

    def __init__(self, page_id: Callable[[str], int | None], words: dict[str, int] | None = None) -> None:
        self.page_id = page_id
        self.words = words or {}
        self.markdown = MarkdownIt("commonmark", {"html": False})

    def html(self, text: str) -> str:
        """Rich text as Wagtail stores it: bold as <b>, links to pages by id."""
        drawn = str(self.markdown.render(text.strip()))
        drawn = drawn.replace("<strong>", "<b>").replace("</strong>", "</b>")
        drawn = drawn.replace("<em>", "<i>").replace("</em>", "</i>")
        return LINK.sub(self._link, drawn)

    def _link(self, match: re.Match[str]) -> str:
        kind, name = match["kind"], match["name"]
        found = self.target(kind, name)
        if found is None:
            raise TextUnreadableError(NOT_THERE[kind].format(name=name))
        return f'<a linktype="{kind}" {found}>'

    def target(self, kind: str, name: str) -> str | None:
        """How a link says what it leads to; None when that is not there."""
        number = self.page_id(name) if kind == "page" else self.words.get(name)
        return None if number is None else f'id="{number}"'

    def other(self, kind: str, title: str, text: str) -> Block | None:
        """The block of a container that only some texts may have; None when it is not known."""
        return None

    def blocks(self, body: str, *, name: str, line: int = 1) -> list[Block]:
        """All blocks of a text that begins at this line. Raises TextUnreadableError naming file and line."""
        found: list[Block] = []
        for part in parts(body, name, line=line):
            try:
                found.append(self._block(part.kind, part.title, part.text))
            except TextUnreadableError as wrong:
                raise TextUnreadableError(f"{name}, near line {part.line}: {wrong}") from wrong
        return found

    def _block(self, kind: str, title: str, text: str) -> Block:
        if kind not in (*HEADINGS, *MAY_BE_EMPTY) and not text.strip():
            raise TextUnreadableError(f"“:::{kind}” is empty.")
        if kind in HEADINGS:
            return ("heading", {"text": title, "level": kind})
        if kind == "paragraph":
            return ("paragraph", self.html(text))
        if kind in TITLED:
            name, title_field = TITLED[kind]
            return (name, {title_field: title, "text": self.html(text)})
        if kind == "quote":
            return ("quotation", {"text": text.strip(), "source": title})
        if kind == "steps":
            steps = [self.html(" ".join(step.split())) for step in STEP.split(text) if step.strip()]
            return ("steps", {"title": title, "steps": steps})
        other = self.other(kind, title, text)
        if other is None:
            raise TextUnreadableError(f"“:::{kind}” is not known.")
        return other


def parts(body: str, name: str, *, line: int = 1) -> Iterator[Part]:
    """Headings, containers, and the runs of text between them. `line` is where the body begins."""
    kind, title, start, lines = "paragraph", "", line - 1, list[str]()
    for number, written in enumerate(body.splitlines(), start=line):
        row = written.strip() if written.strip().startswith(":::") else written
        fence, heading = FENCE.match(row), HEADING.match(row)
        is_inside = kind != "paragraph"
        if fence is None and (heading is None or is_inside):
            lines.append(row)
            continue
        if is_inside and fence is not None and fence["kind"]:
            raise TextUnreadableError(f"{name}, line {number}: a ::: inside another is not closed.")
        if is_inside or "".join(lines).strip():
            yield _part(start, kind, title, lines)
        kind, title, start, lines = "paragraph", "", number, []
        if heading is not None:
            yield Part(number, str(len(heading["marks"])), heading["text"].strip(), "", number + 1)
        elif fence is not None and fence["kind"]:
            kind, title = fence["kind"], fence["title"].strip()
    if kind != "paragraph":
        raise TextUnreadableError(f"{name}, line {start}: “:::{kind}” is not closed.")
    if "".join(lines).strip():
        yield _part(start, kind, title, lines)


def _part(start: int, kind: str, title: str, lines: list[str]) -> Part:
    """A run of text begins at its first line with words; a container at its fence."""
    empty = next((place for place, row in enumerate(lines) if row.strip()), 0)
    first = start + 1 + empty
    return Part(first if kind == "paragraph" else start, kind, title, "\n".join(lines[empty:]), first)
