"""The names that content may say: authors of the works it sums up, organisations, places."""

from functools import cache
from pathlib import Path

from home.demo.text import read_yaml


@cache
def known_names(folder: Path) -> frozenset[str]:
    """Every word of every name of names.yaml."""
    groups = read_yaml(folder / "names.yaml")
    return frozenset(part for group in groups.values() for name in group for part in str(name).split())
