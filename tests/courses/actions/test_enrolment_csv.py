"""Bringing in a list of people: looked at first, then all of it or nothing."""

import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import due, enrol, enrolment_csv, invitations, waiting
from courses.actions.enrolment_csv import ListRefused, Outcome, Report
from courses.cohorts.models import Cohort
from courses.enrolment.learner_lists import LearnerList
from courses.enrolment.models import Enrolment, Grant, Offer, Place, WaitingEntry
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)
LONGEST_SECONDS = 60


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


def keep(course: BuiltCourse, *lines: str, by: User, at: datetime) -> LearnerList:
    content = "\n".join(["email,name,note", *lines]).encode()
    return enrolment_csv.keep(
        cohort_id=course.cohort.pk, content=content, answer_by=at + 14 * DAY, by=by, at=at
    )


def look(course: BuiltCourse, *lines: str, by: User, at: datetime) -> list[Outcome]:
    report = enrolment_csv.look(kept=keep(course, *lines, by=by, at=at), at=at)
    return [one.outcome for one in report.lines]


def bring_in(kept: LearnerList, *, at: datetime) -> Report:
    return enrolment_csv.bring_in(
        cohort_id=kept.cohort_id, token=kept.token, reason="Their team asked", by=kept.by, at=at
    )


def counts() -> list[int]:
    tables = (Enrolment, Place, Grant, Offer, LedgerEntry, OutboxEntry, User)
    return [table.objects.count() for table in tables]


def test_every_line_is_told_what_becomes_of_it(
    course: BuiltCourse, ada: User, ben: User, cleo: User, fay: User, now: datetime
) -> None:
    spring = build.cohort(course.edition, at=now, name="Spring")
    course.enrol(ben, at=now)
    enrol.start(cohort_id=spring.pk, learner=cleo, at=now)
    EmailAddress.objects.create(user=ada, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=ada, email="typed@example.org", verified=False)
    EmailAddress.objects.create(user=ben, email="ben.second@example.org", verified=True)
    invitations.invite(
        cohort_id=course.cohort.pk, addresses=["kept@example.org"], answer_by=now + DAY, by=fay, at=now
    )
    before = counts()
    assert look(
        course,
        "ADA@example.org,Ada",
        "second@example.org",
        "typed@example.org",
        "new@example.org",
        "New@example.org",
        "ben@example.org",
        "ben.second@example.org",
        "kept@example.org",
        "cleo@example.org",
        "not an address",
        ",Somebody",
        f"long@example.org,{'x' * 201}",
        by=fay,
        at=now,
    ) == [
        Outcome.PLACE,
        Outcome.TWICE,
        Outcome.INVITATION,
        Outcome.INVITATION,
        Outcome.TWICE,
        Outcome.HERE,
        Outcome.HERE,
        Outcome.OFFERED,
        Outcome.ELSEWHERE,
        Outcome.WRONG_ADDRESS,
        Outcome.NO_ADDRESS,
        Outcome.TOO_LONG,
    ]
    assert counts() == before


