"""Registers: by staff, by a list, by learners themselves; corrections, records, warnings, walk-ins."""

from datetime import datetime, timedelta

import pytest

from cms.users.models import User
from courses.actions import attendance
from courses.actions.attendance import AttendanceRefused
from courses.cohorts.models import CohortStaff
from courses.cohorts.sessions import LiveSession
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.progress.attendance import Attendance, WalkIn, minutes_attended
from courses.progress.models import Record
from courses.progress.turnout import Mark, Status
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

pytestmark = pytest.mark.django_db
ATTENDED, PARTLY, APOLOGISED, ABSENT = Status


@pytest.fixture
def course(now: datetime) -> BuiltCourse:
    """Four meetings of two hours, of which three are needed."""
    return meetings.course(at=now, meetings=4, needed=3)


@pytest.fixture
def fay(course: BuiltCourse, fay: User) -> User:
    return meetings.facilitator(course.cohort, fay)


@pytest.fixture
def held(course: BuiltCourse, fay: User, now: datetime) -> list[LiveSession]:
    """Four sessions: two are over, the third begins now, the fourth is in a week."""
    return meetings.plan(course, by=fay, at=now, days=(-14, -7, 0, 7))


@pytest.fixture
def enrolment(course: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    return course.enrol(ada, at=now)


def mark(
    session: LiveSession, enrolment: Enrolment, status: Status, *, by: User, at: datetime, **more: int
) -> Attendance:
    return attendance.mark(
        session_id=session.pk, enrolment_id=enrolment.pk, status=status, by=by, at=at, **more
    )


def is_done(enrolment: Enrolment, session: LiveSession) -> bool:
    return Record.objects.filter(enrolment=enrolment, activity=session.activity_id, outcome="done").exists()


def warnings() -> int:
    return sum(e.payload["message"] == "attendance_at_risk" for e in OutboxEntry.objects.filter(kind="tell"))


def test_being_there_is_a_record_and_marking_twice_is_marking_once(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    for _twice in range(2):
        mark(held[0], enrolment, ATTENDED, by=fay, at=now)
    assert is_done(enrolment, held[0])
    assert LedgerEntry.objects.filter(action="attendance noted").count() == 1
    assert minutes_attended(enrolment.pk) == 120


@pytest.mark.parametrize(("minutes", "counts"), [(89, False), (90, True), (120, True)])
def test_a_part_counts_from_three_quarters(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime, minutes: int, counts: bool
) -> None:
    mark(held[0], enrolment, PARTLY, by=fay, at=now, minutes=minutes)
    assert is_done(enrolment, held[0]) is counts
    assert minutes_attended(enrolment.pk) == minutes


@pytest.mark.parametrize("minutes", [None, 0, 121])
def test_a_part_needs_minutes_that_can_be(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime, minutes: int | None
) -> None:
    with pytest.raises(AttendanceRefused, match="minutes") as refused:
        mark(held[0], enrolment, PARTLY, by=fay, at=now, minutes=minutes)
    assert refused.value.line == enrolment.pk
    assert not Attendance.objects.exists()


def test_a_correction_takes_the_record_back_and_stands_in_the_ledger_with_what_was_there(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    mark(held[0], enrolment, ATTENDED, by=fay, at=now)
    mark(held[0], enrolment, PARTLY, by=fay, at=now, minutes=30)
    assert not is_done(enrolment, held[0])
    entry = LedgerEntry.objects.get(action="attendance corrected")
    assert (entry.by, entry.learner, entry.details["before"], entry.details["after"]) == (
        fay,
        enrolment.learner,
        ["attended", None],
        ["partly", 30],
    )


def test_the_course_is_complete_with_the_meetings_that_are_needed(
    course: BuiltCourse, held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    for session in held[:3]:
        mark(session, enrolment, ATTENDED, by=fay, at=now)
    enrolment.refresh_from_db()
    assert enrolment.completion is not None


def test_a_whole_register_is_written_or_nothing_is(
    course: BuiltCourse, held: list[LiveSession], enrolment: Enrolment, ben: User, fay: User, now: datetime
) -> None:
    bens = course.enrol(ben, at=now)
    marks = {enrolment.pk: Mark(ATTENDED), bens.pk: Mark(PARTLY)}
    with pytest.raises(AttendanceRefused):
        attendance.mark_many(session_id=held[0].pk, marks=marks, by=fay, at=now)
    assert not Attendance.objects.exists()
    assert not is_done(enrolment, held[0])


def test_only_apologies_are_noted_before_a_session(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    with pytest.raises(AttendanceRefused, match="not begun"):
        mark(held[3], enrolment, ABSENT, by=fay, at=now)
    mark(held[3], enrolment, APOLOGISED, by=fay, at=now)
    early = held[3].starts_at - timedelta(minutes=15)
    mark(held[3], enrolment, ATTENDED, by=fay, at=early)


def test_only_those_who_run_the_cohort_keep_its_register(
    course: BuiltCourse, held: list[LiveSession], enrolment: Enrolment, ana: User, ben: User, now: datetime
) -> None:
    meetings.facilitator(course.cohort, ana, CohortStaff.Role.ASSESSOR)
    for somebody in (ana, ben, enrolment.learner):
        with pytest.raises(LiveSession.DoesNotExist):
            mark(held[0], enrolment, ATTENDED, by=somebody, at=now)


def test_somebody_of_another_cohort_cannot_be_marked(
    course: BuiltCourse, held: list[LiveSession], ben: User, fay: User, now: datetime
) -> None:
    other = meetings.dated_cohort(course.edition, at=now, name="Other group")
    elsewhere = Enrolment.objects.create(learner=ben, cohort=other, status="active", started_at=now)
    with pytest.raises(AttendanceRefused, match="not on this cohort"):
        mark(held[0], elsewhere, ATTENDED, by=fay, at=now)


def test_the_warning_comes_once_when_coming_is_not_enough(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    mark(held[0], enrolment, ABSENT, by=fay, at=now)
    assert warnings() == 0
    mark(held[1], enrolment, APOLOGISED, by=fay, at=now)
    assert warnings() == 1
    kept = OutboxEntry.objects.filter(kind="tell").last()
    assert kept.payload["about"] == f"enrolment:{enrolment.pk}"
    assert enrolment.learner.email not in str(kept.payload)


# What learners do


def test_an_apology_can_be_sent_until_the_end_and_taken_back_until_the_beginning(
    held: list[LiveSession], enrolment: Enrolment, now: datetime
) -> None:
    about = {"session_id": held[3].pk, "enrolment_id": enrolment.pk, "learner": enrolment.learner}
    for _twice in range(2):
        attendance.apologise(**about, at=now)
    assert [attendance.come_after_all(**about, at=now) for _twice in range(2)] == [True, False]
    assert not Attendance.objects.exists()
    attendance.apologise(**about, at=held[3].ends_at - timedelta(minutes=1))
    with pytest.raises(AttendanceRefused, match="has begun"):
        attendance.come_after_all(**about, at=held[3].starts_at)
    details = [e.details for e in LedgerEntry.objects.filter(action__startswith="attendance")]
    assert [(d["before"], d["after"]) for d in details] == [
        (None, ["apologised", None]),
        (["apologised", None], None),
        (None, ["apologised", None]),
    ]


def test_it_is_too_late_for_an_apology_after_the_end_or_when_there(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    about = {"enrolment_id": enrolment.pk, "learner": enrolment.learner, "at": now}
    with pytest.raises(AttendanceRefused, match="is over"):
        attendance.apologise(session_id=held[0].pk, **about)
    mark(held[2], enrolment, ATTENDED, by=fay, at=now)
    with pytest.raises(AttendanceRefused, match="noted as being there"):
        attendance.apologise(session_id=held[2].pk, **about)


def test_nobody_apologises_for_another_or_from_outside(
    course: BuiltCourse, held: list[LiveSession], enrolment: Enrolment, ben: User, now: datetime
) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        attendance.apologise(session_id=held[3].pk, enrolment_id=enrolment.pk, learner=ben, at=now)
    enrolment.move_to(State.SUSPENDED)
    with pytest.raises(AttendanceRefused, match="not active"):
        attendance.apologise(
            session_id=held[3].pk, enrolment_id=enrolment.pk, learner=enrolment.learner, at=now
        )


def test_the_word_in_the_room_lets_a_learner_in_once(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    word = attendance.renew_word(session_id=held[2].pk, by=fay, at=now)
    typed = f" {word[:3].lower()} {word[3:]}"
    found = [
        attendance.check_in(session_id=held[2].pk, word=typed, learner=enrolment.learner, at=now)
        for _twice in range(2)
    ]
    assert [one.is_new for one in found] == [True, False]
    assert Attendance.objects.get().source == Attendance.Source.SELF
    assert is_done(enrolment, held[2])


@pytest.mark.parametrize(
    ("minutes", "is_open"), [(-16, False), (-15, True), (0, True), (119, True), (120, False)]
)
def test_the_word_works_from_a_quarter_of_an_hour_before_until_the_end(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime, minutes: int, is_open: bool
) -> None:
    session = held[3]
    word = attendance.renew_word(session_id=session.pk, by=fay, at=now)
    at = session.starts_at + timedelta(minutes=minutes)
    about = {"session_id": session.pk, "word": word, "learner": enrolment.learner, "at": at}
    if is_open:
        assert attendance.check_in(**about).is_new
    else:
        with pytest.raises(AttendanceRefused, match="15 minutes before"):
            attendance.check_in(**about)


def test_a_wrong_word_an_old_word_and_no_word_open_nothing(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    session = held[2]
    about = {"session_id": session.pk, "learner": enrolment.learner, "at": now}
    with pytest.raises(AttendanceRefused, match="not the word"):
        attendance.check_in(word="", **about)
    old = attendance.renew_word(session_id=session.pk, by=fay, at=now)
    new = attendance.renew_word(session_id=session.pk, by=fay, at=now)
    assert old != new
    for wrong in (old, "", "é" * 6):
        with pytest.raises(AttendanceRefused, match="not the word"):
            attendance.check_in(word=wrong, **about)
    assert not Attendance.objects.exists()


def test_the_word_is_of_no_use_to_strangers_and_undoes_no_register(
    held: list[LiveSession], enrolment: Enrolment, cleo: User, fay: User, now: datetime
) -> None:
    word = attendance.renew_word(session_id=held[2].pk, by=fay, at=now)
    with pytest.raises(Enrolment.DoesNotExist):
        attendance.check_in(session_id=held[2].pk, word=word, learner=cleo, at=now)
    mark(held[2], enrolment, ABSENT, by=fay, at=now)
    with pytest.raises(AttendanceRefused, match="not here"):
        attendance.check_in(session_id=held[2].pk, word=word, learner=enrolment.learner, at=now)


def test_who_sent_word_and_comes_after_all_is_there(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    learner = enrolment.learner
    attendance.apologise(session_id=held[2].pk, enrolment_id=enrolment.pk, learner=learner, at=now)
    word = attendance.renew_word(session_id=held[2].pk, by=fay, at=now)
    assert attendance.check_in(session_id=held[2].pk, word=word, learner=learner, at=now).is_new
    assert Attendance.objects.get().status == ATTENDED


# People without a place


def test_a_walk_in_is_joined_up_and_the_name_goes(
    held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    for _twice in range(2):
        walk_in = attendance.add_walk_in(
            session_id=held[0].pk, name=" Wanda  Walker ", email="wanda@example.org", by=fay, at=now
        )
    assert WalkIn.objects.get().name == "Wanda Walker"
    for _twice in range(2):
        attendance.join_walk_in(walk_in_id=walk_in.pk, enrolment_id=enrolment.pk, by=fay, at=now)
    walk_in.refresh_from_db()
    assert (walk_in.name, walk_in.email, walk_in.enrolment) == ("", "", enrolment)
    assert is_done(enrolment, held[0])
    with pytest.raises(AttendanceRefused, match="another learner"):
        attendance.join_walk_in(walk_in_id=walk_in.pk, enrolment_id=enrolment.pk + 1, by=fay, at=now)


def test_a_walk_in_of_another_cohort_is_not_theirs(
    held: list[LiveSession], enrolment: Enrolment, fay: User, ana: User, now: datetime
) -> None:
    walk_in = attendance.add_walk_in(session_id=held[0].pk, name="Wanda", email="", by=fay, at=now)
    with pytest.raises(WalkIn.DoesNotExist):
        attendance.remove_walk_in(walk_in_id=walk_in.pk, by=ana)
    attendance.remove_walk_in(walk_in_id=walk_in.pk, by=fay)
    assert not WalkIn.objects.exists()


def test_minutes_follow_a_learner_to_another_cohort(
    course: BuiltCourse, held: list[LiveSession], enrolment: Enrolment, fay: User, now: datetime
) -> None:
    mark(held[0], enrolment, ATTENDED, by=fay, at=now)
    enrolment.move_to(State.ENDED, ended_at=now, end_reason="deferred")
    other = meetings.dated_cohort(course.edition, at=now, name="Other group")
    after = Enrolment.objects.create(
        learner=enrolment.learner, cohort=other, status="active", started_at=now, moved_from=enrolment
    )
    assert minutes_attended(after.pk) == 120
