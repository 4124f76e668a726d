"""Safety questions on the pages: said before, marked in the quiz, and told plainly afterwards."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import quiz
from courses.assessment.models import Attempt
from courses.catalogue.pages import QuizPage
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.progress.models import Record
from tests.factories import gates
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
MARK = "Safety question. This one must be right."
ENOUGH_BUT_ONE = (
    "You have reached the pass mark. 1 of the 2 safety questions is not right yet. It is marked below."
)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def gate(db: None, now: datetime) -> BuiltCourse:
    return gates.course(at=now)


@pytest.fixture
def seat(gate: BuiltCourse, ada: User, now: datetime) -> Enrolment:
    return gates.before(gate, ada, at=now)


def words(client: Client, address: str) -> str:
    """What a page says, without its markup."""
    body = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", body.partition("<main")[2]).replace("&nbsp;", " ").split())


def start_url(seat: Enrolment, gate: BuiltCourse) -> str:
    return f"/learning/{seat.pk}/{gate.quiz_id}/"


def review_url(attempt: Attempt) -> str:
    return f"/learning/attempts/{attempt.pk}/review/"


# --- Before ---------------------------------------------------------------------------------------


def test_the_start_says_how_many_there_are_and_what_it_means(
    gate: BuiltCourse, seat: Enrolment, page: Client
) -> None:
    said = words(page, start_url(seat, gate))
    assert "60% right, or more, and each of the 2 safety questions right" in said
    assert "Each of the 2 safety questions must be right" in said
    assert "You pass when you reach 60% and all of them are right in the same try." in said
    assert "The next stage opens after that." in said
    assert "As many as you like" in said
    assert "You have reached the pass mark before" not in said


def test_one_safety_question_is_told_as_one(ada: User, page: Client, now: datetime) -> None:
    gate = gates.course(at=now, must_be_right=(2,))
    seat = gates.before(gate, ada, at=now)
    said = words(page, start_url(seat, gate))
    assert "60% right, or more, and the safety question right" in said
    assert "One safety question must be right" in said
    attempt = gates.sit(gate, seat, right={1, 3, 4}, at=now)
    said = words(page, review_url(attempt))
    assert "The safety question must be right, too." in said
    assert "You have reached the pass mark. The safety question is not right yet. It is marked below." in said


def test_a_quiz_that_nothing_waits_for_promises_no_stage(ada: User, page: Client, now: datetime) -> None:
    gate = gates.course(at=now, is_required=False)
    said = words(page, start_url(gates.before(gate, ada, at=now), gate))
    assert "Each of the 2 safety questions must be right" in said
    assert "opens after that" not in said


def test_a_quiz_without_safety_questions_says_nothing_of_them(ada: User, page: Client, now: datetime) -> None:
    plain = gates.course(at=now, must_be_right=())
    seat = gates.before(plain, ada, at=now)
    addresses = [start_url(seat, plain)]
    attempt = plain.begin(seat, at=now)
    base = f"/learning/attempts/{attempt.pk}"
    for address in (*addresses, f"{base}/1/", f"{base}/check/"):
        assert "safety" not in words(page, address).lower()
    quiz.hand_in(attempt_id=attempt.pk, learner=ada, at=now)
    assert "safety" not in words(page, f"{base}/review/").lower()


# --- In the quiz ----------------------------------------------------------------------------------


def test_each_safety_question_is_marked_and_no_other(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    attempt = gate.begin(seat, at=now)
    base = f"/learning/attempts/{attempt.pk}"
    for slot in range(1, 6):
        body = page.get(f"{base}/{slot}/").content.decode()
        assert (MARK in body) is (slot in gates.SAFETY)
        # Read aloud together with the question.
        assert ('aria-describedby="question-safety question-instruction"' in body) is (slot in gates.SAFETY)
    check = page.get(f"{base}/check/")
    marked = [question.slot for question in check.context["check"].questions if question.must_be_right]
    assert marked == list(gates.SAFETY)
    assert check.content.decode().count(MARK) == 2


# --- After ----------------------------------------------------------------------------------------


def test_the_result_says_plainly_what_is_missing_and_where(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    attempt = gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    shown = page.get(review_url(attempt))
    review, said = shown.context["review"], words(page, review_url(attempt))
    assert (review.percent, review.passed, review.can_try_again) == (80, False, True)
    assert review.sentence == f"{ENOUGH_BUT_ONE} You can try again as often as you like."
    assert "Not passed yet" in said
    assert "Each of the 2 safety questions must be right, too." in said
    assert [(q.slot, q.is_right) for q in review.questions if q.must_be_right] == [(1, True), (3, False)]
    body = shown.content.decode()
    assert '<a href="#question-3">question 3</a>' in body
    assert 'id="question-3"' in body
    # What to read before another try: the lessons of this very stage.
    assert [lesson.title for lesson in review.lessons] == ["Consent", "Distress"]
    assert all(page.get(lesson.url).status_code == 200 for lesson in review.lessons)
    assert "It may help to read these again" in said
    assert "Try again" in said
    assert not review.shows_answers


@pytest.mark.parametrize(
    ("allowed", "right", "sentence"),
    [
        (
            3,
            {2},
            "2 of the 2 safety questions are not right yet. They are marked below. "
            "You can try again 2 more times.",
        ),
        (
            2,
            {1, 2, 4},
            f"{ENOUGH_BUT_ONE} You can try again 1 more time.",
        ),
        (
            1,
            {1, 2, 4},
            f"{ENOUGH_BUT_ONE} You have used all your tries. Please ask your facilitator: a person will look "
            "at it with you.",
        ),
        (
            None,
            {1, 3},
            "You can try again as often as you like. Each of the 2 safety "
            "questions is right. They must be right in your next try, too.",
        ),
        (
            1,
            {1, 3},
            "You have used all your tries. Please ask your facilitator: a person will look at it with you.",
        ),
        (None, {1, 3, 5}, "Well done. You have passed. Each of the 2 safety questions is right."),
    ],
)
def test_each_result_has_its_sentence(
    ada: User, page: Client, now: datetime, allowed: int | None, right: Collection[int], sentence: str
) -> None:
    gate = gates.course(at=now, attempts_allowed=allowed)
    attempt = gates.sit(gate, gates.before(gate, ada, at=now), right=right, at=now)
    review = page.get(review_url(attempt)).context["review"]
    assert review.sentence == sentence
    assert bool(review.lessons) is review.can_try_again


def test_the_dashboard_says_why_a_high_score_was_no_pass(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    why = "Your score was high enough. But not every safety question was right in that try."
    for right, is_said in (({2, 4}, False), ({2, 4, 5}, True), ({1, 2, 3, 4}, False)):
        gates.sit(gate, seat, right=right, at=now)
        (card,) = page.get("/learning/").context["dashboard"].cards
        assert (card.held_up == why) is is_said
        assert (why in words(page, "/learning/")) is is_said
        if is_said:
            assert page.get(card.next_step.url).context["quiz"].missed_safety_only


def test_an_ordinary_quiz_names_the_lessons_to_read_again_too(ada: User, page: Client, now: datetime) -> None:
    plain = gates.course(at=now, must_be_right=(), attempts_allowed=2)
    seat = gates.before(plain, ada, at=now)
    for titles in (["Consent", "Distress"], []):
        attempt = gates.sit(plain, seat, right={1}, at=now)
        review, said = page.get(review_url(attempt)).context["review"], words(page, review_url(attempt))
        assert [lesson.title for lesson in review.lessons] == titles
        assert ("It may help to read these again" in said) is bool(titles)
        assert "To pass you need 60%: that is 3 of 5." in said


def test_looking_back_at_a_try_that_was_no_pass_says_that_the_quiz_is_passed(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    first = gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    gates.sit(gate, seat, right={1, 2, 3}, at=now + timedelta(hours=1))
    review = page.get(review_url(first)).context["review"]
    assert review.sentence == "This try was not a pass. But you have passed the quiz."
    assert "It may help to read these again" not in words(page, review_url(first))
    start = page.get(start_url(seat, gate)).context["quiz"]
    assert (start.has_passed, start.best_percent, start.missed_safety_only) == (True, 60, False)


def test_the_start_explains_a_score_that_was_high_enough_and_no_pass(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    gates.sit(gate, seat, right={2}, at=now)
    assert "You have reached the pass mark before" not in words(page, start_url(seat, gate))
    gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    gates.sit(gate, seat, right={2}, at=now)
    said = words(page, start_url(seat, gate))
    assert "You have reached the pass mark before, but not every safety question was right" in said
    assert "80%" in said
    assert "Try again" in said


def test_dashboard_and_course_page_still_say_what_is_left(
    gate: BuiltCourse, seat: Enrolment, page: Client, now: datetime
) -> None:
    gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.next_step.title, card.next_step.verb, card.stuck) == ("The gate", "Try again", None)
    assert (card.done, card.total) == (2, 4)
    assert [(stage.title, stage.is_open) for stage in card.left] == [
        ("Doing no harm", True),
        ("Interviewing", False),
    ]
    course = page.get(f"/learning/{seat.pk}/").context["course"]
    assert course.stages[0].activities[2].state_label == "Not passed yet"
    assert course.stages[1].lock_sentence == "This opens when you have finished “The gate”."
    gates.sit(gate, seat, right={1, 2, 3}, at=now)
    course = page.get(f"/learning/{seat.pk}/").context["course"]
    assert (course.stages[1].is_open, course.next_step.title) == (True, "Asking")


def test_a_dashboard_says_who_to_ask_when_a_safety_question_took_the_last_try(
    ada: User, page: Client, now: datetime
) -> None:
    gate = gates.course(at=now, attempts_allowed=1)
    gates.sit(gate, gates.before(gate, ada, at=now), right={1, 2, 4, 5}, at=now)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert card.stuck.title == "The gate"


def test_the_register_counts_what_is_passed_and_not_what_scored_high(
    gate: BuiltCourse, seat: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    CohortStaff.objects.create(cohort=gate.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    address, staff = reverse("staff:register", args=[gate.cohort.pk]), sign_in(fay)
    gates.sit(gate, seat, right={1, 2, 4, 5}, at=now)
    (learner,) = staff.get(address).context["register"].learners
    assert (learner.done, learner.total) == (2, 4)
    gates.sit(gate, seat, right={1, 2, 3}, at=now)
    (learner,) = staff.get(address).context["register"].learners
    assert learner.done == 3


def test_safety_questions_cost_no_statement_when_handing_in_or_looking_at_the_result(
    gate: BuiltCourse, ada: User, ben: User, sign_in: SignIn, now: datetime
) -> None:
    def cost(course: BuiltCourse, learner: User, right: Collection[int]) -> tuple[int, int]:
        client, attempt = sign_in(learner), course.begin(gates.before(course, learner, at=now), at=now)
        course.answer(attempt, right=right, at=now)
        client.get("/learning/")
        with CaptureQueriesContext(connection) as handing_in:
            client.post(f"/learning/attempts/{attempt.pk}/hand-in/")
        with CaptureQueriesContext(connection) as looking:
            client.get(review_url(attempt))
        return len(handing_in), len(looking)

    plain = gates.course(at=now, must_be_right=(), code="PLAIN")
    assert cost(gate, ada, {1, 2}) == cost(plain, ada, {1, 2})
    assert cost(gate, ben, {1, 3, 5}) == cost(plain, ben, {1, 3, 5})
    assert Record.objects.filter(outcome="passed").count() == 2


# --- For staff ------------------------------------------------------------------------------------


def test_an_editor_ticks_safety_questions_and_sees_them_in_the_preview(
    gate: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    quiz_page, client = QuizPage.objects.get(), sign_in(ed)
    form = client.get(reverse("wagtailadmin_pages:edit", args=[quiz_page.pk])).content.decode()
    assert 'name="quiz_questions-0-must_be_right"' in form
    assert "must be right" in form
    preview = quiz_page.make_preview_request(original_request=None).content.decode()
    assert preview.count(MARK) == 2
    assert "and each of the 2 safety questions right" in " ".join(preview.split())


def test_staff_who_try_the_quiz_are_told_which_questions_must_be_right(
    gate: BuiltCourse, amy: User, sign_in: SignIn
) -> None:
    address = reverse("staff:try_quiz", args=[QuizPage.objects.get().pk])
    client = sign_in(amy)
    trial = client.get(address).context["trial"]
    assert [question.must_be_right for question in trial.questions] == [True, False, True, False, False]
    right = {
        question.name: [option.key for option in question.options if option.is_right]
        for question in trial.questions
    }
    done = client.post(address, {**right, "question-3": []})
    assert (done.context["trial"].percent, done.context["trial"].passed) == (80, False)
    assert "1 safety question is not right." in done.content.decode()
    assert client.post(address, right).context["trial"].passed is True
