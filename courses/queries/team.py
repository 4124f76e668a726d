"""One cohort or session, for somebody who looks after it."""

from typing import Any

from courses.cohorts import staffing
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession


def cohort_of(*, cohort_id: int, person: Any, runs: bool = False) -> Cohort:
    """A cohort that a person looks after, or (`runs`) that they run. One or two queries.

    Raises Cohort.DoesNotExist when it is neither.
    """
    cohorts = staffing.run_by(person) if runs else staffing.seen_by(person)
    found: Cohort = cohorts.select_related("edition__course").defer("edition__frozen").get(pk=cohort_id)
    return found


def session_of(*, session_id: int, person: Any) -> LiveSession:
    """A session of a cohort that a person runs. Raises LiveSession.DoesNotExist."""
    sessions = LiveSession.objects.filter(cohort__in=staffing.run_by(person))
    found: LiveSession = (
        sessions.select_related("cohort__edition__course").defer("cohort__edition__frozen").get(pk=session_id)
    )
    return found
