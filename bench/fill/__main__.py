"""The command line of bench.fill."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import django

from bench import fill


def build(options: argparse.Namespace) -> dict[str, Any]:
    """Make everything; return what there is to ask for."""
    from django.utils import timezone

    from bench.fill import addresses, certificates, course, crowd, learners, library, matrix, orders, pools

    at = timezone.now()
    big = course.build(at=at)
    crowd.build(big, count=options.enrolments, at=at)
    orders.build(big, count=options.orders, at=at)
    return {
        "pages": addresses.public(big),
        "searches": library.build(pages=options.pages),
        "readers": learners.readers(big, at=at),
        "three": learners.on_three_courses(big, at=at),
        "busy": learners.busy(big, at=at),
        "team": matrix.build(big, at=at),
        "buyers": orders.buyers(big, count=options.asks, at=at),
        "cashiers": orders.team(at=at),
        "joiners": pools.joiners(big, count=options.asks, at=at),
        "starters": pools.starters(big, count=options.asks, at=at),
        "finishers": pools.finishers(big, count=options.asks, at=at),
        # A drawing takes twice as long as anything else, so half as many do.
        **certificates.build(count=options.asks // 2, at=at),
    }


def main(arguments: list[str]) -> None:
    """Fill the site, then write the file."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=fill.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--asks", type=int, default=500, help="how many of what can be asked once")
    parser.add_argument("--pages", type=int, default=10_000, help="how many pages to search in")
    parser.add_argument("--enrolments", type=int, default=0, help="how many other people there are")
    parser.add_argument("--orders", type=int, default=1_000, help="how many orders there are already")
    options = parser.parse_args(arguments)
    django.setup()
    found = build(options)
    options.file.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
