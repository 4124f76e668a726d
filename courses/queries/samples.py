"""A learner who is nobody: for staff who want to see a course as somebody sees it who has just joined.

The sample is never saved. Its enrolment has the number 0, which no row ever has, so whatever asks the
database about it finds nothing, and addresses need no other shape.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.users.models import User
from courses.catalogue import outline as outlines
from courses.catalogue.models import Edition
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State

NUMBER = 0


def sample_enrolment(
    *, edition: Edition, cohort: Cohort | None, opens_everything: bool, time_zone: str, at: datetime
) -> Enrolment:
    """Of somebody who joined this edition just now, in this cohort or in none that exists.

    With `opens_everything` no stage is locked, as if everything before it were done.
    """
    if opens_everything:
        # Only this object in memory: the row of the edition is never written again.
        edition.outline = outlines.without_gates(edition.outline)
    if cohort is None:
        cohort = Cohort(pk=NUMBER, name=_("No cohort"), starts_on=at.date(), enrolment_opens_at=at)
    cohort.edition = edition
    learner = User(pk=NUMBER, printed_name=_("Sample learner"), time_zone=time_zone)
    enrolment = Enrolment(pk=NUMBER, learner=learner, cohort=cohort, status=State.ACTIVE.value, started_at=at)
    for relation in ("completion", "reading_place"):
        enrolment._state.fields_cache[relation] = None
    learner.sample_enrolment = enrolment  # type: ignore[attr-defined]
    return enrolment


def enrolment_of(learner: Any) -> Enrolment | None:
    """The enrolment of a sample learner; None for everybody who is real."""
    found: Enrolment | None = getattr(learner, "sample_enrolment", None)
    return found
