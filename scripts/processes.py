"""Running other programs so that none is left behind when a person or the system stops us."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What a shell reports for a program stopped by Ctrl-C.
INTERRUPTED = 128 + signal.SIGINT
PATIENCE = 10  # seconds


def end_in_order() -> None:
    """From now on Ctrl-C or a request to stop unwinds the program and leaves no trace behind it."""
    for number in STOPS:
        signal.signal(number, _exit)


def run(command: Sequence[str], extra: Mapping[str, str | None] | None = None) -> int:
    """Run a program to its end and return its exit code, as a shell would.

    `extra` changes the environment; None takes a name out of it.
    """
    return run_together([(command, extra or {})])[0]


def run_together(commands: Sequence[tuple[Sequence[str], Mapping[str, str | None]]]) -> list[int]:
    """Run programs at the same time, each with its changes to the environment, and wait for all."""
    children = [subprocess.Popen(command, env=environment(extra)) for command, extra in commands]
    try:
        codes = [child.wait() for child in children]
    except SystemExit as end:
        for child in children:
            # The terminal has sent Ctrl-C to the child as well: let it end in its own way.
            stop(child, ask=end.code != INTERRUPTED)
        raise
    return [code if code >= 0 else 128 - code for code in codes]


def stop(child: subprocess.Popen[bytes], *, ask: bool = True) -> None:
    """Wait until a program has stopped; the longer it takes, the firmer it is told."""
    with undisturbed():
        for tell in (child.terminate if ask else None, child.terminate, child.kill):
            if tell:
                tell()
            with suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE)
                return


def environment(extra: Mapping[str, str | None]) -> dict[str, str]:
    """Our environment with these names changed, or taken out where the value is None."""
    merged = {**os.environ, **extra}
    return {name: value for name, value in merged.items() if value is not None}


@contextmanager
def undisturbed() -> Iterator[None]:
    """Finish what is inside first; Ctrl-C and requests to stop are obeyed straight after."""
    came: list[int] = []
    before = {number: signal.signal(number, lambda n, _: came.append(n)) for number in STOPS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for first in came[:1]:
            signal.raise_signal(first)


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)
