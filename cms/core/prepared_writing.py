"""Changing and adding rows by SQL that is written once, as cms/core/prepared.py reads them (ADR 19)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import sql

from cms.core.prepared import (
    Kind,
    NotPreparableError,
    Statement,
    Value,
    Written,
    keeping_cursor,
    parameters_of,
    this_database,
)


class PreparedUpdate(Statement[Written]):
    """Changes the rows of a queryset. `sets` names the fields, each with a value such as it may have.

    _answer = PreparedUpdate(
        lambda attempt, slot: AttemptAnswer.objects.filter(attempt=attempt, slot=slot),
        int, int, sets={"choice": []},
    )
    changed = _answer(12, 3, choice=["a"])

    A value that is set is never None.
    """

    def __init__(
        self, build: Callable[..., models.QuerySet[Any]], *kinds: Kind, sets: Mapping[str, Any]
    ) -> None:
        super().__init__(build, *kinds)
        self._sets = sets

    def __call__(self, *values: Value, **new: Any) -> int:
        """Set these fields; return how many rows were changed. One query."""
        database = this_database()
        written = self._written(database)
        parameters = [
            self._model._meta.get_field(name).get_db_prep_save(new[name], database)  # type: ignore[union-attr]
            for name in self._sets
        ]
        parameters += parameters_of(written, values, database)
        with keeping_cursor(database) as cursor:
            cursor.execute(written.sql, parameters)
            return int(cursor.rowcount)

    def _write(self, queryset: Any, database: BaseDatabaseWrapper) -> Written:
        self._model: type[models.Model] = queryset.model
        query = queryset.query.chain(sql.UpdateQuery)
        query.add_update_values(dict(self._sets))
        text, parameters = query.get_compiler(connection=database).as_sql()
        if query.count_active_tables() != 1 or query.related_updates:
            raise NotPreparableError("Only rows of one table can be changed.")
        fixed = tuple(parameters[len(self._sets) :])
        return Written(sql=text, parameters=fixed, places=self._places(text, fixed, database))


class PreparedInsert:
    """Adds rows of one model, with values for these columns; others get what the database gives them.

    _attempts = PreparedInsert(Attempt, "enrolment_id", "number")
    [pk] = _attempts([(12, 1)])

    Without names of columns, it takes all but the number. As bulk_create, it sends no signals and calls no
    `save`.
    """

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self._model = model
        self._columns = columns
        self._by_shape: dict[tuple[str, int], tuple[str, bool]] = {}

    def __call__(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Add the rows, at least one; return their numbers, in the same order. One query."""
        database = this_database()
        shape = (database.vendor, len(rows))
        if shape not in self._by_shape:
            self._by_shape[shape] = self._write(len(rows), database)
        text, by_column = self._by_shape[shape]
        fields = self._fields()
        values = [
            [field.get_db_prep_save(value, database) for field, value in zip(fields, row, strict=True)]
            for row in rows
        ]
        ordered = map(list, zip(*values, strict=True)) if by_column else chain.from_iterable(values)
        with keeping_cursor(database) as cursor:
            cursor.execute(text, list(ordered))
            return [row[0] for row in cursor.fetchall()]

    def add(self, instance: models.Model) -> None:
        """Add one new instance; it gets its number. One query."""
        [instance.pk] = self([[getattr(instance, field.attname) for field in self._fields()]])
        instance._state.adding = False
        instance._state.db = DEFAULT_DB_ALIAS

    def _fields(self) -> list[Any]:
        # Asked for when it is first used: models are made before all of their fields are known.
        by_column = {field.attname: field for field in self._model._meta.concrete_fields}
        if not self._columns:
            self._columns = tuple(name for name, field in by_column.items() if not field.primary_key)
        return [by_column[name] for name in self._columns]

    def _write(self, count: int, database: BaseDatabaseWrapper) -> tuple[str, bool]:
        """The SQL for so many rows, and whether it takes its values column by column (PostgreSQL: UNNEST)."""
        query = sql.InsertQuery(self._model)
        query.insert_values(self._fields(), [self._model() for _ in range(count)])
        compiler: Any = query.get_compiler(connection=database)
        compiler.returning_fields = [self._model._meta.pk]
        [(text, parameters)] = compiler.as_sql()
        if len(parameters) not in (count * len(self._columns), len(self._columns)):
            raise NotPreparableError(f"Not every value has a place of its own: {text}")
        return text, count > 1 and len(parameters) == len(self._columns)
