"""The learner's pages: what is open, what is locked, and what is somebody else's."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cms.users.models import User
from courses.actions import certify, quiz
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage, QuizPage
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.progress.models import Completion, Record
from tests.factories import courses as build
from tests.factories.courses import SECRET_LESSON, BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


def test_a_dashboard_without_courses_leads_to_them(page: Client) -> None:
    response = page.get("/learning/")
    assert not response.context["dashboard"].has_any
    assert "Look at the courses" in response.content.decode()


def test_the_dashboard_has_one_next_step(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.percent, card.sentence, card.next_step.verb) == (
        0,
        "3 steps left, about 30 minutes.",
        "Start",
    )
    course.do_lessons(enrolment, at=now)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.percent, card.sentence, card.next_step.verb) == (
        66,
        "1 step left, about 10 minutes.",
        "Go on",
    )
    attempt = course.begin(enrolment, at=now)
    quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.next_step.title, card.next_step.verb) == ("The quiz", "Try again")


def test_courses_with_something_to_do_come_first(
    course: BuiltCourse, ada: User, page: Client, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    open_one = course.enrol(ada, at=now)
    done_one = other.complete(ada, at=now)
    # What is optional is not pressed on somebody who has finished.
    cards = page.get("/learning/").context["dashboard"].cards
    assert {c.enrolment_id for c in cards} == {open_one.pk, done_one.pk}
    by_id = {c.enrolment_id: c for c in cards}
    assert by_id[done_one.pk].state == "completed"
    assert by_id[done_one.pk].sentence == "You have finished this course."
    assert cards[0].enrolment_id == open_one.pk


def test_who_finished_without_a_name_is_asked_for_it(
    course: BuiltCourse, ada: User, page: Client, now: datetime
) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name="")
    course.complete(ada, at=now)
    certify.issue_missing(at=now)
    response = page.get("/learning/")
    assert response.context["dashboard"].needs_name
    assert "tell us your name" in response.content.decode()


def test_a_finished_course_shows_its_certificate_everywhere(
    course: BuiltCourse, ada: User, page: Client, now: datetime
) -> None:
    enrolment = course.complete(ada, at=now)
    issued = certify.issue(completion_id=enrolment.completion.pk, at=now)
    assert issued is not None
    for address in ("/learning/", f"/learning/{enrolment.pk}/"):
        assert f"/certificates/{issued.code}/view/" in page.get(address).content.decode()


@pytest.mark.parametrize(("state", "shown"), [(State.SUSPENDED, "paused"), (State.ENDED, "ended")])
def test_a_seat_that_is_not_active_keeps_its_record_and_opens_nothing(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime, state: State, shown: str
) -> None:
    page.post(f"/learning/{enrolment.pk}/{course.lesson_id}/done/")
    enrolment.move_to(state, **({"ended_at": now} if state is State.ENDED else {}))
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.state, card.next_step, card.percent) == (shown, None, 33)
    assert "not active" in card.sentence
    other = course.ids(Kind.LESSON)[1]
    refused = page.get(f"/learning/{enrolment.pk}/{other}/")
    assert refused.status_code == 403
    assert SECRET_LESSON not in refused.content.decode()
    page.post(f"/learning/{enrolment.pk}/{other}/done/")
    assert Record.objects.count() == 1
    # What was done stays listed; its words are only for active learners.
    again = page.get(f"/learning/{enrolment.pk}/{course.lesson_id}/")
    assert SECRET_LESSON not in again.content.decode()


def test_opening_a_lesson_never_does_it(course: BuiltCourse, enrolment: Enrolment, page: Client) -> None:
    lesson = page.get(f"/learning/{enrolment.pk}/{course.lesson_id}/")
    assert SECRET_LESSON in lesson.content.decode()
    assert page.get(f"/learning/{enrolment.pk}/{course.lesson_id}/done/").status_code == 405
    assert page.head(f"/learning/{enrolment.pk}/{course.lesson_id}/").status_code == 200
    assert not Record.objects.exists()


def test_doing_a_lesson_leads_to_the_next_thing(
    course: BuiltCourse, enrolment: Enrolment, page: Client
) -> None:
    first, second = course.ids(Kind.LESSON)[:2]
    done = page.post(f"/learning/{enrolment.pk}/{first}/done/")
    assert done.headers["Location"] == f"/learning/{enrolment.pk}/{second}/"
    again = page.get(f"/learning/{enrolment.pk}/{first}/")
    assert again.context["lesson"].is_done
    assert "You marked this lesson as done" in again.content.decode()


def test_the_last_lesson_leads_to_the_course(ada: User, page: Client, now: datetime) -> None:
    course_page = build.course_page(code="SHORT", slug="short")
    first = build.stage(course_page, "One")
    build.lesson(first, "Only")
    edition = build.editions.publish(course_page=course_page, by=ada, at=now)
    enrolment = build.enrol.start(cohort_id=build.cohort(edition, at=now).pk, learner=ada, at=now)
    activity = edition.outline.activities[0].activity_id
    done = page.post(f"/learning/{enrolment.pk}/{activity}/done/", follow=True)
    assert done.redirect_chain == [(f"/learning/{enrolment.pk}/", 302)]
    assert "You have finished the course" in done.content.decode()
    assert Completion.objects.exists()
    # Pressed again in an old tab: the same answer.
    assert page.post(f"/learning/{enrolment.pk}/{activity}/done/").status_code == 302


def test_when_only_a_quiz_without_tries_is_left_the_course_page_says_so(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    for _try in range(2):
        attempt = course.begin(enrolment, at=now)
        quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now)
    start = page.get(f"/learning/{enrolment.pk}/{course.quiz_id}/").context["quiz"]
    assert (start.can_begin, start.attempts_left, start.best_percent) == (False, 0, 0)
    assert "used all your tries" in start.cannot_sentence
    assert [p.number for p in start.past_attempts] == [1, 2]


def use_every_try(course: BuiltCourse, enrolment: Enrolment, now: datetime) -> None:
    course.do_lessons(enrolment, at=now)
    for _try in range(2):
        attempt = course.begin(enrolment, at=now)
        quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now)


def test_a_quiz_without_tries_is_not_offered_again_but_a_person_is(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    use_every_try(course, enrolment, now)
    ask = f"/learning/{enrolment.pk}/questions/new/?about={course.quiz_id}"
    for address in ("/learning/", f"/learning/{enrolment.pk}/"):
        html = page.get(address).content.decode()
        assert "Try again" not in html
        assert "You have used all your tries at “The quiz”." in html
        assert ask in html
    (card,) = page.get("/learning/").context["dashboard"].cards
    # What is left and open is still offered, though it is optional.
    assert card.next_step.title == "Something extra"
    page.post(f"/learning/{enrolment.pk}/{course.ids(Kind.LESSON)[2]}/done/")
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert card.next_step is None
    assert "Ask your facilitator" in page.get("/learning/").content.decode()
    assert ask in page.get(f"/learning/{enrolment.pk}/{course.quiz_id}/").content.decode()


def test_the_last_try_that_is_still_open_can_go_on(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    attempt = course.begin(enrolment, at=now)
    quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=now)
    course.begin(enrolment, at=now)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert (card.next_step.title, card.stuck) == ("The quiz", None)


def test_the_dashboard_says_what_is_left_and_what_opens_it(
    course: BuiltCourse, enrolment: Enrolment, page: Client
) -> None:
    html = page.get("/learning/").content.decode()
    assert "2 steps left, about 20 minutes." in html
    assert "This opens when you have finished stage 1." in html


def test_the_course_last_worked_at_comes_first_and_finished_ones_stand_apart(
    course: BuiltCourse, ada: User, page: Client, now: datetime
) -> None:
    hour = timedelta(hours=1)
    first = course.enrol(ada, at=now - 3 * hour)
    newer = build.course(at=now, code="OTHER").enrol(ada, at=now - 2 * hour)
    done = build.course(at=now, code="DONE").complete(ada, at=now - hour)
    found = page.get("/learning/").context["dashboard"]
    assert [c.enrolment_id for c in found.under_way] == [newer.pk, first.pk]
    page.post(f"/learning/{first.pk}/{course.lesson_id}/done/")
    found = page.get("/learning/").context["dashboard"]
    assert [c.enrolment_id for c in found.under_way] == [first.pk, newer.pk]
    assert [(c.enrolment_id, c.dates) for c in found.finished] == [(done.pk, "Finished on 23 November 2026")]
    assert page.get("/learning/").content.decode().count("button--primary") == 1


@pytest.mark.parametrize(
    ("start", "end", "zone", "sentence"),
    [
        (
            date(2026, 12, 1),
            date(2026, 12, 9),
            "Europe/London",
            "Runs from 1 December 2026 to 9 December 2026",
        ),
        (date(2026, 11, 1), date(2026, 12, 9), "Europe/London", "Runs until 9 December 2026"),
        (
            date(2026, 11, 1),
            date(2026, 11, 9),
            "Europe/London",
            "Ran until 9 November 2026; you can still go on",
        ),
        (date(2026, 11, 1), date(2026, 12, 9), "Asia/Tokyo", "Runs until 9 December 2026 (days in Tokyo)"),
    ],
)
def test_dates_of_a_cohort_are_days_of_its_own_zone(
    enrolment: Enrolment, page: Client, start: date, end: date, zone: str, sentence: str
) -> None:
    Cohort.objects.update(is_rolling=False, starts_on=start, ends_on=end, time_zone=zone)
    (card,) = page.get("/learning/").context["dashboard"].cards
    assert card.dates == sentence


def test_moments_are_told_in_the_persons_own_time_zone(
    course: BuiltCourse, ada: User, page: Client, now: datetime
) -> None:
    course.enrol(ada, at=now.replace(hour=20))
    assert page.get("/learning/").context["dashboard"].cards[0].dates == "You joined on 23 November 2026"
    User.objects.update(time_zone="Asia/Tokyo")
    assert page.get("/learning/").context["dashboard"].cards[0].dates == "You joined on 24 November 2026"


def test_a_locked_stage_says_what_opens_it(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    locked = page.get(f"/learning/{enrolment.pk}/{course.quiz_id}/")
    assert locked.status_code == 403
    assert locked.context["activity"].lock_sentence == "This opens when you have finished stage 1."
    page.post(f"/learning/{enrolment.pk}/{course.lesson_id}/done/")
    shown = page.get(f"/learning/{enrolment.pk}/").context["course"]
    assert shown.stages[1].lock_sentence == "This opens when you have finished “Lesson two”."
    assert [a.state for s in shown.stages for a in s.activities] == ["done", "open", "open", "locked"]
    assert shown.stages[1].activities[0].lock_sentence


def test_every_activity_of_the_course_page_can_be_reached(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    shown = page.get(f"/learning/{enrolment.pk}/").context["course"]
    for stage in shown.stages:
        for activity in stage.activities:
            response = page.get(activity.url)
            assert response.status_code == 200
            key = "quiz" if activity.kind == "quiz" else "lesson"
            head = response.context[key]
            assert head.title == activity.title
            assert head.position_sentence.endswith(f"in stage {stage.number}")


def test_an_unpublished_course_or_quiz_stays_open_to_its_learners(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    CoursePage.objects.update(live=False)
    QuizPage.objects.update(live=False)
    assert len(page.get("/learning/").context["dashboard"].cards) == 1
    assert page.get(f"/learning/{enrolment.pk}/{course.quiz_id}/").status_code == 200


def test_an_activity_of_another_course_is_not_found(
    course: BuiltCourse, enrolment: Enrolment, page: Client, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER")
    assert page.get(f"/learning/{enrolment.pk}/{other.lesson_id}/").status_code == 404
    refused = page.post(f"/learning/{enrolment.pk}/{other.lesson_id}/done/", follow=True)
    assert "not part of your course" in refused.content.decode()
    assert not Record.objects.exists()


@pytest.mark.parametrize("who", ["cleo", "fay", "ed", "amy"])
def test_nobody_else_finds_an_enrolment(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, request: pytest.FixtureRequest, who: str
) -> None:
    base = f"/learning/{enrolment.pk}/"
    browser = sign_in(request.getfixturevalue(who))
    assert browser.get(base).status_code == 404
    assert browser.get(f"{base}{course.lesson_id}/").status_code == 404
    assert browser.post(f"{base}{course.lesson_id}/done/").status_code == 404
    assert browser.post(f"{base}{course.quiz_id}/begin/").status_code == 404
    assert not Record.objects.exists()


def test_a_visitor_is_asked_to_sign_in(course: BuiltCourse, enrolment: Enrolment, client: Client) -> None:
    base = f"/learning/{enrolment.pk}/"
    assert client.get(base).status_code == 302
    assert client.post(f"{base}{course.lesson_id}/done/").status_code == 302
    assert not Record.objects.exists()


def test_stages_lessons_and_quizzes_have_no_public_address(
    course: BuiltCourse, client: Client, page: Client
) -> None:
    base = course.page.url
    assert client.get(base).status_code == 200
    for path in ("first-stage/", "first-stage/lesson-one/", "second-stage/the-quiz/"):
        for browser in (client, page):
            response = browser.get(base + path)
            assert response.status_code == 404
            assert SECRET_LESSON not in response.content.decode()
    assert SECRET_LESSON not in client.get(base).content.decode()
