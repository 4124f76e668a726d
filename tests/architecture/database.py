"""Looking for words in every row of the database, with SQL and no model in between."""

from collections.abc import Iterable
from typing import Any

from django.db import connection


def rows_with(word: str, *, tables: Iterable[str] | None = None) -> list[str]:
    """Table and row of every row that holds the word, in whatever column, capitals aside."""
    found = []
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [
                f"{table}: {row!r:.300}"
                for row in cursor.fetchall()
                if any(word.lower() in _text(value).lower() for value in row)
            ]
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)
