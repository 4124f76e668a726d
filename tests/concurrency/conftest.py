"""Races need a database in which several people can really work at the same moment."""

from pathlib import Path

import pytest
from django.conf import settings

HERE = Path(__file__).parent
WHY_NOT = "SQLite lets one writer in at a time, so nothing races there: make test-races uses PostgreSQL"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a race: it commits for real, and is skipped on SQLite."""
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.races)
        if is_sqlite:
            item.add_marker(pytest.mark.skip(reason=WHY_NOT))


@pytest.fixture(autouse=True)
def committed(transactional_db: None) -> None:
    """Rows of one thread are seen by the others."""
