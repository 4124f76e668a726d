"""Asking for an address as somebody, and counting what it costs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from cms.core import page_cache
from cms.users import sign_ins
from tests.architecture.addresses import ANONYMOUS, CAST, OWNER, Answer, Row
from tests.architecture.world import World

NOT_OF_THE_REQUEST = re.compile(r"\s*(SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)\b", re.IGNORECASE)
WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|CREATE|ALTER|DROP)"
    r"\s+\"?(?P<table>\w+)",
    re.IGNORECASE,
)


def client_of(world: World, row: Row, role: str) -> Client:
    """A browser of somebody who plays this part in this row."""
    client = Client()
    if role != ANONYMOUS:
        person = world.people[row.owner if role == OWNER else CAST[role]]
        client.force_login(person)
        # As at the door of the site: `force_login` goes past it.
        sign_ins.note(user=person, session_key=client.session.session_key, user_agent="", at=timezone.now())
    return client


def ask(client: Client, row: Row, world: World) -> HttpResponse:
    """Send the row's request, and read the answer to its end."""
    if row.method == "POST":
        response = client.post(row.path(world), row.data(world), headers=row.headers)
    else:
        response = client.get(row.path(world), headers=row.headers)
    if response.streaming:
        # The test client closes a file that is read to its end.
        list(response)
    return response


def answer(response: Any) -> Answer:
    """The status; or where it sends people on to, by the name of the view."""
    if response.status_code in (301, 302):
        return resolve(urlsplit(response.url).path).view_name
    status: int = response.status_code
    return status


@contextmanager
def undone(row: Row, world: World) -> Iterator[None]:
    """What happens inside is taken back; what the row needs before is done first."""
    with transaction.atomic():
        forget_everything()
        if row.before is not None:
            row.before(world)
        yield
        transaction.set_rollback(True)


def statements(row: Row, world: World, role: str, *, cold: bool = False) -> list[str]:
    """The SQL of one answer in a process that has answered before.

    A GET is asked a second time, unless `cold`: then only other pages were asked for before. A POST is
    asked once and taken back, then counted as if it were the first.
    """
    with undone(row, world):
        ask(client_of(world, row, role), row, world)
    with undone(row, world):
        client = client_of(world, row, role)
        fill_the_menus()
        if row.method == "GET" and not cold:
            ask(client, row, world)
        with CaptureQueriesContext(connection) as captured:
            ask(client, row, world)
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if not NOT_OF_THE_REQUEST.match(sql)]


def forget_everything() -> None:
    """Empty every cache of this process, as in the first second after a start."""
    for cache in caches.all():
        cache.clear()
    page_cache.store.forget()


def fill_the_menus() -> None:
    """What any page that was asked for before leaves in the cache."""
    Client().get("/certificates/")


class WroteError(AssertionError):
    """A request that should only read wrote to the database."""


@contextmanager
def only_reading(allowed: frozenset[str] = frozenset()) -> Iterator[None]:
    """Fail at the first statement that writes to a table that is not `allowed`."""

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITE.match(sql)
        if found and found["table"] not in allowed:
            raise WroteError(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield
