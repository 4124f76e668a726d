"""People who are signed in already."""

from collections.abc import Sequence
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils import timezone
from django.utils.crypto import get_random_string

from cms.users.models import SignIn, User


def sessions(users: Sequence[User]) -> list[str]:
    """The key of a session for each, as signing in makes one, without the cost of a password."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = [
        store.model(
            session_key=get_random_string(32, VALID_KEY_CHARS),
            session_data=store.encode(_signed_in(user)),
            expire_date=store.get_expiry_date(),
        )
        for user in users
    ]
    store.model.objects.bulk_create(rows)
    began_at = timezone.now()
    SignIn.objects.bulk_create(
        SignIn(session_id=row.session_key, user=user, began_at=began_at)
        for row, user in zip(rows, users, strict=True)
    )
    return [row.session_key for row in rows]


def _signed_in(user: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[-1],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
