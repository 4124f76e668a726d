"""Playing bank: what tests and the demo ask for under /_control/. Callers hold the lock of the state.

POST, with JSON; answers JSON:

    forget                                   everything, faults too
    clock        {"ahead": seconds}          move the clock of the stand-in
    webhook      {"address": …, "secret": …} where news goes from now on
    faults       {"kind": …, "path": …}      of answers: see `faults`
    checkouts/<number>/alter  {field: value} wrong amounts, currencies, accounts' worlds
    checkouts/<number>/pay    {"method": "card" or a debit}
    checkouts/<number>/decline, checkouts/<number>/expire
    payments/<number>/succeed, fail          of a bank debit
    payments/<number>/refund  {"amount": …}  made outside
    payments/<number>/dispute {"amount": …, "inquiry": true}
    refunds/<number>/fail, succeed, wait
    disputes/<number>/won, lost
    payouts      {"automatic": true}
    events/next  {"faults": […], "times": 1} of deliveries: see `events.FAULTS`
    events/release {"backwards": true}       those that were held
    events/<number>/again {"faults": […]}    deliver once more
    events/deliver                           all that wait for another try, now

GET events tells all news, with body and signature as they would be sent; GET record tells what was asked
and answered.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripts.stripe_stand_in import events, happening
from scripts.stripe_stand_in.errors import Refused
from scripts.stripe_stand_in.faults import Faults
from scripts.stripe_stand_in.state import State, Thing

STATES_OF_REFUNDS = {"fail": "failed", "succeed": "succeeded", "wait": "pending"}


@dataclass
class Control:
    """What may be asked for, and what it is asked of."""

    state: State
    faults: Faults
    post: events.Post
    # Faults of the next news, and how often still.
    coming: list[Thing] = field(default_factory=list)

    def do(self, path: str, given: dict[str, Any]) -> Any:
        """Do what `path` says; raises Refused when nobody knows it."""
        match path.split("/"):
            case ["forget"]:
                self.forget()
            case ["clock"]:
                self.state.clock = given["ahead"]
                happening.expire_due(self.state)
            case ["webhook"]:
                self.post.address = given.get("address", self.post.address)
                self.post.secret = given.get("secret", self.post.secret)
            case ["faults"]:
                self.faults.add(**given)
            case ["payouts"]:
                return happening.pay_out(self.state, automatic=given.get("automatic", True))
            case ["events", what]:
                self._all_events(what, given)
            case ["events", number, "again"]:
                self._again(number, given.get("faults", []))
            case [kind, number, what] if handler := self._handlers().get((kind, what)):
                return handler(number, given)
            case _:
                raise Refused(f"Nothing is called {path}", status=404)
        return {}

    def forget(self) -> None:
        self.state.forget()
        self.faults.waiting.clear()
        self.coming.clear()

    def mark_news(self, first: int) -> None:
        """Give the faults that were asked for to the news from this place on."""
        for kept in self.state.events[first:]:
            if self.coming:
                kept["faults"] = list(self.coming[0]["faults"])
                self.coming[0]["times"] -= 1
                if not self.coming[0]["times"]:
                    del self.coming[0]

    def told(self) -> list[Thing]:
        """All news, oldest first, as they would be sent now."""
        found = []
        for kept in self.state.events:
            body, signature = events.as_sent(kept, self.post.secret)
            sent = {"body": body.decode(), "signature": signature}
            found.append(
                {"id": kept["event"]["id"], "type": kept["event"]["type"], **sent, **_progress(kept)}
            )
        return found

    def _handlers(self) -> dict[tuple[str, str], Callable[[str, dict[str, Any]], Any]]:
        state = self.state

        def session(number: str) -> Thing:
            return happening.found(state, "checkout.session", number)

        def payment(number: str) -> Thing:
            return happening.found(state, "payment_intent", number)

        def refunded(what: str) -> Callable[[str, dict[str, Any]], Any]:
            return lambda number, _: happening.settle_refund(
                state, happening.found(state, "refund", number), STATES_OF_REFUNDS[what]
            )

        def closed(what: str) -> Callable[[str, dict[str, Any]], Any]:
            return lambda number, _: happening.close_dispute(
                state, happening.found(state, "dispute", number), what
            )

        return {
            ("checkouts", "alter"): lambda number, given: session(number).update(given),
            ("checkouts", "pay"): lambda number, given: happening.pay(state, session(number), **given),
            ("checkouts", "decline"): lambda number, _: happening.decline(state, session(number)),
            ("checkouts", "expire"): lambda number, _: happening.expire(state, session(number)),
            ("payments", "succeed"): lambda number, _: happening.settle_debit(
                state, payment(number), comes=True
            ),
            ("payments", "fail"): lambda number, _: happening.settle_debit(
                state, payment(number), comes=False
            ),
            ("payments", "refund"): lambda number, given: happening.give_back(
                state, payment(number), given.get("amount"), {}
            ),
            ("payments", "dispute"): lambda number, given: happening.dispute(
                state, payment(number), given.get("amount"), inquiry=given.get("inquiry", False)
            ),
            **{("refunds", what): refunded(what) for what in STATES_OF_REFUNDS},
            **{("disputes", what): closed(what) for what in ("won", "lost")},
        }

    def _all_events(self, what: str, given: dict[str, Any]) -> None:
        if what == "next":
            self.coming.append({"faults": _known(given["faults"]), "times": given.get("times", 1)})
        elif what == "release":
            self._release(backwards=given.get("backwards", False))
        elif what == "deliver":
            for kept in self.state.events:
                kept["next_at"] = 0
        else:
            raise Refused(f"Nothing is called {what}", status=404)

    def _release(self, *, backwards: bool) -> None:
        """Let the held go, in the order in which they came or the other way round."""
        held = [kept for kept in self.state.events if "held" in kept["faults"]]
        for kept in held:
            kept["faults"].remove("held")
        if backwards:
            places = [self.state.events.index(kept) for kept in held]
            for place, kept in zip(places, reversed(held), strict=True):
                self.state.events[place] = kept

    def _again(self, number: str, faults: list[str]) -> None:
        for kept in self.state.events:
            if kept["event"]["id"] == number:
                kept.update(is_done=False, next_at=time.time(), faults=_known(faults))
                return
        raise Refused(f"No such event: {number}", status=404)


def _known(faults: list[str]) -> list[str]:
    strange = set(faults) - events.FAULTS
    if strange:
        raise Refused(f"No such faults: {', '.join(sorted(strange))}")
    return list(faults)


def _progress(kept: Thing) -> Thing:
    return {name: kept[name] for name in ("tries", "is_done", "faults")}
