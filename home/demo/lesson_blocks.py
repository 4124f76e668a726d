"""Blocks of the demo's lessons that need a file or have parts: pictures, files, parts, easy read.

:::image two-houses | What can be seen           :::download questions.pdf | What it is
Words below the picture.                         What it is for.
:::                                              :::

:::accordion                                     :::row giving | What can be seen
### What can be read first                       One short sentence.
What it says.                                    :::
:::
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from cms.core.models import SiteDocument, SiteImage

PART = re.compile(r"^###\s+(.+)$", re.MULTILINE)
CREDIT = "Lived Learning demonstration site"
Block = tuple[str, Any]


class Files:
    """Pictures and files of one course, from its folders `pictures` and `files`. Safe to repeat."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def picture(self, name: str, description: str) -> SiteImage:
        """The picture of this name, uploaded once."""
        source = self.folder / "pictures" / f"{name}.webp"
        found: SiteImage | None = SiteImage.objects.filter(title=name).first()
        if found is None:
            found = SiteImage(title=name, description=description, credit=CREDIT)
            found.file.save(source.name, ContentFile(source.read_bytes()), save=False)
            found.save()
        return found

    def document(self, name: str, title: str) -> SiteDocument:
        """The file of this name, uploaded once."""
        source = self.folder / "files" / name
        found: SiteDocument | None = SiteDocument.objects.filter(title=title).first()
        if found is None:
            found = SiteDocument(title=title)
            found.file.save(name, ContentFile(source.read_bytes()), save=False)
            found.save()
        return found


def block(files: Files, html: Callable[[str], str], kind: str, title: str, text: str) -> Block | None:
    """The block that a container becomes; None when the container is not one of these."""
    name, _bar, words = (part.strip() for part in title.partition("|"))
    if kind == "image":
        return ("image", {"image": _image(files, name, words), "caption": " ".join(text.split())})
    if kind == "row":
        return ("row", {"image": _image(files, name, words) if name else None, "text": html(text)})
    if kind == "download":
        document = files.document(name, words)
        return ("download", {"title": words, "file": document, "about": " ".join(text.split())})
    if kind == "accordion":
        _before, *parts = PART.split(text)
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return ("accordion", {"parts": [{"title": t.strip(), "text": html(words)} for t, words in pairs]})
    return None


def _image(files: Files, name: str, description: str) -> dict[str, Any]:
    picture = files.picture(name, description)
    return {"image": picture, "alt_text": description, "decorative": not description}
