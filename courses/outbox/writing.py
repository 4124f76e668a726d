"""Writing outbox entries, in the same transaction as the change that causes the work."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cms.core.prepared_writing import PreparedInsert
from courses.outbox import tasks
from courses.outbox.models import OutboxEntry

log = logging.getLogger(__name__)

HEAD_START = timedelta(minutes=2)
_entries = PreparedInsert(OutboxEntry)


def write(*, kind: str, at: datetime, **payload: Any) -> OutboxEntry:
    """Add work to the caller's transaction; it is delivered after commit.

    `due_at` lies a little ahead, so that the sweep leaves the ordinary delivery alone.
    """
    entry = OutboxEntry(kind=kind, payload=payload, created_at=at, due_at=at + HEAD_START)
    _entries.add(entry)
    transaction.on_commit(lambda: _enqueue(entry.pk))
    return entry


def write_for(*, kind: str, at: datetime, due_at: datetime, **payload: Any) -> OutboxEntry:
    """Add work to the caller's transaction that is not to be done before `due_at`: the sweep does it."""
    entry = OutboxEntry(kind=kind, payload=payload, created_at=at, due_at=due_at)
    _entries.add(entry)
    return entry


def write_many(*, kind: str, payloads: Iterable[dict[str, Any]], at: datetime) -> int:
    """Add many pieces of work to the caller's transaction in one go; return how many.

    They are left to the sweep, which takes them in turn: a queue is not filled at one stroke.
    """
    rows = [OutboxEntry(kind=kind, payload=payload, created_at=at, due_at=at) for payload in payloads]
    return len(OutboxEntry.objects.bulk_create(rows))


def _enqueue(entry_id: int) -> None:
    try:
        tasks.deliver.enqueue(entry_id)
    except Exception:
        # The change itself is committed: a broken queue must not turn it into an error page.
        log.exception("outbox entry could not be queued; the sweep will deliver it")
