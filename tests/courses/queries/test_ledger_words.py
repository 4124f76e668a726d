"""Every action that the code writes into the ledger has words for staff."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from courses.ledger.models import LedgerEntry
from courses.queries import ledger_words
from tests.factories.courses import BuiltCourse

FOLDER = Path(settings.BASE_DIR) / "courses"


def written() -> set[str]:
    """The names of all actions that stand in the code as plain words."""
    found: set[str] = set()
    for file in FOLDER.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "ledger.write" in text or "enrol.end(" in text:
            found |= {word for node in ast.walk(ast.parse(text)) for word in _words(node)}
    return found


def _words(node: ast.AST) -> set[str]:
    """What follows `action=`: one text, or two of which one is chosen."""
    if not isinstance(node, ast.keyword) or node.arg != "action":
        return set()
    return {
        inner.value
        for inner in ast.walk(node.value)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    }


def test_every_action_has_its_words() -> None:
    # The outcome, or the state of the order, follows: all of them are in the table.
    parts_of_names = {"recorded ", "order "}
    assert written() - parts_of_names - set(ledger_words.WORDS) == set()


@pytest.mark.django_db
def test_old_entries_with_little_to_say_still_make_a_sentence(course: BuiltCourse) -> None:
    for action in ledger_words.WORDS:
        for details in ({}, {"activity": 0}, {"activity": "x", "score": None}):
            said = ledger_words.sentence(LedgerEntry(action=action, details=details), course.outline)
            assert said.endswith(".")
            assert "%(" not in said
