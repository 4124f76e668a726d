"""Staff look at the pages of a learner. It is written into the log of the cohort, and nowhere else."""

from datetime import datetime
from typing import Any

from wagtail.log_actions import log

from courses.enrolment.models import Enrolment

LOOKED = "courses.look_as_learner"


def as_learner(*, enrolment: Enrolment, by: Any, at: datetime) -> None:
    """Note in the cohort's log that somebody begins to look as a learner: who, when, at whose number.

    Not in the learner's ledger: looking changes nothing there, and the log holds no name.
    """
    log(
        enrolment.cohort,
        LOOKED,
        user=by,
        timestamp=at,
        data={"enrolment": enrolment.pk},
    )
