"""Races need a database in which several people can really work at the same moment."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as of_all
from django.test import TransactionTestCase

from tests.factories import snapshots

HERE = Path(__file__).parent
WHY_NOT = "SQLite lets one writer in at a time, so nothing races there: make test-races uses PostgreSQL"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a race: it commits for real, and is skipped on SQLite."""
    is_sqlite = of_all.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    for item in items:
        if HERE not in item.path.parents:
            continue
        item.add_marker(pytest.mark.races)
        if is_sqlite:
            item.add_marker(pytest.mark.skip(reason=WHY_NOT))


@pytest.fixture(scope="session")
def put_back(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[], None]]:
    """Makes every row be as migrations left it."""
    with django_db_blocker.unblock(), snapshots.putting_back() as put_back:
        yield put_back


@pytest.fixture(autouse=True)
def undone(put_back: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has committed is put back. Django would empty every table, and fill some of them anew."""
    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: put_back())


@pytest.fixture(autouse=True)
def committed(undone: None, transactional_db: None) -> None:
    """Rows of one thread are seen by the others."""


@pytest.fixture(autouse=True)
def own_files(private_files: Path) -> None:
    """Rows that are put back give their numbers anew; files of the test before must not stand beside them."""
