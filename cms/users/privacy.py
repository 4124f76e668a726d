"""Personal data: what is exported, what is erased, and how long it is kept.

Upper layers register their part at start-up, so that this layer need not know them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Row = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of a person's download: rows of label and value pairs."""

    title: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a person's download. `path` is relative and uses forward slashes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Export:
    """One layer's part of a person's download."""

    sections: list[Section]
    attachments: list[Attachment]


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Rows that are deleted after a time. `expired` gives the queryset of what is too old at a moment."""

    name: str
    sentence: str
    keep_for: timedelta
    expired: Callable[[datetime], Any]

    def count(self, at: datetime) -> int:
        """How many rows are too old."""
        found: int = self.expired(at).count()
        return found

    def delete(self, at: datetime) -> int:
        """Delete what is too old; return how many rows of the rule's own kind went."""
        found = self.count(at)
        self.expired(at).delete()
        return found


Exporter = Callable[[Any], Export]
Eraser = Callable[[Any, datetime], None]

exporters: list[Exporter] = []
erasers: list[Eraser] = []
retention_rules: list[RetentionRule] = []


def exporter(function: Exporter) -> Exporter:
    """Add a part to every person's download."""
    exporters.append(function)
    return function


def eraser(function: Eraser) -> Eraser:
    """Add a step to every erasure. It runs in the erasure's transaction and must be safe to repeat."""
    erasers.append(function)
    return function


def retain(rule: RetentionRule) -> None:
    """Add a retention rule."""
    retention_rules.append(rule)


def collect(user: Any) -> Export:
    """Everything this site holds about one person."""
    parts = [export(user) for export in exporters]
    return Export(
        sections=[section for part in parts for section in part.sections],
        attachments=[attachment for part in parts for attachment in part.attachments],
    )
