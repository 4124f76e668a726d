"""What a certificate's log adds up to. Plain Python."""

from collections.abc import Sequence
from enum import StrEnum


class Status(StrEnum):
    """What a checker is told. ERASED: the award stands, its holder's details are gone."""

    VALID = "valid"
    CORRECTED = "corrected"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    ERASED = "erased"
    UNKNOWN = "unknown"


def status_of(events: Sequence[str]) -> Status:
    """Read the log, oldest first. Revoked is final; a superseded certificate was corrected."""
    if "revoked" in events:
        return Status.REVOKED
    if "superseded" in events:
        return Status.CORRECTED
    pauses = [event for event in events if event in ("suspended", "restored")]
    if pauses and pauses[-1] == "suspended":
        return Status.SUSPENDED
    if "erased" in events:
        return Status.ERASED
    return Status.VALID if "issued" in events else Status.UNKNOWN
