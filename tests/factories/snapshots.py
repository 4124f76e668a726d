"""Remembers what was built, so that each test need not build it again.

The first test that asks builds in the ordinary way, with primary keys from a range of its own. The
rows of that range are read and put back as they are for every later test: some thirty statements
instead of four hundred. Only inside a test's transaction, which takes them away again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

RANGE = 100_000


@dataclass(frozen=True)
class Table:
    """The rows that one table got."""

    insert: str
    rows: list[tuple[Any, ...]]


Key = tuple[object, ...]
_kept: dict[Key, tuple[list[Table], Any]] = {}


def remembered(key: Key, build: Callable[[], Any]) -> Any:
    """What `build` returns (plain data), its rows being in the database."""
    if not connection.in_atomic_block:
        return build()
    # Content types are made anew, with other keys, after a test that emptied the database.
    known = (
        *key,
        connection.settings_dict["NAME"],
        *ContentType.objects.values_list("pk").order_by("pk")[:1],
    )
    if known not in _kept:
        start = RANGE * (len(_kept) + 1)
        _number_from(start)
        result = build()
        _kept[known] = (_rows(start), result)
        return result
    tables, result = _kept[known]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.executemany(table.insert, table.rows)
    return result


def _tables() -> list[type[models.Model]]:
    everything = apps.get_models(include_auto_created=True)
    # SQLite fills its table for full-text search by itself.
    return [m for m in everything if not m._meta.proxy and not m._meta.db_table.endswith("_fts")]


def _number_from(start: int) -> None:
    """Let every table count its next rows from here."""
    with connection.cursor() as cursor:
        for model in _tables():
            table, key = model._meta.db_table, model._meta.pk
            if not isinstance(key, models.AutoField | models.BigAutoField):
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, start])
            else:
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', key.column, start]
                )


def _rows(start: int) -> list[Table]:
    quote = connection.ops.quote_name
    found = []
    with connection.cursor() as cursor:
        for model in _tables():
            table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
            if model._meta.pk.get_internal_type() in ("CharField", "UUIDField"):
                continue
            columns = [quote(field.column) for field in model._meta.local_concrete_fields]
            names = ", ".join(columns)
            cursor.execute(
                f"SELECT {names} FROM {table} WHERE {key} > %s AND {key} <= %s", [start, start + RANGE]
            )
            rows = [tuple(row) for row in cursor.fetchall()]
            if rows:
                marks = ", ".join(["%s"] * len(columns))
                found.append(Table(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows))
    return found
