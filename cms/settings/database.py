"""How databases are set for real use.

SQLite: readers and one writer at a time, waiting instead of failing. PostgreSQL: the plans of our busiest
queries are kept by each connection (ADR 19).
"""

from typing import Any

WAL = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


# Only statements that ask for it are kept by the server (cms/core/prepared.py). psycopg would keep others
# after so many uses, but into those Django writes the values, and no two of them are alike.
PREPARE_THRESHOLD = 5


def for_real_use(config: Any, *, keeps_plans: bool = True) -> dict[str, Any]:
    """Set whichever database this is. `keeps_plans` only matters to PostgreSQL."""
    settings = sqlite_for_real_use(config)
    if keeps_plans and settings.get("ENGINE") == "django.db.backends.postgresql":
        settings["OPTIONS"] = {"prepare_threshold": PREPARE_THRESHOLD, **settings.get("OPTIONS", {})}
    return settings


def sqlite_for_real_use(config: Any) -> dict[str, Any]:
    """Add write-ahead logging, immediate transactions and a 20 second wait to an SQLite database."""
    settings: dict[str, Any] = dict(config)
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": WAL}
        settings["OPTIONS"] = {**options, **settings.get("OPTIONS", {})}
    return settings
