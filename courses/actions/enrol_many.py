"""The same as giving one person a place by staff, for many at once: a few statements for all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Grant, Place, WaitingEntry
from courses.enrolment.states import (
    LIVE_APPLICATIONS,
    STILL_WAITING,
    ApplicationState,
    State,
    WaitingState,
)
from courses.ledger.models import LedgerEntry
from courses.outbox import writing as outbox

BATCH = 500


def by_staff(*, cohort: Cohort, people: Sequence[tuple[Any, str]], by: Any, at: datetime) -> list[Enrolment]:
    """A place for each of these people, with the reason that is kept with it.

    Call it in the caller's transaction with the cohort locked and the room counted, for people who have
    no place on the course. It leaves what `enrol.grant_place` would have left for each, one by one.
    """
    until = places.access_until(cohort, joined_at=at)
    rows = (
        Enrolment(learner=person, cohort=cohort, status=State.ACTIVE.value, started_at=at, access_until=until)
        for person, _reason in people
    )
    made: list[Enrolment] = Enrolment.objects.bulk_create(rows, BATCH)
    Place.objects.bulk_create(
        (Place(cohort=cohort, enrolment=one, reason=Place.Reason.LEARNER) for one in made), BATCH
    )
    Grant.objects.bulk_create((Grant(enrolment=one, kind="staff", given_at=at) for one in made), BATCH)
    LedgerEntry.objects.bulk_create(
        (
            LedgerEntry(
                at=at,
                action="enrolled",
                by=by,
                learner=person,
                subject=f"enrolment:{one.pk}",
                reason=reason,
            )
            for one, (person, reason) in zip(made, people, strict=True)
        ),
        BATCH,
    )
    _stop_waiting(cohort, [person.pk for person, _reason in people], at=at)
    outbox.write_many(kind="enrolled", payloads=({"enrolment": one.pk} for one in made), at=at)
    return made


def _stop_waiting(cohort: Cohort, learners: list[int], *, at: datetime) -> None:
    """Who has a place waits no longer, and needs not be chosen any more."""
    live = [state.value for state in STILL_WAITING]
    WaitingEntry.objects.filter(cohort=cohort, learner__in=learners, status__in=live).update(
        status=WaitingState.JOINED.value, ended_at=at
    )
    undecided = [state.value for state in LIVE_APPLICATIONS]
    Application.objects.filter(cohort=cohort, applicant__in=learners, status__in=undecided).update(
        status=ApplicationState.JOINED.value
    )
