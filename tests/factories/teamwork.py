"""What a course team does for one person: a message, a notice for the group, more time at a quiz."""

from datetime import datetime
from uuid import uuid4

from cms.users.models import User
from courses.actions import bulk, cohort_notices
from courses.assessment.allowances import Allowance
from courses.cohorts.notices import CohortNotice
from courses.enrolment.models import Enrolment


def one_of_each(
    enrolment: Enrolment, *, activity_id: int, by: User, at: datetime, words: str = ""
) -> CohortNotice:
    """A message to this person alone, a notice for their cohort, and more time at one quiz."""
    Allowance.objects.create(
        enrolment=enrolment,
        activity_id=activity_id,
        time_factor_percent=125,
        reason=f"Reads slowly. {words}".strip(),
        by=by,
        at=at,
    )
    bulk.write(
        cohort_id=enrolment.cohort_id,
        enrolment_ids=[enrolment.pk],
        subject="About Thursday",
        text=f"We meet at ten. {words}".strip(),
        token=uuid4(),
        by=by,
        at=at,
    )
    return cohort_notices.post(
        cohort_id=enrolment.cohort_id, text="The room has changed.", token=uuid4(), by=by, at=at
    )
