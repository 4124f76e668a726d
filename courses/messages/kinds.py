"""The kinds of messages: what each is called, where its words come from, and what stops it.

A slice writes its kinds in `courses/messages/of_<slice>.py`:

    @message("placed", _("You have a place"), placeholders=("course_title",))
    def placed(*, person: Any, enrolment: int) -> Said | None: ...

The function is given the ids that were kept with the message, and, if it asks for them, `person` (who
is told) and `at` (now). It answers None when there is nothing to tell any more: an offer that has
lapsed, a place that is gone. It is asked when the e-mail is sent and again whenever the notice is
shown: no words are stored, so a person who was erased is in none of them. It must not write.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from inspect import signature
from pkgutil import iter_modules
from typing import Any, NamedTuple


class Stop(StrEnum):
    """What has happened to the enrolment named in the ids, so that the message is not sent any more."""

    ENDED = "ended"
    SUSPENDED = "suspended"
    COMPLETED = "completed"


class Said(NamedTuple):
    """What there is to tell. `words` are the placeholders' values, as plain text.

    `url` is where the reader goes on: a path of this site, or a whole address. `cohort` is the id of
    the cohort that a notice names. `to` is the address, only for people without an account.
    """

    words: Mapping[str, str]
    url: str
    cohort: int | None = None
    to: str = ""


Say = Callable[..., "Said | tuple[Mapping[str, str], str] | None"]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind. `wants` names the field of a person that says whether they want this e-mail.

    `in_site` says whether a notice is made too. `is_choice` puts the way to the reminders' choices
    at the foot. `reader` is the placeholder for the name of who is told. `words_of` names the kind whose
    words are used, for kinds that share them. `needs` are the placeholders that staff cannot leave out.
    """

    name: str
    title: Any
    say: Say
    placeholders: tuple[str, ...] = ()
    stops: frozenset[Stop] = frozenset()
    in_site: bool = True
    wants: str = ""
    is_choice: bool = False
    reader: str = "learner_name"
    words_of: str = ""
    needs: tuple[str, ...] = ("url",)

    @property
    def template(self) -> str:
        """The file with the standard words."""
        return f"courses/email/{self.words_of or self.name}.txt"

    def said(self, *, ids: Mapping[str, Any], person: Any, at: datetime) -> Said | None:
        """What there is to tell now, or None."""
        known = {"person": person, "at": at}
        takes = signature(self.say).parameters
        more = {name: value for name, value in known.items() if name in takes and name not in ids}
        found = self.say(**ids, **more)
        return None if found is None else Said(*found)


class KindUnknown(LookupError):
    """No slice has written words for this kind."""


_kinds: dict[str, MessageKind] = {}


def message(
    kind: str, title: Any, *, stops: tuple[Stop | str, ...] = (), **options: Any
) -> Callable[[Say], Say]:
    """Name the one function that says a kind of message. `options` are fields of MessageKind."""

    def remember(say: Say) -> Say:
        options["placeholders"] = tuple(options.get("placeholders", ()))
        _kinds[kind] = MessageKind(kind, title, say, stops=frozenset(map(Stop, stops)), **options)
        return say

    return remember


def find(kind: str) -> MessageKind:
    """The kind of this name. Raises KindUnknown."""
    if kind not in _kinds:
        raise KindUnknown(kind)
    return _kinds[kind]


def all_kinds() -> list[MessageKind]:
    """Every kind, in the order of their titles."""
    return sorted(_kinds.values(), key=lambda kind: str(kind.title))


def load() -> None:
    """Import what the slices have to say: every module here whose name begins with "of_"."""
    here = import_module(__package__)
    for found in iter_modules(here.__path__):
        if found.name.startswith("of_"):
            import_module(f"{__package__}.{found.name}")
