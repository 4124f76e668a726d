"""Noting what a learner agrees to, and that they no longer do. Part of the action that asks for it."""

from datetime import datetime

from courses.enrolment import consents
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment


def give(*, enrolment: Enrolment, kind: str, at: datetime) -> None:
    """Note that somebody agrees, inside the caller's transaction. Safe to repeat.

    An older wording that still stood ends with it.
    """
    live = EnrolmentConsent.objects.filter(enrolment=enrolment, kind=kind, withdrawn_at=None)
    version = consents.newest(kind)
    if live.filter(version=version).exists():
        return
    live.update(withdrawn_at=at)
    EnrolmentConsent.objects.create(enrolment=enrolment, kind=kind, version=version, given_at=at)


def withdraw(*, enrolment: Enrolment, kind: str, at: datetime) -> None:
    """Note that somebody agrees no longer, inside the caller's transaction. Safe to repeat."""
    live = EnrolmentConsent.objects.filter(enrolment=enrolment, kind=kind, withdrawn_at=None)
    live.update(withdrawn_at=at)
