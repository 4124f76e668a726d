"""Who is asked questions by learners, so that they can choose whether an e-mail tells them.

Upper layers know who looks after whom; they register how to ask at start-up.
"""

from collections.abc import Callable
from typing import Any

Asked = Callable[[Any], bool]

_ways_to_ask: list[Asked] = []


def people_are_asked(function: Asked) -> Asked:
    """Add a way to find out whether somebody is asked questions by learners."""
    _ways_to_ask.append(function)
    return function


def is_asked(user: Any) -> bool:
    """Whether learners ask this person questions."""
    return any(ask(user) for ask in _ways_to_ask)
