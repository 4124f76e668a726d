"""Everything at once, from many people: does any answer go wrong, and does a worker keep its size?"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice

from bench.client import WrongAnswer
from bench.measure import Ask


@dataclass(frozen=True)
class Mixture:
    """What came of it: how many answers, by scenario, and what was wrong with those that were."""

    answers: Mapping[str, int]
    wrong: Sequence[str]

    @property
    def count(self) -> int:
        """How many answers there were."""
        return sum(self.answers.values())


def run(asks: Mapping[str, Sequence[Ask]], once: Sequence[str], *, requests: int, clients: int) -> Mixture:
    """Ask for everything in turn, from so many clients. Nobody is two clients at the same moment."""
    plans = [_plan(asks, once, n, requests // clients, clients) for n in range(clients)]
    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(_client, plans))
    answers: dict[str, int] = {}
    for plan in plans:
        for name, _ask in plan:
            answers[name] = answers.get(name, 0) + 1
    return Mixture(answers, [sentence for wrong in found for sentence in wrong])


Plan = list[tuple[str, Ask]]


def _plan(asks: Mapping[str, Sequence[Ask]], once: Sequence[str], n: int, share: int, clients: int) -> Plan:
    """One of each scenario, again and again; who can ask only once is left out when they have."""
    turns = {
        name: iter(found[n::clients]) if name in once else cycle(found[n::clients])
        for name, found in asks.items()
    }
    plan: Plan = []
    while len(plan) < share:
        before = len(plan)
        plan += [(name, ask) for name, people in turns.items() for ask in islice(people, 1)]
        if len(plan) == before:
            raise WrongAnswer("There is nobody to ask for anything.")
    return plan[:share]


def _client(plan: Plan) -> list[str]:
    """Ask for all of it; return what was wrong."""
    wrong = []
    for name, ask in plan:
        try:
            ask()
        except (WrongAnswer, OSError) as error:
            wrong.append(f"{name}: {error}")
    return wrong
