"""Secrets of links: made once, told once, and stored as a hash only."""

import hashlib
import secrets


def new_token() -> str:
    """A secret that nobody guesses, fit for an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored of a secret link (SHA-256, hexadecimal)."""
    return hashlib.sha256(token.encode()).hexdigest()
