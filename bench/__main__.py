"""Measure the site beside its floors and print tables. See bench/README.md."""

import argparse
import sys
import tomllib
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from bench import cpu, floors, report, servers, site
from bench.client import WrongAnswer
from bench.measure import Block, Comparison, Target, block, size_of_block
from scripts import postgres, processes

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())


def compare(
    ours: Mapping[str, Target], least: Mapping[str, Target], rounds: int
) -> dict[str, list[Comparison]]:
    """Run each scenario between two runs of its floor, and all of them in turn, several times."""
    sizes = {target: size_of_block(target) for target in [*ours.values(), *least.values()]}
    results: dict[str, list[Comparison]] = {name: [] for name in ours}
    for number in range(1, rounds + 1):
        tell(f"Round {number} of {rounds} …")
        for name, target in ours.items():
            floor = least[BUDGETS[name]["floor"]]
            order = (floor, target, floor)
            results[name].append(Comparison(*(block(item, sizes[item]) for item in order)))
    return results


def measure_floors(least: Mapping[str, Target], rounds: int) -> dict[str, list[Block]]:
    """Run every floor in turn, several times."""
    sizes = {name: size_of_block(target) for name, target in least.items()}
    results: dict[str, list[Block]] = {name: [] for name in least}
    for _ in range(rounds):
        for name, target in least.items():
            results[name].append(block(target, sizes[name]))
    return results


def run(options: argparse.Namespace) -> None:
    """Start everything, measure, print, and leave nothing behind."""
    with ExitStack() as stack:
        tell("Starting PostgreSQL, the cache and the floors …")
        database = stack.enter_context(postgres.running())
        cache = stack.enter_context(servers.cache())
        least = stack.enter_context(floors.running(database, cache))
        if not options.floors:
            tell("Building the site and its demo …")
            ours = stack.enter_context(site.running(database, cache, options.learners))
            targets = chosen(ours.targets, options.only)
            compared = compare(targets, least, options.rounds)
            print(f"\n{report.scenarios(compared, BUDGETS)}\n\n{report.drift(compared)}")
            size = cpu.largest_megabytes(ours.server.process)
            print(f"The largest process of the site holds {size:.0f} MB.")
        tell("Measuring every floor …")
        print(f"\n{report.floors(measure_floors(least, options.rounds), floors.TITLES)}")
        print(f"\n{report.surroundings(cache.name, cache.workers)}")


def chosen(targets: Mapping[str, Target], only: list[str]) -> dict[str, Target]:
    """Return the scenarios that were asked for; say which the demo has no data for."""
    for name in BUDGETS:
        if name not in targets:
            tell(f"Not measured, for want of data: {name}.")
    return {name: target for name, target in targets.items() if not only or name in only}


def tell(sentence: str) -> None:
    """Say how far it has come, beside the tables."""
    print(sentence, file=sys.stderr, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", action="append", default=[], choices=list(BUDGETS))
    parser.add_argument("--learners", type=int, default=200, help="how many the demo has")
    parser.add_argument("--floors", action="store_true", help="measure the floors alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    processes.end_in_order()
    try:
        run(options(sys.argv[1:]))
    except (WrongAnswer, postgres.PostgresRefused) as refusal:
        sys.exit(str(refusal))
