"""Draw every table of states: `manage.py states` prints docs/reference/states.md, `--write` writes it."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

import courses

PAGE = Path("docs/reference/states.md")
TOP = """# States

Which way each record may move. `manage.py states --write` draws this page from the `states.py` files:
change those, never this page.
"""


@dataclass(frozen=True)
class Table:
    """One table of moves: the states of a kind of record, and which way each may move."""

    slice_name: str
    states: type[StrEnum]
    moves: Mapping[StrEnum, frozenset[StrEnum]]

    @property
    def name(self) -> str:
        """As in "enrolment.OfferState"."""
        return f"{self.slice_name}.{self.states.__name__}"

    @property
    def title(self) -> str:
        """The slice, and the kind of record where a slice has several."""
        kind = self.states.__name__.removesuffix("State").lower()
        return f"{self.slice_name.capitalize()}: {kind}" if kind else self.slice_name.capitalize()


def tables() -> list[Table]:
    """Every table in a `states.py` below `courses`: in the order of their files, then as they stand there."""
    found = pkgutil.walk_packages(courses.__path__, prefix="courses.")
    names = sorted(m.name for m in found if not m.ispkg and m.name.endswith(".states"))
    modules = [importlib.import_module(name) for name in names if ".management." not in name]
    return [table for module in modules for table in _tables_of(module)]


def _tables_of(module: ModuleType) -> list[Table]:
    """The tables of a file: each is a dictionary whose name ends in MOVES."""
    slice_name = module.__name__.split(".")[-2]
    return [
        Table(slice_name, type(next(iter(moves))), moves)
        for name, moves in vars(module).items()
        if name.endswith("MOVES")
    ]


def text() -> str:
    """The whole page."""
    return "\n".join([TOP, *map(_section, tables())])


def _section(table: Table) -> str:
    """One heading, the meaning of the states, and a diagram of every move."""
    meaning = " ".join((table.states.__doc__ or "").split())
    lines = [f"## {table.title}", "", meaning, "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {line}" for state, targets in table.moves.items() for line in _moves(state, targets)]
    return "\n".join([*lines, "```", ""])


def _moves(state: str, targets: frozenset[str]) -> list[str]:
    """The arrows that leave a state; a state that none leaves is an end."""
    return [f"{state} --> {target}" for target in sorted(targets)] or [f"{state} --> [*]"]


class Command(BaseCommand):
    help = "Prints the diagrams of all states; with --write they go to docs/reference/states.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/reference/states.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            (settings.BASE_DIR / PAGE).write_text(text(), encoding="utf-8")
            self.stdout.write(f"Written: {PAGE}")
        else:
            self.stdout.write(text(), ending="")
