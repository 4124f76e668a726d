"""How many notices somebody has not read yet, for the head of every page.

Upper layers register how to count at start-up. The number is kept for a minute, so that pages cost no
query for it, and forgotten as soon as a notice is made or read.
"""

import logging
from collections.abc import Callable

from django.core.cache import cache

log = logging.getLogger(__name__)

KEPT_SECONDS = 60
Count = Callable[[int], int]
_counts: list[Count] = []


def counts_unread(function: Count) -> Count:
    """Add a way to count the unread notices of the person with this id."""
    _counts.append(function)
    return function


def unread(person_id: int) -> int:
    """How many notices this person has not read. A query once a minute."""
    try:
        found: int | None = cache.get(_key(person_id))
    except Exception:  # noqa: BLE001 - a cache that is away must not keep anybody from their page
        found = None
    if found is None:
        found = sum(count(person_id) for count in _counts)
        remember(person_id, found)
    return found


def remember(person_id: int, number: int) -> None:
    """Keep a number that was counted anyway."""
    try:
        cache.set(_key(person_id), number, KEPT_SECONDS)
    except Exception:
        log.exception("the number of unread notices was not kept")


def forget(person_id: int) -> None:
    """A notice was made or read: count again."""
    try:
        cache.delete(_key(person_id))
    except Exception:
        log.exception("the number of unread notices was not forgotten")


def _key(person_id: int) -> str:
    return f"unread:{person_id}"
