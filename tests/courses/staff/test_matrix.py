"""The matrix of a cohort: who stands where, filtered, in order, and as a table to take along."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import allow, ask, enrol, quiz
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.queries import matrix, rosters
from courses.queries.rosters import Wanted
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
FOUR = 4


@pytest.fixture
def facilitates(course: BuiltCourse, fay: User) -> CohortStaff:
    return CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")


def page_of(course: BuiltCourse, name: str = "matrix") -> str:
    return reverse(f"staff:{name}", args=[course.cohort.pk])


def fail_twice(course: BuiltCourse, enrolment: Enrolment, at: datetime) -> None:
    course.do_lessons(enrolment, at=at)
    for minute in (1, 2):
        then = at + timedelta(minutes=minute)
        attempt = course.begin(enrolment, at=then)
        quiz.hand_in(attempt_id=attempt.pk, learner=enrolment.learner, at=then)


def crowd(course: BuiltCourse, count: int, at: datetime) -> list[Enrolment]:
    type(course.cohort).objects.filter(pk=course.cohort.pk).update(capacity=None)
    many = [User(email=f"crowd-{n:03}@example.org", printed_name=f"Crowd {n:03}") for n in range(count)]
    return [course.enrol(person, at=at) for person in User.objects.bulk_create(many)]


def names(client: Client, course: BuiltCourse, query: str = "") -> list[str]:
    found = client.get(f"{page_of(course)}?{query}").context["matrix"]
    return [row.name for row in found.rows]


def test_every_cell_says_in_words_where_somebody_stands(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    ben: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    fail_twice(course, course.enrol(ben, at=now), now)
    shown = sign_in(facilitates.user).get(page_of(course))
    found = shown.context["matrix"]
    assert [(row.name, row.cells) for row in found.rows] == [
        ("Ada Lerner", ("open", "open", "open", "locked")),
        ("Ben Lerner", ("done", "done", "open", "no_tries")),
    ]
    assert [row.needs_somebody for row in found.rows] == [False, True]
    html = shown.content.decode()
    assert '<span class="w-sr-only">No tries left</span>' in html
    assert "<caption" in html
    assert html.count('scope="row" class="cm-name"') == len(found.rows)
    assert reverse("staff:person", args=[enrolment.pk]) in html


def test_four_queries_do_for_three_people_and_for_sixty(
    course: BuiltCourse,
    facilitates: CohortStaff,
    now: datetime,
    django_assert_max_num_queries: Any,
) -> None:
    ask_for = {"cohort_id": course.cohort.pk, "person": facilitates.user, "at": now}
    few = crowd(course, 3, now)
    fail_twice(course, few[0], now)
    facilitates.user.has_perm("courses.change_cohort")
    for sort in rosters.SORTS:
        with django_assert_max_num_queries(FOUR):
            matrix.matrix(**ask_for, wanted=Wanted(sort=sort))
    for number in range(60):
        person = User.objects.create(email=f"more-{number}@example.org")
        course.do_lessons(course.enrol(person, at=now), at=now)
    for show in rosters.SHOWS:
        with django_assert_max_num_queries(FOUR):
            matrix.matrix(**ask_for, wanted=Wanted(show=show, stage=1))


def test_a_page_has_a_hundred_people_and_leads_to_the_next(
    course: BuiltCourse, facilitates: CohortStaff, sign_in: SignIn, now: datetime
) -> None:
    crowd(course, 101, now)
    page = sign_in(facilitates.user)
    first = page.get(f"{page_of(course)}?sort=name&search=crowd")
    assert len(first.context["matrix"].rows) == matrix.PEOPLE_ON_A_PAGE
    assert "?sort=name&amp;search=crowd&amp;p=2" in first.content.decode().replace("show=all&amp;", "")
    assert names(page, course, "p=2") == ["Crowd 100"]
    # What is typed into an address gives something to look at.
    assert names(page, course, "p=99&show=nothing&sort=odd&stage=x") == ["Crowd 100"]


def test_each_filter_shows_whom_it_names(
    course: BuiltCourse, enrolment: Enrolment, facilitates: CohortStaff, sign_in: SignIn, now: datetime
) -> None:
    course.complete(people.person("ben", "Ben Lerner"), at=now)
    gone = course.enrol(people.person("cleo", "Cleo Else"), at=now)
    enrol.withdraw(enrolment_id=gone.pk, by=gone.learner, at=now)
    stuck = course.enrol(people.person("stuck", "Stuck Person"), at=now)
    fail_twice(course, stuck, now)

    def shown(show: str, at: datetime) -> set[str]:
        found = matrix.matrix(
            cohort_id=course.cohort.pk, person=facilitates.user, wanted=Wanted(show=show), at=at
        )
        return {row.name for row in found.rows}

    later = now + timedelta(days=15)
    assert shown("all", now) == {"Ada Lerner", "Ben Lerner", "Cleo Else", "Stuck Person"}
    assert shown("needs", now) == {"Stuck Person"}
    assert shown("not_begun", now) == {"Ada Lerner"}
    assert shown("quiet", now) == set()
    assert shown("quiet", later) == {"Ada Lerner", "Stuck Person"}
    assert shown("finished", now) == {"Ben Lerner"}
    assert shown("left", now) == {"Cleo Else"}
    ask.start(
        enrolment_id=enrolment.pk,
        activity_id=None,
        learner=enrolment.learner,
        text="Where do I begin?",
        token=uuid4(),
        at=now,
    )
    assert shown("needs", now) == {"Ada Lerner", "Stuck Person"}
    allow.another_try(
        enrolment_id=stuck.pk, activity_id=course.quiz_id, by=facilitates.user, at=now, reason="Was ill."
    )
    assert shown("needs", now) == {"Ada Lerner"}
    page = sign_in(facilitates.user)
    assert names(page, course, "search=LERNER") == ["Ada Lerner", "Ben Lerner"]
    assert names(page, course, "search=STUCK%40example") == ["Stuck Person"]
    assert "Nobody here fits" in page.get(f"{page_of(course)}?search=zz").content.decode()


def test_people_come_in_the_order_that_was_asked_for(
    course: BuiltCourse,
    enrolment: Enrolment,
    facilitates: CohortStaff,
    ben: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    other = course.enrol(ben, at=now + timedelta(hours=1))
    course.do_lessons(enrolment, at=now)
    page = sign_in(facilitates.user)
    assert names(page, course, "sort=joined") == ["Ben Lerner", "Ada Lerner"]
    assert names(page, course, "sort=progress") == ["Ada Lerner", "Ben Lerner"]
    assert names(page, course, "sort=active") == ["Ben Lerner", "Ada Lerner"]
    course.begin(enrolment, at=now + timedelta(hours=2))
    assert names(page, course, "sort=active") == ["Ada Lerner", "Ben Lerner"]
    fail_twice(course, other, now)
    assert names(page, course, "sort=needs") == ["Ben Lerner", "Ada Lerner"]


def test_the_columns_of_one_stage_can_be_shown_alone(
    course: BuiltCourse, enrolment: Enrolment, facilitates: CohortStaff, sign_in: SignIn
) -> None:
    found = sign_in(facilitates.user).get(f"{page_of(course)}?stage=2").context["matrix"]
    assert [column.number for column in found.columns] == ["2.1"]
    assert [row.cells for row in found.rows] == [("locked",)]
    assert len(found.stages) == 2


def test_the_download_is_safe_to_open_and_has_everybody_who_was_asked_for(
    course: BuiltCourse, facilitates: CohortStaff, ada: User, sign_in: SignIn, now: datetime
) -> None:
    ada.printed_name = '=HYPERLINK("https://example.org","Ada")'
    ada.save()
    course.enrol(ada, at=now)
    crowd(course, 101, now)
    page = sign_in(facilitates.user)
    answer = page.get(page_of(course, "matrix_csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *lines = list(csv.reader(StringIO(text)))
    assert len(lines) == 102
    assert head[-1] == "2.1 The quiz"
    assert lines[0][0] == "'" + ada.printed_name
    assert lines[1][-1] == "Locked"
    assert "no-store" in answer["Cache-Control"]
    narrowed = page.get(page_of(course, "matrix_csv") + "?search=crowd-007&stage=1")
    (line,) = list(csv.reader(StringIO(b"".join(narrowed.streaming_content).decode("utf-8-sig"))))[1:]
    assert line[1] == "crowd-007@example.org"


@pytest.mark.parametrize("name", ["matrix", "matrix_csv"])
def test_only_who_looks_after_the_cohort_sees_it(
    course: BuiltCourse, facilitates: CohortStaff, sign_in: SignIn, now: datetime, name: str
) -> None:
    other = build.course(at=now, code="OTHER")
    ed = people.staff("ed", "Ed Itor", group="Course editors")
    ana = people.staff("ana", "Ana Sessor", group="Course team")
    assert sign_in(facilitates.user).get(page_of(course, name)).status_code == 200
    assert sign_in(facilitates.user).get(page_of(other, name)).status_code == 404
    assert sign_in(ed).get(page_of(course, name)).status_code == 404
    assert sign_in(ana).get(page_of(course, name)).status_code == 404
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="buddy")
    assert sign_in(ana).get(page_of(course, name)).status_code == 200


def test_a_buddy_sees_the_matrix_and_can_do_nothing_with_it(
    course: BuiltCourse, enrolment: Enrolment, ana: User, sign_in: SignIn
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="buddy")
    html = sign_in(ana).get(page_of(course)).content.decode()
    assert "Ada Lerner" in html
    assert 'name="people"' not in html
    assert "With the people you tick" not in html
