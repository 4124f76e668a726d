"""What a family of processes has used so far, read from /proc (Linux only)."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Process(NamedTuple):
    """One line of the table of processes."""

    number: int
    parent: int
    seconds: float


def seconds(roots: Iterable[int]) -> float:
    """CPU seconds of these processes and all below them, those that have ended included."""
    return sum(process.seconds for process in family(roots))


def largest_megabytes(root: int) -> float:
    """Memory that the largest process of a family holds."""
    sizes = [
        int(Path(f"/proc/{process.number}/statm").read_text().split()[1]) * PAGE_BYTES
        for process in family([root])
    ]
    return max(sizes) / 1e6


def family(roots: Iterable[int]) -> list[Process]:
    """List these processes and all below them."""
    every = {process.number: process for process in _every()}
    children = defaultdict(list)
    for process in every.values():
        children[process.parent].append(process.number)
    found, waiting = [], list(roots)
    while waiting:
        number = waiting.pop()
        found.append(every[number])
        waiting += children[number]
    return found


def _every() -> Iterable[Process]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                line = (folder / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue  # It ended meanwhile.
            # The name in brackets may hold spaces; the fields after it do not (see proc(5)).
            fields = line.rpartition(")")[2].split()
            own_and_ended_children = sum(map(int, fields[11:15]))
            yield Process(int(folder.name), int(fields[1]), own_and_ended_children / TICKS_A_SECOND)
