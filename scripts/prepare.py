"""Brings a database and the static files up to date, and skips what already is."""

import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from scripts import processes

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
# Folders that hold no source of ours, besides those whose name starts with a dot.
NOT_SOURCE = {"var", "node_modules"}


def manage(*arguments: str, extra: Mapping[str, str | None]) -> None:
    """Run one of manage.py's commands; where it fails, its own words are the last ones."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    if code := processes.run(command, extra):
        sys.exit(code)


def migrate(var: Path, extra: Mapping[str, str | None]) -> None:
    """Apply the migrations, if one changed since they were last applied here."""
    sources = [path for path in _sources() if path.parent.name == "migrations"]
    once(
        var / "stamps/migrations",
        sources,
        lambda: manage("migrate", "--noinput", "--verbosity", "0", extra=extra),
    )


def static_files(var: Path, extra: Mapping[str, str | None]) -> None:
    """Collect the static files, if one of them or a package changed since they were collected."""
    sources = [path for path in _sources() if "static" in path.relative_to(ROOT).parts]
    once(
        var / "stamps/static",
        sources,
        lambda: manage("collectstatic", "--noinput", "--verbosity", "0", extra=extra),
    )


def once(stamp: Path, sources: Iterable[Path], work: Callable[[], None]) -> None:
    """Do the work unless the stamp says it was done with the same sources and packages."""
    now = _digest(sources)
    if stamp.exists() and stamp.read_text() == now:
        return
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)


def _sources() -> list[Path]:
    """List our own files, not those of packages or made by us."""
    tops = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in NOT_SOURCE
    ]
    files = (path for top in tops for path in top.rglob("*") if path.is_file())
    return sorted(path for path in files if "__pycache__" not in path.parts)


def _digest(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in [*sources, *(ROOT / lock for lock in LOCKS)]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
