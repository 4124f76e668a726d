"""How Stripe says no: https://docs.stripe.com/api/errors."""

from typing import Any


class Refused(Exception):
    """An answer that says no, with its status."""

    def __init__(self, message: str, *, status: int = 400, **facts: Any) -> None:
        super().__init__(message)
        self.status = status
        self.facts = {"type": "invalid_request_error", "message": message, **facts}

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.facts}


class Impossible(Refused):
    """Rightly asked, and not possible as things stand. Stripe keeps such an answer with its key."""


def missing(name: str) -> Refused:
    return Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)


def unknown(name: str) -> Refused:
    return Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def wrong(name: str, why: str, code: str | None = None) -> Refused:
    facts: dict[str, Any] = {"code": code} if code else {}
    return Refused(f"Invalid {name}: {why}", param=name, **facts)


def not_found(kind: str, number: str) -> Refused:
    return Refused(f"No such {kind}: '{number}'", status=404, code="resource_missing", param="id")
