"""Measure the site beside its floors and print tables. See bench/README.md."""

import argparse
import sys
import tomllib
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import asks, cpu, floors, mixed, profile, report, servers
from bench.client import WrongAnswer
from bench.measure import Block, Comparison, Target, block, once_for, size_of_block
from bench.site import FEWEST_ORDERS, VAR, Site
from scripts import postgres, processes

BUDGETS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
# What a worker may hold after so many requests of all kinds (megabytes).
MOST_MEMORY, REQUESTS_OF_MEMORY = 200, 10_000
CLIENTS, REQUESTS_OF_ERRORS = 8, 4_000


def compare(
    ours: Mapping[str, Target], least: Mapping[str, Target], rounds: int
) -> dict[str, list[Comparison]]:
    """Run each scenario between two runs of its floor, and all of them in turn, several times."""
    wanted = {BUDGETS[name]["floor"] for name in ours}
    sizes = {target: size_of_block(target, rounds) for target in ours.values()}
    sizes |= {least[name]: size_of_block(least[name], rounds) for name in sorted(wanted)}
    results: dict[str, list[Comparison]] = {name: [] for name in ours}
    for number in range(1, rounds + 1):
        tell(f"Round {number} of {rounds} …")
        for floor, names in _by_floor(ours).items():
            before = block(least[floor], sizes[least[floor]])
            for name in names:
                mine = block(ours[name], sizes[ours[name]])
                after = block(least[floor], sizes[least[floor]])
                results[name].append(Comparison(before, mine, after))
                before = after
    return results


def _by_floor(ours: Mapping[str, Target]) -> dict[str, list[str]]:
    """The scenarios of one floor together: the run after one of them is the run before the next."""
    found: dict[str, list[str]] = {}
    for name in ours:
        found.setdefault(BUDGETS[name]["floor"], []).append(name)
    return found


def measure_floors(least: Mapping[str, Target], rounds: int) -> dict[str, list[Block]]:
    """Run every floor in turn, several times."""
    sizes = {name: size_of_block(target, rounds) for name, target in least.items()}
    results: dict[str, list[Block]] = {name: [] for name in least}
    for _ in range(rounds):
        for name, target in least.items():
            results[name].append(block(target, sizes[name]))
    return results


def run(options: argparse.Namespace) -> None:
    """Start what was asked for, measure, print, and leave nothing behind."""
    with ExitStack() as stack:
        tell("Starting PostgreSQL and the cache …")
        database = stack.enter_context(postgres.running())
        cache = stack.enter_context(servers.cache())
        till = stack.enter_context(servers.till())
        if options.memory:
            memory(Site(database, cache, 1, till))
        elif options.errors:
            errors(Site(database, cache, CLIENTS if cache.url else 1, till))
        elif options.profile:
            build(site := Site(database, cache, 1, till), once=profile.ONCE)
            print(profile.of(site, options.profile))
        else:
            measure(database, cache, till, options)


def measure(database: str, cache: servers.Cache, till: servers.Till, options: argparse.Namespace) -> None:
    """Measure the site beside its floors, or the floors alone."""
    with floors.running(database, cache) as least:
        if not options.floors:
            site = Site(database, cache, cache.workers, till, options.enrolments, options.orders)
            build(site, once=once_for(options.rounds))
            with site.serving() as running:
                asks.names_of(running.asks, BUDGETS)
                targets = {name: running.targets[name] for name in options.only or BUDGETS}
                compared = compare(targets, least, options.rounds)
                size = cpu.largest_megabytes(running.server.process)
            print(f"\n{report.scenarios(compared, BUDGETS)}\n\n{report.verdict(compared, BUDGETS)}")
            print(f"{report.drift(compared)}\nThe largest process of the site held {size:.0f} MB.")
        if not options.only:
            tell("Measuring every floor …")
            print(f"\n{report.floors(measure_floors(least, options.rounds), floors.TITLES)}")
        print(f"\n{report.surroundings(cache.name, cache.workers)}")


def build(site: Site, *, once: int) -> None:
    """Fill the site."""
    tell("Building the site, its demo and what is measured …")
    site.build(once=once)


def memory(site: Site) -> None:
    """Ask one worker ten thousand times, for everything in turn, and see what it holds then."""
    build(site, once=500)
    with site.serving() as running:
        before = cpu.largest_megabytes(running.server.process)
        tell(f"Asking {REQUESTS_OF_MEMORY:,} times …")
        found = mixed.run(running.asks, asks.ONCE, requests=REQUESTS_OF_MEMORY, clients=2)
        after = cpu.largest_megabytes(running.server.process)
    print(report.mixture("PostgreSQL, one worker", found))
    judged = "within" if after < MOST_MEMORY else "OVER"
    print(f"A worker held {before:.0f} MB before and {after:.0f} MB after; at most {MOST_MEMORY}: {judged}.")


def errors(site: Site) -> None:
    """Let eight clients ask eight workers for everything, on PostgreSQL and on SQLite."""
    for name, each in (
        ("PostgreSQL", site),
        ("SQLite", Site(_sqlite(), site.cache, site.workers, site.till)),
    ):
        build(each, once=500)
        with each.serving() as running:
            tell(f"Asking {REQUESTS_OF_ERRORS:,} times …")
            found = mixed.run(running.asks, asks.ONCE, requests=REQUESTS_OF_ERRORS, clients=CLIENTS)
        print(report.mixture(f"{name}, {each.workers} workers, {CLIENTS} clients", found))


def _sqlite() -> str:
    VAR.mkdir(parents=True, exist_ok=True)
    for file in VAR.glob("bench.sqlite3*"):
        file.unlink()
    return f"sqlite:///{VAR / 'bench.sqlite3'}"


def tell(sentence: str) -> None:
    """Say how far it has come, beside the tables."""
    print(sentence, file=sys.stderr, flush=True)


def options(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", action="append", default=[], choices=list(BUDGETS))
    parser.add_argument("--enrolments", type=int, default=0, help="how many other people are on courses")
    parser.add_argument("--orders", type=int, default=FEWEST_ORDERS, help="how many places were sold before")
    parser.add_argument("--floors", action="store_true", help="measure the floors alone")
    parser.add_argument("--memory", action="store_true", help="what a worker holds after 10,000 requests")
    parser.add_argument("--errors", action="store_true", help="8 clients at once: does any answer go wrong?")
    parser.add_argument("--profile", action="append", default=[], choices=list(BUDGETS))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    processes.end_in_order()
    try:
        run(options(sys.argv[1:]))
    except (WrongAnswer, postgres.PostgresRefused) as refusal:
        sys.exit(str(refusal))
