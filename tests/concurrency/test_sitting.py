"""One quiz in two windows at the same moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any

import pytest

from courses.actions import quiz
from courses.actions.quiz import GRACE, AnswerRefused, QuizRefused, Saved
from courses.assessment import marking
from courses.assessment.models import Attempt, AttemptAnswer
from courses.assessment.states import State
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.progress.models import Record
from tests.concurrency.racing import IN_VAIN_SECONDS, LONGEST_SECONDS, caught_by, errors, race, without_locks
from tests.concurrency.racing import everybody_waits_after as waiting
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

ROUNDS = 12


@pytest.fixture
def sat(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> Enrolment:
    """Every lesson is done: the quiz is open."""
    course.do_lessons(enrolment, at=now)
    return enrolment


def begin_twice(course: BuiltCourse, sat: Enrolment, at: datetime) -> list[Any]:
    begin = partial(quiz.begin, enrolment_id=sat.pk, activity_id=course.quiz_id, learner=sat.learner, at=at)
    return race([begin, begin])


def test_beginning_in_two_windows_gives_one_attempt(
    course: BuiltCourse, sat: Enrolment, now: datetime
) -> None:
    with waiting((quiz, "cannot_begin"), people=2, locks=True):
        first, second = begin_twice(course, sat, now)
    assert first == second == Attempt.objects.get()
    assert AttemptAnswer.objects.count() == 3


def test_without_the_lock_only_the_database_refuses_a_second_attempt(
    course: BuiltCourse, sat: Enrolment, now: datetime
) -> None:
    with waiting((quiz, "cannot_begin"), people=2, locks=False):
        found = begin_twice(course, sat, now)
    # Both took the next number and both are open: whichever rule the database looks at first.
    (caught,) = caught_by(found)
    assert caught in ("attempt_one_open_per_quiz", "attempt_number_once")
    assert Attempt.objects.count() == 1


def test_the_last_attempt_cannot_be_had_twice(course: BuiltCourse, sat: Enrolment, now: datetime) -> None:
    """Two attempts are allowed; somebody who has used one hands in and begins at the same time."""
    first = course.begin(sat, at=now)
    quiz.hand_in(attempt_id=first.pk, learner=sat.learner, at=now)
    second = course.begin(sat, at=now)
    found = race(
        [
            partial(quiz.hand_in, attempt_id=second.pk, learner=sat.learner, at=now),
            *[
                partial(
                    quiz.begin,
                    enrolment_id=sat.pk,
                    activity_id=course.quiz_id,
                    learner=sat.learner,
                    at=now,
                )
                for _press in range(4)
            ],
        ]
    )
    assert all(isinstance(error, QuizRefused) for error in errors(found))
    assert Attempt.objects.count() == 2


@pytest.fixture
def second_attempt(course: BuiltCourse, sat: Enrolment, now: datetime) -> Attempt:
    """An open attempt after one that was not passed, so that a record is there already."""
    first = course.begin(sat, at=now)
    quiz.hand_in(attempt_id=first.pk, learner=sat.learner, at=now)
    return course.begin(sat, at=now)


def hand_in_two_windows(attempt: Attempt, at: datetime) -> list[Any]:
    """One window has every answer right, the other every answer wrong; both hand in."""
    learner = attempt.enrolment.learner

    def window(*, is_right: bool) -> Attempt:
        for question in attempt.paper.questions:
            right, wrong = sorted(question.right_keys), sorted(question.keys - question.right_keys)[:1]
            quiz.save_answer(
                attempt_id=attempt.pk,
                slot=question.slot,
                choice=right if is_right else wrong,
                sequence=1 if is_right else 2,
                learner=learner,
                at=at,
            )
        return quiz.hand_in(attempt_id=attempt.pk, learner=learner, at=at)

    return race([partial(window, is_right=True), partial(window, is_right=False)])


def marked_again(attempt: Attempt) -> int:
    """The marks of the answers that are stored now."""
    stored = AttemptAnswer.objects.filter(attempt=attempt).values_list("slot", "choice")
    choices = {slot: frozenset(choice) for slot, choice in stored}
    return marking.mark(attempt.paper, choices, pass_mark_percent=attempt.pass_mark_percent).score


def times_marked(attempt: Attempt) -> int:
    return LedgerEntry.objects.filter(action="quiz marked", subject=f"attempt:{attempt.pk}").count()


def test_handing_in_two_windows_marks_once_what_is_stored(second_attempt: Attempt, now: datetime) -> None:
    with waiting((marking, "mark"), people=2, locks=True):
        found = hand_in_two_windows(second_attempt, now)
    assert all(isinstance(error, AnswerRefused) for error in errors(found))
    second_attempt.refresh_from_db()
    assert second_attempt.status == State.HANDED_IN
    assert second_attempt.score == marked_again(second_attempt)
    assert times_marked(second_attempt) == 1
    assert Record.objects.filter(activity=second_attempt.activity).count() == 1


def hand_in_twice(attempt: Attempt, at: datetime) -> list[Any]:
    once = partial(quiz.hand_in, attempt_id=attempt.pk, learner=attempt.enrolment.learner, at=at)
    return race([once, once])


def test_pressing_hand_in_twice_marks_once(second_attempt: Attempt, now: datetime) -> None:
    with waiting((marking, "mark"), people=2, locks=True):
        first, second = hand_in_twice(second_attempt, now)
    assert first.score == second.score
    assert times_marked(second_attempt) == 1


def test_without_the_lock_only_the_conditional_update_marks_once(
    second_attempt: Attempt, now: datetime
) -> None:
    with waiting((marking, "mark"), people=2, locks=False):
        hand_in_twice(second_attempt, now)
    assert times_marked(second_attempt) == 1


def test_without_the_lock_and_the_conditional_update_an_attempt_is_marked_twice(
    second_attempt: Attempt, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move_anyway(attempt: Attempt, target: State, **fields: object) -> bool:
        return bool(Attempt.objects.filter(pk=attempt.pk).update(status=target.value, **fields))

    monkeypatch.setattr(Attempt, "move_to", move_anyway)
    with waiting((marking, "mark"), people=2, locks=False):
        hand_in_twice(second_attempt, now)
    assert times_marked(second_attempt) == 2


def test_the_deadline_and_the_learner_close_an_attempt_once(now: datetime, ada: Any) -> None:
    course = build.course(at=now, time_limit_minutes=10)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    attempt = course.begin(enrolment, at=now)
    late = now + timedelta(minutes=10) + GRACE + timedelta(seconds=1)
    found = race(
        [
            partial(quiz.hand_in, attempt_id=attempt.pk, learner=ada, at=late),
            partial(quiz.close_at_deadline, attempt_id=attempt.pk, at=late),
            partial(quiz.close_overdue, at=late),
        ]
    )
    assert errors(found) == []
    attempt.refresh_from_db()
    assert attempt.status == State.TIMED_OUT
    assert attempt.closed_at == attempt.deadline
    assert times_marked(attempt) == 1


@contextmanager
def handed_in_after_the_look(*, locks: bool) -> Iterator[Event]:
    """A save looks whether the quiz is open, then the hand-in comes, then the save goes on."""
    handed_in = Event()
    look = quiz._check_can_answer

    def slow(*args: Any) -> None:
        look(*args)
        handed_in.wait(IN_VAIN_SECONDS if locks else LONGEST_SECONDS / 3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quiz, "_check_can_answer", slow)
        if not locks:
            without_locks(patch)
        yield handed_in


def save_while_handing_in(attempt: Attempt, at: datetime, handed_in: Event) -> tuple[Any, Attempt]:
    """What the save said, and the attempt as it was marked. Only question 1 is ever answered."""
    learner = attempt.enrolment.learner
    question = attempt.paper.questions[0]

    def hand_in() -> None:
        try:
            quiz.hand_in(attempt_id=attempt.pk, learner=learner, at=at)
        finally:
            handed_in.set()

    save = partial(
        quiz.save_answer,
        attempt_id=attempt.pk,
        slot=question.slot,
        choice=sorted(question.right_keys),
        sequence=1,
        learner=learner,
        at=at,
    )
    saved, nothing = race([save, hand_in])
    assert nothing is None
    attempt.refresh_from_db()
    return saved, attempt


def test_an_answer_that_was_saved_is_counted(now: datetime, ada: Any) -> None:
    course = build.course(at=now, attempts_allowed=None)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    for round_number in range(ROUNDS):
        attempt = course.begin(enrolment, at=now)
        if round_number % 2:
            saved, marked = save_while_handing_in(attempt, now, Event())
        else:
            with handed_in_after_the_look(locks=True) as handed_in:
                saved, marked = save_while_handing_in(attempt, now, handed_in)
        assert isinstance(saved, Saved | AnswerRefused)
        assert marked.score == (1 if isinstance(saved, Saved) else 0)
        assert marked.score == marked_again(marked)


def test_without_the_lock_an_answer_is_saved_and_not_counted(
    course: BuiltCourse, sat: Enrolment, now: datetime
) -> None:
    attempt = course.begin(sat, at=now)
    with handed_in_after_the_look(locks=False) as handed_in:
        saved, marked = save_while_handing_in(attempt, now, handed_in)
    assert isinstance(saved, Saved)
    assert marked.score == 0
    assert marked_again(marked) == 1
