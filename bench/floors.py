"""The floors: what the least of each kind of request costs here and now."""

import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count

from bench.asks import with_session
from bench.client import Browser
from bench.measure import Ask, Target
from bench.servers import ROOT, Cache, gunicorn
from scripts import postgres, processes

PEOPLE = 8
TITLES = {
    "empty": "empty view",
    "cached": "page cache hit, 30 kB (own memory)",
    "cached-shared": "page cache hit, 30 kB (shared cache)",
    "public": "anonymous, one row, small template",
    "user": "session, user, row, template",
    "save": "session, user, one row saved, CSRF",
    "staff": "empty page of Wagtail's admin",
    "page": "trivial Wagtail page",
    "certificate": "one-page PDF and its QR code, no database",
}


@contextmanager
def running(database: str, cache: Cache) -> Iterator[dict[str, Target]]:
    """Serve the floor from a database of its own on this server; give its targets by name."""
    extra: Mapping[str, str | None] = {
        "DJANGO_SETTINGS_MODULE": "bench.floor.settings",
        "DATABASE_URL": postgres.add_database(database, "floor"),
        "CACHE_URL": cache.url,
        "FLOOR_SECRET_KEY": secrets.token_urlsafe(64),
    }
    sessions = subprocess.run(
        [sys.executable, "-m", "bench.floor.seed", str(PEOPLE)],
        cwd=ROOT,
        env=processes.environment(extra),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout.split()
    with gunicorn("bench.floor.wsgi:application", cache.workers, extra) as server:
        roots = [server.process, postgres.process_of(database), *filter(None, [cache.process])]
        people = [with_session(server.port, session, cookie="sessionid") for session in sessions]
        yield {name: Target(name, roots, _asks(name, server.port, people)) for name in TITLES}


def _asks(name: str, port: int, people: list[Browser]) -> list[Ask]:
    if name == "save":
        return [_save(person) for person in people]
    if name == "certificate":
        return [_certificate(Browser(port), count(first, len(people))) for first in range(len(people))]
    path = "/" if name == "page" else f"/{name}/"
    browsers = people if name in ("user", "staff") else [Browser(port) for _ in people]
    return [_get(browser, path) for browser in browsers]


def _get(browser: Browser, path: str) -> Ask:
    return lambda: browser.get(path)


def _save(person: Browser) -> Ask:
    numbers = count()
    headers = {"X-CSRFToken": person.cookies["csrftoken"]}

    def save() -> None:
        number = next(numbers)
        fields = {"slot": str(number % 20), "choice": str(number % 4)}
        person.post("/save/", fields, headers=headers)

    return save


def _certificate(browser: Browser, numbers: Iterator[int]) -> Ask:
    """Each of them another one, since the compiler remembers parts of what it drew before."""
    return lambda: browser.get(f"/certificate/{next(numbers)}/")
