"""Runs every check that needs no test: style, types, contracts, settings, migrations, addresses.

    python -m scripts.checks              all of them
    python -m scripts.checks NAME …       some of them

A check that passes says one line; one that fails says all that its tool said.
"""

import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scripts import processes

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# The checks look at no database but read the settings of one.
NO_DATABASE: dict[str, str | None] = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.test",
    "DATABASE_URL": "sqlite://:memory:",
    "CACHE_URL": None,
}
PRODUCTION: dict[str, str | None] = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "courses.example.org",
    "SITE_HOST": "courses.example.org",
    "DATABASE_URL": "postgres://nobody@localhost/none",
    "CACHE_URL": "redis://localhost/0",
    "DEFAULT_FROM_EMAIL": "courses@example.org",
    "WEB_CONCURRENCY": "2",
    "STRIPE_SECRET_KEY": "rk_live_none",
    "STRIPE_WEBHOOK_SECRETS": "whsec_none",
}


@dataclass(frozen=True)
class Check:
    """A command that must end well, with changes to its environment."""

    command: list[str]
    extra: Mapping[str, str | None] = field(default_factory=dict)


def python(*arguments: str) -> list[str]:
    """Run something with the Python that runs this."""
    return [sys.executable, *arguments]


def templates() -> list[str]:
    """List our Django templates."""
    command = ["git", "ls-files", "-co", "--exclude-standard", "*templates/*.html"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def _manage(*arguments: str, extra: Mapping[str, str | None] = NO_DATABASE) -> Check:
    return Check(python("manage.py", *arguments), extra)


CHECKS: dict[str, Callable[[], Check]] = {
    "format": lambda: Check(python("-m", "ruff", "format", "--check", "--quiet", ".")),
    "lint": lambda: Check(python("-m", "ruff", "check", "--quiet", ".")),
    "types": lambda: Check(python("-m", "mypy"), NO_DATABASE),
    "imports": lambda: Check([str(BIN / "lint-imports")]),
    "templates": lambda: Check([str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()]),
    "settings": lambda: _manage("check", "--fail-level", "WARNING"),
    "deploy": lambda: _manage("check", "--deploy", "--fail-level", "WARNING", extra=PRODUCTION),
    "migrations": lambda: _manage("makemigrations", "--check", "--dry-run"),
    "migration-safety": lambda: Check(python("-m", "scripts.lint_migrations"), NO_DATABASE),
    "addresses": lambda: Check(python("-m", "scripts.check_addresses")),
    "words": lambda: Check(python("-m", "scripts.check_words")),
    "content": lambda: Check(python("-m", "scripts.check_content")),
    "addresses-test": lambda: Check(python("-m", "scripts.check_addresses", "test")),
}


def passes(name: str, check: Check) -> bool:
    """Run one check and say how it went."""
    began = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=ROOT,
        env=processes.environment(check.extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    good = done.returncode == 0
    told = "" if good else f"\n{done.stdout.rstrip()}\n"
    took = time.monotonic() - began
    # In one piece: another check may end at the same moment.
    sys.stdout.write(f"{told}{name:18} {'passed' if good else 'FAILED'} {took:6.1f} s\n")
    sys.stdout.flush()
    return good


def main(arguments: list[str]) -> int:
    """Run the named checks or all; return 1 if any failed."""
    if unknown := set(arguments) - set(CHECKS):
        print(f"There is no check called {', '.join(unknown)}.\n{__doc__}", file=sys.stderr)
        return 2
    names = arguments or list(CHECKS)
    # One of them, the types, takes as long as the others together.
    with ThreadPoolExecutor(2) as pool:
        results = dict(zip(names, pool.map(lambda name: passes(name, CHECKS[name]()), names), strict=True))
    failed = [name for name, good in results.items() if not good]
    print(f"Failed: {', '.join(failed)}." if failed else f"All {len(results)} checks passed.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
