"""Inviting people by address: a place kept for each, one link each, and nothing learned about accounts."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import due, enrol, invitations, offers, privacy_invitations
from courses.actions.invitations import InvitationRefused
from courses.cohorts.models import Cohort
from courses.enrolment.models import Offer, Place
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)
LINK = re.compile(r"/offers/([\w-]+)/")


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


def invite(course: BuiltCourse, *addresses: str, by: User, at: datetime, days: int = 14) -> list[Offer]:
    return invitations.invite(
        cohort_id=course.cohort.pk, addresses=addresses, answer_by=at + days * DAY, by=by, at=at
    )


def links(address: str) -> list[str]:
    """The secrets of the links that were sent to an address, in order."""
    return [LINK.search(str(m.body))[1] for m in mail.outbox if m.to == [address]]  # type: ignore[index]


def refused(
    course: BuiltCourse, *addresses: str, by: User, at: datetime, days: int = 14
) -> InvitationRefused:
    with pytest.raises(InvitationRefused) as wrong:
        invite(course, *addresses, by=by, at=at, days=days)
    return wrong.value


def test_each_address_gets_a_place_and_a_link_of_its_own(
    course: BuiltCourse, ada: User, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = invite(course, " One@Example.org ", "two@example.org,", "one@example.org", "", by=fay, at=now)
    assert [offer.email for offer in made] == ["one@example.org", "two@example.org"]
    assert [place.held_until for place in Place.objects.all()] == [now + 14 * DAY] * 2
    (first,), (second,) = links("one@example.org"), links("two@example.org")
    assert first != second
    kept = str([list(OutboxEntry.objects.values()), list(Offer.objects.values())])
    assert first not in kept
    assert "one@example.org" not in str(list(OutboxEntry.objects.values()))
    enrolment = offers.accept_by_token(token=first, learner=ada, at=now)
    assert (enrolment.learner, enrolment.grants.get().kind) == (ada, "invitation")


def test_an_address_of_an_account_looks_the_same_and_is_told_the_same(
    course: BuiltCourse, ada: User, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    EmailAddress.objects.create(user=ada, email="claimed@example.org", verified=False)
    with django_capture_on_commit_callbacks(execute=True):
        invite(course, "ADA@example.org", "claimed@example.org", "nobody@example.org", by=fay, at=now)
    whose = dict(Offer.objects.values_list("email", "learner"))
    assert whose == {"ada@example.org": ada.pk, "claimed@example.org": None, "nobody@example.org": None}
    bodies = {LINK.sub("", str(message.body)) for message in mail.outbox}
    assert len(bodies) == len({message.subject for message in mail.outbox}) == 1
    assert len(mail.outbox) == 3
    assert [entry.action for entry in LedgerEntry.objects.filter(learner=ada)] == ["offered a place"]


def test_somebody_on_another_group_of_the_course_looks_like_anybody(
    course: BuiltCourse, ada: User, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    """The team of this cohort cannot see that register, so it must not learn what is on it."""
    spring = build.cohort(course.edition, at=now, name="Spring")
    course.enrol(ada, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        invitations.invite(cohort_id=spring.pk, addresses=[ada.email], answer_by=now + DAY, by=fay, at=now)
    assert Offer.objects.get().learner is None
    with pytest.raises(enrol.EnrolmentRefused, match="another group"):
        offers.accept_by_token(token=links(ada.email)[0], learner=ada, at=now)


def test_one_line_that_is_wrong_keeps_all_others_from_being_invited(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    course.enrol(ada, at=now)
    invite(course, "before@example.org", by=fay, at=now)
    before = (Offer.objects.count(), Place.objects.count(), OutboxEntry.objects.count())
    wrong = refused(
        course, "fine@example.org", "x@", "a b@example.org", ada.email, "before@example.org",
        f"{'x' * 250}@example.org", by=fay, at=now,
    )  # fmt: skip
    assert list(wrong.lines) == [
        "x@", "a b@example.org", ada.email, "before@example.org", f"{'x' * 250}@example.org",
    ]  # fmt: skip
    assert (Offer.objects.count(), Place.objects.count(), OutboxEntry.objects.count()) == before


def test_there_must_be_room_for_all(course: BuiltCourse, ada: User, fay: User, now: datetime) -> None:
    Cohort.objects.update(capacity=3)
    course.enrol(ada, at=now)
    three = ["a@example.org", "b@example.org", "c@example.org"]
    assert "There are 2 free places, and you want 3" in refused(course, *three, by=fay, at=now).sentence
    assert len(invite(course, *three[:2], by=fay, at=now)) == 2
    assert "There are 0 free places" in refused(course, three[2], by=fay, at=now).sentence
    # The places are free again by the clock alone.
    assert invite(course, three[2], by=fay, at=now + 14 * DAY)


@pytest.mark.parametrize(("days", "says"), [(0, "too late"), (-3, "too late"), (62, "60 days at the most")])
def test_a_place_is_kept_for_a_time_that_makes_sense(
    course: BuiltCourse, fay: User, now: datetime, days: int, says: str
) -> None:
    assert says in refused(course, "a@example.org", by=fay, at=now, days=days).sentence


def test_an_invitation_ends_when_joining_makes_no_sense_any_more(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    Cohort.objects.update(offers_until=now + 3 * DAY)
    (offer,) = invite(course, "a@example.org", by=fay, at=now)
    assert offer.answer_by == now + 3 * DAY


def test_nobody_or_too_many_are_refused(course: BuiltCourse, fay: User, now: datetime) -> None:
    assert "at least one" in refused(course, " ", by=fay, at=now).sentence
    Cohort.objects.update(capacity=None)
    many = [f"p{n}@example.org" for n in range(201)]
    assert "more than 200" in refused(course, *many, by=fay, at=now).sentence
    assert len(invite(course, *many[:200], by=fay, at=now)) == 200


def test_two_hundred_cost_as_many_statements_as_twenty_one(
    course: BuiltCourse, fay: User, now: datetime, django_assert_max_num_queries: Any
) -> None:
    Cohort.objects.update(capacity=None)
    with django_assert_max_num_queries(30):
        invite(course, *(f"p{n}@example.org" for n in range(200)), by=fay, at=now)


def test_many_are_sent_by_the_sweep(
    course: BuiltCourse, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    Cohort.objects.update(capacity=None)
    with django_capture_on_commit_callbacks(execute=True):
        invite(course, *(f"p{n}@example.org" for n in range(25)), by=fay, at=now)
    assert mail.outbox == []
    due.run(at=now)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 25


@pytest.mark.parametrize("has_account", [True, False])
def test_sending_again_makes_a_new_link_also_by_a_double_click(
    course: BuiltCourse,
    ada: User,
    fay: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
    has_account: bool,
) -> None:
    address = ada.email if has_account else "nobody@example.org"
    with django_capture_on_commit_callbacks(execute=True):
        (offer,) = invite(course, address, by=fay, at=now)
        offers.send_again(offer_id=offer.pk, by=fay, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        offers.send_again(offer_id=offer.pk, by=fay, at=now)
    sent = links(address)
    for old in sent[:-1]:
        with pytest.raises(Offer.DoesNotExist):
            offers.accept_by_token(token=old, learner=ada, at=now)
    assert offers.accept_by_token(token=sent[-1], learner=ada, at=now).learner == ada


def test_nothing_is_sent_for_an_invitation_that_was_taken_back(
    course: BuiltCourse, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (offer,) = invite(course, "a@example.org", by=fay, at=now)
        offers.withdraw(offer_id=offer.pk, by=fay, at=now)
    assert mail.outbox == []
    assert not Place.objects.exists()


def test_an_address_is_forgotten_thirty_days_after_the_end(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    taken_back, _open = invite(course, "a@example.org", "b@example.org", by=fay, at=now)
    offers.withdraw(offer_id=taken_back.pk, by=fay, at=now)
    (rule,) = [rule for rule in privacy.retention_rules if rule.name == "invited-addresses"]
    assert rule.delete(now + 30 * DAY) == 0
    assert rule.delete(now + 31 * DAY) == 1
    assert set(Offer.objects.values_list("email", flat=True)) == {"", "b@example.org"}
    assert rule.delete(now + 45 * DAY) == 1
    assert rule.count(now + 99 * DAY) == 0
    assert Offer.objects.count() == 2


def test_who_closes_their_account_is_not_invited_any_more(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    EmailAddress.objects.create(user=ada, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=ada, email="typed@example.org", verified=False)
    invite(course, ada.email, "second@example.org", "typed@example.org", by=fay, at=now)
    downloaded = str(privacy_invitations.export(ada))
    assert "second@example.org" in downloaded
    assert "typed@example.org" not in downloaded
    accounts.erase(user_id=ada.pk, at=now)
    assert set(Offer.objects.values_list("email", "status")) == {
        ("", "withdrawn"),
        ("typed@example.org", "open"),
    }
    assert Place.objects.count() == 1
