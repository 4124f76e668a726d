"""The ways into a cohort that its team makes: a code that was used once, and a list that was checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cms.users.models import User
from courses.actions import codes, enrolment_csv
from courses.enrolment.codes import CodeUse, EnrolmentCode
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Enrolment


@dataclass(frozen=True)
class WaysIn:
    """One of each."""

    code: EnrolmentCode
    list: LearnerList


def one_of_each(enrolment: Enrolment, *, by: User, at: datetime, note: str = "For a library") -> WaysIn:
    """A code that let this person in and could let in more, and a list with one new address."""
    (code,) = codes.make(
        cohort_id=enrolment.cohort_id,
        number=1,
        uses_allowed=5,
        email_domain="example.org",
        note=note,
        by=by,
        at=at,
    )
    CodeUse.objects.create(code=code, enrolment=enrolment, at=at)
    kept = enrolment_csv.keep(
        cohort_id=enrolment.cohort_id,
        content=b"email\nsomebody-new@example.org\n",
        answer_by=at + timedelta(days=7),
        by=by,
        at=at,
    )
    return WaysIn(code, kept)
