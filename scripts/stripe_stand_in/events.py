"""News: made, signed and delivered to the webhook, and again until somebody takes it.

Stripe delivers at least once and in no order: https://docs.stripe.com/webhooks. The signature is made here by
hand, so that the library that checks it does not check itself.
"""

import hashlib
import hmac
import http.client
import json
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from scripts.stripe_stand_in import objects
from scripts.stripe_stand_in.state import State, Thing, copied, number

# Seconds until it is tried again: more often than Stripe, for about as many times.
PAUSES = (1, 3, 10, 30, 60, 300, 1800, 7200)
SECONDS_TO_ANSWER = 10
LATE = 400
EARLY = 3600
OTHER_ACCOUNT = "acct_other"
# How one delivery can go wrong.
FAULTS = frozenset(
    {
        *("duplicate", "lost", "held"),
        *("wrong_signature", "no_signature", "stale", "future", "changed_body", "rotated"),
        *("live", "other_account", "no_event"),
    }
)


def tell(state: State, kind: str, about: Thing) -> Thing:
    """Write down that something happened to an object, as the object is now."""
    event = objects.make(
        "event",
        id=number("evt"),
        created=state.now(),
        data={"object": copied(about)},
        livemode=about.get("livemode", False),
        type=kind,
    )
    kept = {"event": event, "tries": 0, "next_at": time.time(), "is_done": False, "faults": []}
    state.events.append(kept)
    return kept


def sign(body: bytes, secret: str, at: int) -> str:
    """The header that says who sent a body, and when."""
    right = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={right}"


def as_sent(kept: Thing, secret: str) -> tuple[bytes, str]:
    """Body and signature of one delivery, with what is to be wrong with it."""
    event, faults = copied(kept["event"]), set(kept["faults"])
    if "live" in faults:
        event["livemode"] = True
    if "other_account" in faults:
        event["account"] = OTHER_ACCOUNT
    if "no_event" in faults:
        event = event["data"]["object"]
    body = json.dumps(event, indent=2).encode()
    at = int(time.time()) - (LATE if "stale" in faults else 0) + (EARLY if "future" in faults else 0)
    signature = sign(body, "whsec_somebody_else" if "wrong_signature" in faults else secret, at)
    if "rotated" in faults:  # signed with two secrets while one takes the place of the other
        other = sign(body, "whsec_newer", at).partition(",")[2]
        signature = signature.replace(",", f",{other},", 1)
    if "changed_body" in faults:
        body = json.dumps(event).encode()
    return body, "" if "no_signature" in faults else signature


@dataclass
class Post:
    """Delivers what is due to one address, signed with one secret."""

    state: State
    address: str
    secret: str

    def deliver_due(self) -> None:
        """Try every delivery whose time has come."""
        if not self.address:
            return
        with self.state.lock:
            due = [kept for kept in self.state.events if _is_due(kept, time.time())]
        for kept in due:
            self._deliver(kept)

    def _deliver(self, kept: Thing) -> None:
        took = "lost" in kept["faults"] or self._send(kept)
        if "duplicate" in kept["faults"]:
            self._send(kept)
        with self.state.changing():
            kept["tries"] += 1
            kept["is_done"] = took or kept["tries"] > len(PAUSES)
            if not kept["is_done"]:
                kept["next_at"] = time.time() + PAUSES[kept["tries"] - 1]

    def _send(self, kept: Thing) -> bool:
        """Say whether it was taken."""
        body, signature = as_sent(kept, self.secret)
        where = urlsplit(self.address)
        connection = http.client.HTTPConnection(
            where.hostname or "", where.port or 80, timeout=SECONDS_TO_ANSWER
        )
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if signature:
            headers["Stripe-Signature"] = signature
        try:
            connection.request("POST", where.path or "/", body, headers)
            return 200 <= connection.getresponse().status < 300  # noqa: PLR2004
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _is_due(kept: Thing, moment: float) -> bool:
    return not kept["is_done"] and "held" not in kept["faults"] and kept["next_at"] <= moment
