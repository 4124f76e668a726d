"""Small things that arrive in addresses and hidden fields, read without trust."""

from uuid import UUID, uuid4

# The largest number that every database takes as a key.
MOST_DIGITS = 18


def number(text: str | None) -> int:
    """A whole number; 0 for anything else."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > MOST_DIGITS:
        return 0
    return int(text)


def token(text: str | None) -> UUID:
    """The token that a form was given; a new one when it is none."""
    try:
        return UUID(text or "")
    except ValueError:
        return uuid4()
