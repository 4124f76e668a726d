"""The catalogue: filters, counts and order, all of it in the address."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.test import Client

from cms.users.models import User
from courses.actions import editions
from courses.catalogue.filters import A_PAGE
from courses.catalogue.pages import CatalogueIndexPage, CoursePage, LessonPage
from courses.cohorts.models import Cohort
from courses.queries import catalogue
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

CARD = re.compile(r'class="card__title"><a href="[^"]*">([^<]*)</a>')


@pytest.fixture(autouse=True)
def clock(now: datetime) -> Iterator[Any]:
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def three(db: None, now: datetime) -> dict[str, BuiltCourse]:
    """An open self-paced one, a paid one with dates that opens later, and a full one."""
    built = {code: build.course(at=now, code=code, capacity=1) for code in ("AAA", "BBB", "CCC")}
    build.topic("Groups", built["AAA"].page, built["BBB"].page)
    build.topic("Research", built["BBB"].page)
    CoursePage.objects.filter(pk=built["BBB"].page.pk).update(is_free=False, cost_sentence="£20")
    Cohort.objects.filter(pk=built["BBB"].cohort.pk).update(
        is_rolling=False,
        starts_on=(now + timedelta(days=60)).date(),
        ends_on=(now + timedelta(days=90)).date(),
        enrolment_opens_at=now + timedelta(days=30),
    )
    full = User.objects.create_user("full@example.org", "x" * 20)
    built["CCC"].enrol(full, at=now)
    return built


def asked(client: Client, query: str = "") -> tuple[list[str], Any]:
    """The titles that are shown, and the whole answer."""
    answer = client.get(f"/courses/{query}")
    assert answer.status_code == 200
    return CARD.findall(answer.content.decode()), answer


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["AAA", "BBB", "CCC"]),
        ("?topic=groups", ["AAA", "BBB"]),
        ("?topic=research", ["BBB"]),
        ("?topic=research&topic=groups", ["AAA", "BBB"]),
        ("?cost=free", ["AAA", "CCC"]),
        ("?cost=paid", ["BBB"]),
        ("?pace=dated", ["BBB"]),
        ("?pace=self-paced", ["AAA", "CCC"]),
        ("?open=1", ["AAA"]),
        ("?open=1&cost=paid", []),
        ("?sort=title", ["AAA", "BBB", "CCC"]),
        ("?topic=&cost=&pace=&sort=", ["AAA", "BBB", "CCC"]),
        ("?topic=nothing&cost=dear&pace=fast&open=yes&sort=random&page=x", ["AAA", "BBB", "CCC"]),
        ("?topic=%00&cost=%F0%9F%8D%B0", ["AAA", "BBB", "CCC"]),
    ],
)
def test_each_filter_shows_what_fits(
    three: dict[str, BuiltCourse], client: Client, query: str, found: list[str]
) -> None:
    titles, answer = asked(client, query)
    assert titles == [f"Course {code}" for code in found]
    number = f"{len(found)} course" + ("" if len(found) == 1 else "s")
    assert f'role="status">{number}</p>' in answer.content.decode()


def test_the_shortest_comes_first_when_asked(three: dict[str, BuiltCourse], client: Client) -> None:
    build.course_page(code="NEW", slug="new")
    titles, _answer = asked(client, "?sort=shortest")
    assert titles[-1] == "Course NEW"


def listed(query: str, now: datetime) -> Any:
    """What the template is given for this address."""
    return catalogue.listing(asked=parse_qs(query.lstrip("?")), url="/courses/", at=now)


def option(listing: Any, group: str, value: str) -> Any:
    return next(o for g in listing.groups if g.name == group for o in g.options if o.value == value)


def test_every_choice_says_how_many_courses_it_would_leave(
    three: dict[str, BuiltCourse], now: datetime
) -> None:
    listing = listed("?cost=free", now)
    assert option(listing, "topic", "groups").count == 1
    assert option(listing, "topic", "research").count == 0
    assert option(listing, "cost", "paid").count == 1
    assert option(listing, "cost", "").count == 3
    assert option(listing, "open", "1").count == 1
    assert option(listing, "cost", "free").is_chosen


def test_each_choice_can_be_taken_back_and_all_at_once(
    three: dict[str, BuiltCourse], client: Client, now: datetime
) -> None:
    query = "?topic=groups&cost=free&pace=self-paced&open=1&sort=title"
    answer = asked(client, query)[1]
    chosen = listed(query, now).chosen
    assert [one.label for one in chosen] == ["Groups", "Open now", "Free", "At your own pace"]
    assert [one.url for one in chosen] == [
        "/courses/?cost=free&pace=self-paced&open=1&sort=title",
        "/courses/?topic=groups&cost=free&pace=self-paced&sort=title",
        "/courses/?topic=groups&pace=self-paced&open=1&sort=title",
        "/courses/?topic=groups&cost=free&open=1&sort=title",
    ]
    body = answer.content.decode()
    assert 'href="/courses/">Clear all filters' in body
    assert "Clear all filters" not in asked(client, "?sort=title")[1].content.decode()


def test_when_nothing_fits_there_is_a_way_on(three: dict[str, BuiltCourse], client: Client) -> None:
    body = asked(client, "?open=1&cost=paid")[1].content.decode()
    assert "No course fits all of this" in body
    assert "Show all courses" in body


def test_many_courses_come_in_pages_that_keep_the_filters(db: None, now: datetime, client: Client) -> None:
    pages = [build.course_page(code=f"N{n:02}", slug=f"n{n:02}") for n in range(A_PAGE + 2)]
    build.topic("Groups", *pages)
    first, answer = asked(client, "?topic=groups&sort=title")
    assert len(first) == A_PAGE
    shown = html.unescape(answer.content.decode())
    assert 'rel="next" href="/courses/?topic=groups&sort=title&page=2#results"' in shown
    assert "Page 1 of 2" in shown
    second, answer = asked(client, "?topic=groups&sort=title&page=2")
    assert second == [f"Course N{A_PAGE}", f"Course N{A_PAGE + 1}"]
    shown = html.unescape(answer.content.decode())
    assert 'rel="prev" href="/courses/?topic=groups&sort=title#results"' in shown
    assert asked(client, "?page=99")[0] == second


def test_a_single_course_needs_no_filters_and_none_at_all_says_so(
    course: BuiltCourse, client: Client
) -> None:
    assert "data-filters" not in asked(client)[1].content.decode()
    CoursePage.objects.update(live=False)
    body = asked(client, "?open=1")[1].content.decode()
    assert "There is no course here at the moment." in body


def test_a_new_edition_changes_the_card_at_once(
    course: BuiltCourse, client: Client, sign_in: Callable[[User], Client], ada: User, ed: User, now: datetime
) -> None:
    """What an edition holds is remembered by its number, so a new one is read anew."""
    page = sign_in(ada)
    assert "About 30 minutes" in asked(page)[1].content.decode()
    assert "About 30 minutes" in asked(page)[1].content.decode()
    LessonPage.objects.filter(title="Lesson one").update(self_directed_minutes=40)
    later = editions.publish(course_page=course.page, by=ed, at=now)
    # Nobody can join it yet: what can be joined is what is told.
    assert "About 30 minutes" in asked(page)[1].content.decode()
    Cohort.objects.update(edition=later)
    assert "About 1 hour" in asked(page)[1].content.decode()


def test_the_catalogue_is_a_place_that_others_can_name(course: BuiltCourse) -> None:
    assert CatalogueIndexPage.places()["courses"].url == "/courses/"
