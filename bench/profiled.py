"""The site under Python's profiler, for `make bench ARGS="--profile …"`: gunicorn serves this module."""

import cProfile
import io
import pstats
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bench.profile import START, STOP
from bench.servers import ROOT
from cms.wsgi import application as site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LINES = 45
# With all that it calls: our own functions, and the few of Django that gather much.
OURS = rf"{re.escape(str(ROOT))}/(?!\.venv)|\((render|execute_sql|as_sql|reverse|_fetch_all|__call__)\)"
# The profiler's own words for the path of our source and of packages, which only fill the page.
LEFT_OUT = ("/site-packages/", "/lib/python")


class Profiled:
    """Passes requests on; between start and stop it notes where their time goes."""

    def __init__(self) -> None:
        """Nothing is noted yet."""
        self.profiler: cProfile.Profile | None = None
        self.requests = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path == START:
            # Processor time, so that what else the machine does is not counted.
            self.profiler, self.requests = cProfile.Profile(time.thread_time), 0
            return _text("", start_response)
        if path == STOP and self.profiler is not None:
            order = parse_qs(environ.get("QUERY_STRING", "")).get("order", ["tottime"])[0]
            return _text(self._told(order), start_response)
        if self.profiler is None:
            return site(environ, start_response)
        self.requests += 1
        return self.profiler.runcall(lambda: list(site(environ, start_response)))

    def _told(self, order: str) -> str:
        out = io.StringIO()
        stats = pstats.Stats(self.profiler, stream=out)
        stats.sort_stats(order).print_stats(*([OURS] if order == "cumtime" else []), LINES)
        lines = [line for line in out.getvalue().splitlines() if line.strip()]
        return f"{self.requests} requests\n" + "\n".join(map(_shorter, lines))


def _shorter(line: str) -> str:
    for part in LEFT_OUT:
        before, found, after = line.rpartition(part)
        if found:
            return f"{before[: before.rfind(' ') + 1]}{after}"
    return line


def _text(text: str, start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [text.encode()]


application = Profiled()
