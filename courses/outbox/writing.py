"""Writing outbox entries, in the same transaction as the change that causes the work."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from cms.core.prepared_writing import PreparedInsert
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry

log = logging.getLogger(__name__)

HEAD_START = timedelta(minutes=2)
_entries = PreparedInsert(OutboxEntry)


def write(*, kind: str, at: datetime, **payload: Any) -> OutboxEntry:
    """Add work to the caller's transaction. A worker delivers it within seconds of the commit; where there is
    none (`OUTBOX_AT_ONCE`: the demo), this process does, and the sweep leaves it alone for a while.
    """
    is_at_once: bool = settings.OUTBOX_AT_ONCE
    due_at = at + HEAD_START if is_at_once else at
    entry = OutboxEntry(kind=kind, payload=payload, created_at=at, due_at=due_at)
    _entries.add(entry)
    if is_at_once:
        transaction.on_commit(lambda: _deliver(entry.pk, at=at))
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


def waits(kind: str) -> bool:
    """Whether work of a kind is still to be done. One query."""
    return OutboxEntry.objects.filter(kind=kind, handled_at__isnull=True, given_up_at__isnull=True).exists()


def _deliver(entry_id: int, *, at: datetime) -> None:
    try:
        delivery.deliver(entry_id=entry_id, at=at)
    except Exception:
        # The change itself is committed: what follows from it must not turn it into an error page.
        log.exception("outbox entry could not be delivered; the sweep will do it")
