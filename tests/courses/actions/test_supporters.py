"""Supporters: invited by a link, ended by either side at once, and gone with the place."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import moving, supporters
from courses.actions.supporters import SupportRefused
from courses.enrolment.models import Enrolment
from courses.enrolment.supporters import Supporter
from courses.ledger.models import LedgerEntry
from courses.messages.models import Notice
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from courses.queries import supporting
from tests.factories import courses as build
from tests.factories import meetings
from tests.factories.courses import BuiltCourse

ADDRESS = "helper@example.net"
Run = Callable[..., Any]


@pytest.fixture
def run(django_capture_on_commit_callbacks: Any) -> Run:
    """Do something, and everything that follows after the commit."""

    def do(action: Run, **what: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return action(**what)

    return do


def invite(run: Run, enrolment: Enrolment, at: datetime, email: str = ADDRESS) -> str:
    """Invite somebody; the secret is only in the e-mail."""
    mail.outbox.clear()
    run(supporters.invite, enrolment_id=enrolment.pk, learner=enrolment.learner, email=email, at=at)
    found = re.search(r"/supporting/invitations/([\w-]+)/", str(mail.outbox[0].body))
    assert found
    return found[1]


@pytest.fixture
def supported(run: Run, enrolment: Enrolment, cleo: User, now: datetime) -> Supporter:
    """Cleo supports Ada."""
    made: Supporter = run(supporters.accept, token=invite(run, enrolment, now), person=cleo, at=now)
    mail.outbox.clear()
    return made


def sees(supporter: Supporter, person: User, at: datetime) -> bool:
    try:
        supporting.supported(supporter_id=supporter.pk, person=person, at=at)
    except Supporter.DoesNotExist:
        return False
    return True


def test_the_invitation_goes_to_the_address_and_its_secret_is_stored_nowhere(
    run: Run, enrolment: Enrolment, now: datetime
) -> None:
    token = invite(run, enrolment, now)
    sent = mail.outbox[0]
    assert sent.to == [ADDRESS]
    assert "Ada Lerner" in str(sent.body)
    assert "Ada" not in sent.subject
    assert Supporter.objects.get().token_hash == supporters.hash_of(token)
    assert not [entry for entry in OutboxEntry.objects.all() if token in str(entry.payload)]
    assert not [entry for entry in OutboxEntry.objects.all() if ADDRESS in str(entry.payload)]


def test_whoever_opens_the_link_becomes_the_supporter_and_the_learner_is_told(
    run: Run, enrolment: Enrolment, cleo: User, now: datetime
) -> None:
    token = invite(run, enrolment, now)
    mail.outbox.clear()
    made = run(supporters.accept, token=token, person=cleo, at=now)
    assert sees(made, cleo, now)
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]
    assert run(supporters.accept, token=token, person=cleo, at=now) == made
    assert len(mail.outbox) == 1


def test_a_link_that_was_used_is_of_no_use_to_somebody_else(
    run: Run, enrolment: Enrolment, cleo: User, ben: User, now: datetime
) -> None:
    token = invite(run, enrolment, now)
    run(supporters.accept, token=token, person=cleo, at=now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=token, person=ben, at=now)
    supporters.decline(token=token, at=now)
    assert Supporter.objects.get().ended_at is None


def test_an_invitation_ends_after_two_weeks(
    run: Run, enrolment: Enrolment, cleo: User, now: datetime
) -> None:
    token = invite(run, enrolment, now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=token, person=cleo, at=now + timedelta(days=14))
    assert run(supporters.accept, token=token, person=cleo, at=now + timedelta(days=13)).person == cleo


def test_nobody_supports_themselves_and_nobody_twice(
    run: Run, enrolment: Enrolment, cleo: User, now: datetime
) -> None:
    first = invite(run, enrolment, now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=first, person=enrolment.learner, at=now)
    second = invite(run, enrolment, now, "second@example.net")
    run(supporters.accept, token=first, person=cleo, at=now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=second, person=cleo, at=now)


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@example.org ", "HELPER@example.net"])
def test_neither_oneself_nor_the_same_address_twice_is_invited(
    run: Run, enrolment: Enrolment, now: datetime, email: str
) -> None:
    invite(run, enrolment, now)
    with pytest.raises(SupportRefused):
        supporters.invite(enrolment_id=enrolment.pk, learner=enrolment.learner, email=email, at=now)


def test_there_are_two_at_most_and_five_invitations_a_day(
    run: Run, enrolment: Enrolment, now: datetime
) -> None:
    which: Any = {"enrolment_id": enrolment.pk, "learner": enrolment.learner, "at": now}
    for number in range(2):
        invite(run, enrolment, now, f"one{number}@example.net")
    with pytest.raises(SupportRefused, match="at most"):
        supporters.invite(**which, email="three@example.net")
    for number in range(2, 5):
        supporters.remove(**which, supporter_id=_oldest().pk)
        invite(run, enrolment, now, f"one{number}@example.net")
    supporters.remove(**which, supporter_id=_oldest().pk)
    with pytest.raises(SupportRefused, match="tomorrow"):
        supporters.invite(**which, email="six@example.net")


def _oldest() -> Supporter:
    return Supporter.objects.filter(ended_at=None).earliest("pk")


def test_the_learner_ends_it_at_once_and_the_supporter_is_told_once(
    run: Run, supported: Supporter, cleo: User, now: datetime
) -> None:
    which: Any = {"supporter_id": supported.pk, "enrolment_id": supported.enrolment_id}
    for _again in range(2):
        run(supporters.remove, **which, learner=supported.enrolment.learner, at=now)
    assert not sees(supported, cleo, now)
    assert [one.to for one in mail.outbox] == [[cleo.email]]


def test_the_supporter_leaves_and_the_learner_is_told(
    run: Run, supported: Supporter, cleo: User, now: datetime
) -> None:
    run(supporters.leave, supporter_id=supported.pk, person=cleo, at=now)
    assert not sees(supported, cleo, now)
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]
    with pytest.raises(Supporter.DoesNotExist):
        supporters.leave(supporter_id=supported.pk, person=cleo, at=now)


def test_only_the_two_of_them_end_it(supported: Supporter, ben: User, now: datetime) -> None:
    with pytest.raises(Supporter.DoesNotExist):
        supporters.remove(supporter_id=supported.pk, enrolment_id=supported.enrolment_id, learner=ben, at=now)
    with pytest.raises(Supporter.DoesNotExist):
        supporters.leave(supporter_id=supported.pk, person=ben, at=now)
    with pytest.raises(Supporter.DoesNotExist):
        supporters.choose_reminders(supporter_id=supported.pk, person=ben, wants=True)


def test_who_declines_hears_no_more_of_it(run: Run, enrolment: Enrolment, cleo: User, now: datetime) -> None:
    token = invite(run, enrolment, now)
    for _again in range(2):
        supporters.decline(token=token, at=now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=token, person=cleo, at=now)


def test_it_ends_with_the_place(run: Run, supported: Supporter, cleo: User, now: datetime) -> None:
    own = {"enrolment_id": supported.enrolment_id, "learner": supported.enrolment.learner, "at": now}
    open_link = invite(run, supported.enrolment, now, "second@example.net")
    Enrolment.objects.filter(pk=supported.enrolment_id).update(status="ended", ended_at=now)
    assert not sees(supported, cleo, now)
    with pytest.raises(SupportRefused):
        supporters.accept(token=open_link, person=cleo, at=now)
    with pytest.raises(SupportRefused):
        supporters.invite(**own, email="third@example.net")  # type: ignore[arg-type]


def test_it_goes_along_to_another_group(
    supported: Supporter, course: BuiltCourse, fay: User, cleo: User, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Other group")
    new = moving.move(
        enrolment_id=supported.enrolment_id,
        to_cohort_id=other.pk,
        kind="deferred",
        by=fay,
        at=now,
        reason="Dates",
    )
    supported.refresh_from_db()
    assert supported.enrolment_id == new.pk
    assert sees(supported, cleo, now)


def test_the_ledger_knows_of_it_but_not_in_the_history_of_the_place(supported: Supporter) -> None:
    entries = LedgerEntry.objects.filter(subject=f"supporter:{supported.pk}")
    assert {entry.action for entry in entries} == {"invited a supporter", "supporter accepted"}
    assert not [entry for entry in LedgerEntry.objects.all() if ADDRESS in f"{entry.details}{entry.reason}"]


def test_a_supporter_is_reminded_of_a_meeting_once_and_only_if_they_want(
    run: Run, ada: User, cleo: User, fay: User, now: datetime
) -> None:
    built = meetings.course(at=now)
    meetings.facilitator(built.cohort, fay)
    meetings.plan(built, by=fay, at=now, days=(1, 7, 14), clock="09:00")
    enrolment = built.enrol(ada, at=now)
    made = run(supporters.accept, token=invite(run, enrolment, now), person=cleo, at=now)
    assert supporters.remind_due(at=now) == 0
    supporters.choose_reminders(supporter_id=made.pk, person=cleo, wants=True)
    mail.outbox.clear()
    assert supporters.remind_due(at=now.replace(hour=5)) == 0
    assert run(supporters.remind_due, at=now) == 1
    assert run(supporters.remind_due, at=now + timedelta(hours=1)) == 0
    run(delivery.sweep, at=now + timedelta(hours=1))
    (reminder,) = [one for one in mail.outbox if one.to == [cleo.email]]
    assert "Ada Lerner" in str(reminder.body)
    assert Notice.objects.filter(user=cleo, kind="supporter_reminder").count() == 1


def test_nobody_is_reminded_once_it_has_ended(
    run: Run, ada: User, cleo: User, fay: User, now: datetime
) -> None:
    built = meetings.course(at=now)
    meetings.facilitator(built.cohort, fay)
    meetings.plan(built, by=fay, at=now, days=(1, 7, 14), clock="09:00")
    enrolment = built.enrol(ada, at=now)
    made = run(supporters.accept, token=invite(run, enrolment, now), person=cleo, at=now)
    supporters.choose_reminders(supporter_id=made.pk, person=cleo, wants=True)
    # Written before it ended, and on its way after it.
    assert supporters.remind_due(at=now) == 1
    mail.outbox.clear()
    run(supporters.remove, supporter_id=made.pk, enrolment_id=enrolment.pk, learner=ada, at=now)
    assert ["meeting soon" in one.subject for one in mail.outbox] == [False]
    assert supporters.remind_due(at=now) == 0


def test_both_find_it_in_their_download_and_neither_finds_the_other(supported: Supporter, cleo: User) -> None:
    own, theirs = str(privacy.collect(supported.enrolment.learner)), str(privacy.collect(cleo))
    assert "Your supporters" in own
    assert ADDRESS in own
    assert cleo.email not in own
    assert "Where you are a supporter" in theirs
    assert "Ada" not in theirs


@pytest.mark.parametrize("who", ["learner", "supporter"])
def test_it_goes_with_the_account_of_either(
    supported: Supporter, cleo: User, now: datetime, who: str
) -> None:
    gone = cleo if who == "supporter" else supported.enrolment.learner
    accounts.erase(user_id=gone.pk, at=now)
    assert not Supporter.objects.exists()


def test_addresses_go_30_days_after_the_end(run: Run, supported: Supporter, now: datetime) -> None:
    kept = next(one for one in privacy.retention_rules if one.name == "supporters")
    unanswered = invite(run, supported.enrolment, now, "second@example.net")
    assert unanswered
    assert kept.count(now + timedelta(days=44)) == 0
    assert kept.count(now + timedelta(days=45)) == 1
    supporters.remove(
        supporter_id=supported.pk,
        enrolment_id=supported.enrolment_id,
        learner=supported.enrolment.learner,
        at=now,
    )
    assert kept.count(now + timedelta(days=30)) == 0
    assert kept.delete(now + timedelta(days=45)) == 2
    assert not Supporter.objects.exists()
