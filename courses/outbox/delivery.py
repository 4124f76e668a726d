"""Delivering outbox entries. Upper layers register what handles each kind."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from courses.outbox.models import OutboxEntry

log = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any], datetime], None]
_handlers: dict[str, Handler] = {}
# Kinds whose handlers wait for somebody outside, and must hold no lock meanwhile.
_outside: set[str] = set()
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
SEALED = "sealed"


def register(kind: str, *, asks_outside: bool = False) -> Callable[[Handler], Handler]:
    """Name the one function that handles a kind of entry. It must be safe to repeat.

    One that `asks_outside` is called in no transaction, and twice at once if two workers have its entry.
    """

    def remember(handler: Handler) -> Handler:
        _handlers[kind] = handler
        if asks_outside:
            _outside.add(kind)
        return handler

    return remember


def deliver(*, entry_id: int, at: datetime) -> bool:
    """Handle one entry unless another worker has it; say whether it is now handled. Safe to repeat."""
    try:
        with transaction.atomic():
            entry = _waiting().select_for_update(skip_locked=_can_skip()).filter(pk=entry_id).first()
            if entry is None:
                return False
            if entry.kind not in _outside:
                _handlers[entry.kind](entry.payload, at)
                _settle(entry, at=at)
                return True
        _handlers[entry.kind](entry.payload, at)
        _settle(entry, at=at)
    except Exception as error:
        log.exception("outbox entry failed", extra={"kind": "outbox", "entry": entry_id})
        _note_failure(entry_id=entry_id, error=error, at=at)
        return False
    return True


def _settle(entry: OutboxEntry, *, at: datetime) -> None:
    kept = _without_secret(entry.payload)
    _waiting().filter(pk=entry.pk).update(handled_at=at, last_error="", payload=kept)


def sweep(*, at: datetime) -> int:
    """Deliver every entry that is due; return how many were handled."""
    due = list(_waiting().filter(due_at__lte=at).values_list("pk", flat=True)[:500])
    return sum(deliver(entry_id=pk, at=at) for pk in due)


def given_up() -> int:
    """How many entries wait for a person, because every attempt failed."""
    return OutboxEntry.objects.filter(given_up_at__isnull=False).count()


def wait_before(attempt: int) -> timedelta:
    """The pause before the next attempt: it doubles each time, up to six hours."""
    wait: timedelta = FIRST_WAIT * 2 ** min(attempt, 20)
    return min(wait, LONGEST_WAIT)


def _without_secret(payload: dict[str, Any]) -> dict[str, Any]:
    """A sealed secret goes as soon as the work is done: nothing needs it any more."""
    return {name: value for name, value in payload.items() if name != SEALED}


def _waiting() -> Any:
    return OutboxEntry.objects.filter(handled_at__isnull=True, given_up_at__isnull=True)


def _can_skip() -> bool:
    return bool(transaction.get_connection().features.has_select_for_update_skip_locked)


def _note_failure(*, entry_id: int, error: Exception, at: datetime) -> None:
    with transaction.atomic():
        entry = _waiting().select_for_update().filter(pk=entry_id).first()
        if entry is None:
            return
        attempts = entry.attempts + 1
        OutboxEntry.objects.filter(pk=entry_id).update(
            attempts=attempts,
            due_at=at + wait_before(attempts),
            given_up_at=at if attempts >= settings.OUTBOX_ATTEMPTS else None,
            last_error=type(error).__name__,
        )
