"""Addresses whose mail server refuses our e-mails for good. After three refusals no more are sent."""

from datetime import datetime
from typing import Any

from cms.core import unread
from courses.messages import trouble
from courses.messages.models import MailTrouble, Notice

KIND = "address_trouble"


def note(*, person: Any, at: datetime) -> MailTrouble:
    """Count one refusal. The third stops e-mails to the address, and a notice tells the person."""
    earlier = trouble.of_person(person)
    failures = earlier.failures + 1 if earlier else 1
    stopped_at = at if failures >= trouble.MOST_FAILURES else None
    digest = trouble.digest(person.email)
    noted, _new = MailTrouble.objects.update_or_create(
        user=person,
        defaults={
            "address_digest": digest,
            "failures": failures,
            "last_at": at,
            "stopped_at": stopped_at,
        },
    )
    if stopped_at is not None:
        row = Notice(user=person, kind=KIND, about=f"address:{digest[:12]}", at=at)
        Notice.objects.bulk_create([row], ignore_conflicts=True)
        unread.forget(person.pk)
    return noted


def clear(person: Any) -> None:
    """An e-mail was taken, or the address is another one: earlier refusals count no more.

    Safe to repeat. No query when the person came with the row and had none.
    """
    if getattr(person, "mail_trouble", None) is None:
        return
    MailTrouble.objects.filter(user=person).delete()
    Notice.objects.filter(user=person, kind=KIND).delete()
    unread.forget(person.pk)


def address_changed(*, user: Any, **_more: Any) -> None:
    """Somebody has a new address that they have confirmed."""
    clear(user)
