"""What the team does for organisations: seats given and taken back, managers invited and removed."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cms.users import accounts
from cms.users.models import User
from courses.actions import organisation_managers
from courses.actions.organisations import OrganisationRefused
from courses.cohorts.models import Cohort, CohortStaff
from courses.cohorts.organisations import MOST_MANAGERS, Organisation, OrganisationManager
from courses.enrolment.allocations import Allocation
from courses.enrolment.models import Place
from courses.outbox.models import OutboxEntry
from tests.factories import organisations as orgs
from tests.factories import people
from tests.factories.courses import BuiltCourse
from tests.factories.organisations import WHY

SignIn = Callable[[User], Client]


def places_of(cohort: Cohort) -> str:
    return reverse("staff:places", args=[cohort.pk])


def managers_of(organisation: Organisation) -> str:
    return reverse("staff:organisation_managers", args=[organisation.pk])


def test_an_administrator_gives_seats_and_takes_free_ones_back(
    course: BuiltCourse, amy: User, sign_in: SignIn
) -> None:
    client, url = sign_in(amy), places_of(course.cohort)
    giving = {"do": "allocate", "organisation": orgs.organisation().pk, "seats": "3", "reason": WHY}
    assert client.post(url, giving).url == url
    made = Allocation.objects.get()
    assert Place.objects.filter(allocation=made).count() == 3
    assert "Example Trust (3 free)" in client.get(url).content.decode()
    taking = {"do": "reduce", "allocation": made.pk, "seats": "2", "reason": WHY}
    assert client.post(url, taking).url == url
    assert Place.objects.filter(allocation=made).count() == 1
    history = client.get(reverse("cohort:history", args=[course.cohort.pk])).content.decode()
    assert "Gave 3 seats to organisation" in history


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"seats": "11", "reason": "zebra"}, "There is room for 10 seats"),
        ({"seats": "0", "reason": "zebra"}, "greater than or equal to 1"),
        ({"seats": "x", "reason": "zebra"}, "whole number"),
        ({"seats": "1", "reason": ""}, "Please say why."),
        ({"seats": "1", "reason": "zebra", "organisation": "99999"}, "not one of the available choices"),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(
    course: BuiltCourse, amy: User, sign_in: SignIn, typed: dict[str, str], said: str
) -> None:
    sent = {"do": "allocate", "organisation": str(orgs.organisation().pk), **typed}
    answer = sign_in(amy).post(places_of(course.cohort), sent)
    assert answer.status_code in (409, 422)
    assert said in answer.content.decode()
    assert typed["reason"] in answer.content.decode()
    assert not Place.objects.exists()


def test_seats_of_another_cohort_cannot_be_taken_back_here(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime
) -> None:
    made = orgs.seats(course.cohort, 1, by=amy, at=now)
    other = Cohort.objects.create(
        edition=course.edition, name="Another", starts_on=now.date(), enrolment_opens_at=now
    )
    sent = {"do": "reduce", "allocation": made.pk, "seats": "1", "reason": WHY}
    assert sign_in(amy).post(places_of(other), sent).status_code == 422
    assert Place.objects.count() == 1


def test_a_facilitator_sees_how_seats_stand_and_changes_nothing(
    course: BuiltCourse, fay: User, amy: User, sign_in: SignIn, now: datetime
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    made = orgs.seats(course.cohort, 2, by=amy, at=now)
    client, url = sign_in(fay), places_of(course.cohort)
    page = client.get(url).content.decode()
    assert "Example Trust" in page
    assert "Give an organisation seats" not in page
    for do in ("allocate", "reduce"):
        sent = {
            "do": do,
            "organisation": made.organisation_id,
            "allocation": made.pk,
            "seats": "1",
            "reason": WHY,
        }
        assert client.post(url, sent).status_code == 404
    assert client.get(managers_of(made.organisation)).status_code == 404
    assert Place.objects.count() == 2


def test_a_manager_is_invited_by_address_and_removed(
    db: None, amy: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    organisation = orgs.organisation()
    client, url = sign_in(amy), managers_of(organisation)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, {"email": "Mo@Example.org"}).url == url
    (letter,) = mail.outbox
    assert letter.to == ["mo@example.org"]
    secret = re.search(r"/organisation/invitations/([\w-]+)/", str(letter.body))[1]  # type: ignore[index]
    assert secret not in str([list(OutboxEntry.objects.values()), list(OrganisationManager.objects.values())])
    assert "mo@example.org" in client.get(url).content.decode()
    for wrong in ("", "x@", "mo@example.org"):
        assert client.post(url, {"email": wrong}).status_code in (409, 422)
    row = OrganisationManager.objects.get()
    for _press in range(2):
        assert client.post(reverse("staff:remove_manager", args=[organisation.pk, row.pk])).url == url
    assert "mo@example.org" not in client.get(url).content.decode()
    other = orgs.organisation("Another Trust")
    assert client.post(reverse("staff:remove_manager", args=[other.pk, row.pk])).status_code == 404


def test_an_organisation_has_so_many_managers_at_most(db: None, amy: User, now: datetime) -> None:
    organisation = orgs.organisation()
    for number in range(MOST_MANAGERS):
        orgs.invited(f"{number}" * 43, at=now, email=f"m{number}@example.org")
    with pytest.raises(OrganisationRefused, match="20 managers at most"):
        organisation_managers.invite(organisation_id=organisation.pk, email="x@example.org", by=amy, at=now)


def test_somebody_is_a_manager_of_an_organisation_once(db: None, cleo: User, now: datetime) -> None:
    orgs.manages(cleo, at=now)
    orgs.invited("z" * 43, at=now)
    with pytest.raises(OrganisationRefused, match="already"):
        organisation_managers.join(token="z" * 43, person=cleo, at=now)


def test_the_list_of_organisations_leads_to_their_managers(db: None, sign_in: SignIn) -> None:
    organisation = orgs.organisation()
    admin = people.staff("adi", "Adi Min", group="Course administrators")
    client = sign_in(admin)
    assert managers_of(organisation) in client.get(reverse("organisation:index")).content.decode()
    edit = client.get(reverse("organisation:edit", args=[organisation.pk])).content.decode()
    assert managers_of(organisation) in edit
    assert client.get(managers_of(organisation)).status_code == 200


def test_an_organisation_with_seats_cannot_be_deleted(
    course: BuiltCourse, amy: User, sign_in: SignIn, now: datetime
) -> None:
    made = orgs.seats(course.cohort, 1, by=amy, at=now)
    sign_in(amy).post(reverse("organisation:delete", args=[made.organisation_id]))
    assert Organisation.objects.exists()


def test_a_manager_who_closes_the_account_is_gone_and_the_seats_stay(
    course: BuiltCourse, amy: User, cleo: User, now: datetime
) -> None:
    made = orgs.seats(course.cohort, 2, by=amy, at=now)
    orgs.manages(cleo, at=now)
    accounts.erase(user_id=cleo.pk, at=now)
    assert not OrganisationManager.objects.exists()
    assert Place.objects.filter(allocation=made).count() == 2
