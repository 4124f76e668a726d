"""The demo: prepares it, serves it, and makes it new again.

Beside the site runs a stand-in of Stripe, so that places can be paid for with test cards.

    python -m scripts.demo serve HOST PORT
    python -m scripts.demo reset

All it keeps lies in var/: the database, files, e-mails and collected static files.
"""

import fcntl
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from scripts import prepare, processes

ROOT = prepare.ROOT
VAR = ROOT / "var"
# Only the demo's own database and cache, whatever else this terminal is set to.
OURS: dict[str, str | None] = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
    "DATABASE_URL": None,
    "CACHE_URL": None,
    "VAR_DIR": str(VAR),
    # Nobody's real account, whatever this terminal is set to.
    "STRIPE_SECRET_KEY": None,
    "STRIPE_WEBHOOK_SECRETS": None,
    "STRIPE_ACCOUNT": None,
}
STAND_IN = VAR / "stripe-stand-in.json"
WEBHOOK = "/payments/stripe/"
PORTS_TO_TRY = 20
THREADS = 8
SECONDS_BETWEEN_ROUNDS = 20
SECONDS_TO_START = 60
# Besides the people to sign in as, so that registers and lists look as they do in real life.
LEARNERS = "60"

Child = subprocess.Popen[bytes]


def serve(host: str, port: int) -> int:
    """Prepare the demo and serve it until somebody stops it; return the exit code."""
    if not _is_free(host, port):
        print(f"Port {port} is taken. Choose another one: make run PORT={port + 1}", file=sys.stderr)
        return 1
    with _in_use(fcntl.LOCK_SH):
        # Certificates print the address of the site, so it is known before the demo is built.
        extra = {**OURS, "SITE_HOST": os.environ.get("SITE_HOST", f"{_near(host)}:{port}")}
        build(extra)
        with ExitStack() as children:
            till = children.enter_context(_till(host, port))
            paying = {**extra, **till.settings}
            server = children.enter_context(_child(_server_command(host, port), paying))
            rounds = children.enter_context(_child(_rounds_command(), paying))
            _welcome(host, port)
            print(f"The card that pays:       4242 4242 4242 4242\nWhere bank debits wait:   {till.bank}")
            print("Stop it with Ctrl-C.", flush=True)
            return _wait(server, rounds, till.child)


def reset() -> int:
    """Throw away all that the demo keeps and build it again."""
    with _in_use(fcntl.LOCK_EX):
        for folder in ("media", "private", "mail", "stamps"):
            shutil.rmtree(VAR / folder, ignore_errors=True)
        for file in VAR.glob("demo.sqlite3*"):
            file.unlink()
        STAND_IN.unlink(missing_ok=True)
        build()
    print("The demo is new again. Start it with: make run")
    return 0


def build(extra: Mapping[str, str | None] = OURS) -> None:
    """Make the database and its contents where they are missing, and collect the static files."""
    database = VAR / "demo.sqlite3"
    if not database.exists():
        print("Building the demo. This takes a minute the first time …", flush=True)
        shutil.rmtree(VAR / "stamps", ignore_errors=True)
    prepare.migrate(VAR, OURS)
    filled = VAR / "stamps/filled"
    if not filled.exists():
        prepare.manage("demo", "--learners", LEARNERS, extra=extra)
        filled.touch()
    prepare.static_files(VAR, OURS)


def _server_command(host: str, port: int) -> list[str]:
    address = ["--bind", f"{host}:{port}"]
    size = ["--workers", "1", "--threads", str(THREADS)]
    manners = ["--log-level", "warning", "--graceful-timeout", "3", "--no-control-socket"]
    return ["-m", "gunicorn", "cms.wsgi:application", *address, *size, *manners]


def _rounds_command() -> list[str]:
    return ["manage.py", "run_due", "--every", str(SECONDS_BETWEEN_ROUNDS)]


@dataclass(frozen=True)
class Till:
    """The stand-in of Stripe. `settings` tell the site where it is; at `bank` somebody can play bank."""

    child: Child
    settings: Mapping[str, str | None]
    bank: str


