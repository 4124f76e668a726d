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

from cms.users.models import User
from courses.catalogue.models import Course
from courses.catalogue.pages import CatalogueIndexPage, CoursePage
from courses.catalogue.topics import Topic
from courses.staff import roles
from home.demo import people
from home.demo.loader import DemoSite
from home.demo.people import DemoPerson
from home.demo.walks import Walk

ALIAS = "default"
# Besides the people of the demo: somebody who sits the quiz at this moment.
PLANNED = "Listening to a life"
HAL = DemoPerson("hal", "Hal Example", "has the quiz open")


def build() -> None:
    """Everything that `manage.py demo` makes, and Hal."""
    at = timezone.now()
    roles.set_up()
    editor = people.make(people.EDITOR, at=at)
    cohorts = DemoSite(settings.BASE_DIR / "content", by=editor, at=at).build()
    people.populate(cohorts, at=at)
    plan(by=editor)
    people.make(HAL, at=at)
    walk = Walk(cohorts[0], at=at)
    walk.begin(walk.lessons(HAL.email))


def plan(*, by: User) -> None:
    """A course that is only planned: there is a page, and nothing to join."""
    course = Course.objects.create(code="PLAN", title=PLANNED, provider="Nobody yet")
    page = CoursePage(
        title=PLANNED,
        slug="planned",
        course=course,
        one_line="A course that is not there yet.",
        lead="Nobody can join it yet.",
        who_for="<p>Everybody.</p>",
        outcomes=[("item", "Listen to a life.")],
        how_to_pass="<p>We do not know yet.</p>",
    )
    CatalogueIndexPage.objects.get().add_child(instance=page)
    page.topics = [Topic.objects.create(name="Life stories", slug="life-stories")]
    page.save_revision(user=by).publish(user=by)


@contextmanager
def migrated(folder: Path, *, keep: bool) -> Iterator[None]:
    """A database of our own as migrations leave it: other tests empty and fill the ordinary one."""
    default = connections.settings[ALIAS]
    with _using(default["NAME"]):
        own = connections.settings[ALIAS]
        own["TEST"] = {**own["TEST"], "NAME": _own_name(folder)}
        creation = connections[ALIAS].creation
        name = default["NAME"]
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
        # Django has named it in the settings of the whole project as well.
        default["NAME"] = name
        try:
            yield
        finally:
            creation.destroy_test_db(name, verbosity=0, keepdb=keep)
            default["NAME"] = name


@contextmanager
def copied(name: str, folder: Path) -> Iterator[None]:
    """A copy of the database in use, which is then in use itself, and goes afterwards."""
    source = str(connections.settings[ALIAS]["NAME"])
    make, remove = (
        (_make_postgresql, _remove_postgresql) if _is_postgresql() else (_make_sqlite, _remove_sqlite)
    )
    copy = make(source, name, folder)
    try:
        with _using(copy):
            yield
    finally:
        remove(copy)


@contextmanager
def _using(name: str) -> Iterator[None]:
    """Let every thread use the database with this name."""
    kept, kept_settings = connections[ALIAS], connections.settings[ALIAS]
    connections.settings[ALIAS] = {**kept_settings, "NAME": name}
    del connections[ALIAS]
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections[ALIAS].close()
        connections[ALIAS], connections.settings[ALIAS] = kept, kept_settings
        ContentType.objects.clear_cache()


def _is_postgresql() -> bool:
    return connections[ALIAS].vendor == "postgresql"


def _own_name(folder: Path) -> str:
    given = connections.settings[ALIAS]["TEST"]["NAME"]
    if _is_postgresql():
        return f"{given or connections.settings[ALIAS]['NAME']}_browser"
    return f"{given}-browser" if given else str(folder / "migrated.sqlite3")


def _make_postgresql(source: str, name: str, folder: Path) -> str:
    copy = f"{source}_{name}"
    # A database is only copied while nobody is in it.
    connections[ALIAS].close()
    with connections[ALIAS]._nodb_cursor() as cursor:
        # The other way, through the log, is the server's choice from version 15 and takes half as long again.
        by = "STRATEGY file_copy" if cursor.connection.info.server_version >= 150000 else ""
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{source}" {by}')
    return copy


def _remove_postgresql(copy: str) -> None:
    with connections[ALIAS]._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _make_sqlite(source: str, name: str, folder: Path) -> str:
    copy = folder / f"{name}.sqlite3"
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    return str(copy)


def _remove_sqlite(copy: str) -> None:
    for file in Path(copy).parent.glob(f"{Path(copy).name}*"):
        file.unlink()
