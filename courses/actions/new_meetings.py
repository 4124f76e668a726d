"""Telling learners of meetings that were planned: of all that are planned one after the other, once.

Whoever plans twelve meetings fills in twelve forms. The first of them begins to wait, the others join it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from courses.actions import tell
from courses.cohorts.models import Cohort
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.outbox import writing as outbox
from courses.outbox.models import OutboxEntry

KIND = "meetings-planned"
# Time to plan the others, too.
WAIT = timedelta(minutes=30)
# A meeting that is nearer than this is told of at once, and the others wait.
SOON = timedelta(days=2)


def planned(session: LiveSession, *, at: datetime) -> None:
    """Have the learners told of a meeting that is still to come, with the others that are planned now.

    Call it in the caller's transaction, with the cohort locked and the session saved.
    """
    if session.starts_at <= at + SOON:
        for enrolment, learner in _learners(session.cohort_id, joined_by=at):
            tell.later(
                kind="session_added",
                learner=learner,
                about=f"session:{session.pk}:{session.sequence}",
                at=at,
                session=session.pk,
                enrolment=enrolment,
            )
    elif _first_waiting(session.cohort_id) is None:
        outbox.write_for(kind=KIND, at=at, due_at=at + WAIT, cohort=session.cohort_id, first=session.pk)


def is_still_to_be_told(session: LiveSession) -> bool:
    """Whether learners have yet to hear of a meeting: then they hear of it as it stands, and of no change."""
    first = _first_waiting(session.cohort_id)
    return first is not None and session.pk >= first


@transaction.atomic
def spread(*, cohort_id: int, first: int, at: datetime) -> None:
    """Tell everybody on the cohort of its meetings from `first` on, each person once. Safe to repeat.

    What was cancelled or is over by now is told to nobody.
    """
    # Nobody plans another one while these are counted: it would be told to nobody.
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort_id)
    rows = LiveSession.objects.filter(cohort=cohort_id, pk__gte=first, cancelled_at=None, starts_at__gt=at)
    found = list(rows.order_by("pk").values_list("pk", "changed_at"))
    if not found:
        return
    last, ids = found[-1][0], {"first": found[0][0], "last": found[-1][0]}
    about = f"sessions:{first}:{last}"
    kind = "sessions_added"
    if len(found) == 1:
        kind, ids, about = "session_added", {"session": last}, f"session:{last}:0"
    learners = _learners(cohort_id, joined_by=max(changed_at for _pk, changed_at in found))
    outbox.write_many(
        kind="tell",
        payloads=[
            tell.entry(kind=kind, learner=learner, about=about, enrolment=enrolment, **ids)
            for enrolment, learner in learners
        ],
        at=at,
    )


def _first_waiting(cohort_id: int) -> int | None:
    """The first of the meetings that learners of a cohort have yet to be told of. One query."""
    waiting = OutboxEntry.objects.filter(kind=KIND, handled_at=None, given_up_at=None)
    found: int | None = (
        waiting.filter(payload__cohort=cohort_id).values_list("payload__first", flat=True).first()
    )
    return found


def _learners(cohort_id: int, *, joined_by: datetime) -> list[tuple[int, int]]:
    """The enrolment and the learner, by id, of everybody who was on it. Who joined later saw the meetings."""
    found = Enrolment.objects.filter(cohort=cohort_id, status=State.ACTIVE.value, started_at__lte=joined_by)
    return list(found.order_by("pk").values_list("pk", "learner_id"))
