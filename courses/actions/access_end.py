"""Access that ends by a date or after a time. Results and certificates stay within reach."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from courses.actions import enrol
from courses.actions.enrol import EnrolmentRefused
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger import models as ledger

ACCESS_OVER = "access_over"
BATCH = 500


def end_due(*, at: datetime) -> int:
    """End every enrolment whose promised time is over, each by itself; return how many."""
    due = Enrolment.objects.filter(access_until__lte=at, ended_at=None).order_by("access_until", "pk")
    return sum(_end(pk, at=at) for pk in due.values_list("pk", flat=True)[:BATCH])


@transaction.atomic
def _end(enrolment_id: int, *, at: datetime) -> bool:
    enrolment = enrol.locked(enrolment_id)
    if enrolment.status == State.ENDED.value or enrolment.access_until is None or enrolment.access_until > at:
        return False
    enrol.end(enrolment, end_reason=ACCESS_OVER, action="access ended", by=None, at=at, tells="access_over")
    return True


@transaction.atomic
def extend(*, enrolment_id: int, until: datetime | None, by: Any, at: datetime, reason: str) -> Enrolment:
    """Promise a learner another time. `until` of None is without end.

    Raises EnrolmentRefused without a reason, for a moment that is past, or when the enrolment has ended.
    """
    enrol.check_reason(reason)
    if until is not None and until <= at:
        raise EnrolmentRefused(_("Choose a moment that is still to come."))
    enrolment = enrol.locked(enrolment_id)
    if enrolment.status == State.ENDED.value:
        raise EnrolmentRefused(_("This place has ended. Give the person a new place instead."))
    before = enrolment.access_until
    enrolment.access_until = until
    enrolment.save(update_fields=["access_until"])
    ledger.write(
        action="access changed",
        learner=enrolment.learner,
        subject=enrolment,
        by=by,
        at=at,
        reason=reason,
        before=before.isoformat() if before else None,
        after=until.isoformat() if until else None,
    )
    return enrolment
