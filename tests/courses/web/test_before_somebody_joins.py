"""What somebody is told before they join: when a group meets, and how long each way of a course takes."""

import html
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.users.models import User
from courses.actions import apply, editions, enrol, notices, notify, offers, tell
from courses.catalogue.pages import StagePage
from courses.cohorts.models import Cohort
from courses.enrolment.models import Offer
from courses.messages.models import Notice
from courses.outbox.models import OutboxEntry
from tests.factories import applications, meetings
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
TUESDAYS = "3 meetings: Tuesdays, 10:00 to 12:00, first on 1 December 2026"


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def group(fay: User, now: datetime) -> BuiltCourse:
    """A group that meets on three Tuesdays."""
    course = meetings.course(at=now, place="Corner House")
    meetings.plan(course, by=meetings.facilitator(course.cohort, fay), at=now, days=(8, 15, 22))
    return course


def words(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


def delivered(kind: str, at: datetime) -> str:
    mail.outbox.clear()
    for entry in OutboxEntry.objects.filter(kind="tell"):
        if entry.payload["message"] == kind:
            tell.deliver(payload=entry.payload, at=at)
    (message,) = mail.outbox
    return message.body


def test_the_days_and_times_of_the_meetings_stand_wherever_somebody_thinks_of_joining(
    group: BuiltCourse, client: Client, sign_in: SignIn, ada: User, now: datetime
) -> None:
    assert TUESDAYS in words(client.get(group.page.url))
    assert TUESDAYS in words(client.get(f"/join/{group.cohort.pk}/"))
    applications.by_application(group.cohort)
    assert TUESDAYS in words(sign_in(ada).get(f"/join/{group.cohort.pk}/apply/"))


def test_more_meetings_cost_no_more_queries(group: BuiltCourse, client: Client) -> None:
    def cost() -> list[int]:
        found: list[int] = []
        for url in (group.page.url, f"/join/{group.cohort.pk}/"):
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            found.append(len(asked))
        return found

    with_meetings = cost()
    group.cohort.sessions.all().delete()
    assert cost() == with_meetings


def test_a_course_with_two_ways_says_how_long_each_takes(
    course: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(ada)

    def cold(url: str) -> tuple[int, str]:
        caches["local"].clear()
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(url)
        return len(asked), words(answer)

    cold("/courses/")
    before = [cold(url)[0] for url in ("/courses/", course.page.url)]
    stage = StagePage.objects.descendant_of(course.page).first()
    build.session_page(stage, "We meet")
    later = editions.publish(course_page=course.page, by=fay, at=now)
    meetings.dated_cohort(later, at=now)
    both = "About 30 minutes on your own, about 2½ hours with workshops"
    pages = [cold(url) for url in ("/courses/", course.page.url)]
    assert both in pages[0][1]
    assert pages[1][1].count(both) == 2
    assert [number for number, _text in pages] == before


def test_whoever_is_on_the_course_reads_the_time_of_their_own_edition(
    course: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    course.enrol(ada, at=now)
    build.session_page(StagePage.objects.descendant_of(course.page).first(), "We meet")
    editions.publish(course_page=course.page, by=fay, at=now)
    assert "About 30 minutes in all" in words(sign_in(ada).get("/learning/"))


def test_the_welcome_of_a_group_with_dates_says_when_and_where_it_meets(
    group: BuiltCourse, ada: User, now: datetime
) -> None:
    enrolment = enrol.start(cohort_id=group.cohort.pk, learner=ada, at=now)
    body = welcome(enrolment.pk, now)
    assert "The next meeting: Tuesday 1 December 2026, 10:00 to 12:00." in body
    assert "press “I cannot come”" in body
    assert "own speed" not in body


def welcome(enrolment: int, at: datetime) -> str:
    mail.outbox.clear()
    notify.enrolled(enrolment_id=enrolment, at=at)
    return mail.outbox[0].body


def test_the_welcome_of_a_self_paced_course_keeps_its_words(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    enrolment = enrol.start(cohort_id=course.cohort.pk, learner=ada, at=now)
    body = welcome(enrolment.pk, now)
    assert "Go at your own speed" in body
    assert "meeting" not in body


def offered(group: BuiltCourse, ada: User, fay: User, now: datetime) -> Offer:
    applications.by_application(group.cohort)
    applied = applications.apply_for(Cohort.objects.get(), ada, at=now)
    apply.offer(application_id=applied.pk, by=fay, seen=applied.version, at=now)
    return Offer.objects.get()


def test_an_offer_tells_dates_place_and_meetings_and_promises_no_next_person_where_none_waits(
    group: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    offer = offered(group, ada, fay, now)
    body = delivered("offered", now)
    page = words(sign_in(ada).get(f"/learning/offers/{offer.pk}/"))
    for text in (body, page):
        assert TUESDAYS in text
        assert "From 16 November 2026" in text
        assert "Corner House" in text
        assert "the end of Monday 30 November 2026" in text
        assert "After that we can no longer keep it." in text
        assert "next person" not in text


def test_what_is_answered_is_no_news_any_more(
    group: BuiltCourse, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    offer = offered(group, ada, fay, now)
    for entry in OutboxEntry.objects.filter(kind="tell"):
        tell.deliver(payload=entry.payload, at=now)
    assert Notice.objects.filter(user=ada, read_at=None).count() == 1
    shown = words(sign_in(ada).get("/learning/"))
    # Said once, with its button, and not as a notice beside it.
    assert shown.count("Say yes or no") == 1
    assert "You have been offered a place" not in shown
    offers.accept(offer_id=offer.pk, learner=ada, at=now + timedelta(hours=1))
    assert not Notice.objects.filter(user=ada, read_at=None).exists()


def test_settling_touches_nobody_else_and_nothing_else(ada: User, ben: User, now: datetime) -> None:
    for person in (ada, ben):
        for number in (1, 2):
            Notice.objects.create(
                user=person, kind="offered", about=f"offer:{number}", ids={"offer": number}, at=now
            )
    notices.settle(person_id=ada.pk, at=now, offer=1)
    left = Notice.objects.filter(read_at=None).order_by("pk").values_list("user", "about")
    assert list(left) == [(ada.pk, "offer:2"), (ben.pk, "offer:1"), (ben.pk, "offer:2")]
