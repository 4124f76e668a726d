"""What is to go wrong next, in the order in which it was asked for.

For answers of the API: `unavailable` (nothing was done, 503), `too_many` (nothing was done, 429),
`no_json` (somebody between us answers, 502), `lost_answer` (it was done, and the line broke), `slow` (it was
done, and the answer takes `seconds`). For deliveries: see `events.FAULTS`; what has happened already
is not touched.
"""

from dataclasses import dataclass, field
from typing import Any

OF_ANSWERS = frozenset({"unavailable", "too_many", "no_json", "lost_answer", "slow"})


@dataclass
class Fault:
    """One thing that goes wrong `times` times; `path` is how the addresses begin that it happens to."""

    kind: str
    path: str = "/v1/"
    method: str = ""
    times: int = 1
    seconds: float = 0


@dataclass
class Faults:
    """Those of the API; callers hold the lock of the state."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, **facts: Any) -> None:
        fault = Fault(**facts)
        if fault.kind not in OF_ANSWERS:
            raise ValueError(fault.kind)
        self.waiting.append(fault)

    def next(self, method: str, path: str) -> Fault | None:
        for fault in self.waiting:
            if path.startswith(fault.path) and fault.method in {"", method}:
                fault.times -= 1
                if not fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
