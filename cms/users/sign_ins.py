"""Where somebody is signed in: what is noted at the door, the list of it, and ending what is on it.

Noted are the kind of browser and device and the moment, and nothing else: no internet address, no
place. The row goes with its session. On which day a session was last used is kept in the cache only,
because writing it to the database would turn every look at a page into a write.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.cache import cache

from cms.users import devices
from cms.users.devices import Device
from cms.users.models import SignIn, User

log = logging.getLogger(__name__)
MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class OpenSignIn:
    """One line of the list. `pk` is None for a session that began before such notes were kept."""

    pk: int | None
    device: str
    began_at: datetime | None
    seen_on: date | None
    is_this_one: bool


def note(*, user: User, session_key: str, user_agent: str, at: datetime) -> None:
    """Note a sign-in beside its session. Safe to repeat."""
    device = devices.recognise(user_agent)
    SignIn.objects.update_or_create(
        session_id=session_key,
        defaults={"user": user, "browser": device.browser, "system": device.system, "began_at": at},
    )


def open_for(*, user: User, session_key: str, device: Device, at: datetime) -> list[OpenSignIn]:
    """Every sign-in that still lasts, this one first, then the newest. One query.

    `device` is what asks now: it stands for a session that has no note.
    """
    kept = list(SignIn.objects.filter(user=user, session__expire_date__gt=at).order_by("-began_at"))
    seen = _seen_on([row.session_id for row in kept])
    rows = [
        OpenSignIn(
            pk=row.pk,
            device=devices.words(Device(row.browser, row.system)),
            began_at=row.began_at,
            seen_on=seen.get(row.session_id),
            is_this_one=row.session_id == session_key,
        )
        for row in kept
    ]
    if not any(row.is_this_one for row in rows):
        rows.append(OpenSignIn(None, devices.words(device), began_at=None, seen_on=None, is_this_one=True))
    return sorted(rows, key=lambda row: not row.is_this_one)


def end_one(*, user: User, pk: int, but: str | None) -> bool:
    """Sign somebody out at one other place; say whether they were signed in there. Safe to repeat."""
    row = SignIn.objects.filter(user=user, pk=pk).exclude(session_id=but or "").first()
    if row is None:
        return False
    _end(row.session_id)
    return True


def end_others(*, user: User, but: str | None) -> int:
    """Sign somebody out everywhere but in the session with this key; return at how many places."""
    others = SignIn.objects.filter(user=user).exclude(session_id=but or "")
    keys = list(others.values_list("session_id", flat=True))
    for key in keys:
        _end(key)
    return len(keys)


def _end(session_key: str) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    store.delete()
    cache.delete(_cache_key(session_key))


# --- The day a session was last used ---------------------------------------------------------------

_noted: set[str] = set()
_noted_on: date | None = None


def seen(*, session_key: str, on: date) -> None:
    """Note that a session is used today: one write to the cache a day and process, none to the database."""
    global _noted_on  # noqa: PLW0603 - a day's memory of this process
    if _noted_on != on or len(_noted) > MOST_REMEMBERED:
        _noted.clear()
        _noted_on = on
    if session_key in _noted:
        return
    _noted.add(session_key)
    try:
        cache.set(_cache_key(session_key), on.isoformat(), settings.SESSION_COOKIE_AGE)
    except Exception:  # noqa: BLE001 - a cache that is away must not keep anybody from their page
        log.warning("the day of a session could not be noted")


def _cache_key(session_key: str) -> str:
    """Never the key itself: whoever has that is signed in."""
    return "seen:" + hashlib.sha256(session_key.encode()).hexdigest()[:32]


def _seen_on(session_keys: list[str]) -> dict[str, date]:
    by_cache_key = {_cache_key(key): key for key in session_keys}
    try:
        found = cache.get_many(by_cache_key)
    except Exception:  # noqa: BLE001 - as above: the list is useful without these days
        return {}
    return {by_cache_key[name]: date.fromisoformat(day) for name, day in found.items()}
