"""Where the time of one kind of request goes, by Python's profiler. It slows all down: read shares only."""

from collections.abc import Sequence

from bench.client import Browser
from bench.measure import WARM_UP, block
from bench.site import Site

REQUESTS = 100
# Twice as many, since there are half as many certificates to draw.
ONCE = 2 * (WARM_UP + REQUESTS)
START, STOP = "/-profile/start/", "/-profile/stop/"
ORDERS = {"tottime": "by what each function takes itself", "cumtime": "with all that it calls"}


def of(site: Site, names: Sequence[str]) -> str:
    """Two tables for each scenario, from one worker."""
    found = []
    with site.serving("bench.profiled:application") as running:
        browser = Browser(running.server.port)
        for name in names:
            target = running.targets[name]
            block(target, WARM_UP)
            browser.get(START)
            block(target, REQUESTS)
            for order, words in ORDERS.items():
                found.append(f"\n{name}, {words}: {browser.get(f'{STOP}?order={order}').text}")
    return "\n".join(found)
