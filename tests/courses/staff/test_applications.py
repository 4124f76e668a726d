"""Choosing among applicants: own cohorts only, one decision, safe tables, the same cost for 5 and 50."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.users.models import User
from courses.actions import apply
from courses.cohorts.application_forms import ApplicationQuestion
from courses.cohorts.models import Cohort, CohortReserve, CohortStaff
from courses.enrolment.applications import Application
from courses.enrolment.models import Offer
from courses.queries import selection
from tests.factories import applications as build
from tests.factories import courses, people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cohort(course: BuiltCourse, fay: User, ana: User) -> Cohort:
    for person, role in ((fay, "facilitator"), (ana, "assessor")):
        CohortStaff.objects.create(cohort=course.cohort, user=person, role=role)
    return build.by_application(course.cohort)


@pytest.fixture
def application(cohort: Cohort, ada: User, now: datetime) -> Application:
    return build.apply_for(cohort, ada, at=now)


@pytest.fixture
def staff(cohort: Cohort, sign_in: SignIn, fay: User) -> Client:
    return sign_in(fay)


@pytest.fixture
def stranger(cohort: Cohort, now: datetime) -> User:
    """The facilitator of another cohort."""
    gus = people.staff("gus", "Gus Other", group="Course team")
    elsewhere = courses.course(at=now, code="ELSE").cohort
    CohortStaff.objects.create(cohort=elsewhere, user=gus, role="facilitator")
    return gus


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def many(cohort: Cohort, then: str = "applications/") -> str:
    return f"/admin/learning/registers/{cohort.pk}/{then}"


def one(application: Application) -> str:
    return f"/admin/learning/applications/{application.pk}/"


def offer_form(until: str = "2026-11-26T12:00") -> dict[str, Any]:
    return {"do": "offer", "seen": "1", "offer-until": until}


def test_the_list_shows_what_was_sent_with_counts_and_no_drafts(
    application: Application, staff: Client, ben: User, cleo: User, fay: User, now: datetime
) -> None:
    cohort = application.cohort
    apply.keep(cohort_id=cohort.pk, applicant=ben, answers=build.answers("canary"), at=now, is_final=False)
    gone = build.apply_for(cohort, cleo, at=now)
    apply.decline(application_id=gone.pk, by=fay, reply="", seen=1, at=now)
    answer = staff.get(many(cohort))
    shown = words(answer)
    assert "Ada Lerner" in shown
    assert "Cleo Else" not in shown
    assert "Ben Lerner" not in shown
    assert {s.value: s.count for s in answer.context["list"].shows} == {
        "submitted": 1,
        "more_information": 0,
        "waiting": 0,
        "offered": 0,
        "joined": 0,
        "declined": 1,
        "withdrawn": 0,
        "all": 2,
    }
    assert "Cleo Else" in words(staff.get(many(cohort), {"show": "declined"}))
    for nonsense in ({"show": "draft"}, {"show": "x", "p": "x"}, {"p": "-1"}, {"p": "9" * 30}):
        assert "Ben Lerner" not in words(staff.get(many(cohort), nonsense))
    assert "canary" not in staff.get(many(cohort, "applications.csv")).getvalue().decode()


def test_a_draft_has_no_page_for_reviewers(cohort: Cohort, staff: Client, ben: User, now: datetime) -> None:
    kept, _new = apply.keep(
        cohort_id=cohort.pk, applicant=ben, answers=build.answers("canary"), at=now, is_final=False
    )
    assert staff.get(one(kept)).status_code == 404
    apply.withdraw(application_id=kept.pk, applicant=ben, at=now)
    assert staff.get(one(kept)).status_code == 404


def test_only_facilitators_of_the_cohort_and_administrators_choose(
    application: Application, sign_in: SignIn, stranger: User, ana: User, ed: User, amy: User
) -> None:
    cohort = application.cohort
    pages = (many(cohort), many(cohort, "applications.csv"), one(application))
    for person in (ana, ed, stranger):
        browser = sign_in(person)
        assert [browser.get(page).status_code for page in pages] == [404, 404, 404]
        assert browser.post(one(application), {"do": "decline", "seen": "1"}).status_code == 404
    assert [sign_in(amy).get(page).status_code for page in pages] == [200, 200, 200]
    application.refresh_from_db()
    assert application.status == "submitted"


def test_the_page_shows_answers_and_says_who_sees_notes(application: Application, staff: Client) -> None:
    shown = words(staff.get(one(application)))
    assert "Because I care." in shown
    assert "It is part of what they get when they ask for their data." in shown


def test_noting_asking_offering(application: Application, staff: Client, fay: User) -> None:
    assert staff.post(one(application), {"do": "note", "note-text": "A <b>note</b>"}).status_code == 302
    asked = {"do": "more", "seen": "1", "more-text": "Which years?"}
    assert staff.post(one(application), asked).status_code == 302
    shown = words(staff.get(one(application)))
    assert "A &lt;b&gt;note&lt;/b&gt;" in shown
    assert "Which years?" in shown
    assert staff.post(one(application), offer_form()).status_code == 302
    offer = Offer.objects.get()
    # Noon on the cohort's own clock.
    assert (offer.answer_by.isoformat(), offer.made_by) == ("2026-11-26T12:00:00+00:00", fay)
    assert "The place is kept until Thursday 26 November 2026, 12:00" in words(staff.get(one(application)))


def test_a_no_is_asked_about_on_a_page_of_its_own(application: Application, staff: Client) -> None:
    page = one(application)
    ask = f"{page}decline/"
    first = words(staff.get(page))
    assert f'href="{ask}"' in first
    assert 'value="decline"' not in first
    shown = words(staff.get(ask))
    assert "This cannot be undone." in shown
    assert f'action="{page}"' in shown
    too_long = staff.post(page, {"do": "decline", "seen": "1", "decline-reply": "x" * 4001})
    assert (too_long.status_code, "Leave it as it is" in words(too_long)) == (422, True)
    assert Application.objects.get().status == "submitted"
    staff.post(page, {"do": "decline", "seen": "1", "decline-reply": "Next year?"})
    assert Application.objects.get().status == "declined"
    assert staff.get(ask).url == page


def test_an_open_offer_can_be_taken_back_by_a_reviewer(application: Application, staff: Client) -> None:
    staff.post(one(application), offer_form())
    take_back = f"/admin/learning/offers/{Offer.objects.get().pk}/take-back/"
    assert f'href="{take_back}"' in words(staff.get(one(application)))
    assert "you can decide about their application anew" in words(staff.get(take_back))
    answer = staff.post(take_back, {"reason": "A slip"})
    assert answer.url == one(application)
    shown = words(staff.get(one(application)))
    assert take_back not in shown
    assert "Offer this place" in shown
    assert Application.objects.get().status == "submitted"


def test_an_application_was_not_changed_before_it_was_sent(application: Application, staff: Client) -> None:
    Application.objects.update(changed_at=application.submitted_at - timedelta(minutes=1))
    assert "Last changed" not in words(staff.get(one(application)))
    Application.objects.update(changed_at=application.submitted_at + timedelta(minutes=1))
    assert "Last changed" in words(staff.get(one(application)))


def test_the_time_to_answer_is_on_the_clock_of_the_cohort(application: Application, staff: Client) -> None:
    Cohort.objects.update(time_zone="America/New_York")
    assert "America/New_York" in words(staff.get(one(application)))
    staff.post(one(application), offer_form())
    assert Offer.objects.get().answer_by.isoformat() == "2026-11-26T17:00:00+00:00"


def test_the_usual_hours_stand_in_the_form(application: Application, staff: Client) -> None:
    assert 'value="2026-11-30T23:59"' in words(staff.get(one(application)))


def test_a_funded_place_can_be_chosen_while_one_is_kept_back(
    cohort: Cohort, application: Application, staff: Client
) -> None:
    assert "Funded places" not in words(staff.get(one(application)))
    CohortReserve.objects.create(cohort=cohort, reason="funded", places=1)
    assert "Funded places" in words(staff.get(one(application)))
    staff.post(one(application), {**offer_form(), "offer-reserve": "funded"})
    assert Offer.objects.get().place.reserve == "funded"


@pytest.mark.parametrize(
    "sent",
    [
        {"do": "note", "note-text": " "},
        {"do": "more", "seen": "1", "more-text": ""},
        offer_form(""),
        offer_form("tomorrow"),
        offer_form("2020-01-01T10:00"),
        {**offer_form(), "offer-reserve": "magic"},
        {"do": "decline", "seen": "x", "decline-reply": "canary of mine"},
        {"do": "decline", "decline-reply": "x" * 4001, "seen": "1"},
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    cohort: Cohort, application: Application, staff: Client, sent: dict[str, str]
) -> None:
    CohortReserve.objects.create(cohort=cohort, reason="funded", places=1)
    refused = staff.post(one(application), sent)
    assert refused.status_code in (409, 422)
    if "canary" in sent.get("decline-reply", ""):
        assert "canary of mine" in words(refused)
    application.refresh_from_db()
    assert application.status == "submitted"


def test_nonsense_does_nothing(application: Application, staff: Client) -> None:
    assert staff.post(one(application), {"do": "__class__"}).status_code == 302
    assert staff.get("/admin/learning/applications/999999/").status_code == 404


def test_the_second_of_two_reviewers_is_told_and_keeps_their_words(
    application: Application, staff: Client, amy: User, now: datetime
) -> None:
    staff.get(one(application))
    apply.offer(application_id=application.pk, by=amy, seen=1, at=now)
    late = staff.post(one(application), {"do": "decline", "seen": "1", "decline-reply": "My long words"})
    assert late.status_code == 409
    shown = words(late)
    assert "Somebody else has decided in the meantime." in shown
    assert "Offered a place" in shown
    assert "My long words" in shown


def test_the_table_is_safe_in_a_spreadsheet(
    cohort: Cohort, staff: Client, ada: User, ben: User, now: datetime
) -> None:
    build.apply_for(cohort, ada, at=now, why="=cmd()")
    build.apply_for(cohort, ben, at=now, why="Plain; with, signs\nand lines")
    text = staff.get(many(cohort, "applications.csv")).getvalue().decode()
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][4:] == [
        "Why would you like to come?",
        "Which days suit you?",
        "I can come to most meetings.",
    ]
    assert rows[1][0] == "Ada Lerner"
    assert rows[1][4:] == ["'=cmd()", "Tuesday, late", "Yes"]
    assert rows[2][4] == "Plain; with, signs\nand lines"


def test_five_and_fifty_cost_the_same(cohort: Cohort, fay: User, now: datetime) -> None:
    def counted() -> list[int]:
        found = []
        with CaptureQueriesContext(connection) as captured:
            selection.of_cohort(cohort_id=cohort.pk, person=fay, show="all", page=1, at=timezone.now())
        found.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            list(selection.lines_of(selection.table(cohort_id=cohort.pk, person=fay)))
        return [*found, len(captured)]

    def grow(start: int, end: int) -> None:
        for number in range(start, end):
            build.apply_for(cohort, people.person(f"p{number}", f"Person {number}"), at=now)

    grow(0, 5)
    fay.has_perm("courses.change_cohort")  # read once a request
    few = counted()
    grow(5, 50)
    assert counted() == few


def test_a_cohort_with_applications_needs_a_form(cohort: Cohort) -> None:
    cohort.clean()
    cohort.application_form = None
    with pytest.raises(ValidationError, match="Choose the form"):
        cohort.clean()


@pytest.mark.parametrize("kind", ["dropdown", "radio", "checkboxes"])
def test_a_list_to_choose_from_needs_two_choices(kind: str) -> None:
    question = ApplicationQuestion(label="Which?", kind=kind, choices="One\n One \n")
    with pytest.raises(ValidationError, match="two choices"):
        question.clean()
    question.choices = "One\nTwo"
    question.clean()


def test_an_editor_makes_no_forms_and_an_administrator_does(
    cohort: Cohort, sign_in: SignIn, ed: User, amy: User
) -> None:
    url = "/admin/applicationform/"
    assert sign_in(ed).get(url).status_code in (302, 403)
    page = sign_in(amy).get(url)
    assert page.status_code == 200
    assert "A form" in words(page)
    assert sign_in(amy).get(f"{url}new/").status_code == 200


def test_a_form_that_a_cohort_uses_is_not_deleted(cohort: Cohort, sign_in: SignIn, amy: User) -> None:
    form = cohort.application_form
    sign_in(amy).post(f"/admin/applicationform/delete/{form.pk}/")
    assert type(form).objects.filter(pk=form.pk).exists()


def test_an_offer_that_lapsed_can_be_made_anew(
    application: Application, staff: Client, clock: Any, now: datetime
) -> None:
    staff.post(one(application), offer_form())
    clock.move_to(now + timedelta(days=4))
    later = offer_form("2026-11-28T12:00")
    shown = words(staff.get(one(application)))
    assert "Offer this place" in shown
    assert staff.post(one(application), later).status_code == 302
    assert Offer.objects.filter(status="open").count() == 1


# What the team meets first


def test_applications_to_decide_are_said_on_the_first_page_and_in_the_list(
    cohort: Cohort, application: Application, staff: Client
) -> None:
    first, listed = words(staff.get("/admin/")), words(staff.get("/admin/learning/registers/"))
    assert f'<a href="{many(cohort)}">1 application to decide: {cohort.name}.</a>' in first
    assert "1 application to decide." in listed
    assert f"{cohort.edition.course.title}<br><small>Edition 1" in listed
    assert str(cohort.dates_sentence) in listed
    staff.post(one(application), {"do": "decline", "seen": "1", "decline-reply": ""})
    assert "application to decide" not in words(staff.get("/admin/"))
    assert "nothing waits to be decided" in words(staff.get("/admin/"))


# --- Kept for a place that comes free -----------------------------------------------------------------


def test_who_is_kept_stands_in_order_and_is_offered_a_place_with_one_press(
    cohort: Cohort, application: Application, staff: Client, ben: User, clock: Any
) -> None:
    Cohort.objects.update(capacity=1)
    other = build.apply_for(cohort, ben, at=timezone.now())
    for one_of_them in (other, application):
        clock.shift(timedelta(hours=1))
        assert staff.post(one(one_of_them), {"do": "keep", "seen": "1"}).status_code == 302
    page = staff.get(one(application))
    assert "On the waiting list." in words(page)
    assert "They wait for a place since 23 November 2026" in words(page)
    todo = words(staff.get(many(cohort)))
    assert "There are no such applications." in todo
    assert "2 applicants wait for a place." in todo
    waiting = staff.get(many(cohort), {"show": "waiting"})
    assert [row.name for row in waiting.context["list"].rows] == ["Ben Lerner", "Ada Lerner"]
    assert words(waiting).count('value="offer_now"') == 2
    places = words(staff.get(many(cohort, "places/")))
    assert "2 applicants wait for a place that comes free. You choose among them." in places
    # The order binds nobody.
    assert staff.post(one(application), {"do": "offer_now", "seen": "1"}).status_code == 302
    assert Offer.objects.get().learner == application.applicant
    full = staff.get(many(cohort), {"show": "waiting"})
    assert [row.name for row in full.context["list"].rows] == ["Ben Lerner"]
    assert "There is no room at the moment." in words(full)
    assert "offer_now" not in words(full)
    refused = staff.post(one(other), {"do": "offer_now", "seen": "1"})
    assert refused.status_code == 409
    assert 'role="alert"' in words(refused)
    other.refresh_from_db()
    assert other.is_kept


def test_keeping_what_the_applicant_changed_meanwhile_is_refused_in_words(
    cohort: Cohort, application: Application, staff: Client, ada: User
) -> None:
    build.apply_for(cohort, ada, at=timezone.now(), why="Something else")
    refused = staff.post(one(application), {"do": "keep", "seen": "1"})
    assert refused.status_code == 409
    assert "Please read them again first." in words(refused)


def test_the_table_says_who_is_on_the_waiting_list(application: Application, staff: Client) -> None:
    staff.post(one(application), {"do": "keep", "seen": "1"})
    table = staff.get(many(application.cohort, "applications.csv")).getvalue().decode()
    assert "On the waiting list" in table
