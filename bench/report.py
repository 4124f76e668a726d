"""Draws the tables."""

import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.measure import Block, Comparison, middle, percentile
from bench.mixed import Mixture

SCENARIO_HEAD = (
    "request", "floor", "floor CPU ms", "CPU ms", "ratio (range)", "at most", "", "asks", "req/s",
    "p50 ms", "p95 ms",
)  # fmt: skip
WRONG_SHOWN = 10
FLOOR_HEAD = ("floor", "what it does", "CPU ms (range)", "req/s", "p50 ms")


def surroundings(cache: str, workers: int) -> str:
    """Say where and beside what this was measured."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {workers} worker"
        f" processes a side, load {load}. Shared cache: {cache}."
    )


def scenarios(results: Mapping[str, Sequence[Comparison]], budgets: Mapping[str, Mapping[str, Any]]) -> str:
    """Draw one line for each scenario: what it cost, beside its floor and its budget."""
    rows = [_scenario(budgets[name], compared) for name, compared in results.items()]
    return table(SCENARIO_HEAD, rows)


def _scenario(budget: Mapping[str, Any], compared: Sequence[Comparison]) -> list[str]:
    ratios = [one.ratio for one in compared]
    blocks = [one.ours for one in compared]
    least = [part.cpu_ms for one in compared for part in (one.before, one.after)]
    return [
        budget["title"],
        budget["floor"],
        f"{median(least):.2f}",
        f"{median(one.cpu_ms for one in blocks):.2f}",
        middle(ratios),
        f"{budget['at_most']:.1f}",
        "within" if _keeps(budget, compared) else "OVER",
        f"{len(blocks[0].latencies_ms)}",
        *_speed(blocks),
        f"{percentile(_latencies(blocks), 0.95):.1f}",
    ]


def _keeps(budget: Mapping[str, Any], compared: Sequence[Comparison]) -> bool:
    """Whether the middle of the ratios is within the budget."""
    return bool(median(one.ratio for one in compared) <= budget["at_most"])


def verdict(results: Mapping[str, Sequence[Comparison]], budgets: Mapping[str, Mapping[str, Any]]) -> str:
    """Say how many keep to their budgets."""
    over = [budgets[name]["title"] for name, found in results.items() if not _keeps(budgets[name], found)]
    within = f"{len(results) - len(over)} of {len(results)} are within their budgets."
    return f"{within} Over: {'; '.join(over)}." if over else within


def floors(results: Mapping[str, Sequence[Block]], titles: Mapping[str, str]) -> str:
    """Draw one line for each floor."""
    rows = [
        [name, titles[name], middle([one.cpu_ms for one in blocks]), *_speed(blocks)]
        for name, blocks in results.items()
    ]
    return table(FLOOR_HEAD, rows)


def mixture(where: str, found: Mixture) -> str:
    """Say how many answers there were, and what was wrong with which."""
    rows = [[name, f"{count}"] for name, count in found.answers.items()]
    wrong = "\n".join(["", *found.wrong[:WRONG_SHOWN]])
    heading = f"{where}: {found.count:,} answers, {len(found.wrong)} of them wrong."
    return f"\n{heading}{wrong}\n\n{table(('request', 'answers'), rows)}\n"


def drift(results: Mapping[str, Sequence[Comparison]]) -> str:
    """Say how far two runs of one floor, on either side of ours, were apart."""
    apart = [one.drift for compared in results.values() for one in compared]
    return (
        "The two floors beside each measurement were"
        f" {median(apart):.0%} apart in the middle, {max(apart):.0%} at most."
    )


def _speed(blocks: Sequence[Block]) -> list[str]:
    return [
        f"{median(one.requests_a_second for one in blocks):.0f}",
        f"{percentile(_latencies(blocks), 0.5):.1f}",
    ]


def _latencies(blocks: Sequence[Block]) -> list[float]:
    return [latency for one in blocks for latency in one.latencies_ms]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Draw a Markdown table whose columns line up."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )
