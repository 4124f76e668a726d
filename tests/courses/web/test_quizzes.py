"""Sitting a quiz over HTTP: with and without JavaScript, late, twice, forged, and in two tabs."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cms.users.models import User
from courses.actions import quiz
from courses.assessment.models import Attempt, AttemptAnswer
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories.courses import SECRET_FEEDBACK, SECRET_LESSON, BuiltCourse

SignIn = Callable[[User], Client]
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    """The server's clock, standing at `now`."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


def url(attempt: Attempt, slot: int = 1) -> str:
    return f"/learning/attempts/{attempt.pk}/{slot}/"


def kept(attempt: Attempt, slot: int = 1) -> list[str]:
    return list(AttemptAnswer.objects.get(attempt=attempt, slot=slot).choice)


def test_the_whole_way_without_javascript(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    start = f"/learning/{enrolment.pk}/{course.quiz_id}/"
    assert "Start the quiz" in page.get(start).content.decode()
    began = page.post(f"{start}begin/")
    attempt = Attempt.objects.get()
    assert began.headers["Location"] == url(attempt)
    for question in attempt.paper.questions:
        here = url(attempt, question.slot)
        assert page.get(here).status_code == 200
        answered = page.post(here, {"choice": sorted(question.right_keys), "sequence": "1", "go": "next"})
        last = question.slot == 3
        after = f"/learning/attempts/{attempt.pk}/check/" if last else url(attempt, question.slot + 1)
        assert answered.headers["Location"] == after
    check = page.get(f"/learning/attempts/{attempt.pk}/check/")
    assert check.context["check"].unanswered_count == 0
    handed_in = page.post(f"/learning/attempts/{attempt.pk}/hand-in/")
    assert handed_in.headers["Location"] == f"/learning/attempts/{attempt.pk}/review/"
    review = page.get(handed_in.headers["Location"])
    assert "You passed" in review.content.decode()
    assert "You have passed this quiz" in page.get(start).content.decode()


@pytest.mark.parametrize(
    ("slot", "go", "lands"),
    [
        (1, "next", "2/"),
        (1, "previous", "check/"),
        (2, "previous", "1/"),
        (2, "check", "check/"),
        (2, "https://evil.example", "check/"),
        (3, "next", "check/"),
    ],
)
def test_each_button_leads_where_it_says(
    attempt: Attempt, page: Client, slot: int, go: str, lands: str
) -> None:
    response = page.post(url(attempt, slot), {"choice": "a", "sequence": "1", "go": go})
    assert response.headers["Location"] == f"/learning/attempts/{attempt.pk}/{lands}"


def test_a_question_says_that_one_may_stop_and_leads_back_to_the_course(
    attempt: Attempt, page: Client
) -> None:
    html = page.get(url(attempt)).content.decode()
    said = html.index("You can stop here and come back")
    assert "Your saved answers are kept." in html[said:]
    assert f'<a href="/learning/{attempt.enrolment_id}/">Back to the course</a>' in html[said:]
    assert said > html.index("</form>", html.index("data-quiz")), "not in the middle of answering"


def test_the_page_that_saves_by_itself_is_told_so(attempt: Attempt, page: Client) -> None:
    saved = page.post(url(attempt), {"choice": "b", "sequence": "3"}, headers=FETCH)
    assert (saved.status_code, saved.json()["saved"], saved.json()["sequence"]) == (200, True, 3)
    stale = page.post(url(attempt), {"choice": "a", "sequence": "2"}, headers=FETCH)
    assert (stale.status_code, stale.json()["saved"]) == (409, False)
    assert "newer answer" in stale.json()["sentence"]
    assert kept(attempt) == ["b"]


def test_a_stale_tab_without_javascript_is_shown_the_newer_answer(attempt: Attempt, page: Client) -> None:
    page.post(url(attempt), {"choice": "b", "sequence": "5"})
    stale = page.post(url(attempt), {"choice": "a", "sequence": "1"})
    assert stale.status_code == 409
    assert stale.context["stale"]
    assert [o.key for o in stale.context["question"].options if o.is_chosen] == ["b"]
    assert stale.context["question"].sequence == 6


@pytest.mark.parametrize("choice", [["a", "b"], ["z"], ["a\x00"], ["\ud7ff"]])
def test_a_forged_answer_is_refused_with_the_question_shown_again(
    attempt: Attempt, page: Client, choice: list[str]
) -> None:
    response = page.post(url(attempt), {"choice": choice, "sequence": "1"})
    assert response.status_code == 409
    assert response.context["error"]
    assert kept(attempt) == []


def test_a_wrong_answer_that_is_refused_stays_chosen_on_the_page(attempt: Attempt, page: Client) -> None:
    response = page.post(url(attempt), {"choice": ["a", "b"], "sequence": "1"})
    assert [o.key for o in response.context["question"].options if o.is_chosen] == ["a", "b"]


@pytest.mark.parametrize(
    "sequence", ["", "-1", "abc", "1e9", "٣", "9" * 10, "9" * 11, "9" * 5000, "1\x00", "0x10"]
)
def test_an_odd_sequence_number_is_never_an_error_page(attempt: Attempt, page: Client, sequence: str) -> None:
    response = page.post(url(attempt), {"choice": "a", "sequence": sequence})
    assert response.status_code in (302, 409)


@pytest.mark.parametrize("slot", [0, 4, 10**30])
def test_a_question_that_is_not_there_is_not_found(attempt: Attempt, page: Client, slot: int) -> None:
    assert page.get(url(attempt, slot)).status_code == 404
    assert page.post(url(attempt, slot), {"choice": "a", "sequence": "1"}).status_code == 404


# --- Time -----------------------------------------------------------------------------------------


@pytest.fixture
def timed(ada: User, now: datetime) -> Attempt:
    course = build.course(at=now, code="TIMED", time_limit_minutes=10)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    return course.begin(enrolment, at=now)


@pytest.mark.parametrize(("seconds_late", "counted"), [(5, ["b"]), (60, ["b"]), (61, ["a"]), (300, ["a"])])
def test_late_answers_are_judged_by_the_server_s_clock_alone(
    timed: Attempt, page: Client, clock: Any, now: datetime, seconds_late: int, counted: list[str]
) -> None:
    page.post(url(timed), {"choice": "a", "sequence": "1"})
    clock.move_to(now + timedelta(minutes=10, seconds=seconds_late))
    # Whatever a page claims about the time is not listened to.
    claims = {"at": now.isoformat(), "saved_at": "1970-01-01", "deadline": "2999-01-01"}
    headers = {"Date": "Tue, 15 Nov 1994 08:12:31 GMT"}
    page.post(url(timed), {"choice": "b", "sequence": "2", **claims}, headers=headers)
    assert kept(timed) == counted


def test_after_the_deadline_the_page_leads_to_handing_in_what_was_saved(
    timed: Attempt, page: Client, clock: Any, now: datetime
) -> None:
    page.post(url(timed), {"choice": "a", "sequence": "1"})
    clock.move_to(now + timedelta(minutes=15))
    late = page.post(url(timed), {"choice": "b", "sequence": "2"})
    assert late.headers["Location"] == f"/learning/attempts/{timed.pk}/check/"
    assert "Time is up" in page.get(late.headers["Location"]).content.decode()
    review = page.post(f"/learning/attempts/{timed.pk}/hand-in/", follow=True)
    assert review.context["review"].closed_by_time
    assert "The time for this quiz was over" in review.content.decode()


# --- Twice, and in two tabs -----------------------------------------------------------------------


def test_a_tab_left_open_is_led_to_the_result(attempt: Attempt, page: Client, now: datetime) -> None:
    quiz.hand_in(attempt_id=attempt.pk, learner=attempt.enrolment.learner, at=now)
    review = f"/learning/attempts/{attempt.pk}/review/"
    late = page.post(url(attempt), {"choice": "a", "sequence": "1"})
    assert late.headers["Location"] == review
    assert "already been handed in" in page.get(review).content.decode()
    assert page.get(url(attempt)).headers["Location"] == review
    assert page.get(f"/learning/attempts/{attempt.pk}/check/").headers["Location"] == review
    fetched = page.post(url(attempt), {"choice": "a", "sequence": "1"}, headers=FETCH)
    assert (fetched.status_code, fetched.json()["saved"]) == (409, False)


def test_handing_in_twice_is_one_result(attempt: Attempt, page: Client) -> None:
    address = f"/learning/attempts/{attempt.pk}/hand-in/"
    assert page.post(address).headers["Location"] == page.post(address).headers["Location"]


def test_no_attempt_beyond_the_limit_by_direct_post(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    begin = f"/learning/{enrolment.pk}/{course.quiz_id}/begin/"
    for _attempt in range(4):
        page.post(begin)
        for still_open in Attempt.objects.filter(status="open"):
            page.post(f"/learning/attempts/{still_open.pk}/hand-in/")
    assert Attempt.objects.count() == 2
    assert "used all your tries" in page.post(begin, follow=True).content.decode()


def test_a_locked_quiz_cannot_be_begun_by_direct_post(
    course: BuiltCourse, enrolment: Enrolment, page: Client
) -> None:
    start = f"/learning/{enrolment.pk}/{course.quiz_id}/"
    refused = page.post(f"{start}begin/", follow=True)
    assert refused.status_code == 403
    assert "still locked" in refused.content.decode()
    assert not Attempt.objects.exists()


def test_looking_never_begins_or_hands_in(course: BuiltCourse, attempt: Attempt, page: Client) -> None:
    assert page.get(f"/learning/{attempt.enrolment_id}/{course.quiz_id}/begin/").status_code == 405
    assert page.get(f"/learning/attempts/{attempt.pk}/hand-in/").status_code == 405
    review = page.get(f"/learning/attempts/{attempt.pk}/review/")
    assert review.headers["Location"] == f"/learning/attempts/{attempt.pk}/check/"
    attempt.refresh_from_db()
    assert attempt.status == "open"


# --- What leaves the server -----------------------------------------------------------------------


def test_nothing_before_handing_in_says_what_is_right(
    course: BuiltCourse, attempt: Attempt, page: Client
) -> None:
    addresses = [
        f"/learning/{attempt.enrolment_id}/{course.quiz_id}/",
        *(url(attempt, slot) for slot in (1, 2, 3)),
        f"/learning/attempts/{attempt.pk}/check/",
    ]
    for address in addresses:
        body = page.get(address).content.decode()
        assert SECRET_FEEDBACK not in body
        assert "is_right" not in body
    saved = page.post(url(attempt), {"choice": "a", "sequence": "1"}, headers=FETCH)
    assert set(saved.json()) == {"saved", "sequence", "sentence"}


def test_a_right_option_looks_like_any_other(attempt: Attempt, page: Client) -> None:
    """With its own words and key taken out, the markup of every option is the same."""
    question = attempt.paper.question(1)
    assert question is not None
    body = page.get(url(attempt)).content.decode()
    parts = body.split('<div class="choice">')[1:]
    assert len(parts) == 3
    shapes = set()
    for option, part in zip(question.options, parts, strict=True):
        markup = part.split("</div>")[0]
        markup = markup.replace(option.text, "TEXT").replace(f'"{option.key}"', "KEY")
        shapes.add(" ".join(markup.replace(f"choice-{option.key}", "ID").split()))
    assert len(shapes) == 1


def test_a_failed_attempt_with_tries_left_does_not_show_the_right_options(
    course: BuiltCourse, attempt: Attempt, page: Client, now: datetime
) -> None:
    course.answer(attempt, right=0, at=now)
    review = page.post(f"/learning/attempts/{attempt.pk}/hand-in/", follow=True)
    shown = review.context["review"]
    assert (shown.passed, shown.shows_answers, shown.can_try_again, shown.attempts_left) == (
        False,
        False,
        True,
        1,
    )
    for question in shown.questions:
        assert not any(o.is_right for o in question.options if not o.is_chosen)
        assert not any(o.feedback for o in question.options if not o.is_chosen)
    body = review.content.decode()
    assert "Right answer" not in body
    assert "We tell you what is right only where you were right." in body
    assert "0 out of 3 points. To pass you need 60%: that is 2 of 3." in body


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        (2, 0, "Right"),
        (1, 0, "Right so far; something is missing"),
        (1, 1, "Not right yet"),
        (0, 1, "Not right yet"),
        (0, 0, "Not right yet"),
    ],
)
def test_right_choices_that_are_not_all_are_called_right_so_far(
    attempt: Attempt, page: Client, now: datetime, right: int, wrong: int, said: str
) -> None:
    asked = attempt.paper.questions[1]
    chosen = [*sorted(asked.right_keys)[:right], *sorted(asked.keys - asked.right_keys)[:wrong]]
    AttemptAnswer.objects.filter(attempt=attempt, slot=asked.slot).update(choice=chosen)
    body = page.post(f"/learning/attempts/{attempt.pk}/hand-in/", follow=True).content.decode()
    shown = body.split('id="question-2"')[1].split("</li>")[0]
    assert f"<span>{said}</span>" in shown


