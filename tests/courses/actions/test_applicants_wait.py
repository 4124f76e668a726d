"""Applicants for whom there is no room now are kept, in order, and the team chooses among them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cms.users.models import User
from courses.actions import apply, enrol, offers, privacy_applications, waiting
from courses.actions.apply import ApplicationRefused
from courses.actions.offers import OfferRefused
from courses.cohorts.models import Cohort
from courses.enrolment.applications import Application
from courses.enrolment.models import Enrolment, Offer
from courses.ledger.models import LedgerEntry
from tests.factories import applications as build
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)


@pytest.fixture
def cohort(course: BuiltCourse) -> Cohort:
    return build.by_application(course.cohort)


@pytest.fixture
def application(cohort: Cohort, ada: User, now: datetime) -> Application:
    return build.apply_for(cohort, ada, at=now)


def keep(application: Application, by: User, at: datetime, seen: int = 1) -> Application:
    return apply.keep_waiting(application_id=application.pk, by=by, seen=seen, at=at)


def test_an_application_that_is_kept_stays_open_and_the_applicant_is_told_once(
    application: Application, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for day in (1, 2):
            kept = keep(application, fay, now + day * DAY)
    assert (kept.status, kept.waiting_since, kept.is_kept) == ("submitted", now + DAY, True)
    assert [message.subject for message in mail.outbox] == ["You are on our waiting list"]
    assert "We have no place to offer you at the moment." in mail.outbox[0].body
    told = LedgerEntry.objects.filter(action="put on the list of applicants who wait")
    assert [entry.by for entry in told] == [fay]


def test_a_place_that_comes_free_is_offered_to_no_applicant_by_itself(
    application: Application, ben: User, fay: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    Cohort.objects.update(capacity=1, has_waiting_list=True)
    seat = enrol.by_staff(cohort_id=application.cohort_id, learner=ben, by=fay, at=now, reason="First")
    keep(application, fay, now)
    with django_capture_on_commit_callbacks(execute=True):
        enrol.withdraw(enrolment_id=seat.pk, by=ben, at=now + DAY)
        waiting.offer_free_places(cohort_id=application.cohort_id, at=now + DAY)
    assert not Offer.objects.exists()
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now + DAY)
    assert Offer.objects.get().learner == application.applicant


def test_whoever_was_offered_a_place_has_had_their_turn(
    application: Application, fay: User, now: datetime
) -> None:
    keep(application, fay, now)
    offered = apply.offer(application_id=application.pk, by=fay, seen=1, at=now + DAY)
    assert (offered.waiting_since, offered.is_kept) == (None, False)
    held = Offer.objects.get()
    assert held.answer_by is not None
    offers.expire(offer_id=held.pk, at=held.answer_by + DAY)
    application.refresh_from_db()
    assert (application.status, application.is_kept) == ("submitted", False)
    again = keep(application, fay, held.answer_by + 2 * DAY)
    assert again.is_kept


def test_who_is_kept_can_change_their_answers_take_them_back_and_be_declined(
    cohort: Cohort, application: Application, ada: User, fay: User, now: datetime
) -> None:
    keep(application, fay, now)
    changed = build.apply_for(cohort, ada, at=now + DAY, why="A better reason")
    assert (changed.version, changed.is_kept) == (2, True)
    with pytest.raises(ApplicationRefused, match="changed their answers"):
        apply.offer(application_id=application.pk, by=fay, seen=1, at=now + DAY)
    asked = apply.ask_more(application_id=application.pk, by=fay, text="When?", seen=2, at=now + DAY)
    assert asked.is_kept
    assert not apply.withdraw(application_id=application.pk, applicant=ada, at=now + DAY).is_kept
    other = build.apply_for(cohort, ada, at=now + 2 * DAY)
    keep(other, fay, now + 2 * DAY)
    said_no = apply.decline(application_id=other.pk, by=fay, reply="", seen=1, at=now + 3 * DAY)
    assert not said_no.is_kept


def test_what_is_decided_or_changed_meanwhile_is_not_kept(
    cohort: Cohort, application: Application, ada: User, amy: User, fay: User, now: datetime
) -> None:
    build.apply_for(cohort, ada, at=now, why="Something else")
    with pytest.raises(ApplicationRefused, match="changed their answers"):
        keep(application, fay, now)
    apply.decline(application_id=application.pk, by=amy, reply="", seen=2, at=now)
    with pytest.raises(ApplicationRefused, match="Somebody else has decided"):
        keep(application, fay, now, seen=2)


def test_a_full_group_offers_nothing_to_who_is_kept(
    application: Application, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    enrol.by_staff(cohort_id=application.cohort_id, learner=ben, by=fay, at=now, reason="First")
    keep(application, fay, now)
    with pytest.raises(OfferRefused):
        apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    application.refresh_from_db()
    assert application.is_kept
    assert Enrolment.objects.count() == 1


def test_the_download_says_since_when(application: Application, ada: User, fay: User, now: datetime) -> None:
    keep(application, fay, now)
    said = str(privacy_applications.export(ada).sections)
    assert f"('Kept for a place since', '{now.isoformat()}')" in said
