"""Leaving a course and changing groups: explained first, whole or not at all, and nothing done is lost."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cms.users.models import User
from courses.actions import enrol, moving, waiting
from courses.actions.enrol import EnrolmentRefused
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Place
from courses.ledger.models import LedgerEntry
from courses.progress.models import Record
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(enrolment: Enrolment, sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def other(course: BuiltCourse, now: datetime) -> Cohort:
    return build.cohort(course.edition, at=now, name="Spring", capacity=1)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def url(enrolment: Enrolment, then: str) -> str:
    return f"/learning/{enrolment.pk}/{then}/"


# --- Leaving --------------------------------------------------------------------------------------


def test_the_course_page_leads_to_both(browser: Client, enrolment: Enrolment) -> None:
    shown = words(browser.get(f"/learning/{enrolment.pk}/"))
    assert url(enrolment, "leave") in shown
    assert url(enrolment, "move") in shown


def test_leaving_is_explained_and_only_the_button_leaves(browser: Client, enrolment: Enrolment) -> None:
    shown = words(browser.get(url(enrolment, "leave")))
    for said in ("Your place is free for somebody else at once.", "You then begin anew.", "your results"):
        assert said in shown, said
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_leaving_twice_is_leaving_once_and_the_reason_is_kept(browser: Client, enrolment: Enrolment) -> None:
    for _press in range(2):
        answer = browser.post(url(enrolment, "leave"), {"reason": " No time "})
        assert answer.headers["Location"] == "/learning/"
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.end_reason) == ("ended", "withdrawn")
    entry = LedgerEntry.objects.get(action="withdrew")
    assert (entry.reason, entry.by) == ("No time", enrolment.learner)
    assert not Place.objects.exists()
    assert "has ended already" in words(browser.get(url(enrolment, "leave")))


def test_a_reason_that_is_too_long_is_refused_and_kept_on_the_page(
    browser: Client, enrolment: Enrolment
) -> None:
    refused = browser.post(url(enrolment, "leave"), {"reason": "y" * 301})
    assert refused.status_code == 422
    assert "y" * 301 in words(refused)
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_who_has_finished_has_nothing_to_leave(
    course: BuiltCourse, sign_in: SignIn, ben: User, now: datetime
) -> None:
    enrolment = course.complete(ben, at=now)
    browser = sign_in(ben)
    assert "You have finished this course already" in words(browser.get(url(enrolment, "leave")))
    browser.post(url(enrolment, "leave"))
    enrolment.refresh_from_db()
    assert enrolment.status == "active"
    assert url(enrolment, "leave") not in words(browser.get(f"/learning/{enrolment.pk}/"))


def test_nobody_leaves_or_moves_for_somebody_else(
    enrolment: Enrolment, other: Cohort, sign_in: SignIn, ben: User, amy: User
) -> None:
    for person in (ben, amy):
        for then in ("leave", "move"):
            stranger = sign_in(person)
            assert stranger.get(url(enrolment, then)).status_code == 404
            sent = {"to": other.pk, "reason": "dates"}
            assert stranger.post(url(enrolment, then), sent).status_code == 404
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


# --- Changing groups ------------------------------------------------------------------------------


def test_changing_groups_takes_the_work_along(
    course: BuiltCourse, browser: Client, enrolment: Enrolment, other: Cohort, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    done = Record.objects.filter(enrolment=enrolment).count()
    assert "Spring" in words(browser.get(url(enrolment, "move")))
    answers = [
        browser.post(url(enrolment, "move"), {"to": other.pk, "reason": "dates"}) for _press in range(2)
    ]
    new = Enrolment.objects.get(cohort=other)
    assert answers[0].headers["Location"] == f"/learning/{new.pk}/"
    assert Enrolment.objects.count() == 2
    assert Record.objects.filter(enrolment=new).count() == done > 0
    enrolment.refresh_from_db()
    assert (enrolment.status, enrolment.end_reason, new.moved_from) == ("ended", "deferred", enrolment)
    entry = LedgerEntry.objects.get(action="deferred")
    assert (entry.by, entry.reason) == (enrolment.learner, "The dates do not suit me any more")


@pytest.mark.parametrize(
    ("change", "listed"),
    [
        ({"enrolment_closes_at": datetime(2026, 11, 23, 9).astimezone()}, False),
        ({"enrolment_opens_at": datetime(2026, 12, 1).astimezone()}, False),
        ({"joining": "invitation"}, False),
        ({}, True),
    ],
)
def test_only_groups_that_take_newcomers_are_offered(
    browser: Client, enrolment: Enrolment, other: Cohort, change: dict[str, Any], listed: bool, now: datetime
) -> None:
    Cohort.objects.filter(pk=other.pk).update(**change)
    shown = words(browser.get(url(enrolment, "move")))
    assert ("Spring" in shown) is listed
    if listed:
        return
    assert "Ask to change to another group" in shown
    assert browser.post(url(enrolment, "move"), {"to": other.pk, "reason": "dates"}).status_code == 422
    with pytest.raises(EnrolmentRefused, match="cannot be joined now"):
        moving.move_self(
            enrolment_id=enrolment.pk, to_cohort_id=other.pk, learner=enrolment.learner, at=now, reason="x"
        )
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_who_waits_comes_before_somebody_who_changes(
    browser: Client, enrolment: Enrolment, other: Cohort, ben: User, cleo: User, now: datetime
) -> None:
    taken = enrol.start(cohort_id=other.pk, learner=ben, at=now)
    waiting.join(cohort_id=other.pk, learner=cleo, at=now)
    enrol.withdraw(enrolment_id=taken.pk, by=ben, at=now)
    assert "Spring" not in words(browser.get(url(enrolment, "move")))
    with pytest.raises(EnrolmentRefused):
        moving.move_self(
            enrolment_id=enrolment.pk, to_cohort_id=other.pk, learner=enrolment.learner, at=now, reason="x"
        )


def test_a_place_that_is_taken_meanwhile_is_refused_and_nothing_is_changed(
    browser: Client, enrolment: Enrolment, other: Cohort, ben: User, now: datetime
) -> None:
    enrol.start(cohort_id=other.pk, learner=ben, at=now)
    with pytest.raises(EnrolmentRefused, match="Nothing was changed"):
        moving.move_self(
            enrolment_id=enrolment.pk, to_cohort_id=other.pk, learner=enrolment.learner, at=now, reason="x"
        )
    enrolment.refresh_from_db()
    assert enrolment.status == "active"


def test_who_is_paused_asks_first(enrolment: Enrolment, other: Cohort, amy: User, now: datetime) -> None:
    enrol.suspend(enrolment_id=enrolment.pk, by=amy, at=now, reason="Asked for")
    with pytest.raises(EnrolmentRefused, match="paused"):
        moving.move_self(
            enrolment_id=enrolment.pk, to_cohort_id=other.pk, learner=enrolment.learner, at=now, reason="x"
        )


def test_a_group_of_another_course_is_no_choice(browser: Client, enrolment: Enrolment, now: datetime) -> None:
    elsewhere = build.course(at=now, code="ELSE").cohort
    assert browser.post(url(enrolment, "move"), {"to": elsewhere.pk, "reason": "dates"}).status_code == 422
    with pytest.raises(EnrolmentRefused, match="another course"):
        moving.move_self(
            enrolment_id=enrolment.pk,
            to_cohort_id=elsewhere.pk,
            learner=enrolment.learner,
            at=now,
            reason="x",
        )


@pytest.mark.parametrize("sent", [{}, {"to": "x"}, {"to": "0", "reason": "dates"}, {"reason": "nonsense"}])
def test_nonsense_is_refused(
    browser: Client, enrolment: Enrolment, other: Cohort, sent: dict[str, Any]
) -> None:
    assert browser.post(url(enrolment, "move"), sent).status_code == 422
    assert Enrolment.objects.count() == 1


def test_the_way_to_ask_begins_the_letter(browser: Client, enrolment: Enrolment) -> None:
    page = browser.get(f"/learning/{enrolment.pk}/questions/new/?for=change")
    assert "I would like to change to another group of this course, because" in words(page)
    assert "would like to change" not in words(
        browser.get(f"/learning/{enrolment.pk}/questions/new/?for=__class__")
    )


def test_moving_back_and_forth_keeps_one_live_place(
    course: BuiltCourse, enrolment: Enrolment, other: Cohort, now: datetime
) -> None:
    Cohort.objects.update(capacity=2)
    here, there = enrolment, other.pk
    for step in range(3):
        at = now + timedelta(hours=step)
        here = moving.move_self(
            enrolment_id=here.pk, to_cohort_id=there, learner=enrolment.learner, at=at, reason="x"
        )
        there = course.cohort.pk if there == other.pk else other.pk
    assert Enrolment.objects.filter(ended_at=None).count() == Place.objects.count() == 1
