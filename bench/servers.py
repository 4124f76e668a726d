"""Starts what is measured: the shared cache, and the same application server for each side."""

import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts import debian, processes

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Cache:
    """The cache that processes share, if there is one."""

    url: str | None
    process: int | None
    name: str

    @property
    def workers(self) -> int:
        """How many processes may serve: without a shared cache, one."""
        return 2 if self.url else 1


@dataclass(frozen=True)
class Server:
    """A running application server."""

    port: int
    process: int


@dataclass(frozen=True)
class Till:
    """A stand-in of Stripe, at which places are paid for."""

    address: str
    key: str
    secret: str

    @property
    def settings(self) -> dict[str, str | None]:
        """What the site must know of it."""
        return {
            "BENCH_STRIPE_ADDRESS": self.address,
            "STRIPE_SECRET_KEY": self.key,
            "STRIPE_WEBHOOK_SECRETS": self.secret,
            "STRIPE_ACCOUNT": None,
        }


@contextmanager
def till() -> Iterator[Till]:
    """Start the stand-in of Stripe. It tells the site nothing by itself: the measurement does that."""
    key, secret = f"sk_test_{secrets.token_hex(16)}", f"whsec_{secrets.token_hex(16)}"
    child = subprocess.Popen(
        [sys.executable, "-m", "scripts.stripe_stand_in"],
        env=processes.environment({"STAND_IN_KEY": key, "STAND_IN_WEBHOOK_SECRET": secret}),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    try:
        assert child.stdout is not None
        with child.stdout as said:
            address = said.readline().decode().partition(" ")[0].strip()
        if not address:
            raise SystemExit("The stand-in of Stripe did not start.")
        yield Till(address, key, secret)
    finally:
        processes.stop(child)


@contextmanager
def cache() -> Iterator[Cache]:
    """Start Valkey or Redis, installing it from Debian where there is neither."""
    program = _cache_program()
    if not program:
        yield Cache(None, None, "each process its own memory, so one process only")
        return
    port = _free_port()
    with tempfile.TemporaryDirectory() as folder:
        where = ["--bind", "127.0.0.1", "--port", str(port), "--dir", folder]
        command = [program, *where, "--save", "", "--appendonly", "no"]
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(port, child, program)
            yield Cache(f"redis://127.0.0.1:{port}/0", child.pid, Path(program).name)
        finally:
            processes.stop(child)


def _cache_program() -> str | None:
    names = ("valkey-server", "redis-server")
    if not any(map(shutil.which, names)):
        debian.install("redis-server")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def gunicorn(application: str, workers: int, extra: Mapping[str, str | None]) -> Iterator[Server]:
    """Serve an application from this many processes; what it complains about is shown."""
    port = _free_port()
    size = ["--workers", str(workers), "--worker-class", "sync"]
    manners = ["--log-level", "warning", "--no-control-socket", "--timeout", "120"]
    where = ["--bind", f"127.0.0.1:{port}", "--chdir", str(ROOT)]
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, *size, *manners, *where],
        env=processes.environment(extra),
        cwd=ROOT,
    )
    try:
        _wait_for(port, child, application)
        yield Server(port, child.pid)
    finally:
        processes.stop(child)


def _wait_for(port: int, child: subprocess.Popen[bytes], name: str) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and child.poll() is None:
        with socket.socket() as test:
            if test.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{name} did not start.")


def _free_port() -> int:
    with socket.socket() as test:
        test.bind(("127.0.0.1", 0))
        port: int = test.getsockname()[1]
        return port
