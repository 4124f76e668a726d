"""The same thing for several people of a cohort: confirmed first, then for all of them or for nobody."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.cohorts.models import CohortStaff
from courses.enrolment.models import Enrolment
from courses.enrolment.team_messages import TeamMessage
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def fay_in(course: BuiltCourse, fay: User, sign_in: SignIn) -> Client:
    """Fay, who facilitates the cohort, signed in."""
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    return sign_in(fay)


@pytest.fixture
def two(course: BuiltCourse, ada: User, ben: User, now: datetime) -> list[Enrolment]:
    """Ada and Ben."""
    return [course.enrol(ada, at=now), course.enrol(ben, at=now)]


def send(client: Client, course: BuiltCourse, do: str, chosen: list[Enrolment], **data: Any) -> Any:
    ticked = {"do": do, "people": [one.pk for one in chosen]}
    return client.post(reverse("staff:bulk", args=[course.cohort.pk]), ticked | data)


def statuses(chosen: list[Enrolment]) -> list[str]:
    return [Enrolment.objects.get(pk=one.pk).status for one in chosen]


@pytest.mark.parametrize("do", ["withdraw", "pause", "move", "message"])
def test_the_first_press_shows_who_and_what_and_does_nothing(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client, do: str
) -> None:
    before = (LedgerEntry.objects.count(), OutboxEntry.objects.count())
    shown = send(fay_in, course, do, two)
    assert shown.status_code == 200
    for words in ("Ada Lerner", "Ben Lerner", "To 2 people", "for all of them, or for nobody"):
        assert words in shown.content.decode()
    assert statuses(two) == ["active", "active"]
    assert (LedgerEntry.objects.count(), OutboxEntry.objects.count()) == before


def test_the_second_press_does_it_to_everybody_with_the_reason(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client
) -> None:
    refused = send(fay_in, course, "withdraw", two, confirm="yes", reason=" ")
    assert refused.status_code == 422
    assert statuses(two) == ["active", "active"]
    done = send(fay_in, course, "withdraw", two, confirm="yes", reason="The group ends")
    assert done.url == reverse("staff:register", args=[course.cohort.pk])
    assert "Done for 2 people." in fay_in.get(done.url).content.decode()
    assert statuses(two) == ["ended", "ended"]
    assert set(LedgerEntry.objects.filter(action="withdrew").values_list("reason", flat=True)) == {
        "The group ends"
    }


def test_one_who_cannot_is_named_and_keeps_all_others_from_it(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client, now: datetime
) -> None:
    done = course.complete(people.person("dee", "Dee Lerner"), at=now)
    shown = send(fay_in, course, "withdraw", [*two, done])
    html = shown.content.decode()
    assert "It cannot be done to" in html
    assert "<strong>Dee Lerner</strong>: This course is finished already" in html
    assert [name for _pk, name in shown.context["can"]] == ["Ada Lerner", "Ben Lerner"]
    refused = send(fay_in, course, "withdraw", [*two, done], confirm="yes", reason="All of them")
    assert refused.status_code == 409
    assert "All of them" in refused.content.decode()
    assert statuses([*two, done]) == ["active"] * 3
    send(fay_in, course, "withdraw", two, confirm="yes", reason="Those who can")
    assert statuses([*two, done]) == ["ended", "ended", "active"]


def test_a_move_is_whole_or_not_at_all(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client, now: datetime
) -> None:
    small = build.cohort(course.edition, at=now, name="Small", capacity=1)
    roomy = build.cohort(course.edition, at=now, name="Roomy", capacity=2)
    for cohort in (small, roomy):
        fay = User.objects.get(email="fay@example.org")
        CohortStaff.objects.create(cohort=cohort, user=fay, role="facilitator")
    sent = {"confirm": "yes", "reason": "Other dates"}
    refused = send(fay_in, course, "move", two, to_cohort=small.pk, **sent)
    assert refused.status_code == 409
    assert "no free place" in refused.content.decode()
    assert statuses(two) == ["active", "active"]
    assert not small.enrolments.exists()
    assert send(fay_in, course, "move", two, to_cohort=roomy.pk, **sent).status_code == 302
    assert roomy.enrolments.count() == 2
    # A cohort of another course is no choice at all.
    other = build.course(at=now, code="OTHER").cohort
    CohortStaff.objects.create(cohort=other, user=fay, role="facilitator")
    three = course.enrol(people.person("dee", "Dee Lerner"), at=now)
    assert send(fay_in, course, "move", [three], to_cohort=other.pk, **sent).status_code == 422


def test_a_message_reaches_each_alone_once_and_with_no_other_name(
    course: BuiltCourse,
    two: list[Enrolment],
    fay_in: Client,
    django_capture_on_commit_callbacks: Any,
) -> None:
    words = {
        "confirm": "yes",
        "subject": "About Thursday",
        "text": "We meet at ten. <b>Bring</b> {0.__class__} a pen.",
        "token": str(uuid4()),
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert send(fay_in, course, "message", two, **words).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        send(fay_in, course, "message", two, **words)
    assert TeamMessage.objects.count() == 1
    sent = [one for one in mail.outbox if "course team" in one.subject]
    assert sorted(one.to for one in sent) == [["ada@example.org"], ["ben@example.org"]]
    for one in sent:
        assert "About Thursday" not in one.subject
        assert "We meet at ten. <b>Bring</b> {0.__class__} a pen." in one.body
        assert "<b>Bring" not in str(one.alternatives[0][0])
        assert ("Ben" in one.body) == (one.to == ["ben@example.org"])
    payloads = str(list(OutboxEntry.objects.values_list("payload", flat=True)))
    assert "Thursday" not in payloads
    assert "example.org" not in payloads
    html = fay_in.get(reverse("staff:person", args=[two[0].pk])).content.decode()
    assert "The team wrote: “About Thursday”." in html


def test_an_empty_message_comes_back_with_what_was_typed(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client
) -> None:
    refused = send(fay_in, course, "message", two, confirm="yes", subject="About Thursday", text=" ")
    assert refused.status_code == 409
    assert "About Thursday" in refused.content.decode()
    assert not TeamMessage.objects.exists()


def test_what_is_ticked_elsewhere_or_by_nobody_is_left_alone(
    course: BuiltCourse, two: list[Enrolment], fay_in: Client, now: datetime
) -> None:
    other = build.course(at=now, code="OTHER").enrol(two[0].learner, at=now)
    back = send(fay_in, course, "withdraw", [other], confirm="yes", reason="No")
    assert back.status_code == 302
    assert statuses([other]) == ["active"]
    url = reverse("staff:bulk", args=[course.cohort.pk])
    assert fay_in.post(url, {"do": "withdraw"}).status_code == 302
    odd = {"do": "pause", "people": ["x", "", "9" * 40], "confirm": "yes", "reason": "No"}
    assert fay_in.post(url, odd).status_code == 302
    assert fay_in.post(url, {"do": "delete", "people": [two[0].pk]}).status_code == 404


def test_only_facilitators_and_administrators_do_it(
    course: BuiltCourse, two: list[Enrolment], ed: User, ana: User, sign_in: SignIn
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=ana, role="assessor")
    for somebody in (ed, ana):
        answer = send(sign_in(somebody), course, "withdraw", two, confirm="yes", reason="No")
        assert answer.status_code == 404
    assert statuses(two) == ["active", "active"]


def test_a_hundred_and_one_are_asked_to_be_done_in_two_goes(
    course: BuiltCourse, fay_in: Client, now: datetime
) -> None:
    many = User.objects.bulk_create(User(email=f"crowd-{n}@example.org") for n in range(101))
    made = Enrolment.objects.bulk_create(
        Enrolment(learner=person, cohort=course.cohort, status="active", started_at=now) for person in many
    )
    back = send(fay_in, course, "pause", made, confirm="yes", reason="No")
    assert "100 people at the most" in fay_in.get(back.url).content.decode()
    assert not Enrolment.objects.filter(status="suspended").exists()
