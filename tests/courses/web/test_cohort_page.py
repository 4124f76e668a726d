"""The page of a learner's group: the team, the news, and names only of those who agreed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cms.users import accounts
from cms.users.models import User
from courses.actions import enrol
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.notices import CohortNotice
from courses.enrolment.models import Enrolment
from courses.ledger.models import LedgerEntry
from courses.queries import cohort_page
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def group(course: BuiltCourse, now: datetime) -> Cohort:
    """A cohort with dates, in which people learn together."""
    return build.cohort(
        course.edition,
        at=now,
        name="The autumn group",
        is_rolling=False,
        ends_on=date(2027, 3, 1),
        place="The corner house",
        online_link="https://meet.example.org/autumn",
    )


@pytest.fixture
def here(group: Cohort, ada: User, now: datetime) -> Enrolment:
    return enrol.start(cohort_id=group.pk, learner=ada, at=now)


def page_of(enrolment: Enrolment) -> str:
    return reverse("learning:cohort", args=[enrolment.pk])


def choose(client: Client, enrolment: Enrolment, value: str) -> Any:
    return client.post(reverse("learning:show_name", args=[enrolment.pk]), {"shows_name": value})


def test_the_team_is_named_as_its_people_chose_and_never_by_address(
    group: Cohort, here: Enrolment, fay: User, sign_in: SignIn
) -> None:
    nameless = people.person("nameless", "")
    CohortStaff.objects.create(cohort=group, user=nameless, role="buddy")
    CohortStaff.objects.create(cohort=group, user=fay, role="facilitator")
    html = sign_in(here.learner).get(page_of(here)).content.decode()
    assert "Fay Cilitator" in html
    assert "A member of the team" in html
    assert "nameless@example.org" not in html
    assert html.index("Facilitator") < html.index("Buddy or mentor")
    assert "https://meet.example.org/autumn" in html
    assert "The corner house" in html


def test_a_name_is_shown_only_to_the_group_only_after_agreeing_and_only_until_revoked(
    group: Cohort, here: Enrolment, ben: User, cleo: User, sign_in: SignIn, now: datetime
) -> None:
    other = enrol.start(cohort_id=group.pk, learner=ben, at=now)
    page, bens = sign_in(here.learner), sign_in(ben)
    assert "Ben Lerner" not in page.get(page_of(here)).content.decode()
    assert choose(bens, other, "yes").url == page_of(other)
    assert "Ben Lerner" in page.get(page_of(here)).content.decode()
    assert choose(bens, other, "yes").status_code == 302
    assert LedgerEntry.objects.filter(action="name shown to cohort").count() == 1
    choose(bens, other, "no")
    assert "Ben Lerner" not in page.get(page_of(here)).content.decode()
    # Anything but a clear yes is a no, and nobody chooses for somebody else.
    choose(bens, other, "perhaps")
    assert not Enrolment.objects.get(pk=other.pk).shows_name_to_cohort
    assert choose(sign_in(cleo), other, "yes").status_code == 404
    assert not Enrolment.objects.get(pk=other.pk).shows_name_to_cohort


def test_who_leaves_is_no_longer_named_and_sees_no_names(
    group: Cohort, here: Enrolment, ben: User, sign_in: SignIn, now: datetime
) -> None:
    other = enrol.start(cohort_id=group.pk, learner=ben, at=now)
    for one in (here, other):
        choose(sign_in(one.learner), one, "yes")
    enrol.withdraw(enrolment_id=other.pk, by=ben, at=now)
    assert "Ben Lerner" not in sign_in(here.learner).get(page_of(here)).content.decode()
    left = sign_in(ben).get(page_of(other)).content.decode()
    assert "Ada Lerner" not in left
    assert "meet.example.org" not in left
    assert "ended on" in left


def test_an_erased_person_is_in_no_list(
    group: Cohort, here: Enrolment, ben: User, sign_in: SignIn, now: datetime
) -> None:
    other = enrol.start(cohort_id=group.pk, learner=ben, at=now)
    choose(sign_in(ben), other, "yes")
    accounts.erase(user_id=ben.pk, at=now)
    assert "Ben" not in sign_in(here.learner).get(page_of(here)).content.decode()
    assert not Enrolment.objects.get(pk=other.pk).shows_name_to_cohort


def test_at_ones_own_pace_there_are_no_others_to_see(enrolment: Enrolment, sign_in: SignIn) -> None:
    html = sign_in(enrolment.learner).get(page_of(enrolment)).content.decode()
    assert "Others in your group" not in html
    assert "Show my name" not in html


def test_only_the_learner_opens_the_page(here: Enrolment, cleo: User, fay: User, sign_in: SignIn) -> None:
    for somebody in (cleo, fay):
        assert sign_in(somebody).get(page_of(here)).status_code == 404
    assert Client().get(page_of(here)).status_code == 302


def test_the_page_costs_the_same_for_many_people(
    group: Cohort, here: Enrolment, fay: User, now: datetime, django_assert_num_queries: Any
) -> None:
    ask = {"enrolment_id": here.pk, "learner": here.learner, "at": now}
    with django_assert_num_queries(5):
        cohort_page.cohort_page(**ask)
    for number in range(20):
        person = people.person(f"p{number}", f"Person {number}")
        made = enrol.start(cohort_id=group.pk, learner=person, at=now)
        Enrolment.objects.filter(pk=made.pk).update(shows_name_to_cohort=True)
        CohortNotice.objects.create(cohort=group, text=f"News {number}", by=fay, at=now, token=uuid4())
    with django_assert_num_queries(5):
        found = cohort_page.cohort_page(**ask)
    assert (len(found.members or []), len(found.notices)) == (20, 20)


def test_a_notice_is_on_the_page_and_everybody_is_told_once(
    group: Cohort, here: Enrolment, fay: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    CohortStaff.objects.create(cohort=group, user=fay, role="facilitator")
    page, url = sign_in(fay), reverse("staff:notices", args=[group.pk])
    words = {"text": "We meet in the <b>big</b> room.", "token": str(uuid4())}
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            assert page.post(url, words).status_code == 302
    assert CohortNotice.objects.count() == 1
    html = sign_in(here.learner).get(page_of(here)).content.decode()
    assert "We meet in the &lt;b&gt;big&lt;/b&gt; room." in html
    sent = [one for one in mail.outbox if "News for your group" in one.subject]
    assert [one.to for one in sent] == [["ada@example.org"]]
    assert page_of(here) in sent[0].body
    notice = CohortNotice.objects.get()
    page.post(reverse("staff:remove_notice", args=[group.pk, notice.pk]))
    assert "big" not in sign_in(here.learner).get(page_of(here)).content.decode()
    refused = page.post(url, {"text": " ", "token": str(uuid4())})
    assert refused.status_code == 409
    assert not CohortNotice.objects.exists()


def test_who_left_reads_no_notice_that_came_after(
    group: Cohort, here: Enrolment, fay: User, sign_in: SignIn, now: datetime
) -> None:
    enrol.withdraw(enrolment_id=here.pk, by=here.learner, at=now)
    for hours, text in ((-1, "Before you left"), (1, "After you left")):
        at = now + timedelta(hours=hours)
        CohortNotice.objects.create(cohort=group, text=text, by=fay, at=at, token=uuid4())
    html = sign_in(here.learner).get(page_of(here)).content.decode()
    assert "Before you left" in html
    assert "After you left" not in html


@pytest.mark.parametrize("role", ["assessor", "buddy", ""])
def test_only_facilitators_write_notices(
    group: Cohort, ana: User, fay: User, sign_in: SignIn, now: datetime, role: str
) -> None:
    notice = CohortNotice.objects.create(cohort=group, text="News", by=fay, at=now, token=uuid4())
    if role:
        CohortStaff.objects.create(cohort=group, user=ana, role=role)
    page, url = sign_in(ana), reverse("staff:notices", args=[group.pk])
    assert page.get(url).status_code == (200 if role else 404)
    assert page.post(url, {"text": "No"}).status_code == 404
    assert page.post(reverse("staff:remove_notice", args=[group.pk, notice.pk])).status_code == 404
    assert CohortNotice.objects.count() == 1
