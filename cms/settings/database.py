"""How SQLite is set for real use: readers and one writer at a time, waiting instead of failing."""

from typing import Any

WAL = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


def sqlite_for_real_use(config: Any) -> dict[str, Any]:
    """Add write-ahead logging, immediate transactions and a 20 second wait to an SQLite database."""
    settings: dict[str, Any] = dict(config)
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        options = {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": WAL}
        settings["OPTIONS"] = {**options, **settings.get("OPTIONS", {})}
    return settings
