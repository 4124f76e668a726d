"""What the stand-in remembers, in memory or in a file that outlives it."""

import copy
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Thing = dict[str, Any]

ACCOUNT = "acct_standin"
KEPT = ("objects", "beside", "answers", "events", "clock")


@dataclass
class State:
    """Everything there is. Whoever reads or changes it holds `lock`; `changing` also keeps it in the file."""

    file: Path | None = None
    # The address under which a browser finds the pages to pay at.
    public: str = ""
    # By their numbers, in the order in which they were made.
    objects: dict[str, Thing] = field(default_factory=dict)
    # What an object does not say of itself: the lines of a page to pay at, the movements in a payout.
    beside: dict[str, Thing] = field(default_factory=dict)
    # First answers, by idempotency key.
    answers: dict[str, Thing] = field(default_factory=dict)
    # News and how its delivery goes, oldest first.
    events: list[Thing] = field(default_factory=list)
    # Seconds that the clock of the stand-in is ahead.
    clock: int = 0
    # Requests and answers, for the tests to judge; only kept when asked to.
    record: list[Thing] | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self.lock:
            yield
            self.keep()

    def now(self) -> int:
        return int(time.time()) + self.clock

    def add(self, thing: Thing) -> Thing:
        self.objects[thing["id"]] = thing
        return thing

    def find(self, kind: str, number: str) -> Thing | None:
        found = self.objects.get(number)
        return found if found and found["object"] == kind else None

    def all(self, kind: str) -> list[Thing]:
        """Newest first."""
        return [thing for thing in reversed(self.objects.values()) if thing["object"] == kind]

    def keep(self) -> None:
        if self.file is None:
            return
        text = json.dumps({name: getattr(self, name) for name in KEPT})
        beside = self.file.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self.file)

    def load(self) -> None:
        """Go on where the file says; begin anew when there is none, or nobody can read it."""
        if self.file is None or not self.file.exists():
            return
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
        except ValueError:
            return
        for name in KEPT:
            setattr(self, name, kept[name])
        self._move_pages()

    def page(self, number: str) -> str:
        return f"{self.public}/pay/{number}"

    def _move_pages(self) -> None:
        """The pages may have moved while the stand-in was not running."""
        for thing in (*self.objects.values(), *(kept["body"] for kept in self.answers.values())):
            if thing.get("object") == "checkout.session" and thing["url"]:
                thing["url"] = self.page(thing["id"])

    def forget(self) -> None:
        with self.changing():
            for name in ("objects", "beside", "answers", "events"):
                getattr(self, name).clear()
            self.clock = 0
            if self.record is not None:
                self.record.clear()


def number(kind: str) -> str:
    """A new number of an object, as long and as hard to guess as Stripe's."""
    return f"{kind}_{secrets.token_hex(16)}"


def copied(thing: Thing) -> Thing:
    return copy.deepcopy(thing)
