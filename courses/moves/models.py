"""Rows that stand in one state and move through a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models

from courses.moves.table import sources_of


class Moving(models.Model):
    """A row with a `status` that changes only as its table `MOVES` says.

    The status stays a field of each model: its default and its words are their own.
    """

    MOVES: ClassVar[Mapping[Any, frozenset[Any]]] = {}

    class Meta:
        abstract = True

    def move_to(self, target: StrEnum, **fields: object) -> bool:
        """Make one allowed move in a single UPDATE; say whether this call made it."""
        every: Any = type(self)._base_manager
        rows = every.filter(pk=self.pk, status__in=sources_of(self.MOVES, target))
        moved = rows.update(status=target.value, **fields)
        if moved:
            for name, value in {"status": target.value, **fields}.items():
                setattr(self, name, value)
        return bool(moved)
