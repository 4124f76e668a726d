"""Whether the others on a cohort see a learner's name: asked of the learner, and theirs to change."""

from datetime import datetime
from typing import Any

from django.db import transaction

from courses.actions import consents
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment
from courses.ledger import models as ledger


@transaction.atomic
def show_name(*, enrolment_id: int, learner: Any, is_shown: bool, at: datetime) -> None:
    """Let the others on the cohort see a learner's name, or no longer. Safe to repeat.

    Raises Enrolment.DoesNotExist when it is not theirs.
    """
    enrolment = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment_id, learner=learner)
    if enrolment.shows_name_to_cohort == is_shown:
        return
    Enrolment.objects.filter(pk=enrolment_id).update(shows_name_to_cohort=is_shown)
    agrees = consents.give if is_shown else consents.withdraw
    agrees(enrolment=enrolment, kind=EnrolmentConsent.Kind.NAME_IN_GROUP, at=at)
    action = "name shown to cohort" if is_shown else "name hidden from cohort"
    ledger.write(action=action, learner=learner, subject=enrolment, by=learner, at=at)
