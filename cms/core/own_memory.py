"""The cache of one process, which hands out what it was given: no copy, so nothing to unpack at each use.

Only for values that nobody changes: texts, numbers, frozen dataclasses, and lists that are only read.
Django's own in-memory cache pickles every value, because it cannot know that.
"""

import threading
import time
from collections import OrderedDict
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

# Django makes a cache object for each thread; what is kept is shared by all of them. By LOCATION.
_kept: dict[str, OrderedDict[str, tuple[Any, float | None]]] = {}
_lock = threading.Lock()


class OwnMemory(BaseCache):
    """A cache in memory, without copies. When it is full, what was used longest ago goes."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        with _lock:
            self._values = _kept.setdefault(name, OrderedDict())

    def validate_key(self, key: str) -> None:
        """Any text will do: Django looks at each letter for the sake of memcached, which this is not."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        with _lock:
            return self._found(self.make_and_validate_key(key, version=version), default)

    def set(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        name = self.make_and_validate_key(key, version=version)
        with _lock:
            self._keep(name, value, timeout)

    def add(
        self, key: Any, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with _lock:
            if self._found(name, _lock) is not _lock:
                return False
            self._keep(name, value, timeout)
            return True

    def touch(self, key: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with _lock:
            found = self._found(name, _lock)
            if found is _lock:
                return False
            self._keep(name, found, timeout)
            return True

    def delete(self, key: Any, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version=version)
        with _lock:
            return self._values.pop(name, None) is not None

    def clear(self) -> None:
        with _lock:
            self._values.clear()

    def _found(self, name: str, default: Any) -> Any:
        value, until = self._values.get(name, (default, None))
        if until is not None and until <= time.time():
            del self._values[name]
            return default
        if name in self._values:
            self._values.move_to_end(name)
        return value

    def _keep(self, name: str, value: Any, timeout: float | None) -> None:
        self._values[name] = (value, self.get_backend_timeout(timeout))
        self._values.move_to_end(name)
        while len(self._values) > self._max_entries:
            self._values.popitem(last=False)
