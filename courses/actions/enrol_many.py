"""The same as giving one person a place by staff, for many at once: a few statements for all of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from courses.actions import enrol
from courses.cohorts.models import Cohort
from courses.enrolment import places
from courses.enrolment.models import Enrolment, Grant, Place
from courses.enrolment.states import State
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
    learners = [person.pk for person, _reason in people]
    enrol.stop_waiting(cohort=cohort, learners=learners, at=at)
    enrol.close_applications(cohort=cohort, learners=learners)
    outbox.write_many(kind="enrolled", payloads=({"enrolment": one.pk} for one in made), at=at)
    return made
