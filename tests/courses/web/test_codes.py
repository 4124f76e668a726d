"""The page on which somebody types a code."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import codes
from courses.cohorts.models import Cohort
from courses.enrolment.codes import CodeUse
from courses.enrolment.models import Enrolment
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
HERE = "/join/code/"


@pytest.fixture
def code(course: BuiltCourse, now: datetime) -> str:
    """A code of one use, as it is given out, for a group that only invited people join."""
    Cohort.objects.update(joining="invitation")
    fay = people.person("fay-codes", "Fay")
    return codes.make(cohort_id=course.cohort.pk, number=1, by=fay, at=now)[0].as_given


def test_opening_the_link_joins_nobody_and_fills_the_code_in(ada: User, code: str, sign_in: SignIn) -> None:
    page = sign_in(ada).get(HERE, {"code": code})
    assert page.status_code == 200
    assert f'value="{code}"' in page.content.decode()
    assert not Enrolment.objects.exists()


def test_typing_the_code_gives_a_place(ada: User, code: str, sign_in: SignIn) -> None:
    client = sign_in(ada)
    answer = client.post(HERE, {"code": f"  {code.lower()} "})
    enrolment = Enrolment.objects.get()
    assert answer.url == reverse("learning:course", args=[enrolment.pk])
    assert client.post(HERE, {"code": code}).url == answer.url
    assert CodeUse.objects.count() == 1


def test_a_visitor_is_asked_to_sign_in_and_the_code_comes_along(code: str, client: Client) -> None:
    page = client.get(HERE, {"code": code}).content.decode()
    assert f"next=%2Fjoin%2Fcode%2F%3Fcode%3D{code}" in page
    answer = client.post(HERE, {"code": code})
    assert answer.url.startswith(reverse("account_login"))
    assert code in answer.url
    assert not Enrolment.objects.exists()


def test_what_was_typed_survives_a_refusal_and_both_kinds_of_wrong_look_alike(
    course: BuiltCourse, ada: User, sign_in: SignIn
) -> None:
    client, pages = sign_in(ada), []
    for typed in ("0000-0000-0000", "not a code"):
        answer = client.post(HERE, {"code": typed})
        assert answer.status_code == 409
        assert f'value="{typed}"' in answer.content.decode()
        pages.append(str(answer.context["form"].errors))
    assert pages[0] == pages[1]
    for typed in ("", "x" * 61, "\x00"):
        assert client.post(HERE, {"code": typed}).status_code == 422


def test_a_code_that_is_used_up_says_so(ada: User, ben: User, code: str, sign_in: SignIn) -> None:
    sign_in(ada).post(HERE, {"code": code})
    answer = sign_in(ben).post(HERE, {"code": code})
    assert answer.status_code == 409
    assert "used as often as it can be" in answer.content.decode()


def test_guessing_is_slowed_down_for_each_person(
    course: BuiltCourse, ada: User, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ada)
    found = [client.post(HERE, {"code": f"guess {n}"}).status_code for n in range(12)]
    assert found[:10] == [409] * 10
    assert found[-1] == 429
    assert sign_in(ben).post(HERE, {"code": "guess"}).status_code == 409


def test_case_43_other_fields_of_the_form_of_a_code_change_nothing(
    ada: User, ben: User, code: str, sign_in: SignIn
) -> None:
    sign_in(ada).post(HERE, {"code": code, "learner": ben.pk, "kind": "staff", "over_capacity": "on"})
    enrolment = Enrolment.objects.get()
    assert (enrolment.learner, enrolment.grants.get().kind) == (ada, "code")
