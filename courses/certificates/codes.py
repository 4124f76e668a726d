"""Certificate numbers: 140 random bits in Crockford's base 32, which has no letters that look alike.

Source of the alphabet and of the look-alikes that are read as digits: Douglas Crockford, "Base 32"
(I and L are read as 1, O as 0; U is not used).
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 28
GROUP = 4
_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0", "-": "", " ": ""})


def new_code() -> str:
    """A fresh certificate number of 28 characters (140 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """The number as printed, in groups of four."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def normalised(typed: str) -> str | None:
    """The number that somebody typed, read kindly; None when it cannot be a certificate number."""
    code = "".join(typed.split()).upper().replace("\u2010", "-").replace("\u2013", "-")
    code = code.translate(_LOOK_ALIKES)
    ok = len(code) == CODE_LENGTH and all(character in ALPHABET for character in code)
    return code if ok else None
