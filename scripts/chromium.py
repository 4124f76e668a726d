"""Finds a Chromium for the browser tests, installing Debian's where there is none.

    python3 -m scripts.chromium    print its path

CHROMIUM=… in the environment names another.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import debian

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class ChromiumRefused(Exception):
    """There is no Chromium here and none could be installed."""


def find() -> str:
    """Return the path of a Chromium that has letters to draw with."""
    path = _found()
    if not path and debian.install("chromium"):
        path = _found()
    if not path:
        raise ChromiumRefused(
            "The browser tests need Chromium. On Debian: apt-get install chromium fonts-dejavu-core."
            " Elsewhere, name it with CHROMIUM=…"
        )
    if not _has_letters():
        debian.install("fonts-dejavu-core")
    return path


def _found() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named and not shutil.which(named):
        raise ChromiumRefused(f"CHROMIUM names {named}, which cannot be run.")
    return next(filter(None, (shutil.which(name) for name in ([named] if named else NAMES))), None)


def _has_letters() -> bool:
    """Say whether there is an outline font; without one, pages show empty boxes."""
    if shutil.which("fc-list"):
        listed = subprocess.run(["fc-list"], capture_output=True, check=False)
        return bool(listed.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*.[to]tf"))


if __name__ == "__main__":
    try:
        print(find())
    except ChromiumRefused as refusal:
        sys.exit(str(refusal))
