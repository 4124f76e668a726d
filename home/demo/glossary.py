"""The demo's glossary, from content/glossary.yaml. Safe to repeat."""

from pathlib import Path
from typing import Any

from cms.core.glossary import GlossaryTerm
from cms.core.glossary_words import forget_meanings
from home.demo.text import read_yaml


def read_words(folder: Path) -> dict[str, Any]:
    """What the file says; nothing when there is none."""
    path = folder / "glossary.yaml"
    return read_yaml(path) if path.exists() else {"lead": "", "words": []}


def load(folder: Path) -> dict[str, int]:
    """Make or update every word. Gives the number of each word by the short name that texts use."""
    numbers: dict[str, int] = {}
    for word in read_words(folder)["words"]:
        term, _new = GlossaryTerm.objects.update_or_create(
            term=word["term"],
            defaults={
                "other_spellings": word.get("other", ""),
                "meaning": " ".join(word["meaning"].split()),
                "easy_meaning": word.get("easy", ""),
            },
        )
        numbers[word["slug"]] = term.pk
    forget_meanings()
    return numbers
