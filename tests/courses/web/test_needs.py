"""The learner's page of what they need to take part: asked once, skippable, theirs."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.actions import needs
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.models import Enrolment
from courses.enrolment.needs import AccessNeeds
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]
CANARY = "canary-ramp-and-breaks"


@pytest.fixture
def group(course: BuiltCourse, now: datetime) -> Cohort:
    return build.cohort(
        course.edition, at=now, name="The autumn group", is_rolling=False, ends_on=date(2027, 3, 1)
    )


def page_of(enrolment: Enrolment) -> str:
    return reverse("learning:needs", args=[enrolment.pk])


def test_who_joins_a_group_with_dates_is_asked_and_can_skip_it(
    group: Cohort, ada: User, sign_in: SignIn
) -> None:
    client = sign_in(ada)
    answer = client.post(reverse("learning:join", args=[group.pk]), follow=True)
    made = Enrolment.objects.get(learner=ada, cohort=group)
    assert answer.redirect_chain[-1][0] == page_of(made)
    assert reverse("learning:course", args=[made.pk]) in answer.content.decode()
    assert "Skip this" in answer.content.decode()
    assert not AccessNeeds.objects.exists()


def test_who_goes_at_their_own_pace_is_not_asked_on_the_way(
    course: BuiltCourse, ada: User, sign_in: SignIn
) -> None:
    answer = sign_in(ada).post(reverse("learning:join", args=[course.cohort.pk]))
    assert answer.url == reverse("learning:course", args=[Enrolment.objects.get(learner=ada).pk])


def test_what_was_saved_is_there_again_and_can_be_changed(
    enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    client = sign_in(ada)
    for words in (CANARY, f"{CANARY} and captions"):
        assert client.post(page_of(enrolment), {"text": words, "agrees": "on"}).url == page_of(enrolment)
        answer = client.get(page_of(enrolment))
        assert words in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
    assert "Nobody so far." in answer.content.decode()


def test_without_the_tick_nothing_is_kept_and_what_was_typed_survives(
    enrolment: Enrolment, ada: User, sign_in: SignIn
) -> None:
    answer = sign_in(ada).post(page_of(enrolment), {"text": CANARY})
    assert answer.status_code == 422
    assert CANARY in answer.content.decode()
    assert "Please tick the box" in answer.content.decode()
    assert not AccessNeeds.objects.exists()


def test_its_owner_sees_who_looked_and_deletes_it(
    enrolment: Enrolment, ada: User, fay: User, sign_in: SignIn, now: datetime
) -> None:
    CohortStaff.objects.create(cohort=enrolment.cohort, user=fay, role="facilitator")
    needs.tell(enrolment_id=enrolment.pk, learner=ada, text=CANARY, agrees=True, at=now)
    needs.look(enrolment_id=enrolment.pk, by=fay, at=now)
    client = sign_in(ada)
    assert "Fay Cilitator" in client.get(page_of(enrolment)).content.decode()
    client.post(reverse("learning:forget_needs", args=[enrolment.pk]))
    shown = client.get(page_of(enrolment)).content.decode()
    assert CANARY not in shown
    # Who looked before stays to be seen.
    assert "Fay Cilitator" in shown


def test_others_find_nothing_there(
    enrolment: Enrolment, ben: User, fay: User, amy: User, sign_in: SignIn
) -> None:
    for person in (ben, fay, amy):
        client = sign_in(person)
        assert client.get(page_of(enrolment)).status_code == 404
        assert client.post(page_of(enrolment), {"text": "x", "agrees": "on"}).status_code == 404
        assert client.post(reverse("learning:forget_needs", args=[enrolment.pk])).status_code == 404


def test_bad_input_is_refused_in_words(enrolment: Enrolment, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    for words in ("", "\0", "x" * 5000, "   "):
        assert client.post(page_of(enrolment), {"text": words, "agrees": "on"}).status_code in (409, 422)
    assert not AccessNeeds.objects.exists()


def test_the_page_says_when_nobody_could_read_it(
    enrolment: Enrolment, ada: User, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(ada)
    assert "no facilitator at the moment" in client.get(page_of(enrolment)).content.decode()
    CohortStaff.objects.create(cohort=enrolment.cohort, user=fay, role="facilitator")
    assert "no facilitator at the moment" not in client.get(page_of(enrolment)).content.decode()
