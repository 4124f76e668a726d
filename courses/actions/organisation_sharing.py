"""Whether an organisation sees how much a learner on its seat has done: theirs to say, and to change."""

from datetime import datetime
from typing import Any

from django.db import transaction

from courses.actions import consents
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment, Place
from courses.ledger import models as ledger


@transaction.atomic
def share_progress(*, enrolment_id: int, learner: Any, shares: bool, at: datetime) -> None:
    """Let the organisation that gives the place see how much is done, or no longer. Safe to repeat.

    Raises Enrolment.DoesNotExist when the place is not theirs, or is not an organisation's.
    """
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id, learner=learner)
    if not Place.objects.filter(enrolment=enrolment, allocation__isnull=False).exists():
        raise Enrolment.DoesNotExist
    choose(enrolment, shares=shares, at=at)


def choose(enrolment: Enrolment, *, shares: bool, at: datetime) -> None:
    """Note what a learner chose, inside the caller's transaction."""
    if enrolment.shares_progress_with_organisation == shares:
        return
    enrolment.shares_progress_with_organisation = shares
    Enrolment.objects.filter(pk=enrolment.pk).update(shares_progress_with_organisation=shares)
    agrees = consents.give if shares else consents.withdraw
    agrees(enrolment=enrolment, kind=EnrolmentConsent.Kind.SHARE_PROGRESS, at=at)
    learner = enrolment.learner
    action = "progress shown to organisation" if shares else "progress hidden from organisation"
    ledger.write(action=action, learner=learner, subject=enrolment, by=learner, at=at)
