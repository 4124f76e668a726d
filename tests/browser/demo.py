"""Databases that hold the demo: one is built for the whole run, and each test gets a copy of it.

The browser talks to a server with database connections of its own, so what a test did cannot be rolled
back; and building the demo takes far longer than copying it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.utils import timezone

from courses.staff import roles
from home.demo import people
from home.demo.loader import DemoSite
from home.demo.people import DemoPerson

ALIAS = "default"
# Besides the people of the demo: somebody who sits the quiz at this moment.
HAL = DemoPerson("hal", "Hal Example", "has the quiz open")


def build() -> None:
    """Everything that `manage.py demo` makes, and Hal."""
    at = timezone.now()
    roles.set_up()
    editor = people.make(people.EDITOR, at=at)
    cohort = DemoSite(settings.BASE_DIR / "content", by=editor, at=at).build()[0]
    people.populate(cohort, at=at)
    people.make(HAL, at=at)
    walk = people.Walk(cohort, at=at)
    walk.begin(walk.lessons(HAL.email))


@contextmanager
def copied(name: str, folder: Path) -> Iterator[str]:
    """A copy of the database in use, which is then in use itself, in every thread, and goes afterwards."""
    kept, kept_settings = connections[ALIAS], connections.settings[ALIAS]
    make, remove = (
        (_make_postgresql, _remove_postgresql)
        if kept.vendor == "postgresql"
        else (_make_sqlite, _remove_sqlite)
    )
    copy = make(str(kept_settings["NAME"]), name, folder)
    connections.settings[ALIAS] = {**kept_settings, "NAME": copy}
    del connections[ALIAS]
    ContentType.objects.clear_cache()
    try:
        yield copy
    finally:
        connections[ALIAS].close()
        connections[ALIAS], connections.settings[ALIAS] = kept, kept_settings
        ContentType.objects.clear_cache()
        remove(copy)


def _make_postgresql(source: str, name: str, folder: Path) -> str:
    copy = f"{source}_{name}"
    # A database is only copied while nobody is in it.
    connections[ALIAS].close()
    with connections[ALIAS]._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"')
    return copy


def _remove_postgresql(copy: str) -> None:
    with connections[ALIAS]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _make_sqlite(source: str, name: str, folder: Path) -> str:
    copy = folder / f"{name}.sqlite3"
    uri = source if source.startswith("file:") else f"file:{source}"
    with closing(sqlite3.connect(uri, uri=True)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return str(copy)


def _remove_sqlite(copy: str) -> None:
    for file in Path(copy).parent.glob(f"{Path(copy).name}*"):
        file.unlink()
