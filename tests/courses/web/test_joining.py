"""Joining: the page explains, the button joins, and looking changes nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import codes, enrol, offers, waiting
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.queries import joining
from tests.factories import applications
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def url(course: BuiltCourse) -> str:
    return f"/join/{course.cohort.pk}/"


def test_a_visitor_is_told_how_to_join_and_comes_back_here(course: BuiltCourse, client: Client) -> None:
    page = client.get(url(course))
    joining = page.context["joining"]
    assert joining.needs_sign_in
    assert joining.sign_in_url == f"/accounts/login/?next={url(course)}"
    assert joining.sign_up_url == f"/accounts/signup/?next={url(course)}"
    pressed = client.post(url(course))
    assert pressed.headers["Location"] == f"/accounts/login/?next={url(course)}"
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("press", ["", "wait/", "stop-waiting/"])
def test_every_button_of_the_page_carries_the_token_against_forged_requests(
    course: BuiltCourse, ada: User, ben: User, now: datetime, press: str
) -> None:
    if press:
        Cohort.objects.update(capacity=1)
        course.enrol(ben, at=now)
    if press == "stop-waiting/":
        waiting.join(cohort_id=course.cohort.pk, learner=ada, at=now)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    shown = browser.get(url(course)).content.decode()
    form = shown[shown.index(f'action="{url(course)}{press}"') :]
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form[: form.index("</form>")])
    assert token is not None
    sent = {"csrfmiddlewaretoken": token[1]}
    assert browser.post(f"{url(course)}{press}", sent).status_code == 302


def test_case_42_looking_never_joins(course: BuiltCourse, sign_in: SignIn, ada: User) -> None:
    page = sign_in(ada)
    for ask in (page.get, page.head):
        assert ask(url(course)).status_code == 200
    assert not Enrolment.objects.exists()


def test_case_12_pressing_join_twice_and_coming_back_is_one_place(
    course: BuiltCourse, sign_in: SignIn, ada: User
) -> None:
    page = sign_in(ada)
    answers = [page.post(url(course)), page.post(url(course)), page.get(url(course))]
    enrolment = Enrolment.objects.get()
    assert {a.headers["Location"] for a in answers} == {f"/learning/{enrolment.pk}/"}


@pytest.mark.parametrize(
    ("is_rolling", "then"), [(True, "Here is your course."), (False, "One question first, if you like.")]
)
def test_who_has_joined_is_told_where_they_are(
    course: BuiltCourse, sign_in: SignIn, ada: User, now: datetime, is_rolling: bool, then: str
) -> None:
    """By the button and by a code alike; a group with dates asks first what people need."""
    dates = {} if is_rolling else {"starts_on": now.date(), "ends_on": date(2099, 1, 1)}
    Cohort.objects.update(is_rolling=is_rolling, **dates)
    page = sign_in(ada).post(url(course), follow=True)
    assert f"You have joined. {then}" in page.content.decode()
    other = build.course(at=now, code="CODE").cohort
    Cohort.objects.filter(pk=other.pk).update(is_rolling=is_rolling, **dates)
    (code,) = codes.make(cohort_id=other.pk, number=1, by=ada, at=now)
    page = sign_in(ada).post(reverse("learning:use_code"), {"code": code.code}, follow=True)
    assert f"You have a place. {then}" in page.content.decode()


def test_somebody_on_another_cohort_of_the_course_stays_there(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Another")
    answer = sign_in(ada).post(f"/join/{other.pk}/")
    assert answer.headers["Location"] == f"/learning/{enrolment.pk}/"
    assert Enrolment.objects.get() == enrolment


def test_somebody_whose_place_has_ended_can_join_again(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, now: datetime
) -> None:
    Enrolment.objects.update(status=State.ENDED.value, ended_at=now)
    answer = sign_in(ada).post(url(course))
    assert answer.headers["Location"] != f"/learning/{enrolment.pk}/"
    assert Enrolment.objects.count() == 2


def test_case_15_somebody_who_was_on_the_course_is_told_before_they_begin_anew(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, ben: User, now: datetime
) -> None:
    enrol.withdraw(enrolment_id=enrolment.pk, by=ada, at=now)
    browser = sign_in(ada)
    shown = " ".join(browser.get(url(course)).content.decode().split())
    told = (
        "You were on this course until 23 November 2026. What you did is kept there. "
        "If you join again, you begin anew. To go on where you were, ask us."
    )
    asking = reverse("learning:ask", args=[enrolment.pk])
    ask, join = f'href="{asking}"', ">Join again and begin anew</button>"
    assert told in shown
    assert shown.index(told) < shown.index(ask) < shown.index(join)
    assert "Join this course" not in shown
    assert browser.get(asking).status_code == 200
    on_course_page = " ".join(browser.get(course.page.url).content.decode().split())
    assert "You were on this course until 23 November 2026." in on_course_page
    assert ask in on_course_page
    Cohort.objects.update(capacity=1)
    course.enrol(ben, at=now)
    full = " ".join(browser.get(url(course)).content.decode().split())
    assert "What you did is kept there. To go on where you were, ask us." in full
    assert "If you join again, you begin anew." not in full


def test_a_live_place_comes_before_one_that_ended(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, now: datetime
) -> None:
    Enrolment.objects.update(status=State.ENDED.value, ended_at=now)
    browser = sign_in(ada)
    browser.post(url(course))
    live = Enrolment.objects.exclude(pk=enrolment.pk).get()
    assert browser.get(url(course)).headers["Location"] == f"/learning/{live.pk}/"
    assert f'href="/learning/{live.pk}/"' in browser.get(course.page.url).content.decode()


def test_the_page_before_joining_says_what_is_agreed_and_what_happens_next(
    course: BuiltCourse, sign_in: SignIn, ada: User, client: Client
) -> None:
    shown = " ".join(sign_in(ada).get(url(course)).content.decode().split())
    for said in (
        "What happens next",
        "The first step is “Lesson one”.",
        "What is agreed",
        "What you must do stays as it is on the day you join.",
        "About 30 minutes in all",
        "None. No awarding body has checked this course.",
        "other learners see nothing",
    ):
        assert said in shown, said
    assert "You make an account and confirm your e-mail address." in client.get(url(course)).content.decode()


def test_a_full_cohort_says_so_and_takes_nobody(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ben: User
) -> None:
    Cohort.objects.update(capacity=1)
    page = sign_in(ben)
    assert not page.get(url(course)).context["joining"].can_join
    refused = page.post(url(course))
    assert refused.status_code == 409
    assert "All places are taken" in refused.content.decode()
    assert not Enrolment.objects.filter(learner=ben).exists()


def test_a_cohort_that_is_over_takes_nobody_even_by_direct_post(
    course: BuiltCourse, sign_in: SignIn, ada: User, now: datetime
) -> None:
    Cohort.objects.update(
        is_rolling=False,
        starts_on=(now - timedelta(days=30)).date(),
        ends_on=(now - timedelta(days=1)).date(),
    )
    refused = sign_in(ada).post(url(course))
    assert refused.status_code == 409
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("number", ["0", "999999", "9" * 30])
def test_a_cohort_that_is_not_there_is_not_found(course: BuiltCourse, client: Client, number: str) -> None:
    assert client.get(f"/join/{number}/").status_code == 404
    assert client.post(f"/join/{number}/").status_code == 404


def test_a_cohort_of_an_unpublished_course_is_not_there(
    course: BuiltCourse, sign_in: SignIn, ada: User
) -> None:
    CoursePage.objects.update(live=False)
    page = sign_in(ada)
    assert page.get(url(course)).status_code == 404
    assert page.post(url(course)).status_code == 404
    assert not Enrolment.objects.exists()


def test_case_43_nothing_that_is_sent_along_changes_whose_place_it_is(
    course: BuiltCourse, sign_in: SignIn, ada: User, ben: User
) -> None:
    forged = {"learner": ben.pk, "status": "ended", "started_at": "1970-01-01", "is_superuser": "1"}
    sign_in(ada).post(url(course), forged)
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner, enrolment.status) == (ada, State.ACTIVE.value)
    ada.refresh_from_db()
    assert not ada.is_superuser


# --- The panel of the course page -----------------------------------------------------------------


def panel(browser: Client, course: BuiltCourse) -> Any:
    response = browser.get(course.page.url)
    assert response.status_code == 200
    return response


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "10 places left."),
        ({"capacity": 1}, "1 place left."),
        ({"capacity": None}, "There is room for everybody."),
        ({"enrolment_opens_at": datetime(2027, 1, 5, 9).astimezone()}, "You can join from 5 January 2027"),
        (
            {"enrolment_closes_at": datetime(2026, 11, 22, 20).astimezone()},
            "Joining has closed",
        ),
    ],
)
def test_the_course_page_says_whether_one_can_join(
    course: BuiltCourse, client: Client, change: dict[str, Any], says: str
) -> None:
    Cohort.objects.update(**change)
    assert says in panel(client, course).content.decode()


def test_the_course_page_of_somebody_on_the_course_leads_on(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User
) -> None:
    body = panel(sign_in(ada), course).content.decode()
    assert f"/learning/{enrolment.pk}/" in body
    assert f"/join/{course.cohort.pk}/" not in body


def test_a_course_without_dates_says_so(db: None, client: Client, now: datetime) -> None:
    page = build.course_page(code="DRAFT", slug="draft")
    body = client.get(page.url).content.decode()
    assert "no dates for this course yet" in body
    cards = client.get("/courses/").content.decode()
    assert "No dates yet" in cards


def test_the_catalogue_lists_open_courses_first(db: None, client: Client, now: datetime) -> None:
    closed = build.course(at=now, code="AAA")
    Cohort.objects.filter(pk=closed.cohort.pk).update(enrolment_closes_at=now)
    build.course(at=now, code="ZZZ")
    body = client.get("/courses/").content.decode()
    assert body.index("Course ZZZ") < body.index("Course AAA")
    assert "Open now" in body
    assert "About 30 minutes" in body


# --- What is known before joining -------------------------------------------------------------------


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_tells_where_how_long_and_what_leaving_means(course: BuiltCourse, client: Client) -> None:
    Cohort.objects.update(
        place="Corner House, Room 2",
        online_link="https://meet.example.org/secret-room",
        language="cy",
        access_notes="A lift.\n<b>Captions</b>.",
        access_days=90,
    )
    shown = words(client.get(url(course)))
    for said in (
        "Corner House, Room 2",
        "You find the link on your course page once you have joined.",
        "Cymraeg",
        "A lift.<br>&lt;b&gt;Captions&lt;/b&gt;.",
        "The course stays open for you until 21 February 2027.",
        "If you join again later, you begin anew; what you did stays on record.",
    ):
        assert said in shown, said
    assert "secret-room" not in shown


def test_where_people_are_invited_the_page_asks_for_a_code(
    course: BuiltCourse, sign_in: SignIn, ada: User
) -> None:
    Cohort.objects.update(joining="invitation")
    browser = sign_in(ada)
    assert "for people who were invited" in words(browser.get(url(course)))
    assert browser.post(url(course)).status_code == 409
    assert "For people who were invited" in words(browser.get(course.page.url))


def test_where_people_apply_the_pages_lead_to_the_form(
    course: BuiltCourse, client: Client, sign_in: SignIn, ada: User
) -> None:
    applications.by_application(course.cohort)
    assert "Apply for a place" in words(client.get(course.page.url))
    visitor = words(client.get(url(course)))
    assert "How applying works" in visitor
    assert "To apply, you need an account here." in visitor
    browser = sign_in(ada)
    assert f'href="{url(course)}apply/"' in words(browser.get(url(course)))
    assert browser.post(url(course)).status_code == 409
    assert not Enrolment.objects.exists()


def test_the_catalogue_counts_a_cohort_that_takes_applications_as_open(
    course: BuiltCourse, client: Client, now: datetime
) -> None:
    applications.by_application(course.cohort)
    assert "Open for applications" in words(client.get("/courses/", {"open": "1"}))
    Cohort.objects.update(enrolment_closes_at=now)
    assert "Course TEST" not in words(client.get("/courses/", {"open": "1"}))


def test_places_kept_back_are_not_for_newcomers(course: BuiltCourse, client: Client) -> None:
    Cohort.objects.update(capacity=3)
    CohortReserve.objects.create(cohort=course.cohort, reason="funded", places=2)
    assert "1 place left." in panel(client, course).content.decode()
    CohortReserve.objects.update(places=3)
    assert "All places are taken" in words(client.get(url(course)))


def test_somebody_who_was_removed_is_told_to_write(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User, amy: User, now: datetime
) -> None:
    enrol.remove(enrolment_id=enrolment.pk, by=amy, at=now, reason="Was rude")
    shown = words(sign_in(ada).get(url(course)))
    assert "ended by its team. Please write to us" in shown
    assert "Join again" not in shown
    assert "Was rude" not in shown


def test_an_offer_to_an_address_shows_on_nobodys_page(
    course: BuiltCourse, client: Client, now: datetime
) -> None:
    """A visitor has no account, and such an offer has none yet: they must not be taken for each other."""
    cohort = enrol.lock_cohort(course.cohort.pk)
    offers.make(cohort=cohort, kind="invitation", email="dee@example.org", at=now)
    assert client.get(url(course)).context["joining"].offer_id is None


def test_how_full_cohorts_are_is_one_query_for_one_and_for_many(course: BuiltCourse, now: datetime) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as found:
            joining.open_cohorts(course_ids=[course.edition.course_id], at=now)
        return len(found)

    CohortReserve.objects.create(cohort=course.cohort, reason="funded", places=2)
    assert counted() == 1
    for number in range(5):
        build.cohort(course.edition, at=now, name=f"Group {number}", capacity=number + 1)
    assert counted() == 1


def test_counting_places_and_reserves_together_counts_each_once(
    course: BuiltCourse, ada: User, ben: User, cleo: User, now: datetime
) -> None:
    """Several joins to many rows in one query: each would multiply the others."""
    Cohort.objects.update(capacity=5)
    CohortReserve.objects.create(cohort=course.cohort, reason="funded", places=1)
    CohortReserve.objects.create(cohort=course.cohort, reason="organisation", places=1)
    for person in (ada, ben):
        course.enrol(person, at=now)
    found = joining.open_cohorts(course_ids=[course.edition.course_id], at=now)
    seats = found[course.edition.course_id][0].seats
    assert (seats.taken, seats.kept_back, seats.for_newcomers) == (2, 2, 1)