def test_what_was_chosen_is_each_learner_s_own_though_questions_are_drawn_once(
    course: BuiltCourse, attempt: Attempt, page: Client, sign_in: SignIn, ben: User, now: datetime
) -> None:
    other = course.enrol(ben, at=now)
    course.do_lessons(other, at=now)
    same_paper = course.begin(other, at=now)
    course.answer(attempt, right=3, at=now)
    course.answer(same_paper, right=0, at=now)
    for browser, sitting, score in ((page, attempt, 3), (sign_in(ben), same_paper, 0)):
        answer = browser.post(f"/learning/attempts/{sitting.pk}/hand-in/", follow=True)
        body = answer.content.decode()
        assert answer.context["review"].score == score
        assert body.count("<span>Right</span>") == score
        assert body.count("<span>Not right yet</span>") == 3 - score


def test_the_last_attempt_shows_everything_and_who_to_write_to(
    course: BuiltCourse, attempt: Attempt, page: Client, now: datetime
) -> None:
    quiz.hand_in(attempt_id=attempt.pk, learner=attempt.enrolment.learner, at=now)
    last = course.begin(attempt.enrolment, at=now)
    review = page.post(f"/learning/attempts/{last.pk}/hand-in/", follow=True).context["review"]
    assert (review.shows_answers, review.can_try_again, review.attempts_left) == (True, False, 0)
    assert "used all your tries" in review.sentence
    assert all(any(o.is_right for o in q.options) for q in review.questions)


