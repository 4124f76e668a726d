"""Sentences and drawings that many readers share, made once by a process for each language."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import get_language

P = ParamSpec("P")
R = TypeVar("R")


def kept_by_language(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep what a function gave for the `most` inputs used last, apart for each language.

    Only for functions of hashable inputs that depend on those and on the language alone: no clock, no
    time zone, no database, no settings. While somebody develops, nothing is kept.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def kept(_language: str | None, *args: P.args, **kwargs: P.kwargs) -> R:
            return function(*args, **kwargs)

        @wraps(function)
        def called(*args: P.args, **kwargs: P.kwargs) -> R:
            if settings.DEBUG:
                return function(*args, **kwargs)
            return kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]

        return called

    return decorate
