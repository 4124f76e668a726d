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


def values(word: dict[str, Any]) -> dict[str, Any]:
    """What the file says of a word, as fields."""
    return {
        "term": word["term"],
        "other_spellings": word.get("other", ""),
        "meaning": " ".join(word["meaning"].split()),
        "easy_meaning": word.get("easy", ""),
    }


def load(folder: Path) -> dict[str, int]:
    """Make or update every word. Gives the number of each word by the short name that texts use."""
    numbers: dict[str, int] = {}
    known = {term.term: term for term in GlossaryTerm.objects.all()}
    for word in read_words(folder)["words"]:
        given = values(word)
        term = known.get(given["term"]) or GlossaryTerm(term=given["term"])
        if term.pk is None or any(getattr(term, name) != value for name, value in given.items()):
            for name, value in given.items():
                setattr(term, name, value)
            term.save()
        numbers[word["slug"]] = term.pk
    forget_meanings()
    return numbers
