"""The real site, set up as in production, filled with the demo, asked by its demo learners."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from bench.client import Browser, Form, WrongAnswer, sign_in
from bench.measure import Ask, Target
from bench.servers import ROOT, Cache, Server, gunicorn
from scripts import postgres, prepare

VAR = ROOT / "var/bench"
PEOPLE = 8


@dataclass(frozen=True)
class Site:
    """A running site and what to ask it."""

    server: Server
    targets: dict[str, Target]


@contextmanager
def running(database: str, cache: Cache, learners: int) -> Iterator[Site]:
    """Build and serve the site; give a target for each scenario that its demo has data for."""
    extra: dict[str, str | None] = {
        "DJANGO_SETTINGS_MODULE": "cms.settings.bench",
        "DATABASE_URL": database,
        "CACHE_URL": cache.url,
        "WEB_CONCURRENCY": str(cache.workers),
        "VAR_DIR": str(VAR),
    }
    data = _build(extra, learners)
    with gunicorn("cms.wsgi:application", cache.workers, extra) as server:
        roots = [server.process, postgres.process_of(database), *filter(None, [cache.process])]
        asks = _asks(server.port, data)
        yield Site(server, {name: Target(name, roots, ask) for name, ask in asks.items() if ask})


def _build(extra: dict[str, str | None], learners: int) -> dict[str, Any]:
    """Fill a new database with the demo; return what the demo says there is to ask for."""
    prepare.manage("migrate", "--noinput", "--verbosity", "0", extra=extra)
    prepare.static_files(VAR, extra)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.json"
        prepare.manage("demo", "--learners", str(learners), "--bench-json", str(file), extra=extra)
        data: dict[str, Any] = json.loads(file.read_text())
    return data


def _asks(port: int, data: dict[str, Any]) -> dict[str, list[Ask]]:
    """List for each scenario the people who ask, and what."""
    learners = data["learners"]
    pairs = [(learner, _signed_in(port, learner)) for learner in learners[:PEOPLE]]
    visitors = [Browser(port) for _ in range(PEOPLE)]
    return {
        "home": [_get(visitor, "/") for visitor in visitors],
        "course-page": [_get(visitor, data["course_url"]) for visitor in visitors],
        "lesson": [_get(browser, learner["lesson_url"]) for learner, browser in pairs],
        "dashboard": [_get(browser, learner["dashboard_url"]) for learner, browser in pairs],
        "save-answer": [
            _save(browser, learner["attempt_question_url"])
            for learner, browser in pairs
            if learner.get("attempt_question_url")
        ],
        "verification": [
            _get(visitor, url) for visitor, url in zip(visitors, data["verify_urls"], strict=False)
        ],
    }


def _signed_in(port: int, learner: dict[str, str]) -> Browser:
    browser = Browser(port)
    sign_in(browser, learner["email"], learner["password"])
    return browser


def _get(browser: Browser, url: str) -> Ask:
    return lambda: browser.get(url)


def _save(browser: Browser, url: str) -> Ask:
    """Answer one question again and again, as the page's own script does."""
    form = Form(browser.get(url).text)
    numbers = count(int(form.hidden.get("sequence") or 0) + 1)
    headers = {"X-Requested-With": "fetch"}

    def save() -> None:
        number = next(numbers)
        choice = form.choices[number % len(form.choices)]
        fields = {**form.hidden, "choice": choice, "sequence": str(number)}
        answer = browser.post(url, fields, headers=headers)
        if not json.loads(answer.text)["saved"]:
            raise WrongAnswer(f"{url}: the answer was not saved.\n{answer.text}")

    return save
