"""The outlines of editions, read once by each process: an edition never changes."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from courses.catalogue.outline import Outline, from_json

MOST = 200
_kept: OrderedDict[tuple[int, datetime], Outline] = OrderedDict()


def outline_of(edition_id: int, published_at: datetime, frozen: Callable[[], dict[str, Any]]) -> Outline:
    """The outline of a saved edition. `frozen` is asked for the stored data only the first time.

    The moment of publication belongs to the key: a number can come again after a rollback.
    """
    key = (edition_id, published_at)
    found = _kept.get(key)
    if found is None:
        found = _kept[key] = from_json(frozen())
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return found


def forget() -> None:
    """Read every outline anew. For tests, whose databases come and go."""
    _kept.clear()
