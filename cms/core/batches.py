"""Working through what is due, piece by piece."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)


class BatchIncomplete(RuntimeError):
    """Some pieces failed; all the others were done."""


def work_through(pieces: Iterable[int], work: Callable[[int], object]) -> int:
    """Do the work for each id; return how many calls gave something true.

    A piece that fails is logged and keeps no other waiting. At the end, raises BatchIncomplete if any did.
    """
    done = failed = 0
    for piece in pieces:
        try:
            done += bool(work(piece))
        except Exception:
            log.exception("one piece of work failed", extra={"entry": piece})
            failed += 1
    if failed:
        raise BatchIncomplete(f"{failed} failed, {done} done.")
    return done
