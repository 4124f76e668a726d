"""Runs the tests in parts, each on its database, and ends with one line for all of them.

    python -m scripts.suite quick-postgres again-sqlite races browser [-- more words for pytest]

A part that fails does not keep the others from running, but the whole fails with it. Migrations run once
for each kind of database: every worker begins with a copy of what they made.
"""

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from scripts import chromium, postgres, processes

ROOT = Path(__file__).resolve().parent.parent
QUICK = "not races and not browser and not pictures and not live"
TWO_WORKERS = ("-n", "2")
TEMPLATE = "migrated"


@dataclass(frozen=True)
class Part:
    """Which tests to run, and what they need."""

    marks: str
    options: tuple[str, ...] = ()
    needs_postgres: bool = True
    needs_browser: bool = False


def _only(folder: str) -> tuple[str, ...]:
    """Look for tests in this folder, unless others are named: to read all of them takes a while."""
    return ("-o", f"testpaths={folder}")


PARTS = {
    "quick-sqlite": Part(QUICK, TWO_WORKERS, needs_postgres=False),
    "quick-postgres": Part(QUICK, TWO_WORKERS),
    # The demo's database, after all tests on the one that a real site has.
    "again-sqlite": Part(QUICK, (*TWO_WORKERS, "--second-database"), needs_postgres=False),
    "races": Part("races", (*TWO_WORKERS, *_only("tests/concurrency"))),
    "browser": Part("browser and not pictures", (*TWO_WORKERS, *_only("tests/browser")), needs_browser=True),
    "pictures": Part("pictures", _only("tests/browser"), needs_browser=True),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one part."""

    name: str
    exit_code: int
    seconds: float
    counts: Mapping[str, int]


def run_parts(names: Sequence[str], more: Sequence[str]) -> list[Outcome]:
    """Run each part, even after one has failed."""
    parts = {name: PARTS[name] for name in names}
    with ExitStack() as stack:
        extra: dict[str, str | None] = {"TZ": "UTC", "CACHE_URL": None}
        if any(part.needs_browser for part in parts.values()):
            extra["CHROMIUM"] = chromium.find()
        url = None
        if any(part.needs_postgres for part in parts.values()):
            url = stack.enter_context(postgres.running())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        on = {
            True: {**extra, "DATABASE_URL": url, "TEST_TEMPLATE": TEMPLATE},
            False: {**extra, "DATABASE_URL": None, "TEST_TEMPLATE": str(folder / f"{TEMPLATE}.sqlite3")},
        }
        if not _migrate([on[needs] for needs in {part.needs_postgres for part in parts.values()}]):
            return [Outcome(name, 1, 0, {"error": 1}) for name in parts]
        return [_run(name, part, on[part.needs_postgres], more) for name, part in parts.items()]


def _migrate(environments: Sequence[Mapping[str, str | None]]) -> bool:
    """Make the templates, all at the same time; return whether each was made."""
    print("\n--- migrations ---", flush=True)
    command = [sys.executable, "-m", "scripts.migrated"]
    return not any(
        processes.run_together([([*command, str(extra["TEST_TEMPLATE"])], extra) for extra in environments])
    )


def _run(name: str, part: Part, extra: Mapping[str, str | None], more: Sequence[str]) -> Outcome:
    print(f"\n--- {name} ---", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "--ds=cms.settings.test", "-m", part.marks]
        options = [*part.options, f"--junitxml={report}", *more]
        code = processes.run([*command, *options], extra)
        counts = _counts(report)
    return Outcome(name, code, time.monotonic() - began, counts)


def _counts(report: Path) -> dict[str, int]:
    """Read how many tests passed, failed and so on; one error where there is no report."""
    if not report.exists():
        return {"error": 1}
    suite = next(ElementTree.parse(report).iter("testsuite"))
    count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    not_passed = count["failures"] + count["errors"] + count["skipped"]
    return {
        "failed": count["failures"],
        "passed": count["tests"] - not_passed,
        "skipped": count["skipped"],
        "error": count["errors"],
    }


def summary(outcomes: Sequence[Outcome]) -> str:
    """Say how each part went, then all of them in the shape of pytest's own last line."""
    lines = [
        f"  {outcome.name:15} {'failed' if outcome.exit_code else 'passed':7}"
        f" {outcome.seconds:6.1f} s   {_sentence(outcome.counts)}"
        for outcome in outcomes
    ]
    total = {
        word: sum(outcome.counts.get(word, 0) for outcome in outcomes)
        for word in ("failed", "passed", "skipped", "error")
    }
    seconds = sum(outcome.seconds for outcome in outcomes)
    last = f" {_sentence(total)} in {seconds:.2f}s "
    return "\n".join(["", "All parts:", *lines, last.center(100, "=")])


def _sentence(counts: Mapping[str, int]) -> str:
    said = [f"{number} {word}" for word, number in counts.items() if number]
    return ", ".join(said) or "no tests ran"


def main(arguments: list[str]) -> int:
    """Run the parts that were named; return 1 if any of them failed."""
    names, more = _split(arguments)
    if not names or not set(names) <= set(PARTS):
        print(__doc__, file=sys.stderr)
        return 2
    processes.end_in_order()
    outcomes = run_parts(names, more)
    # One part has already ended with pytest's own line.
    if len(outcomes) > 1:
        print(summary(outcomes))
    return int(any(outcome.exit_code for outcome in outcomes))


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Divide the words at the first "--"."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (chromium.ChromiumRefused, postgres.PostgresRefused) as refusal:
        sys.exit(str(refusal))
