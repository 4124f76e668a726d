"""Runs requests in blocks and reads what they cost."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle, islice
from statistics import median

from bench import cpu
from bench.client import WrongAnswer

Ask = Callable[[], object]
CLIENTS = 2
WARM_UP, WARM_UP_ONCE = 60, 40  # requests, made twice
# Long enough that the clock of /proc, which counts hundredths of a second, is right to 2 %.
SECONDS_OF_CPU = 1.0
FEWEST, MOST = 100, 2_000  # requests in a block
# Of what can be asked only once there must be that many people; fewer of them make a block.
ONCE_A_BLOCK = 140


@dataclass(frozen=True, eq=False)
class Target:
    """One kind of request: each of `asks` is somebody who makes one each time they are called.

    `once`: each of them can be called only once, because what they do cannot be done again.
    """

    name: str
    processes: Sequence[int]
    asks: Sequence[Ask]
    once: bool = False
    left: deque[Ask] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Nobody has asked yet."""
        self.left.extend(self.asks)

    def turns(self, requests: int) -> list[list[Ask]]:
        """What each client asks, one after the other. Nobody is two clients at the same moment."""
        if self.once:
            if len(self.left) < requests:
                raise WrongAnswer(f"{self.name}: there are only {len(self.left)} left who can ask.")
            taken = [self.left.popleft() for _ in range(requests)]
            return [taken[n::CLIENTS] for n in range(CLIENTS)]
        share = requests // CLIENTS
        return [list(islice(cycle(self.asks[n::CLIENTS]), share)) for n in range(CLIENTS)]


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


def once_for(rounds: int) -> int:
    """How many people so many rounds need of those who can ask only once."""
    return 2 * WARM_UP_ONCE + rounds * ONCE_A_BLOCK


def block(target: Target, requests: int) -> Block:
    """Make this many requests, two at a time, and read what they cost."""
    turns = target.turns(requests)
    used, began = cpu.seconds(target.processes), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        latencies = [latency for found in pool.map(_client, turns) for latency in found]
    took = time.perf_counter() - began
    used = cpu.seconds(target.processes) - used
    return Block(used * 1_000 / len(latencies), len(latencies) / took, latencies)


def _client(asks: Sequence[Ask]) -> list[float]:
    """Let these people ask in turn; return the milliseconds that each answer took."""
    latencies = []
    for ask in asks:
        began = time.perf_counter()
        ask()
        latencies.append((time.perf_counter() - began) * 1_000)
    return latencies


def size_of_block(target: Target, rounds: int) -> int:
    """Warm the target up and find how many requests give a figure that can be trusted."""
    warm_up = WARM_UP_ONCE if target.once else WARM_UP
    block(target, warm_up)
    cost = max(block(target, warm_up).cpu_ms, 0.1)
    size = int(min(max(SECONDS_OF_CPU * 1_000 / cost, FEWEST), MOST))
    return min(size, len(target.left) // rounds) if target.once else size


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not pass."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def middle(values: Sequence[float]) -> str:
    """Write the middle value and the range of the others."""
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
