"""Asks Lighthouse, with its phone profile, what it thinks of the pages that people meet first.

    python -m bench.lighthouse            print the table, and keep it in docs/reference/lighthouse.md
    LIGHTHOUSE=path python -m bench.lighthouse

Needs Node with its npx, or a Lighthouse named by LIGHTHOUSE. Serves the demo as in production, from a
folder of its own that is gone afterwards.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.client import Browser, sign_in
from bench.servers import ROOT, gunicorn
from scripts import chromium, postgres, prepare, processes

RESULT = ROOT / "docs/reference/lighthouse.md"
VERSION = "12"
ACCESSIBILITY, PERFORMANCE = 100, 95
# Chromium's own sandbox and background calls are not for machines like those that run tests.
CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-sync"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = {
    "largest-contentful-paint": "Largest paint",
    "total-blocking-time": "Blocked",
    "cumulative-layout-shift": "Layout shift",
    "total-byte-weight": "Weight",
}
HEAD = """# What Lighthouse says

Written by `make lighthouse`, with Lighthouse {version} and its phone profile (a slow phone on a slow
network, both simulated), on the demo as `make bench` serves it. Floors: accessibility {accessibility},
performance {performance}. The times move from day to day with the machine; the marks and the layout shift
should not. The lesson's lower marks have reasons: pages for learners ask search engines to stay away, and
this set-up serves no uploaded pictures.

"""


@dataclass(frozen=True)
class Judged:
    """One page: marks from 0 to 100, and the figures behind the first of them, as Lighthouse words them."""

    page: str
    marks: dict[str, int]
    figures: dict[str, str]


class LighthouseRefused(Exception):
    """Lighthouse cannot be run here, or did not finish."""


def run() -> list[Judged]:
    """Serve the demo and have each page judged."""
    with tempfile.TemporaryDirectory() as folder, postgres.running() as database:
        extra: dict[str, str | None] = {
            "DJANGO_SETTINGS_MODULE": "cms.settings.bench",
            "DATABASE_URL": database,
            "CACHE_URL": None,
            "WEB_CONCURRENCY": "1",
            "VAR_DIR": folder,
        }
        data = _build(Path(folder), extra)
        with gunicorn("cms.wsgi:application", 1, extra) as server:
            learner = data["learners"][0]
            browser = Browser(server.port)
            sign_in(browser, learner["email"], learner["password"])
            cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            pages = {
                "home": ("/", ""),
                "course": (data["course_url"], ""),
                "lesson": (learner["lesson_url"], cookies),
            }
            return [
                _judge(name, f"http://127.0.0.1:{server.port}{path}", sent, Path(folder))
                for name, (path, sent) in pages.items()
            ]


def _build(folder: Path, extra: dict[str, str | None]) -> dict[str, Any]:
    prepare.manage("migrate", "--noinput", "--verbosity", "0", extra=extra)
    prepare.static_files(folder, extra)
    file = folder / "data.json"
    prepare.manage("demo", "--learners", "1", "--bench-json", str(file), extra=extra)
    data: dict[str, Any] = json.loads(file.read_text())
    return data


def _judge(page: str, url: str, cookies: str, folder: Path) -> Judged:
    report = folder / f"{page}.json"
    command = [
        *_program(),
        url,
        "--quiet",
        "--output=json",
        f"--output-path={report}",
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={CHROMIUM}",
        *([f"--extra-headers={json.dumps({'Cookie': cookies})}"] if cookies else []),
    ]
    environment = processes.environment({"CHROME_PATH": chromium.find()})
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or not report.exists():
        raise LighthouseRefused(f"Lighthouse did not finish with {url}.\n{done.stdout}{done.stderr}")
    found = json.loads(report.read_text())
    return Judged(
        page,
        {name: round(found["categories"][name]["score"] * 100) for name in CATEGORIES},
        {name: _figure(found["audits"][name]) for name in METRICS},
    )


def _figure(audit: dict[str, Any]) -> str:
    return str(audit.get("displayValue", "")).removeprefix("Total size was ")


def _program() -> list[str]:
    named = os.environ.get("LIGHTHOUSE")
    if named:
        return [named]
    if not shutil.which("npx"):
        raise LighthouseRefused("Lighthouse needs Node with npx, or its path in LIGHTHOUSE.")
    return ["npx", "--yes", f"lighthouse@{VERSION}"]


def table(judged: list[Judged]) -> str:
    """Lay the marks and figures out as Markdown."""
    titles = ["Page", *(name.replace("-", " ").capitalize() for name in CATEGORIES), *METRICS.values()]
    rows = [titles, ["---"] * len(titles)]
    rows += [[j.page, *map(str, j.marks.values()), *j.figures.values()] for j in judged]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def below(judged: list[Judged]) -> list[str]:
    """Say which pages do not reach their floors."""
    floors = {"accessibility": ACCESSIBILITY, "performance": PERFORMANCE}
    return [
        f"{j.page}: {name} {j.marks[name]}, should be {least}"
        for j in judged
        for name, least in floors.items()
        if j.marks[name] < least
    ]


def main() -> int:
    """Judge, print and keep; 1 when a page is below a floor."""
    processes.end_in_order()
    try:
        judged = run()
    except (LighthouseRefused, chromium.ChromiumRefused) as refused:
        print(refused, file=sys.stderr)
        return 2
    head = HEAD.format(version=VERSION, accessibility=ACCESSIBILITY, performance=PERFORMANCE)
    RESULT.write_text(f"{head}{table(judged)}\n")
    print(table(judged))
    print("\n".join(below(judged)))
    return 1 if below(judged) else 0


if __name__ == "__main__":
    sys.exit(main())
