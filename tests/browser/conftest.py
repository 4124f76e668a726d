"""The server, the browser, and the people who use it.

Every test has the whole demo to itself, and every page it opens is watched: a word in the browser's
console, a file that is missing or a request to somebody else's server fails the test at its end.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from cms.users.models import User
from tests.browser import demo
from tests.browser.watching import Watch

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PATIENCE = 30_000
DESKTOP, PHONE = (1280, 900), (390, 844)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Playwright waits in an event loop of this thread; Django would refuse the database for that. It
    # also keeps other connections while there is such a loop, so whatever uses one starts after this.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as started:
        yield started


@pytest.fixture(scope="session")
def browser_with_large_letters(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose owner has set letters to twice their usual size."""
    flags = [*FLAGS, "--blink-settings=defaultFontSize=32"]
    with playwright.chromium.launch(executable_path=CHROMIUM, args=flags) as started:
        yield started


@pytest.fixture(scope="session")
def demo_database(
    playwright: Playwright,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("database")
    with (
        django_db_blocker.unblock(),
        demo.migrated(folder, keep=django_db_keepdb),
        demo.copied("demo", folder),
    ):
        demo.build()
        yield


@pytest.fixture(scope="session")
def server(demo_database: None) -> Iterator[LiveServer]:
    started = LiveServer("localhost")
    yield started
    started.stop()


@pytest.fixture
def site(server: LiveServer, settings: Any, tmp_path: Path, private_files: Path) -> Iterator[str]:
    """The address of a site that holds the demo, fresh for this test."""
    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = server.url
    with demo.copied("now", tmp_path):
        yield server.url


@pytest.fixture
def open_page(site: str, browser: Browser) -> Iterator[OpenPage]:
    """Opens a page of the site in a new browser context, signed in as the person with `email` if given."""
    watch = Watch(site)
    contexts = []

    def make(
        path: str = "/",
        *,
        email: str = "",
        size: tuple[int, int] = DESKTOP,
        using: Browser = browser,
        pays_at: str = "",
        **options: Any,
    ) -> Page:
        watch.others |= {pays_at} - {""}
        context = using.new_context(
            base_url=site,
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB",
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        watch.over(context)
        if email:
            client = Client()
            client.force_login(User.objects.get(email=email), django_settings.AUTHENTICATION_BACKENDS[0])
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site}])
        page = context.new_page()
        page.goto(path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert watch.complaints == []
