"""Enrolment codes: 60 random bits in Crockford's base 32, which has no letters that look alike.

Source of the alphabet and of the look-alikes that are read as digits: Douglas Crockford, "Base 32"
(I and L are read as 1, O as 0; U is not used).
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"} | dict.fromkeys("-_.\u2010\u2011\u2012\u2013\u2014"))


def new_code() -> str:
    """A fresh code of 12 characters (60 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """The code as it is given to people, in groups of four."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def read_kindly(typed: str) -> str:
    """What somebody typed, with capitals, without spaces and dashes, and with look-alikes as digits."""
    return "".join(typed.split()).upper().translate(_READ_AS)


def normalised(typed: str) -> str | None:
    """The code that somebody typed, read kindly; None when it cannot be one."""
    code = read_kindly(typed)
    return code if len(code) == LENGTH and all(one in ALPHABET for one in code) else None
