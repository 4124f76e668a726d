"""What must be read again and tells too much (keys of authenticator apps), sealed before it is stored.

The key is made from SECRET_KEY, so that a copy of the database alone opens nothing. What was sealed
with an older key still opens while that key is in SECRET_KEY_FALLBACKS; `manage.py seal_again` moves
everything to the newest one: upper layers add what they seal (`reseals`).
"""

import base64
from collections.abc import Callable

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"lived-learning: secrets of a second step"


def _box(secret_key: str | bytes) -> Fernet:
    material = secret_key.encode() if isinstance(secret_key, str) else secret_key
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(material)
    return Fernet(base64.urlsafe_b64encode(derived))


def _boxes() -> MultiFernet:
    return MultiFernet([_box(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def seal(text: str) -> str:
    """Encrypt with the newest key."""
    return _boxes().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with whichever key fits. Raises cryptography's InvalidToken when none does."""
    return _boxes().decrypt(sealed.encode()).decode()


def seal_again(sealed: str) -> str:
    """The same secret under the newest key."""
    return _boxes().rotate(sealed.encode()).decode()


# Upper layers that keep sealed things too; each puts its own under the newest key and says how many.
resealers: list[Callable[[], int]] = []


def reseals(again: Callable[[], int]) -> Callable[[], int]:
    """Let `manage.py seal_again` call this as well. It must be safe to repeat."""
    resealers.append(again)
    return again