def test_with_any_number_of_tries_the_review_says_so(ada: User, page: Client, now: datetime) -> None:
    course = build.course(at=now, code="FREE", attempts_allowed=None)
    enrolment = course.enrol(ada, at=now)
    course.do_lessons(enrolment, at=now)
    attempt = course.begin(enrolment, at=now)
    review = page.post(f"/learning/attempts/{attempt.pk}/hand-in/", follow=True).context["review"]
    assert review.attempts_left is None
    assert "as often as you like" in review.sentence
    assert not review.shows_answers


def test_lesson_words_are_in_no_page_of_a_quiz(attempt: Attempt, page: Client) -> None:
    assert SECRET_LESSON not in page.get(url(attempt)).content.decode()


# --- Somebody else --------------------------------------------------------------------------------


def test_nobody_else_finds_an_attempt(
    attempt: Attempt, sign_in: SignIn, cleo: User, fay: User, amy: User, client: Client
) -> None:
    base = f"/learning/attempts/{attempt.pk}"
    for person in (cleo, fay, amy):
        browser = sign_in(person)
        assert browser.get(f"{base}/1/").status_code == 404
        assert browser.post(f"{base}/1/", {"choice": "a", "sequence": "1"}).status_code == 404
        assert browser.get(f"{base}/check/").status_code == 404
        assert browser.get(f"{base}/review/").status_code == 404
        assert browser.post(f"{base}/hand-in/").status_code == 404
    assert client.get(f"{base}/1/").headers["Location"].startswith("/accounts/login/?next=/learning/")
    attempt.refresh_from_db()
    assert attempt.status == "open"
    assert kept(attempt) == []
