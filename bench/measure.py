"""Runs requests in blocks and reads what they cost."""

import itertools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from bench import cpu

Ask = Callable[[], object]
CLIENTS = 2
WARM_UP = 60  # requests
# Long enough that the clock of /proc, which counts hundredths of a second, is right to 2 %.
SECONDS_OF_CPU = 1.0
FEWEST, MOST = 100, 2_000  # requests in a block


@dataclass(frozen=True, eq=False)
class Target:
    """One kind of request: each of `asks` is somebody who makes one each time they are called."""

    name: str
    processes: Sequence[int]
    asks: Sequence[Ask]


@dataclass(frozen=True)
class Block:
    """What one run of requests cost."""

    cpu_ms: float
    requests_a_second: float
    latencies_ms: Sequence[float]


@dataclass(frozen=True)
class Comparison:
    """A block of ours between two of its floor."""

    before: Block
    ours: Block
    after: Block

    @property
    def ratio(self) -> float:
        """How many times its floor our request costs."""
        return self.ours.cpu_ms / ((self.before.cpu_ms + self.after.cpu_ms) / 2)

    @property
    def drift(self) -> float:
        """How far apart the two floors are, as a share of the smaller one."""
        low, high = sorted((self.before.cpu_ms, self.after.cpu_ms))
        return high / low - 1


def block(target: Target, requests: int) -> Block:
    """Make this many requests, two at a time, and read what they cost."""
    share = requests // CLIENTS
    used, began = cpu.seconds(target.processes), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(_client, target.asks[n::CLIENTS], share) for n in range(CLIENTS)]
        latencies = [latency for client in clients for latency in client.result()]
    took = time.perf_counter() - began
    used = cpu.seconds(target.processes) - used
    return Block(used * 1_000 / len(latencies), len(latencies) / took, latencies)


def _client(asks: Sequence[Ask], requests: int) -> list[float]:
    """Let these people ask in turn; return the milliseconds that each answer took."""
    latencies = []
    for ask in itertools.islice(itertools.cycle(asks), requests):
        began = time.perf_counter()
        ask()
        latencies.append((time.perf_counter() - began) * 1_000)
    return latencies


def size_of_block(target: Target) -> int:
    """Warm the target up and find how many requests give a figure that can be trusted."""
    block(target, WARM_UP)
    cost = max(block(target, WARM_UP).cpu_ms, 0.1)
    return int(min(max(SECONDS_OF_CPU * 1_000 / cost, FEWEST), MOST))


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not pass."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def middle(values: Sequence[float]) -> str:
    """Write the middle value and the range of the others."""
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
