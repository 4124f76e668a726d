"""When a mail server refuses an address for good. Nothing here writes."""

import hashlib
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from courses.messages.models import MailTrouble

MOST_FAILURES = 3
HARD = 500


def is_hard(error: OSError) -> bool:
    """Whether the server refused the address or the message for good (a code of 500 or more).

    A server that is away, busy or does not know us says nothing about the address.
    """
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= HARD for code, _text in error.recipients.values())
    return isinstance(error, SMTPDataError) and error.smtp_code >= HARD


def is_stopped(person: Any) -> bool:
    """Whether no more e-mails go to the address that somebody has now.

    No query when the row came along with the person.
    """
    trouble = of_person(person)
    return trouble is not None and trouble.stopped_at is not None


def of_person(person: Any) -> MailTrouble | None:
    """The trouble with the address that somebody has now: that with an earlier one does not count."""
    trouble: MailTrouble | None = getattr(person, "mail_trouble", None)
    if trouble is None or trouble.address_digest != digest(person.email):
        return None
    return trouble


def digest(address: str) -> str:
    """What is kept of an address, to see whether it has changed (SHA-256, hexadecimal)."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
