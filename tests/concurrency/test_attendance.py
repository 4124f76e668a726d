"""Two people keep the register of one session at the same moment."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cms.users.models import User
from courses.actions import attendance
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.progress.attendance import Attendance
from courses.progress.models import Record
from courses.progress.turnout import Mark, Status
from tests.concurrency.racing import caught_by, errors, everybody_waits_after, race
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

LOOKED = (attendance, "_stored")
THERE, AWAY = Mark(Status.ATTENDED), Mark(Status.ABSENT)


@pytest.fixture
def met(now: datetime, transactional_db: None) -> BuiltCourse:
    return meetings.course(at=now)


@pytest.fixture
def learners(met: BuiltCourse, ada: User, ben: User, now: datetime) -> list[Enrolment]:
    return [met.enrol(person, at=now) for person in (ada, ben)]


@pytest.fixture
def held(met: BuiltCourse, fay: User, now: datetime) -> LiveSession:
    return meetings.plan(met, by=meetings.facilitator(met.cohort, fay), at=now, days=(-1,))[0]


def two_mark(
    held: LiveSession, learners: list[Enrolment], fay: User, ana: User, now: datetime, *, locks: bool
) -> list[Any]:
    """Fay says that all were there, and Ana, who facilitates too, that nobody was; in another order."""
    meetings.facilitator(held.cohort, ana)
    ids = [one.pk for one in learners]
    jobs = [
        partial(
            attendance.mark_many,
            session_id=held.pk,
            marks=dict.fromkeys(order, said),
            by=by,
            at=now + timedelta(minutes=1),
        )
        for order, said, by in ((ids, THERE, fay), (ids[::-1], AWAY, ana))
    ]
    with everybody_waits_after(LOOKED, people=2, locks=locks):
        return race(jobs)


def changes(enrolment: Enrolment) -> list[tuple[Any, Any]]:
    """What the ledger tells of one line of the register: from what to what, in the order it was written."""
    told = LedgerEntry.objects.filter(
        subject=f"enrolment:{enrolment.pk}", action__startswith="attendance"
    ).order_by("pk")
    return [(one.details["before"], one.details["after"]) for one in told]


def is_done(enrolment: Enrolment, session: LiveSession) -> bool:
    return Record.objects.filter(enrolment=enrolment, activity=session.activity_id, outcome="done").exists()


def test_two_who_mark_the_same_people_write_one_row_each_and_the_ledger_tells_both(
    held: LiveSession, learners: list[Enrolment], fay: User, ana: User, now: datetime
) -> None:
    found = two_mark(held, learners, fay, ana, now, locks=True)
    assert errors(found) == []
    rows = list(Attendance.objects.order_by("enrolment_id"))
    assert [row.enrolment_id for row in rows] == [one.pk for one in learners]
    assert len({row.by_id for row in rows}) == 1, "One came last, for everybody."
    for row, enrolment in zip(rows, learners, strict=True):
        (nothing, first), (before, after) = changes(enrolment)
        assert (nothing, before, after) == (None, first, [row.status, None])
        assert is_done(enrolment, held) is (row.status == Status.ATTENDED)


def test_without_the_locks_only_the_database_stops_a_second_row(
    held: LiveSession, learners: list[Enrolment], fay: User, ana: User, now: datetime
) -> None:
    found = two_mark(held, learners, fay, ana, now, locks=False)
    assert caught_by(found) == ["attendance_one_per_session"]
    assert [len(changes(one)) for one in learners] == [1, 1], "The other mark is told nowhere."


@pytest.mark.parametrize("locks", [True, False], ids=["with the locks", "without the locks"])
def test_two_who_correct_the_same_line_correct_one_after_the_other(
    held: LiveSession, learners: list[Enrolment], fay: User, ana: User, now: datetime, locks: bool
) -> None:
    word: Any = {"session_id": held.pk, "enrolment_id": learners[0].pk, "by": fay}
    attendance.mark(**word, status=Status.PARTLY, minutes=5, at=now)
    found = two_mark(held, learners[:1], fay, ana, now, locks=locks)
    assert errors(found) == []
    _noted, (was, first), (before, after) = changes(learners[0])
    row = Attendance.objects.get()
    assert was == ["partly", 5]
    assert {tuple(first), tuple(after)} == {("attended", None), ("absent", None)}
    if locks:
        assert (before, after) == (first, [row.status, None])
        assert is_done(learners[0], held) is (row.status == Status.ATTENDED)
    else:
        # Both corrected what had been there before either of them.
        assert before == was
