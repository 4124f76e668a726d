"""Letting several people do something at the same moment, and taking locks away to prove a race.

Every race is run twice from the same lines: with the locks of the product, where it must hold, and
without them, where it must break (or be caught by a constraint of the database alone). A race that
does not break without its lock proves nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from cms.core.prepared import Prepared

LONGEST_SECONDS = 30
# How long somebody who holds a lock waits in vain for the others, before going on.
IN_VAIN_SECONDS = 0.3
Job = Callable[[], Any]


def race(jobs: Sequence[Job]) -> list[Any]:
    """Do every job in its own thread and connection, all let go at once; return results or exceptions."""
    start = Barrier(len(jobs))
    found: list[Any] = [None] * len(jobs)

    def run(place: int, job: Job) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LONGEST_SECONDS - 10}s'")
                cursor.execute(f"SET statement_timeout = '{LONGEST_SECONDS - 5}s'")
            start.wait(LONGEST_SECONDS)
            found[place] = job()
        except Exception as error:  # noqa: BLE001 - whatever happened is this thread's result
            found[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=one, daemon=True) for one in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "A thread did not come to its end."
    return found


def errors(found: Sequence[Any]) -> list[Exception]:
    """What went wrong in the threads."""
    return [one for one in found if isinstance(one, Exception)]


Place = tuple[Any, str]


@contextmanager
def everybody_waits_after(*places: Place, people: int, locks: bool) -> Iterator[None]:
    """Hold each thread right after these functions until `people` have passed one of them.

    Under a lock only one gets there, waits in vain for a moment and goes on. Without locks all have
    looked before any of them writes.
    """
    gate = Barrier(people)
    seconds = IN_VAIN_SECONDS if locks else LONGEST_SECONDS / 3

    def held_after(original: Callable[..., Any]) -> Callable[..., Any]:
        def held(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            with suppress(BrokenBarrierError):
                gate.wait(seconds)
                # All have met: from now on nobody waits for somebody who does not come this way again.
                gate.abort()
            return result

        return held

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in places:
            patch.setattr(owner, name, held_after(getattr(owner, name)))
        if not locks:
            without_locks(patch)
        yield


def without_locks(patch: pytest.MonkeyPatch) -> None:
    """Take every lock away: also those in SQL that was written once, which is written anew meanwhile."""
    patch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())
    patch.setattr(Prepared, "__call__", lambda prepared, *values: list(prepared.queryset(*values)))


def caught_by(found: Sequence[Any]) -> list[str]:
    """The constraints that stopped a thread; any other error fails the test."""
    wrong = [one for one in errors(found) if not isinstance(one, IntegrityError)]
    assert wrong == []
    return [one.__cause__.diag.constraint_name for one in errors(found)]  # type: ignore[union-attr]
