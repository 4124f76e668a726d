"""Queries whose SQL is written once, for the pages that people open most (ADR 19).

Django writes the SQL of a query anew each time. For a look-up by number that costs several times what
the database needs to answer it. A `Prepared` query is an ordinary queryset, written with stand-ins for
its values; its SQL is kept, and each call only puts the values in. What comes back are the same model
instances that the queryset would give. PostgreSQL keeps its plan too, for each connection: to plan a
query with a few joins costs several times what it costs to run it.

    _ours = Prepared(lambda pk, learner: Enrolment.objects.filter(pk=pk, learner_id=learner), int, int)
    found = _ours(12, request.user.pk)

Only for querysets of one model (with select_related, defer, annotations and ordering), whose values
are compared with columns: no `__in`, no None, no slices that depend on a value, no prefetch_related.

`PreparedRows` gives named tuples instead, where there are many rows and nobody needs models. Rows are
changed and added in the same way by cms/core/prepared_writing.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")
W = TypeVar("W", bound="Written")
# Stand-ins that no real value of ours equals; the number fits the 32 bits that PostgreSQL gives page ids.
NUMBER = 2_070_605_040
# No row has a larger number, and SQLite cannot be asked for one.
LARGEST = 2**63 - 1
TEXT = "prepared-query-value-"
# For a column of 16 bits: given as the kind of a value, it is the stand-in itself.
SMALL = 32_050
# The last days that there are; a value of the same kind takes their place.
DAY = date(9999, 12, 30)
MOMENT = datetime(9998, 12, 30, tzinfo=UTC)
Kind = type[int] | type[str] | type[date] | type[datetime] | int
Value = int | str | date | datetime


class NotPreparableError(TypeError):
    """A queryset does not hold each of its values as it was given."""


@dataclass(frozen=True, slots=True)
class Written:
    """SQL with its fixed parameters. `places`: parameter -> value."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Reading(Written):
    """How the columns of a row become Python values."""

    converters: tuple[tuple[int, tuple[list[Callable[..., Any]], Any]], ...]
    locks: bool


@dataclass(frozen=True, slots=True)
class _Model(_Reading):
    """How a row becomes instances."""

    model: type[models.Model]
    names: list[str]
    first: int
    last: int
    populators: list[Any]
    annotations: tuple[tuple[str, int], ...]


class Statement(Generic[W]):
    """What all kinds share: one queryset for any values of these kinds, and its SQL for each database."""

    def __init__(self, build: Callable[..., models.QuerySet[Any]], *kinds: Kind) -> None:
        self._build = build
        self._stand_ins = [_stand_in(kind, place) for place, kind in enumerate(kinds)]
        self._by_vendor: dict[str, W] = {}

    def queryset(self, *values: Value) -> Any:
        """The ordinary queryset for these values."""
        return self._build(*values)

    def _written(self, database: BaseDatabaseWrapper) -> W:
        written = self._by_vendor.get(database.vendor)
        if written is None:
            written = self._write(self._build(*self._stand_ins), database)
            self._by_vendor[database.vendor] = written
        return written

    def _write(self, queryset: Any, database: BaseDatabaseWrapper) -> W:
        raise NotImplementedError

    def _places(
        self, sql: str, parameters: Sequence[Any], database: BaseDatabaseWrapper
    ) -> tuple[tuple[int, int], ...]:
        stand_ins = [_adapted(one, database) for one in self._stand_ins]
        places = tuple(
            (place, stand_ins.index(parameter))
            for place, parameter in enumerate(parameters)
            if parameter in stand_ins
        )
        if {value for _place, value in places} != set(range(len(self._stand_ins))):
            raise NotPreparableError(f"Not every value is in the SQL as it was given: {sql}")
        return places

    def _reading(self, queryset: Any, compiler: Any) -> dict[str, Any]:
        text, parameters = compiler.as_sql()
        return {
            "sql": text,
            "parameters": tuple(parameters),
            "places": self._places(text, parameters, compiler.connection),
            "converters": tuple(compiler.get_converters([column[0] for column in compiler.select]).items()),
            "locks": queryset.query.select_for_update,
        }


class Prepared(Statement[_Model], Generic[M]):
    """A query that gives model instances."""

    def __init__(self, build: Callable[..., models.QuerySet[M]], *kinds: Kind) -> None:
        super().__init__(build, *kinds)

    def __call__(self, *values: Value) -> list[M]:
        """The instances for these values, in the queryset's order. One query."""
        database = this_database()
        written = self._written(database)
        return [_instance(written, row, database) for row in _rows(written, values, database)]

    def get(self, *values: Value) -> M:
        """The one instance for these values. Raises the model's DoesNotExist when there is none."""
        found = self(*values)
        if not found:
            raise self.queryset(*values).model.DoesNotExist
        return found[0]

    def _write(self, queryset: Any, database: BaseDatabaseWrapper) -> _Model:
        if queryset._iterable_class is not ModelIterable or queryset._prefetch_related_lookups:
            raise NotPreparableError("Only querysets that give instances of one model can be prepared.")
        compiler = queryset.query.get_compiler(connection=database)
        reading = self._reading(queryset, compiler)
        select, info = compiler.select or [], compiler.klass_info or {}
        fields = info["select_fields"]
        first, last = fields[0], fields[-1] + 1
        return _Model(
            **reading,
            model=info["model"],
            names=[column[0].target.attname for column in select[first:last]],
            first=first,
            last=last,
            populators=get_related_populators(info, select, database.alias),  # type: ignore[call-arg]
            annotations=tuple((compiler.annotation_col_map or {}).items()),
        )


