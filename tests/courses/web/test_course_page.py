"""The course page answers before anybody signs in."""

import html
import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client

from cms.users.models import User
from courses.catalogue.models import Course
from courses.catalogue.pages import CoursePage
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


def body(client: Client, course: BuiltCourse) -> str:
    answer = client.get(course.page.url)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def words(client: Client, course: BuiltCourse) -> str:
    """The page as it is read, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", body(client, course)).split())


def test_everything_is_answered_before_signing_in(course: BuiltCourse, client: Client) -> None:
    CoursePage.objects.update(
        prior_knowledge="None needed",
        access_needs="<p>Ask us for large print.</p>",
        reviewed_on=date(2026, 11, 1),
    )
    Course.objects.update(delivery_partner="A partner")
    build.topic("Groups", course.page)
    shown = words(client, course)
    for said in (
        "Who it is for Tests",
        "Explain one thing.",
        "First stage",
        "About 30 minutes",
        "Study alone 30 minutes",
        "Live sessions None",
        "Cost Free",
        "What to know before None needed",
        "Language British English",
        "Do everything.",
        "Certificate of completion",
        "It says nothing else.",
        "None. No awarding body has checked this course.",
        "Ask us for large print.",
        "Provider Test provider",
        "Delivery partner A partner",
        "Edition 1, published on 23 November 2026",
        "Last reviewed 1 November 2026",
        "Groups",
        "You can complain about the course",
        "10 places left.",
        "Join this course",
    ):
        assert said in shown, said
    assert '"/courses/?topic=groups"' in body(client, course)


def test_accreditation_is_claimed_only_while_a_record_covers_the_day(
    course: BuiltCourse, client: Client, now: datetime
) -> None:
    yesterday, tomorrow = (now - timedelta(days=1)).date(), (now + timedelta(days=1)).date()
    build.accreditation(course.edition.course, first=date(2020, 1, 1), last=yesterday, body="Past Body")
    build.accreditation(course.edition.course, first=tomorrow, last=date(2030, 1, 1), body="Coming Body")
    assert "Accredited by" not in words(client, course)
    for body_name in ("One Body", "Another Body"):
        build.accreditation(course.edition.course, first=yesterday, last=tomorrow, body=body_name)
    shown = words(Client(headers={"cookie": "session=none"}), course)
    assert "Accredited by One Body. Reference EB-1, valid from 22 November 2026" in shown
    assert "Accredited by Another Body." in shown
    assert "Past Body" not in shown
    assert "Coming Body" not in shown
    assert "No awarding body" not in shown


def test_several_open_cohorts_can_be_chosen_among_and_later_ones_are_told(
    course: BuiltCourse, client: Client, now: datetime
) -> None:
    dated = build.cohort(
        course.edition,
        at=now,
        name="Spring group",
        is_rolling=False,
        starts_on=date(2027, 3, 1),
        ends_on=date(2027, 5, 1),
        enrolment_closes_at=datetime(2027, 2, 20, 17).astimezone(),
    )
    later = build.cohort(course.edition, at=now, name="Summer group", enrolment_opens_at=now + timedelta(9))
    closed = build.cohort(course.edition, at=now, name="Winter group", enrolment_closes_at=now)
    page = body(client, course)
    shown = words(client, course)
    assert "Choose when to start" in shown
    for cohort in (course.cohort, dated):
        assert f'href="/join/{cohort.pk}/"' in page
    assert "From 1 March 2027 to 1 May 2027. There is room for everybody. Join by 20 February 2027" in shown
    assert "You can join from 2 December 2026." in shown
    assert f"/join/{later.pk}/" not in page
    assert closed.name not in shown


@pytest.mark.parametrize(
    ("change", "title", "sentence"),
    [
        (
            {"enrolment_opens_at": datetime(2027, 1, 5, 9).astimezone()},
            "Not open yet",
            "You can join from 5 January 2027",
        ),
        (
            {"enrolment_closes_at": datetime(2026, 11, 22, 20).astimezone()},
            "Joining has closed",
            "other courses",
        ),
    ],
)
def test_what_cannot_be_joined_says_why_and_shows_no_button(
    course: BuiltCourse, client: Client, change: dict[str, Any], title: str, sentence: str
) -> None:
    Cohort.objects.update(**change)
    shown = words(client, course)
    assert title in shown
    assert sentence in shown
    assert "/join/" not in body(client, course)


@pytest.mark.parametrize(
    ("has_list", "sentence"),
    [(True, "You can put yourself on the waiting list."), (False, "places do come free")],
)
def test_a_full_cohort_says_what_can_be_done(
    course: BuiltCourse, client: Client, enrolment: Enrolment, has_list: bool, sentence: str
) -> None:
    Cohort.objects.update(capacity=1, has_waiting_list=has_list)
    shown = words(client, course)
    assert "Full at the moment" in shown
    assert sentence in shown


def test_somebody_on_the_course_goes_on_instead_of_joining(
    course: BuiltCourse, enrolment: Enrolment, sign_in: SignIn, ada: User
) -> None:
    shown = body(sign_in(ada), course)
    assert "You are on this course." in shown
    assert f'href="/learning/{enrolment.pk}/"' in shown
    assert "/join/" not in shown


def test_programs_read_the_same_facts(course: BuiltCourse, client: Client, settings: Any) -> None:
    settings.SITE_URL = "https://learn.example"
    CoursePage.objects.update(one_line="</script><b>& more", prior_knowledge="None needed")
    (found,) = DATA.findall(client.get(course.page.url).content.decode())
    assert "<" not in found
    assert ">" not in found
    data = json.loads(found)
    assert (data["@type"], data["courseCode"], data["description"]) == (
        "Course",
        "TEST",
        "</script><b>& more",
    )
    assert data["url"] == "https://learn.example/courses/test-course/"
    assert data["provider"]["name"] == "Test provider"
    assert data["offers"] == {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "GBP"}
    (run,) = data["hasCourseInstance"]
    assert (run["@type"], run["courseMode"], run["courseWorkload"]) == ("CourseInstance", "Online", "PT30M")
    assert "endDate" not in run


def test_a_paid_course_names_no_price_that_is_not_known(course: BuiltCourse, client: Client) -> None:
    CoursePage.objects.update(is_free=False, cost_sentence="£20")
    Cohort.objects.update(is_rolling=False, ends_on=date(2027, 5, 1))
    (found,) = DATA.findall(client.get(course.page.url).content.decode())
    data = json.loads(found)
    assert data["offers"] == {"@type": "Offer", "category": "Paid"}
    assert data["hasCourseInstance"][0]["endDate"] == "2027-05-01"


def test_a_course_that_is_only_planned_shows_what_is_known(db: None, client: Client) -> None:
    page = build.course_page(code="DRAFT", slug="draft")
    shown = client.get(page.url).content.decode()
    assert "There are no dates for this course yet." in shown
    assert "Your certificate" not in shown
    assert "Test provider" in shown


@pytest.mark.parametrize(
    ("is_free", "sentence", "said"),
    [(True, "£20", "this names an amount"), (False, "Free", "This says free")],
)
def test_the_cost_must_agree_with_the_tick(db: None, is_free: bool, sentence: str, said: str) -> None:
    page = build.course_page(code="DRAFT", slug="draft")
    page.is_free, page.cost_sentence = is_free, sentence
    with pytest.raises(ValidationError, match=said):
        page.full_clean()


def test_what_decides_stands_open_and_first_and_the_rest_opens_at_a_press(
    course: BuiltCourse, client: Client
) -> None:
    shown = body(client, course)
    folds = re.findall(r"<details class=\"accordion__part\">\s*<summary><h2 id=\"([\w-]+)\">", shown)
    assert folds == ["how-to-pass", "certificate", "access", "people"]
    order = [
        shown.index(f'id="{name}"') for name in ("join", "who-for", "hours", "outcomes", "stages", *folds)
    ]
    assert order == sorted(order)
    assert shown.count('<details class="stage__steps">') == 2
    said = [int(number) for number in re.findall(r"<summary>(\d+) steps?<span", shown)]
    assert said == [len(stage.activities) for stage in course.edition.outline.stages]
