"""Rows of another table as one column of a query: written as JSON by the database, read where it is needed.

So a page that asks for one row with its few dates needs no query of its own for them.
"""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Aggregate, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject


class _AsList(Aggregate):
    """JSON objects of many rows as one list."""

    function = "JSONB_AGG"
    name = "AsList"

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **extra)


def listed(rows: QuerySet[Any], *, by: str, **columns: Any) -> Subquery:
    """All rows that share the field `by`, as a JSON list of objects with these columns. NULL: no row.

    `rows` are filtered by an OuterRef; the list has no order.
    """
    grouped = rows.order_by().values(by).annotate(listed=Cast(_AsList(JSONObject(**columns)), TextField()))
    return Subquery(grouped.values("listed"), output_field=TextField())


def moment(text: str) -> datetime:
    """A moment as the database writes it into JSON: SQLite leaves out that it is in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
