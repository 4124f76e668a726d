"""Draw every table of states: `manage.py states` prints docs/reference/states.md, `--write` writes it."""

import importlib
import pkgutil
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


def tables() -> list[ModuleType]:
    """Every `states.py` below `courses`, in the order of their names."""
    found = pkgutil.walk_packages(courses.__path__, prefix="courses.")
    names = sorted(m.name for m in found if not m.ispkg and m.name.endswith(".states"))
    return [importlib.import_module(name) for name in names if ".management." not in name]


def text() -> str:
    """The whole page."""
    return "\n".join([TOP, *map(_section, tables())])


def _section(table: ModuleType) -> str:
    """One heading, the meaning of the states, and a diagram of every move."""
    slice_name = table.__name__.split(".")[-2]
    meaning = " ".join((table.State.__doc__ or "").split())
    lines = [f"## {slice_name.capitalize()}", "", meaning, "", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {line}" for state, targets in table.MOVES.items() for line in _moves(state, targets)]
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
