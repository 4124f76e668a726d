"""A learner's own address for their calendar program."""

from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken

from cms.core.secret_links import hash_of, new_token
from cms.users import sealing
from courses.cohorts.calendar_feeds import CalendarFeed


def make(*, user: Any, at: datetime) -> str:
    """Make the address, or make it anew, which ends the old one; return its token."""
    token = new_token()
    CalendarFeed.objects.update_or_create(
        user=user,
        defaults={"token_hash": hash_of(token), "sealed_token": sealing.seal(token), "made_at": at},
    )
    return token


def stop(*, user: Any) -> bool:
    """End the address; say whether there was one. Safe to repeat."""
    deleted, _by_model = CalendarFeed.objects.filter(user=user).delete()
    return bool(deleted)


@sealing.reseals
def seal_again() -> int:
    """Put every address under the newest SECRET_KEY; return how many were touched. Safe to repeat.

    One whose key is gone is left: it still works, and its owner can make a new one.
    """
    done = 0
    for feed in CalendarFeed.objects.all():
        try:
            sealed = sealing.seal_again(feed.sealed_token)
        except InvalidToken:
            continue
        done += CalendarFeed.objects.filter(pk=feed.pk, sealed_token=feed.sealed_token).update(
            sealed_token=sealed
        )
    return done
