"""Remembers what was built, so that each test need not build it again.

The first test that asks builds in the ordinary way, with primary keys from a range of its own. What
that added, changed and took away is read, and done in the same way for every later test: some thirty
statements instead of four hundred. Only where it is undone again: inside a test's transaction, or between
tests that are `put_back`; and only for what starts from the same rows each time, which the caller knows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction

RANGE = 100_000
Key = tuple[object, ...]
Row = tuple[Any, ...]
Contents = dict[type[models.Model], dict[Any, Row]]


@dataclass(frozen=True)
class Statement:
    """One statement, and the values of each time that it is run."""

    sql: str
    values: list[Row]


_kept: dict[Key, tuple[list[Statement], Any]] = {}
# The databases of which every row is put back after each test.
_put_back: set[str] = set()


def remembered(key: Key, build: Callable[[], Any]) -> Any:
    """What `build` returns (plain data), its rows being in the database."""
    if not (connection.in_atomic_block or connection.settings_dict["NAME"] in _put_back):
        return build()
    # Content types are made anew, with other keys, after a test that emptied the database.
    known = (
        *key,
        connection.settings_dict["NAME"],
        *ContentType.objects.values_list("pk").order_by("pk")[:1],
    )
    if known not in _kept:
        before = _contents()
        _number_from(RANGE * (len(_kept) + 1))
        result = build()
        _kept[known] = (_statements(before, _contents()), result)
        return result
    statements, result = _kept[known]
    with transaction.atomic():
        _run(statements)
    return result


@contextmanager
def putting_back() -> Iterator[Callable[[], None]]:
    """Gives what makes every row of PostgreSQL be again as it is now. Nobody else may write meanwhile."""
    before, name = _contents(), connection.settings_dict["NAME"]

    def put_back() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # Neither foreign keys nor triggers have a say.
                cursor.execute("SET LOCAL session_replication_role = replica")
            _run(_statements(_contents(), before))

    _put_back.add(name)
    try:
        yield put_back
    finally:
        _put_back.remove(name)


def _run(statements: list[Statement]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.executemany(statement.sql, statement.values)


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


def _columns(model: type[models.Model]) -> list[str]:
    """The columns as they are written in SQL, the primary key first."""
    fields = sorted(model._meta.local_concrete_fields, key=lambda field: not field.primary_key)
    return [connection.ops.quote_name(field.column) for field in fields]


def _contents() -> Contents:
    """Every row of every table, by primary key."""
    found: Contents = {}
    with connection.cursor() as cursor:
        for model in _tables():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT {', '.join(_columns(model))} FROM {table}")
            found[model] = {row[0]: tuple(row) for row in cursor.fetchall()}
    return found


def _statements(before: Contents, after: Contents) -> list[Statement]:
    """What makes the one of the other."""
    made = []
    for model, old in before.items():
        new = after[model]
        table, columns = connection.ops.quote_name(model._meta.db_table), _columns(model)
        gone = [(key,) for key in old if key not in new]
        added = [row for key, row in new.items() if key not in old]
        if gone:
            made.append(Statement(f"DELETE FROM {table} WHERE {columns[0]} = %s", gone))
        for key, row in new.items():
            if old.get(key, row) != row:
                pairs = zip(columns, old[key], row, strict=True)
                changed = {column: now for column, was, now in pairs if was != now}
                sets = ", ".join(f"{column} = %s" for column in changed)
                update = f"UPDATE {table} SET {sets} WHERE {columns[0]} = %s"
                made.append(Statement(update, [(*changed.values(), key)]))
        if added:
            marks = ", ".join(["%s"] * len(columns))
            made.append(Statement(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", added))
    return made
