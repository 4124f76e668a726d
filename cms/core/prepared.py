"""Queries whose SQL is written once, for the pages that people open most (ADR 19).

Django writes the SQL of a query anew each time. For a look-up by number that costs several times what
the database needs to answer it. A `Prepared` query is an ordinary queryset, written with stand-ins for
its values; its SQL is kept, and each call only puts the values in. What comes back are the same model
instances that the queryset would give.

    _ours = Prepared(lambda pk, learner: Enrolment.objects.filter(pk=pk, learner_id=learner), int, int)
    found = _ours(12, request.user.pk)

Only for querysets of one model (with select_related, defer, annotations and ordering), whose values
are asked to be equal to columns: no `__in`, no None, no slices that depend on a value, no prefetch_related.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)
# Stand-ins that no real value of ours equals; the number fits the 32 bits that PostgreSQL gives page ids.
NUMBER = 2_070_605_040
# No row has a larger number, and SQLite cannot be asked for one.
LARGEST = 2**63 - 1
TEXT = "prepared-query-value-"


class NotPreparableError(TypeError):
    """A queryset does not hold each of its values as it was given."""


@dataclass(frozen=True, slots=True)
class _Written:
    """SQL with its fixed parameters, and how a row becomes instances. `places`: parameter -> value."""

    sql: str
    parameters: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    converters: tuple[tuple[int, tuple[list[Callable[..., Any]], Any]], ...]
    model: type[models.Model]
    names: list[str]
    first: int
    last: int
    populators: list[Any]
    annotations: tuple[tuple[str, int], ...]
    locks: bool


class Prepared(Generic[M]):
    """One queryset, for any values of these kinds."""

    def __init__(self, build: Callable[..., models.QuerySet[M]], *kinds: type[int] | type[str]) -> None:
        self._build = build
        self._stand_ins = [
            NUMBER + place if kind is int else f"{TEXT}{place}" for place, kind in enumerate(kinds)
        ]
        self._written: dict[str, _Written] = {}

    def __call__(self, *values: int | str) -> list[M]:
        """The instances for these values, in the queryset's order. One query."""
        written = self._written.get(connection.vendor)
        if written is None:
            written = self._written[connection.vendor] = self._write()
        if written.locks and not connection.in_atomic_block:
            raise TransactionManagementError("A lock holds only inside a transaction.")
        if any(isinstance(value, int) and abs(value) > LARGEST for value in values):
            return []
        parameters = list(written.parameters)
        for place, value in written.places:
            parameters[place] = values[value]
        with connection.cursor() as cursor:
            cursor.execute(written.sql, parameters)
            rows = cursor.fetchall()
        return [_instance(written, row) for row in rows]

    def get(self, *values: int | str) -> M:
        """The one instance for these values. Raises the model's DoesNotExist when there is none."""
        found = self(*values)
        if not found:
            raise self.queryset(*values).model.DoesNotExist  # type: ignore[attr-defined]
        return found[0]

    def queryset(self, *values: int | str) -> models.QuerySet[M]:
        """The ordinary queryset for these values."""
        return self._build(*values)

    def _write(self) -> _Written:
        queryset = self._build(*self._stand_ins)
        if queryset._iterable_class is not ModelIterable or queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise NotPreparableError("Only querysets that give instances of one model can be prepared.")
        compiler = queryset.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        places = tuple(
            (place, self._stand_ins.index(parameter))
            for place, parameter in enumerate(parameters)
            if parameter in self._stand_ins
        )
        if {value for _place, value in places} != set(range(len(self._stand_ins))):
            raise NotPreparableError(f"Not every value is in the SQL as it was given: {sql}")
        select, info = compiler.select or [], compiler.klass_info or {}
        fields = info["select_fields"]
        first, last = fields[0], fields[-1] + 1
        return _Written(
            sql=sql,
            parameters=tuple(parameters),
            places=places,
            converters=tuple(compiler.get_converters([column[0] for column in select]).items()),
            model=info["model"],
            names=[column[0].target.attname for column in select[first:last]],
            first=first,
            last=last,
            populators=get_related_populators(info, select, connection.alias),  # type: ignore[call-arg]
            annotations=tuple((compiler.annotation_col_map or {}).items()),
            locks=queryset.query.select_for_update,
        )


def _instance(written: _Written, found: Sequence[Any]) -> Any:
    row = list(found)
    for place, (converters, expression) in written.converters:
        for convert in converters:
            row[place] = convert(row[place], expression, connection)
    instance = written.model.from_db(connection.alias, written.names, row[written.first : written.last])
    for populator in written.populators:
        populator.populate(row, instance)
    for name, place in written.annotations:
        setattr(instance, name, row[place])
    return instance
