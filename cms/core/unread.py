"""How many notices somebody has not read yet, for the head of every page.

Upper layers register how to count at start-up. The number is kept for a minute, so that pages cost no
query for it, and forgotten as soon as a notice is made or read.
"""

from collections.abc import Callable

from django.core.cache import cache

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
    except OSError:
        # A cache that is away keeps nobody from a page, and a number that is old is better than none.
        return 0
    if found is None:
        found = sum(count(person_id) for count in _counts)
        remember(person_id, found)
    return found


def remember(person_id: int, number: int) -> None:
    """Keep a number that was counted anyway."""
    cache.set(_key(person_id), number, KEPT_SECONDS)


def forget(person_id: int) -> None:
    """A notice was made or read: count again."""
    cache.delete(_key(person_id))


def _key(person_id: int) -> str:
    return f"unread:{person_id}"
