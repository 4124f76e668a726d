"""The real site, set up as in production, filled with the demo and with what is measured."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import asks
from bench.measure import Ask, Target
from bench.servers import ROOT, Cache, Server, Till, gunicorn
from scripts import postgres, prepare, processes

VAR = ROOT / "var/bench"
PAGES_TO_SEARCH = 10_000
FEWEST_ORDERS = 1_000


@dataclass(frozen=True)
class Running:
    """A running site and who asks it what."""

    server: Server
    asks: dict[str, list[Ask]]
    processes: list[int]

    @property
    def targets(self) -> dict[str, Target]:
        """A target for each scenario."""
        return {
            name: Target(name, self.processes, found, once=name in asks.ONCE)
            for name, found in self.asks.items()
        }


@dataclass(frozen=True)
class Site:
    """A site in a database that nobody else uses."""

    database: str
    cache: Cache
    workers: int
    till: Till
    enrolments: int = 0
    orders: int = FEWEST_ORDERS
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str | None]:
        """What its processes are told."""
        return {
            "DJANGO_SETTINGS_MODULE": "cms.settings.bench",
            "DATABASE_URL": self.database,
            "CACHE_URL": self.cache.url,
            "WEB_CONCURRENCY": str(self.workers),
            "VAR_DIR": str(VAR),
            **self.till.settings,
        }

    def build(self, *, once: int, pages: int = PAGES_TO_SEARCH) -> None:
        """Fill a new database. `once` is how many there must be of what can be asked only once."""
        extra = self.environment
        prepare.manage("migrate", "--noinput", "--verbosity", "0", "--skip-checks", extra=extra)
        prepare.static_files(VAR, extra)
        _quietly("manage.py", "demo", "--skip-checks", extra=extra)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "data.json"
            size = ["--asks", str(once), "--pages", str(pages)]
            size += ["--enrolments", str(self.enrolments), "--orders", str(self.orders)]
            _quietly("-m", "bench.fill", str(file), *size, extra=extra)
            self.data.update(json.loads(file.read_text()))

    @contextmanager
    def serving(self, application: str = "cms.wsgi:application") -> Iterator[Running]:
        """Serve it, and let people sign in."""
        with gunicorn(application, self.workers, self.environment) as server:
            found = asks.of(server.port, self.data, self.till)
            yield Running(server, found, [server.process, *self._others()])

    def _others(self) -> list[int]:
        """The processes that work for it besides its own."""
        database = [postgres.process_of(self.database)] if self.database.startswith("postgres") else []
        return [*database, *filter(None, [self.cache.process])]


def _quietly(*words: str, extra: Mapping[str, str | None]) -> None:
    """Run a Python program to its end; only what it complains about is shown."""
    environment = processes.environment(extra)
    command = [sys.executable, *words]
    subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