class PreparedRows(Statement[_Reading], Generic[R]):
    """A query of `values_list`, whose rows become named tuples: a tenth of what a model instance costs.

    _answers = PreparedRows(Answer, lambda attempt: AttemptAnswer.objects.values_list("slot", "choice")…, int)
    """

    def __init__(
        self, row: Callable[..., R], build: Callable[..., models.QuerySet[Any, Any]], *kinds: Kind
    ) -> None:
        super().__init__(build, *kinds)
        self._row = row

    def __call__(self, *values: Value) -> list[R]:
        """The rows for these values, in the queryset's order. One query."""
        database = this_database()
        written = self._written(database)
        return [self._row(*_converted(written, row, database)) for row in _rows(written, values, database)]

    def _write(self, queryset: Any, database: BaseDatabaseWrapper) -> _Reading:
        if queryset._iterable_class is not ValuesListIterable:
            raise NotPreparableError("Only querysets of values_list can be prepared as rows.")
        return _Reading(**self._reading(queryset, queryset.query.get_compiler(connection=database)))


class _KeepingCursor(ServerBindingCursor):
    """For SQL that stays the same, with its values apart from it: the connection plans it once."""

    def execute(self, query: Any, params: Any = None) -> Any:
        return super().execute(query, params, prepare=True)  # type: ignore[misc]  # the stubs lack its base


def _stand_in(kind: Kind, place: int) -> Value:
    if isinstance(kind, int):
        return kind
    if kind in (date, datetime):
        return (MOMENT if kind is datetime else DAY) - timedelta(days=place)
    return NUMBER + place if kind is int else f"{TEXT}{place}"


def _adapted(value: Value, database: BaseDatabaseWrapper) -> Any:
    """The value as this database wants it: SQLite has no dates."""
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    return database.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def this_database() -> BaseDatabaseWrapper:
    """The connection of this thread. `django.db.connection` looks it up anew at each use."""
    return connections[DEFAULT_DB_ALIAS]


def keeping_cursor(database: BaseDatabaseWrapper) -> CursorWrapper:
    """Django's own cursor. On PostgreSQL, values go to the server apart from the SQL, whose plan is kept.

    Not while somebody counts or reads the statements: only Django's cursor can tell them with their values.
    """
    cursor = database.cursor()
    keeps_plans = "prepare_threshold" in database.settings_dict["OPTIONS"] and not database.queries_logged
    if database.vendor == "postgresql" and keeps_plans:
        cursor.cursor = _KeepingCursor(database.connection)  # type: ignore[call-arg]
    return cursor


def _rows(written: _Reading, values: Sequence[Value], database: BaseDatabaseWrapper) -> list[Any]:
    if written.locks and not database.in_atomic_block:
        raise TransactionManagementError("A lock holds only inside a transaction.")
    if any(isinstance(value, int) and abs(value) > LARGEST for value in values):
        return []
    parameters = parameters_of(written, values, database)
    try:
        return _fetched(written.sql, parameters, database)
    except NotSupportedError:
        # A migration gave a column another type, and a plan that was kept did not survive it. psycopg has
        # forgotten it by now, so that asking again helps; inside a transaction only the next request can.
        if database.in_atomic_block:
            raise
        return _fetched(written.sql, parameters, database)


def _fetched(sql: str, parameters: list[Any], database: BaseDatabaseWrapper) -> list[Any]:
    with keeping_cursor(database) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def parameters_of(written: Written, values: Sequence[Value], database: BaseDatabaseWrapper) -> list[Any]:
    """The fixed parameters of a statement, with these values in their places."""
    parameters = list(written.parameters)
    for place, value in written.places:
        parameters[place] = _adapted(values[value], database)
    return parameters


def _converted(written: _Reading, found: Sequence[Any], database: BaseDatabaseWrapper) -> list[Any]:
    row = list(found)
    for place, (converters, expression) in written.converters:
        for convert in converters:
            row[place] = convert(row[place], expression, database)
    return row


def _instance(written: _Model, found: Sequence[Any], database: BaseDatabaseWrapper) -> Any:
    row = _converted(written, found, database)
    instance = written.model.from_db(database.alias, written.names, row[written.first : written.last])
    for populator in written.populators:
        populator.populate(row, instance)
    for name, place in written.annotations:
        setattr(instance, name, row[place])
    return instance
