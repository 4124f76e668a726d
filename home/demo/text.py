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
LINK = re.compile(r'<a href="page:(?P<path>[^"]*)">')
WORD = re.compile(r'<a href="glossary:(?P<slug>[^"]*)">')

Block = tuple[str, Any]
# Containers with a title and text: the block they become, and what it calls its title.
TITLED = {
    "callout": ("callout", "title"),
    "activity": ("activity_prompt", "title"),
    "section": ("section", "heading"),
}


class TextUnreadableError(ValueError):
    """A text has something that cannot be turned into blocks; the message names the file and line."""


@dataclass(frozen=True, slots=True)
class Text:
    """A file with front matter: what is said about the text, and the text."""

    path: Path
    about: dict[str, Any]
    body: str


def read(path: Path) -> Text:
    """Read a Markdown file with YAML front matter between two lines of three dashes."""
    source = path.read_text(encoding="utf-8")
    _before, matter, body = source.split("---\n", 2)
    return Text(path=path, about=yaml.safe_load(matter), body=body)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top level is a mapping."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


class Blocks:
    """Turns Markdown into StreamField data. `page_id` finds the page that a page: link names, and
    `words` the numbers of the words that glossary: links name."""

    def __init__(self, page_id: Callable[[str], int | None], words: dict[str, int] | None = None) -> None:
        self.page_id = page_id
        self.words = words or {}
        # Blocks that need files of a course; see lesson_blocks.
        self.more: Callable[[Callable[[str], str], str, str, str], Block | None] | None = None
        self.markdown = MarkdownIt("commonmark", {"html": False})

    def html(self, text: str) -> str:
        """Rich text as Wagtail stores it: bold as <b>, links to pages by id."""
        drawn = str(self.markdown.render(text.strip()))
        drawn = drawn.replace("<strong>", "<b>").replace("</strong>", "</b>")
        drawn = drawn.replace("<em>", "<i>").replace("</em>", "</i>")
        return WORD.sub(self._word, LINK.sub(self._link, drawn))

    def _word(self, match: re.Match[str]) -> str:
        found = self.words.get(match["slug"])
        if found is None:
            raise TextUnreadableError(f"There is no word “{match['slug']}” in the glossary.")
        return f'<a linktype="glossary" id="{found}">'

    def _link(self, match: re.Match[str]) -> str:
        found = self.page_id(match["path"])
        if found is None:
            raise TextUnreadableError(f"There is no page “{match['path']}” to link to.")
        return f'<a linktype="page" id="{found}">'

    def blocks(self, body: str, *, name: str) -> list[Block]:
        """All blocks of a text. Raises TextUnreadableError naming the file and line."""
        found: list[Block] = []
        for line, kind, title, text in _parts(body, name):
            try:
                found.append(self._block(kind, title, text))
            except TextUnreadableError as wrong:
                raise TextUnreadableError(f"{name}, near line {line}: {wrong}") from wrong
        return found

    def _block(self, kind: str, title: str, text: str) -> Block:
        if kind in ("2", "3"):
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
        more = self.more(self.html, kind, title, text) if self.more is not None else None
        if more is None:
            raise TextUnreadableError(f"“:::{kind}” is not known.")
        return more


def _parts(body: str, name: str) -> Iterator[tuple[int, str, str, str]]:
    """Headings, containers, and the runs of text between them, with their line numbers."""
    kind, title, start, lines = "paragraph", "", 1, list[str]()
    for number, line in enumerate(body.splitlines(), start=1):
        line = line.strip() if line.strip().startswith(":::") else line  # noqa: PLW2901
        fence, heading = FENCE.match(line), HEADING.match(line)
        is_inside = kind != "paragraph"
        if fence is None and (heading is None or is_inside):
            lines.append(line)
            continue
        if "".join(lines).strip():
            yield start, kind, title, "\n".join(lines)
        kind, title, start, lines = "paragraph", "", number, []
        if heading is not None:
            yield number, str(len(heading["marks"])), heading["text"].strip(), ""
        elif fence is not None and fence["kind"]:
            if is_inside:
                raise TextUnreadableError(f"{name}, line {number}: a ::: inside another is not closed.")
            kind, title = fence["kind"], fence["title"].strip()
    if kind != "paragraph":
        raise TextUnreadableError(f"{name}: the last “:::{kind}” is not closed.")
    if "".join(lines).strip():
        yield start, kind, title, "\n".join(lines)