@contextmanager
def _till(host: str, port: int) -> Iterator[Till]:
    """Start it on a free port. What it remembers stays in var/; its secrets are new each time."""
    key, secret = f"sk_test_{secrets.token_hex(16)}", f"whsec_{secrets.token_hex(16)}"
    command = ["-m", "scripts.stripe_stand_in", "--state", str(STAND_IN)]
    command += ["--webhook", f"http://{_near(host)}:{port}{WEBHOOK}", *_pages(host, port)]
    with _child(command, {"STAND_IN_KEY": key, "STAND_IN_WEBHOOK_SECRET": secret}, is_heard=True) as child:
        assert child.stdout is not None
        with child.stdout as said:
            address, _, pages = said.readline().decode().strip().partition(" ")
        if not address:
            sys.exit("The stand-in of Stripe did not start.")
        settings = {
            "STRIPE_SECRET_KEY": key,
            "STRIPE_WEBHOOK_SECRETS": secret,
            "DEMO_STRIPE_ADDRESS": address,
            "DEMO_STRIPE_PAGES": pages,
        }
        yield Till(child, settings, f"{address}/_control/bank")


def _pages(host: str, port: int) -> list[str]:
    """Where people pay. Other machines see only these pages, and only if they see the site as well."""
    if _near(host) == host and host in {"127.0.0.1", "localhost"}:
        return []
    name = os.environ.get("SITE_HOST", "").partition(":")[0] or os.environ.get("DEMO_HOST") or _near(host)
    free = next((one for one in range(port + 1, port + PORTS_TO_TRY) if _is_free(host, one)), port + 1)
    own = os.environ.get("DEMO_PAY_ADDRESS", f"http://{name}:{free}")
    return ["--page-host", host, "--page-port", str(free), "--public", own.rstrip("/")]


@contextmanager
def _child(
    arguments: list[str], extra: Mapping[str, str | None], *, is_heard: bool = False
) -> Iterator[Child]:
    """Start a Python program of ours, and see that it ends when we do. `is_heard`: we read what it says."""
    child = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE if is_heard else None,
        env=processes.environment(extra),
        # The terminal sends Ctrl-C to all of us; they are told to stop by us alone.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),  # noqa: PLW1509 (one thread)
    )
    try:
        yield child
    finally:
        processes.stop(child)


def _welcome(host: str, port: int) -> None:
    """Wait until the site answers, then say where it is and who may sign in."""
    accounts = subprocess.run(
        [sys.executable, "manage.py", "demo", "--accounts"],
        cwd=ROOT,
        env=processes.environment(OURS),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout.rstrip()
    near = _near(host)
    _wait_for_answer(near, port)
    site = f"http://{near}:{port}"
    print(f"\n{accounts}\n\nThe site:                 {site}/")
    print(f"The e-mails it has sent:  {site}/demo/mailbox/")


def _near(host: str) -> str:
    """Return the name that this machine can reach the host by."""
    return "127.0.0.1" if host in {"0.0.0.0", "", "*"} else host


def _wait_for_answer(host: str, port: int) -> None:
    """Return when the site answers, or when it is no use waiting any longer."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        connection = http.client.HTTPConnection(host, port, timeout=SECONDS_TO_START)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            time.sleep(0.2)
        else:
            return
        finally:
            connection.close()


def _wait(*children: Child) -> int:
    """Return when one of the children has ended, or whoever started us has gone."""
    parent = os.getppid()
    while os.getppid() == parent:
        for child in children:
            if (code := child.poll()) is not None:
                print("A part of the demo has stopped, so all of it stops.", file=sys.stderr)
                return code or 1
        time.sleep(0.3)
    return 1


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as test:
        test.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            test.bind((host, port))
        except OSError:
            return False
        return True


@contextmanager
def _in_use(kind: int) -> Iterator[None]:
    """Keep `reset` from pulling the demo away under a running server, and the other way round."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "in-use").open("w") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo is in use: stop the other `make run` or `make reset-demo` first.")
        yield


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit code."""
    processes.end_in_order()
    match arguments:
        case ["serve", host, port] if port.isdecimal():
            return serve(host, int(port))
        case ["reset"]:
            return reset()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
