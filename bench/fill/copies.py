"""Many rows that are like one that is there. PostgreSQL only: a million takes seconds there."""

from typing import Any

from django.db import connection, models
from django.db.models import Max


def again(row: models.Model, count: int, **varying: str) -> int:
    """Copy a row `count` times; `varying` says in SQL what differs by `n`, which is from 0.

    Returns the number that the first copy has: copy n has that and n more.
    """
    meta = row._meta
    first: int = (type(row)._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
    if count == 0:
        return first
    columns = [str(field.column) for field in meta.concrete_fields]
    key = str(meta.pk.column)
    values = {key: f"{first} + n", **varying}
    names = ", ".join(f'"{column}"' for column in columns)
    chosen = ", ".join(values.get(column, f'"{column}"') for column in columns)
    table = f'"{meta.db_table}"'
    with connection.cursor() as cursor:
        numbers = f"generate_series(0, {count - 1}) AS n"
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table}, {numbers} WHERE {key} = %s",
            [row.pk],
        )
        last = first + count
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [table, key, last])
    return first


def analyse() -> None:
    """Let PostgreSQL count its rows, as it does by itself in a site that runs for a while."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def must_be_postgresql(what: str) -> None:
    """Stop where rows cannot be multiplied."""
    if connection.vendor != "postgresql":
        raise SystemExit(f"{what} are made on PostgreSQL only.")


def closed_cohort(pattern: Any, name: str) -> Any:
    """A cohort like this one that was over before anybody asks, so that no page offers it to visitors."""
    cohort = type(pattern).objects.get(pk=pattern.pk)
    cohort.pk, cohort.name, cohort.ends_on, cohort.is_rolling = None, name, cohort.starts_on, False
    cohort.save()
    type(pattern).objects.filter(pk=cohort.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
    return cohort
