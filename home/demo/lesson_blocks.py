"""Blocks of a course's texts that need a file or have parts: pictures, files, parts, easy read.

:::image two-houses | What can be seen           :::download questions.pdf | What it is
Words below the picture.                         What it is for.
:::                                              :::

:::accordion                                     :::row giving | What can be seen
### What can be read first                       One short sentence.
What it says.                                    :::
:::

Whatever a text leads to (pages, words, pictures, files) is named as a course file names it.
"""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from home.demo.text import Block, Blocks, TextUnreadableError

PART = re.compile(r"^###\s+(.+)$", re.MULTILINE)
CREDIT = "Lived Learning demonstration site"
PICTURES, FILES = "pictures", "files"
KINDS = {PICTURES: "picture", FILES: "document"}


class CourseBlocks(Blocks):
    """The blocks of one course. What its texts use is gathered by name: words, pictures and documents."""

    def __init__(self, folder: Path, *, pages: Collection[str], words: Mapping[str, Any]) -> None:
        super().__init__(lambda _path: None)
        self.folder, self.known, self.meanings = folder, pages, words
        # The names in the course file, by what they stand for.
        self.names: dict[tuple[str, str], str] = {}
        self.about: dict[str, dict[str, Any]] = {}
        self.contents: dict[str, bytes] = {}

    def target(self, kind: str, name: str) -> str | None:
        if kind == "page":
            return f'ref="page:{name}"' if name in self.known else None
        return f'ref="{self._name("word", name)}"' if name in self.meanings else None

    def other(self, kind: str, title: str, text: str) -> Block | None:
        name, _bar, words = (part.strip() for part in title.partition("|"))
        if kind == "image":
            return ("image", {"image": self._picture(name, words), "caption": " ".join(text.split())})
        if kind == "row":
            picture = {"image": self._picture(name, words)} if name else {}
            return ("row", {**picture, "text": self.html(text)})
        if kind == "download":
            file = self._file(FILES, name, title=words)
            return ("download", {"title": words, "file": file, "about": " ".join(text.split())})
        if kind == "accordion":
            _before, *parts = PART.split(text)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            return (
                "accordion",
                {"parts": [{"title": t.strip(), "text": self.html(words)} for t, words in pairs]},
            )
        return None

    def _picture(self, name: str, description: str) -> dict[str, Any]:
        ref = self._file(PICTURES, f"{name}.svg", title=name, description=description, credit=CREDIT)
        return {"image": ref, "alt_text": description, "decorative": not description}

    def _file(self, folder: str, name: str, **about: str) -> str:
        """The name of a picture or document, whose content comes along."""
        source = self.folder / folder / name
        if not source.is_file():
            raise TextUnreadableError(f"There is no file “{folder}/{name}”.")
        is_new = (KINDS[folder], name) not in self.names
        ref = self._name(KINDS[folder], name)
        if is_new:
            path = f"{KINDS[folder]}s/{ref}{source.suffix.lower()}"
            self.contents[path] = source.read_bytes()
            self.about[ref] = {"file": path, **about}
        return ref

    def _name(self, kind: str, thing: str) -> str:
        """The name of something in the course file, in the order of first use."""
        if (kind, thing) not in self.names:
            number = 1 + sum(known == kind for known, _thing in self.names)
            self.names[kind, thing] = f"{kind}-{number}"
        return self.names[kind, thing]

    def of_kind(self, kind: str) -> dict[str, str]:
        """The names given to words, pictures or documents, and what each stands for."""
        return {name: thing for (known, thing), name in self.names.items() if known == kind}