def test_a_right_list_gives_places_and_sends_links_and_makes_no_account(
    course: BuiltCourse, ada: User, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    accounts_before = User.objects.count()
    kept = keep(course, "ada@example.org,,From the trust", "new@example.org,New", by=fay, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        bring_in(kept, at=now)
    due.run(at=now)
    assert User.objects.count() == accounts_before
    assert Enrolment.objects.get().learner == ada
    entry = LedgerEntry.objects.get(action="enrolled")
    assert (entry.reason, entry.by, Grant.objects.get().kind) == ("From the trust", fay, "staff")
    assert Offer.objects.get().email == "new@example.org"
    assert sorted(message.to[0] for message in mail.outbox) == ["ada@example.org", "new@example.org"]
    assert not LearnerList.objects.exists()


def test_many_at_once_leave_what_one_by_one_leaves(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(is_rolling=True, access_days=30, capacity=2)
    single = enrol.by_staff(
        cohort_id=course.cohort.pk, learner=ada, by=fay, at=now, reason="Their team asked"
    )
    bring_in(keep(course, "ben@example.org", by=fay, at=now), at=now)
    many = Enrolment.objects.get(learner=ben)

    def left(enrolment: Enrolment) -> list[Any]:
        place, grant = enrolment.place, enrolment.grants.get()
        entry = LedgerEntry.objects.get(learner=enrolment.learner)
        sent = OutboxEntry.objects.get(payload__enrolment=enrolment.pk)
        return [
            (enrolment.status, enrolment.started_at, enrolment.access_until, enrolment.cohort),
            (place.reason, place.held_until, place.reserve, place.over_capacity, place.cohort),
            (grant.kind, grant.given_at, grant.withdrawn_at),
            (entry.action, entry.by, entry.at, entry.reason, entry.details),
            entry.subject.replace(str(enrolment.pk), ""),
            (sent.kind, list(sent.payload)),
        ]

    assert left(many) == left(single)


def test_who_waited_and_comes_by_a_list_waits_no_longer(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    course.enrol(ben, at=now)
    waiting.join(cohort_id=course.cohort.pk, learner=ada, at=now)
    Cohort.objects.update(capacity=2)
    bring_in(keep(course, "ada@example.org", by=fay, at=now), at=now)
    assert WaitingEntry.objects.get().status == "joined"


@pytest.mark.parametrize("line", ["x@", "cleo@example.org"])
def test_one_line_in_the_way_keeps_the_whole_list_out(
    course: BuiltCourse, ada: User, cleo: User, fay: User, now: datetime, line: str
) -> None:
    enrol.start(cohort_id=build.cohort(course.edition, at=now, name="Spring").pk, learner=cleo, at=now)
    kept = keep(course, "ada@example.org", line, "new@example.org", by=fay, at=now)
    before = counts()
    with pytest.raises(ListRefused) as refused:
        bring_in(kept, at=now)
    assert refused.value.report is not None
    assert [one.line.email for one in refused.value.report.in_the_way] == [line]
    assert counts() == before
    assert LearnerList.objects.exists()


def test_there_must_be_room_for_every_line(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=3)
    course.enrol(ben, at=now)
    lines = ("ada@example.org", "ben@example.org", "one@example.org", "two@example.org")
    kept = keep(course, *lines, by=fay, at=now)
    report = enrolment_csv.look(kept=kept, at=now)
    assert [one.outcome for one in report.lines] == [
        Outcome.PLACE,
        Outcome.HERE,
        Outcome.INVITATION,
        Outcome.NO_ROOM,
    ]
    with pytest.raises(ListRefused):
        bring_in(kept, at=now)
    assert Place.objects.count() == 1


def test_what_changed_since_the_look_is_seen_under_the_lock(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    kept = keep(course, "ada@example.org", by=fay, at=now)
    assert enrolment_csv.look(kept=kept, at=now).is_right
    course.enrol(ben, at=now)
    with pytest.raises(ListRefused, match="does not fit any more") as refused:
        bring_in(kept, at=now)
    assert [one.outcome for one in refused.value.report.lines] == [Outcome.NO_ROOM]  # type: ignore[union-attr]
    assert Enrolment.objects.get().learner == ben


def test_pressing_twice_brings_in_once(course: BuiltCourse, ada: User, fay: User, now: datetime) -> None:
    kept = keep(course, "ada@example.org", "new@example.org", by=fay, at=now)
    bring_in(kept, at=now)
    before = counts()
    with pytest.raises(ListRefused, match="brought in already"):
        bring_in(kept, at=now)
    assert counts() == before


def test_a_list_belongs_to_who_checked_it_and_to_its_cohort(
    course: BuiltCourse, ada: User, ben: User, fay: User, now: datetime
) -> None:
    kept = keep(course, "ada@example.org", by=fay, at=now)
    spring = build.cohort(course.edition, at=now, name="Spring")
    for cohort_id, token, by in (
        (course.cohort.pk, kept.token, ben),
        (spring.pk, kept.token, fay),
        (course.cohort.pk, uuid4(), fay),
    ):
        with pytest.raises(ListRefused, match="not here any more"):
            enrolment_csv.bring_in(cohort_id=cohort_id, token=token, reason="x", by=by, at=now)
    keep(course, "new@example.org", by=fay, at=now)
    with pytest.raises(ListRefused, match="another one came after it"):
        bring_in(kept, at=now)


def test_a_list_is_sealed_and_forgotten(course: BuiltCourse, fay: User, now: datetime) -> None:
    kept = keep(course, "canary@example.org,Canary", by=fay, at=now)
    assert "canary" not in kept.sealed.lower()
    (rule,) = [rule for rule in privacy.retention_rules if rule.name == "learner-lists"]
    assert rule.count(now + DAY) == 0
    assert rule.delete(now + 2 * DAY) == 1
    keep(course, "canary@example.org", by=fay, at=now)
    accounts.erase(user_id=fay.pk, at=now)
    assert not LearnerList.objects.exists()


def test_a_list_that_cannot_be_read_or_comes_too_late_is_refused(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    with pytest.raises(ListRefused, match="must name the columns"):
        enrolment_csv.keep(
            cohort_id=course.cohort.pk, content=b"a@x.org\n", answer_by=now + DAY, by=fay, at=now
        )
    with pytest.raises(ListRefused, match="too late"):
        enrolment_csv.keep(
            cohort_id=course.cohort.pk, content=b"email\na@x.org", answer_by=now, by=fay, at=now
        )
    kept = keep(course, "a@x.org", by=fay, at=now)
    with pytest.raises(ListRefused, match="too late"):
        bring_in(kept, at=now + 15 * DAY)


def _statements(do: Any) -> int:
    with CaptureQueriesContext(connection) as found:
        do()
    return len([q for q in found if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])


def test_five_thousand_lines_are_looked_at_and_brought_in_quickly(
    course: BuiltCourse, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=None)
    known = User.objects.bulk_create(User(email=f"p{n}@example.org", password="!") for n in range(2500))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in known
    )
    few = keep(course, *(f"p{n}@example.org" for n in range(2498, 2503)), by=fay, at=now)
    for_few = _statements(lambda: enrolment_csv.look(kept=few, at=now))
    began = time.monotonic()
    kept = keep(course, *(f"p{n}@example.org,Person {n},Note {n}" for n in range(5000)), by=fay, at=now)
    assert _statements(lambda: enrolment_csv.look(kept=kept, at=now)) == for_few == 5
    report: list[Report] = []
    written = _statements(lambda: report.append(bring_in(kept, at=now)))
    assert time.monotonic() - began < LONGEST_SECONDS
    # Each table in a few hundred rows at once; one by one it would be about 40,000.
    assert written < 250
    assert report[0].number_of(Outcome.PLACE) == Enrolment.objects.count() == 2500
    assert report[0].number_of(Outcome.INVITATION) == Offer.objects.count() == 2500
    assert Place.objects.count() == 5000
