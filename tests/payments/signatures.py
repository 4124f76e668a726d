"""Signatures in Stripe's way, made and checked without its library."""

import hashlib
import hmac
from datetime import UTC, datetime

TOLERANCE = 300  # seconds


def signed(body: bytes, *, at: datetime, secret: str) -> str:
    """Who sends a body, and when."""
    seconds = int(at.timestamp())
    right = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={right}"


def is_right(body: bytes, signature: str, secret: str, at: datetime) -> bool:
    parts = [part.partition("=")[::2] for part in signature.split(",")]
    times = [int(value) for name, value in parts if name == "t" and value.isdecimal()]
    if not times or abs(int(at.timestamp()) - times[0]) > TOLERANCE:
        return False
    right = signed(body, at=datetime.fromtimestamp(times[0], UTC), secret=secret).partition("v1=")[2]
    return any(hmac.compare_digest(right.encode(), value.encode()) for name, value in parts if name == "v1")
