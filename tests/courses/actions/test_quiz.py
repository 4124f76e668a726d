"""Sitting a quiz: one attempt at a time, the server's clock, and the newest answer."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from cms.core.batches import BatchIncomplete
from cms.users.models import User
from courses.actions import quiz
from courses.actions.quiz import AnswerRefused, QuizRefused
from courses.actions.study import StudyRefused
from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.assessment.states import State
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State as Seat
from courses.ledger.models import LedgerEntry
from courses.progress.models import Completion, Record
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

LIMIT = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def timed(ada: User, now: datetime) -> Attempt:
    """An open attempt at a quiz of ten minutes, begun now."""
    course = build.course(at=now, code="TIMED", time_limit_minutes=10)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    return course.begin(enrolment, at=now)


def save(attempt: Attempt, *choice: str, at: datetime, slot: int = 1, sequence: int = 1, **more: Any) -> Any:
    learner = more.get("learner", attempt.enrolment.learner)
    return quiz.save_answer(
        attempt_id=attempt.pk, slot=slot, choice=choice, sequence=sequence, learner=learner, at=at
    )


def right(attempt: Attempt, slot: int = 1) -> list[str]:
    question = attempt.paper.question(slot)
    assert question is not None
    return sorted(question.right_keys)


def wrong(attempt: Attempt, slot: int = 1) -> str:
    question = attempt.paper.question(slot)
    assert question is not None
    return min(question.keys - question.right_keys)


def kept(attempt: Attempt, slot: int = 1) -> list[str]:
    return list(AttemptAnswer.objects.get(attempt=attempt, slot=slot).choice)


def hand_in(attempt: Attempt, at: datetime) -> Attempt:
    return quiz.hand_in(attempt_id=attempt.pk, learner=attempt.enrolment.learner, at=at)


def begin(course: BuiltCourse, enrolment: Enrolment, at: datetime, activity_id: int | None = None) -> Attempt:
    return quiz.begin(
        enrolment_id=enrolment.pk,
        activity_id=activity_id or course.quiz_id,
        learner=enrolment.learner,
        at=at,
    )


# --- Beginning ------------------------------------------------------------------------------------


def test_beginning_freezes_a_paper_with_a_blank_answer_for_every_question(
    attempt: Attempt, now: datetime
) -> None:
    assert (attempt.number, attempt.status, attempt.started_at, attempt.deadline) == (1, "open", now, None)
    assert [q.slot for q in attempt.paper.questions] == [1, 2, 3]
    answers = list(AttemptAnswer.objects.filter(attempt=attempt))
    assert [(a.slot, a.choice, a.sequence) for a in answers] == [(1, [], 0), (2, [], 0), (3, [], 0)]


def test_the_server_fixes_the_deadline_at_the_start(timed: Attempt, now: datetime) -> None:
    assert timed.deadline == now + LIMIT


def test_beginning_twice_gives_the_same_attempt_and_the_same_paper(
    course: BuiltCourse, attempt: Attempt, now: datetime
) -> None:
    again = begin(course, attempt.enrolment, now + MINUTE)
    assert again == attempt
    assert again.paper == attempt.paper
    assert Attempt.objects.count() == 1


def test_the_quiz_stays_locked_until_the_lessons_are_done(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    with pytest.raises(StudyRefused, match="still locked"):
        begin(course, enrolment, now)
    assert not Attempt.objects.exists()


def test_a_lesson_is_not_a_quiz(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    with pytest.raises(QuizRefused, match="not a quiz"):
        begin(course, enrolment, now, activity_id=course.lesson_id)


def test_a_quiz_of_another_course_cannot_be_begun(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    with pytest.raises(StudyRefused, match="not part of your course"):
        begin(course, enrolment, now, activity_id=other.quiz_id)


def test_somebody_else_cannot_begin_it(
    course: BuiltCourse, enrolment: Enrolment, ben: User, now: datetime
) -> None:
    with pytest.raises(Enrolment.DoesNotExist):
        quiz.begin(enrolment_id=enrolment.pk, activity_id=course.quiz_id, learner=ben, at=now)


@pytest.mark.parametrize("state", [Seat.SUSPENDED, Seat.ENDED])
def test_a_seat_that_is_not_active_begins_nothing(
    course: BuiltCourse, enrolment: Enrolment, now: datetime, state: Seat
) -> None:
    course.do_lessons(enrolment, at=now)
    enrolment.move_to(state, **({"ended_at": now} if state is Seat.ENDED else {}))
    with pytest.raises(StudyRefused, match="not active"):
        begin(course, enrolment, now)


def test_no_attempt_beyond_the_limit(course: BuiltCourse, attempt: Attempt, now: datetime) -> None:
    hand_in(attempt, now)
    second = begin(course, attempt.enrolment, now)
    assert second.number == 2
    hand_in(second, now)
    with pytest.raises(QuizRefused, match="used all your tries"):
        begin(course, attempt.enrolment, now)
    assert Attempt.objects.count() == 2


def test_without_a_limit_one_may_try_again_and_again(ada: User, now: datetime) -> None:
    course = build.course(at=now, code="FREE", attempts_allowed=None)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    for number in range(1, 6):
        attempt = begin(course, enrolment, now)
        assert attempt.number == number
        hand_in(attempt, now)


def test_what_is_passed_is_not_sat_again(course: BuiltCourse, attempt: Attempt, now: datetime) -> None:
    course.answer(attempt, right=3, at=now)
    hand_in(attempt, now)
    with pytest.raises(QuizRefused, match="You have passed this quiz"):
        begin(course, attempt.enrolment, now)


def test_a_quiz_without_questions_asks_to_come_back(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    QuizQuestion.objects.all().delete()
    with pytest.raises(QuizRefused, match="no questions at the moment"):
        begin(course, enrolment, now)
    assert not Attempt.objects.exists()


def test_the_answers_come_in_a_new_order_but_true_stays_before_false(
    course: BuiltCourse, enrolment: Enrolment, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    Question.objects.filter(text="First").update(shuffle_options=False)
    orders: dict[int, set[tuple[str, ...]]] = {1: set(), 2: set(), 3: set()}
    for seed in range(12):
        AttemptAnswer.objects.all().delete()
        Attempt.objects.all().delete()
        attempt = quiz.begin(
            enrolment_id=enrolment.pk,
            activity_id=course.quiz_id,
            learner=enrolment.learner,
            at=now,
            random=Random(seed),
        )
        for question in attempt.paper.questions:
            orders[question.slot].add(tuple(o.text for o in question.options))
    assert len(orders[1]) == 1
    assert len(orders[2]) > 2
    assert orders[3] == {("True", "False")}


def test_an_open_attempt_keeps_its_questions_when_an_editor_changes_them(
    course: BuiltCourse, attempt: Attempt, now: datetime
) -> None:
    question = Question.objects.get(text="First")
    question.text = "First, put better"
    question.options = [
        ("option", {"text": "new", "is_right": False, "feedback": ""}),
        ("option", {"text": "newer", "is_right": True, "feedback": ""}),
    ]
    question.save()
    QuizQuestion.objects.filter(question__text="Second").delete()
    again = Attempt.objects.get(pk=attempt.pk)
    assert again.paper == attempt.paper
    course.answer(again, right=3, at=now)
    assert hand_in(again, now).passed
    first = again.paper.question(1)
    assert first is not None
    assert (first.text, first.version) == ("First", 1)


def test_the_next_attempt_asks_the_new_question(course: BuiltCourse, attempt: Attempt, now: datetime) -> None:
    question = Question.objects.get(text="First")
    question.text = "First, put better"
    question.save()
    hand_in(attempt, now)
    first = begin(course, attempt.enrolment, now).paper.question(1)
    assert first is not None
    assert (first.text, first.version) == ("First, put better", 2)


# --- Answering ------------------------------------------------------------------------------------


def test_an_answer_is_saved_and_can_be_changed(attempt: Attempt, now: datetime) -> None:
    saved = save(attempt, "a", at=now)
    assert (saved.slot, saved.of, saved.sequence, saved.at) == (1, 3, 1, now)
    save(attempt, "b", at=now, sequence=2)
    assert kept(attempt) == ["b"]


def test_an_answer_can_be_taken_back(attempt: Attempt, now: datetime) -> None:
    save(attempt, "a", at=now)
    save(attempt, at=now, sequence=2)
    assert kept(attempt) == []


def test_an_older_save_that_arrives_late_keeps_the_newer_answer_and_says_so(
    attempt: Attempt, now: datetime
) -> None:
    save(attempt, "b", at=now, sequence=5)
    for sequence in (4, 5, 0):
        with pytest.raises(AnswerRefused, match="newer answer") as refused:
            save(attempt, "a", at=now, sequence=sequence)
        assert refused.value.is_stale
    assert kept(attempt) == ["b"]


def test_an_older_save_of_the_same_answer_is_a_repeat(attempt: Attempt, now: datetime) -> None:
    save(attempt, "c", "a", at=now, slot=2, sequence=5)
    for sequence in (5, 4):
        save(attempt, "a", "c", "a", at=now + MINUTE, slot=2, sequence=sequence)
    answer = AttemptAnswer.objects.get(attempt=attempt, slot=2)
    assert (answer.choice, answer.sequence, answer.saved_at) == (["a", "c"], 5, now)


@pytest.mark.parametrize("slot", [0, 4, -1, 10**12])
def test_a_forged_question_number_is_refused(attempt: Attempt, now: datetime, slot: int) -> None:
    with pytest.raises(AnswerRefused, match="does not belong"):
        save(attempt, "a", at=now, slot=slot)


@pytest.mark.parametrize("choice", [["z"], ["a", "z"], [""], ["A"], ["a\x00"]])
def test_a_forged_option_is_refused_and_nothing_is_kept(
    attempt: Attempt, now: datetime, choice: list[str]
) -> None:
    with pytest.raises(AnswerRefused, match="does not belong"):
        save(attempt, *choice, at=now, slot=2)
    assert kept(attempt, 2) == []


@pytest.mark.parametrize("slot", [1, 3])
def test_two_answers_to_a_question_with_one_are_refused(attempt: Attempt, now: datetime, slot: int) -> None:
    with pytest.raises(AnswerRefused, match="only one answer") as refused:
        save(attempt, "a", "b", at=now, slot=slot)
    assert not refused.value.is_stale
    assert kept(attempt, slot) == []


def test_the_same_option_sent_twice_is_one_answer(attempt: Attempt, now: datetime) -> None:
    save(attempt, "a", "a", at=now)
    assert kept(attempt) == ["a"]


def test_somebody_else_cannot_answer(attempt: Attempt, ben: User, now: datetime) -> None:
    with pytest.raises(Attempt.DoesNotExist):
        save(attempt, "a", at=now, learner=ben)


def test_nothing_is_added_after_handing_in(attempt: Attempt, now: datetime) -> None:
    save(attempt, "a", at=now)
    hand_in(attempt, now)
    with pytest.raises(AnswerRefused, match="already been handed in") as refused:
        save(attempt, "b", at=now, sequence=2)
    assert not refused.value.is_stale
    assert kept(attempt) == ["a"]


# --- Time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [timedelta(0), 5 * SECOND, 60 * SECOND])
def test_an_answer_on_its_way_when_time_ran_out_is_taken(
    timed: Attempt, now: datetime, late: timedelta
) -> None:
    save(timed, *right(timed), at=now + LIMIT + late)
    assert kept(timed) == right(timed)


def test_an_answer_five_minutes_late_is_not_counted_but_the_last_saved_one_is(
    timed: Attempt, now: datetime
) -> None:
    save(timed, *right(timed), at=now + MINUTE)
    for late in (61 * SECOND, 5 * MINUTE):
        with pytest.raises(AnswerRefused, match="Time is up"):
            save(timed, wrong(timed), at=now + LIMIT + late, sequence=2)
    closed = hand_in(timed, now + LIMIT + 5 * MINUTE)
    assert (closed.status, closed.score) == (State.TIMED_OUT.value, 1)
    assert closed.closed_at == timed.deadline


def test_handing_in_within_the_grace_is_an_ordinary_hand_in(timed: Attempt, now: datetime) -> None:
    closed = hand_in(timed, now + LIMIT + 60 * SECOND)
    assert (closed.status, closed.closed_at) == (State.HANDED_IN.value, now + LIMIT + 60 * SECOND)


def test_beginning_again_never_moves_the_deadline(timed: Attempt, now: datetime) -> None:
    quiz.begin(
        enrolment_id=timed.enrolment_id,
        activity_id=timed.activity_id,
        learner=timed.enrolment.learner,
        at=now + 9 * MINUTE,
    )
    timed.refresh_from_db()
    assert timed.deadline == now + LIMIT


@pytest.mark.parametrize("late", [61 * SECOND, timedelta(days=3)])
def test_who_never_comes_back_is_marked_on_what_was_saved_however_late_the_job_runs(
    timed: Attempt, now: datetime, late: timedelta
) -> None:
    save(timed, *right(timed), at=now + MINUTE)
    assert quiz.close_overdue(at=now + LIMIT + late) == 1
    timed.refresh_from_db()
    assert (timed.status, timed.score, timed.max_score) == ("timed_out", 1, 3)
    assert timed.closed_at == now + LIMIT
    assert Record.objects.get(activity=timed.activity_id).outcome == "not_passed"
    assert LedgerEntry.objects.get(action="quiz marked").by is None


def test_the_job_leaves_alone_what_is_not_yet_due(attempt: Attempt, timed: Attempt, now: datetime) -> None:
    assert quiz.close_overdue(at=now + LIMIT + 60 * SECOND) == 0
    assert not quiz.close_at_deadline(attempt_id=timed.pk, at=now + LIMIT)
    assert not quiz.close_at_deadline(attempt_id=attempt.pk, at=now + timedelta(days=999))
    assert set(Attempt.objects.values_list("status", flat=True)) == {"open"}


def test_the_job_run_twice_closes_once(timed: Attempt, now: datetime) -> None:
    later = now + timedelta(hours=1)
    assert [quiz.close_overdue(at=later) for _run in range(2)] == [1, 0]
    assert not quiz.close_at_deadline(attempt_id=timed.pk, at=later)
    assert LedgerEntry.objects.filter(action="quiz marked").count() == 1


def test_the_job_after_a_hand_in_changes_nothing(timed: Attempt, now: datetime) -> None:
    hand_in(timed, now + MINUTE)
    assert quiz.close_overdue(at=now + timedelta(days=1)) == 0
    assert not quiz.close_at_deadline(attempt_id=timed.pk, at=now + timedelta(days=1))


def test_one_attempt_that_cannot_be_read_keeps_no_other_open(
    attempt: Attempt, timed: Attempt, now: datetime
) -> None:
    """The unreadable one is the older of the two, so it is met first."""
    Attempt.objects.filter(pk=attempt.pk).update(deadline=now, paper_frozen={"format": 99})
    with pytest.raises(BatchIncomplete, match="1 failed, 1 done"):
        quiz.close_overdue(at=now + timedelta(days=1))
    timed.refresh_from_db()
    assert timed.status == "timed_out"


# --- Handing in -----------------------------------------------------------------------------------


def test_handing_in_marks_and_records(course: BuiltCourse, attempt: Attempt, now: datetime) -> None:
    course.answer(attempt, right=3, at=now)
    closed = hand_in(attempt, now + MINUTE)
    assert (closed.status, closed.score, closed.max_score, closed.passed) == ("handed_in", 3, 3, True)
    record = Record.objects.get(activity=course.quiz_id)
    assert (record.outcome, record.score, record.max_score, record.at) == ("passed", 3, 3, now + MINUTE)
    assert Completion.objects.get(enrolment=attempt.enrolment).completed_at == now + MINUTE


def test_handing_in_twice_gives_the_first_result(
    course: BuiltCourse, attempt: Attempt, now: datetime
) -> None:
    course.answer(attempt, right=3, at=now)
    first = hand_in(attempt, now)
    second = hand_in(attempt, now + MINUTE)
    assert (second.score, second.closed_at) == (first.score, now)
    assert LedgerEntry.objects.filter(action="quiz marked").count() == 1


def test_who_comes_second_to_close_an_attempt_marks_nothing(attempt: Attempt, now: datetime) -> None:
    """The row was closed after this copy of it was read."""
    stale = Attempt.objects.select_related("enrolment__cohort__edition", "enrolment__learner").get()
    hand_in(attempt, now)
    quiz._close(stale, target=State.TIMED_OUT, by=None, at=now)
    stored = Attempt.objects.get()
    assert (stored.status, stored.closed_at) == ("handed_in", now)
    assert LedgerEntry.objects.filter(action="quiz marked").count() == 1


def test_two_tabs_make_one_final_attempt(course: BuiltCourse, attempt: Attempt, now: datetime) -> None:
    """The first tab hands in; what the second tab then sends is refused, and its hand-in is a repeat."""
    course.answer(attempt, right=3, at=now)
    hand_in(attempt, now)
    with pytest.raises(AnswerRefused, match="already been handed in"):
        save(attempt, wrong(attempt), at=now, sequence=9)
    assert hand_in(attempt, now).passed


def test_an_empty_paper_fails_and_is_counted(attempt: Attempt, now: datetime) -> None:
    closed = hand_in(attempt, now)
    assert (closed.score, closed.passed) == (0, False)
    assert Record.objects.get(activity=attempt.activity_id).outcome == "not_passed"


def test_somebody_else_cannot_hand_in(attempt: Attempt, ben: User, now: datetime) -> None:
    with pytest.raises(Attempt.DoesNotExist):
        quiz.hand_in(attempt_id=attempt.pk, learner=ben, at=now)
    attempt.refresh_from_db()
    assert attempt.status == "open"


@pytest.mark.parametrize(("marks", "best"), [((1, 0), 1), ((0, 1), 1), ((1, 1), 1), ((1, 2), 2), ((0, 3), 3)])
def test_the_best_outcome_is_kept(ada: User, now: datetime, marks: tuple[int, ...], best: int) -> None:
    course = build.course(at=now, code="BEST", attempts_allowed=None)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    for number, score in enumerate(marks):
        at = now + timedelta(hours=number)
        attempt = begin(course, enrolment, at)
        course.answer(attempt, right=score, at=at)
        hand_in(attempt, at)
    record = Record.objects.get(activity=course.quiz_id)
    assert record.score == best
    assert record.outcome == ("passed" if best >= 2 else "not_passed")
    assert record.at == now + timedelta(hours=marks.index(best))


def test_a_pass_that_came_otherwise_is_not_lost_by_an_attempt_still_open(
    course: BuiltCourse, attempt: Attempt, now: datetime
) -> None:
    """Somebody on the course team recorded the pass while the attempt was open."""
    Record.objects.create(
        enrolment=attempt.enrolment,
        activity_id=attempt.activity_id,
        outcome="passed",
        at=now,
        by=attempt.enrolment.learner,
    )
    hand_in(attempt, now)
    assert Record.objects.get(activity=attempt.activity_id).outcome == "passed"
    assert Completion.objects.filter(enrolment=attempt.enrolment).exists()


def test_a_seat_that_ended_still_gets_its_open_attempt_marked(timed: Attempt, now: datetime) -> None:
    timed.enrolment.move_to(Seat.ENDED, ended_at=now)
    assert quiz.close_overdue(at=now + timedelta(days=1)) == 1
