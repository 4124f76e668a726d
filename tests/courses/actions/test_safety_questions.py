"""Safety questions: the quiz is passed by the pass mark and all of them in one try, and by nothing less."""

from collections.abc import Collection
from datetime import datetime, timedelta

import pytest

from cms.users.models import User
from courses.actions import quiz, study
from courses.actions.quiz import QuizRefused
from courses.actions.study import StudyRefused
from courses.assessment.models import Attempt, AttemptAnswer, Question, QuizQuestion
from courses.catalogue.models import Edition
from courses.catalogue.outline import Kind, QuizRules
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.progress.models import Completion, Record
from courses.queries import access
from tests.factories import courses as build
from tests.factories import gates
from tests.factories.courses import BuiltCourse

MINUTE = timedelta(minutes=1)


@pytest.fixture
def gate(db: None, now: datetime) -> BuiltCourse:
    return gates.course(at=now)


@pytest.fixture
def seat(gate: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    """Ada's place, with the quiz before her."""
    return gates.before(gate, ada, at=now)


def frozen(course: BuiltCourse) -> QuizRules:
    activity = course.outline.activity(course.quiz_id)
    assert activity is not None
    assert activity.quiz is not None
    return activity.quiz


def safety(attempt: Attempt) -> list[int]:
    return [question.slot for question in attempt.paper.questions if question.must_be_right]


def ticked(place: int, *, must_be_right: bool) -> None:
    """What an editor ticks, at a place from 1, and publishes."""
    QuizQuestion.objects.filter(sort_order=place - 1).update(must_be_right=must_be_right)


def go_on(course: BuiltCourse, enrolment: Enrolment, at: datetime) -> None:
    """Do the lesson behind the gate."""
    study.mark_done(
        enrolment_id=enrolment.pk,
        activity_id=course.ids(Kind.LESSON)[2],
        learner=enrolment.learner,
        at=at,
    )


# --- What is a pass -------------------------------------------------------------------------------


def test_a_high_score_without_every_safety_question_is_no_pass_and_opens_nothing(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    attempt = gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    assert (attempt.status, attempt.score, attempt.max_score, attempt.passed) == ("handed_in", 4, 5, False)
    record = Record.objects.get(activity=gate.quiz_id)
    assert (record.outcome, record.score) == ("not_passed", 4)
    with pytest.raises(StudyRefused, match="still locked"):
        go_on(gate, seat, now)
    assert LedgerEntry.objects.get(action="quiz marked").details["passed"] is False


def test_the_pass_mark_with_every_safety_question_opens_the_next_stage(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    attempt = gates.sit(gate, seat, right={1, 3, 5}, at=now)
    assert (attempt.score, attempt.passed) == (3, True)
    assert Record.objects.get(activity=gate.quiz_id).outcome == "passed"
    go_on(gate, seat, now)
    assert Completion.objects.filter(enrolment=seat).exists()


def test_the_safety_questions_alone_are_not_enough(gate: BuiltCourse, seat: Enrolment, now: datetime) -> None:
    assert gates.sit(gate, seat, right=gates.SAFETY, at=now).passed is False


def test_two_halves_of_a_pass_are_no_pass_and_one_may_try_as_often_as_one_likes(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    for right in ({1, 3}, {2, 4, 5}, {1, 2, 4, 5}, {3, 4, 5}, set[int]()):
        assert gates.sit(gate, seat, right=right, at=now).passed is False
    with pytest.raises(StudyRefused):
        go_on(gate, seat, now)
    assert gates.sit(gate, seat, right={1, 2, 3}, at=now).passed is True
    assert Attempt.objects.count() == 6
    with pytest.raises(QuizRefused, match="You have passed this quiz"):
        gate.begin(seat, at=now)


def test_a_safety_question_left_blank_is_not_right(gate: BuiltCourse, seat: Enrolment, now: datetime) -> None:
    attempt = gate.begin(seat, at=now)
    gate.answer(attempt, right=5, at=now)
    AttemptAnswer.objects.filter(attempt=attempt, slot=3).update(choice=[])
    assert quiz.hand_in(attempt_id=attempt.pk, learner=seat.learner, at=now).passed is False


def test_a_try_that_is_closed_at_its_deadline_is_judged_in_the_same_way(ada: User, now: datetime) -> None:
    timed = gates.course(at=now, time_limit_minutes=10)
    for right, passed in (({1, 2, 4, 5}, False), ({1, 2, 3}, True)):
        attempt = timed.begin(seat_of(timed, ada, now), at=now)
        timed.answer(attempt, right=right, at=now)
        assert quiz.close_overdue(at=now + timedelta(hours=1)) == 1
        attempt.refresh_from_db()
        assert (attempt.status, attempt.passed) == ("timed_out", passed)


def seat_of(course: BuiltCourse, learner: User, at: datetime) -> Enrolment:
    found = Enrolment.objects.filter(cohort=course.cohort, learner=learner).first()
    return found or gates.before(course, learner, at=at)


def test_when_every_try_is_used_a_person_is_asked(ada: User, now: datetime) -> None:
    strict = gates.course(at=now, attempts_allowed=2)
    seat = gates.before(strict, ada, at=now)
    for _try in range(2):
        gates.sit(strict, seat, right={1, 2, 4, 5}, at=now)
    with pytest.raises(QuizRefused, match="ask your facilitator"):
        strict.begin(seat, at=now)


# --- The best result ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tries", "kept"),
    [
        # A pass with three right answers is better than four without a safety question.
        (({1, 2, 4, 5}, {1, 2, 3}), ("passed", 3, 1)),
        (({2}, {2, 4, 5}), ("not_passed", 3, 1)),
        (({2, 4, 5}, {1, 3}), ("not_passed", 3, 0)),
    ],
)
def test_the_best_result_is_a_pass_before_any_higher_mark(
    gate: BuiltCourse,
    seat: Enrolment,
    now: datetime,
    tries: Collection[Collection[int]],
    kept: tuple[str, int, int],
) -> None:
    for number, right in enumerate(tries):
        gates.sit(gate, seat, right=right, at=now + number * MINUTE)
    record = Record.objects.get(activity=gate.quiz_id)
    outcome, score, best = kept
    assert (record.outcome, record.score, record.at) == (outcome, score, now + best * MINUTE)


def test_the_mark_of_a_failed_try_never_stands_beside_a_pass(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    """The pass was recorded while a try was open, which then earns more and is no pass."""
    attempt = gate.begin(seat, at=now)
    Record.objects.create(
        enrolment=seat,
        activity_id=gate.quiz_id,
        outcome="passed",
        score=3,
        max_score=5,
        at=now,
        by=seat.learner,
    )
    gate.answer(attempt, right={1, 2, 4, 5}, at=now)
    quiz.hand_in(attempt_id=attempt.pk, learner=seat.learner, at=now + MINUTE)
    record = Record.objects.get(activity=gate.quiz_id)
    assert (record.outcome, record.score, record.at) == ("passed", 3, now)


# --- Frozen with the edition and with the paper ----------------------------------------------------


def test_the_edition_names_the_safety_questions_and_the_paper_marks_them(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    named = set(frozen(gate).must_be_right)
    assert named == set(
        Question.objects.filter(text__in=["Question 1", "Question 3"]).values_list("pk", flat=True)
    )
    assert safety(gate.begin(seat, at=now)) == [1, 3]
    assert safety(Attempt.objects.get()) == [1, 3]


def test_the_tick_is_a_rule_so_a_cohort_under_way_keeps_the_one_it_began_with(
    gate: BuiltCourse, seat: Enrolment, ben: User, now: datetime
) -> None:
    ticked(3, must_be_right=False)
    ticked(5, must_be_right=True)
    assert gates.sit(gate, seat, right={1, 2, 5}, at=now).passed is False
    later = gates.published(gate.page, at=now)
    assert later.edition.number == 2
    assert gates.sit(later, gates.before(later, ben, at=now), right={1, 2, 5}, at=now).passed is True
    assert safety(gate.begin(seat, at=now)) == [1, 3]


def test_an_open_try_keeps_the_rules_it_was_begun_with(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    attempt = gate.begin(seat, at=now)
    gate.answer(attempt, right={2, 4, 5}, at=now)
    QuizQuestion.objects.all().delete()
    assert quiz.hand_in(attempt_id=attempt.pk, learner=seat.learner, at=now).passed is False


def test_a_pass_of_an_earlier_edition_stays_a_pass(ada: User, ben: User, now: datetime) -> None:
    first = gates.course(at=now, must_be_right=())
    seat = gates.before(first, ada, at=now)
    waiting = gates.before(first, ben, at=now)
    assert gates.sit(first, seat, right={2, 4, 5}, at=now).passed is True
    ticked(1, must_be_right=True)
    assert gates.published(first.page, at=now).edition.number == 2
    assert access.learning(enrolment_id=seat.pk, learner=ada, at=now).standing.stages[1].is_open
    go_on(first, seat, now)
    assert Completion.objects.filter(enrolment=seat).exists()
    # Who has not sat it yet is asked what was said when they joined.
    assert gates.sit(first, waiting, right={2, 4, 5}, at=now).passed is True


def test_a_safety_question_is_always_asked_also_when_it_was_taken_out_of_the_quiz(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    QuizQuestion.objects.filter(question__text__in=["Question 1", "Question 2"]).delete()
    attempt = gate.begin(seat, at=now)
    texts = [(question.text, question.must_be_right) for question in attempt.paper.questions]
    assert texts == [
        ("Question 3", True),
        ("Question 4", False),
        ("Question 5", False),
        ("Question 1", True),
    ]
    gate.answer(attempt, right={1, 2, 3}, at=now)
    assert quiz.hand_in(attempt_id=attempt.pk, learner=seat.learner, at=now).passed is False


def test_what_is_no_longer_in_the_bank_is_asked_of_nobody(
    gate: BuiltCourse, seat: Enrolment, now: datetime
) -> None:
    QuizQuestion.objects.filter(question__text="Question 1").delete()
    Question.objects.filter(text="Question 1").delete()
    attempt = gates.sit(gate, seat, right={1, 2, 3, 4}, at=now)
    assert [question.text for question in attempt.paper.questions] == [f"Question {n}" for n in (2, 3, 4, 5)]
    assert attempt.passed is True


def test_the_same_question_is_an_ordinary_one_in_another_quiz(
    gate: BuiltCourse, ada: User, now: datetime
) -> None:
    bank = list(Question.objects.filter(course=gate.page.course).order_by("pk"))
    page = build.course_page(code="OTHER", slug="other")
    build.quiz_page(build.stage(page, "Only stage"), "An easy quiz", bank)
    other = gates.published(page, at=now)
    assert safety(other.begin(other.enrol(ada, at=now), at=now)) == []


def test_another_order_of_the_questions_is_no_new_rule(gate: BuiltCourse, now: datetime) -> None:
    for use in QuizQuestion.objects.all():
        QuizQuestion.objects.filter(pk=use.pk).update(sort_order=9 - (use.sort_order or 0))
    assert gates.published(gate.page, at=now).edition == gate.edition
    assert Edition.objects.count() == 1
