"""Applying, and deciding: one live application each, and one decision however many decide."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from cms.users import privacy
from cms.users.models import User
from courses.actions import apply, enrol, offers, privacy_applications
from courses.actions.apply import ApplicationRefused
from courses.actions.enrol import EnrolmentRefused
from courses.actions.offers import OfferRefused
from courses.cohorts.models import Cohort, CohortReserve
from courses.enrolment import places
from courses.enrolment.applications import Application, ApplicationMessage, ApplicationNote
from courses.enrolment.models import Enrolment, Offer
from courses.enrolment.states import OfferState, State
from courses.ledger.models import LedgerEntry
from tests.factories import applications as build
from tests.factories.courses import BuiltCourse


@pytest.fixture
def cohort(course: BuiltCourse) -> Cohort:
    return build.by_application(course.cohort)


@pytest.fixture
def application(cohort: Cohort, ada: User, now: datetime) -> Application:
    return build.apply_for(cohort, ada, at=now)


def state(application: Application) -> str:
    application.refresh_from_db()
    return application.status


def draft(cohort: Cohort, person: User, at: datetime, why: str = "Not ready") -> Application:
    answers = build.answers(why)
    return apply.keep(cohort_id=cohort.pk, applicant=person, answers=answers, at=at, is_final=False)[0]


# --- Applicants -----------------------------------------------------------------------------------


def test_a_draft_is_kept_and_sent_in_later_as_the_same_application(
    cohort: Cohort, ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    kept = draft(cohort, ada, now)
    assert (kept.status, kept.submitted_at) == ("draft", None)
    assert not LedgerEntry.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            sent = build.apply_for(cohort, ada, at=now + timedelta(days=1))
    assert (sent.pk, sent.status) == (kept.pk, "submitted")
    assert Application.objects.get().answers == build.answers()
    assert [m.to for m in mail.outbox] == [["ada@example.org"]]
    assert LedgerEntry.objects.get().action == "applied for a place"


def test_answers_can_be_changed_until_somebody_has_decided(
    cohort: Cohort, application: Application, ada: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(enrolment_closes_at=now + timedelta(minutes=1))
    later = now + timedelta(days=1)
    changed = build.apply_for(cohort, ada, at=later, why="Something else")
    assert (changed.pk, changed.status, changed.version) == (application.pk, "submitted", 2)
    Cohort.objects.update(enrolment_closes_at=None)
    apply.decline(application_id=application.pk, by=fay, reply="", seen=2, at=later)
    again = build.apply_for(cohort, ada, at=later)
    assert again.pk != application.pk
    apply.offer(application_id=again.pk, by=fay, seen=1, at=later)
    with pytest.raises(ApplicationRefused, match="decided already"):
        build.apply_for(cohort, ada, at=later, why="Too late")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"enrolment_closes_at": datetime(2026, 11, 23, 9).astimezone()}, "time to apply is over"),
        ({"enrolment_opens_at": datetime(2026, 12, 1).astimezone()}, "You can join from 1 December"),
        ({"joining": "open"}, "join at once"),
        ({"joining": "invitation"}, "people who were invited"),
    ],
)
def test_nobody_can_apply_where_that_is_not_asked_for(
    cohort: Cohort, ada: User, now: datetime, change: dict[str, Any], says: str
) -> None:
    Cohort.objects.update(**change)
    with pytest.raises(ApplicationRefused, match=says):
        build.apply_for(cohort, ada, at=now)
    assert not Application.objects.exists()


def test_a_draft_cannot_be_sent_in_after_the_time_to_apply(cohort: Cohort, ada: User, now: datetime) -> None:
    kept = draft(cohort, ada, now)
    Cohort.objects.update(enrolment_closes_at=now + timedelta(hours=1))
    with pytest.raises(ApplicationRefused, match="time to apply is over"):
        build.apply_for(cohort, ada, at=now + timedelta(hours=1))
    assert state(kept) == "draft"


def test_one_can_apply_for_a_cohort_that_is_full(cohort: Cohort, ada: User, ben: User, now: datetime) -> None:
    Cohort.objects.update(capacity=1)
    enrol.by_staff(cohort_id=cohort.pk, learner=ben, by=ben, at=now, reason="Helps")
    assert build.apply_for(cohort, ada, at=now).status == "submitted"


def test_who_has_a_place_or_was_removed_cannot_apply(
    cohort: Cohort, ada: User, amy: User, now: datetime
) -> None:
    enrolment = enrol.by_staff(cohort_id=cohort.pk, learner=ada, by=amy, at=now, reason="Helps")
    with pytest.raises(ApplicationRefused, match="place on this course already"):
        build.apply_for(cohort, ada, at=now)
    enrol.remove(enrolment_id=enrolment.pk, by=amy, at=now, reason="Was rude")
    with pytest.raises(EnrolmentRefused, match="ended by its team"):
        build.apply_for(cohort, ada, at=now)


def test_applying_gives_no_place_and_joining_directly_stays_shut(
    cohort: Cohort, application: Application, ada: User, now: datetime
) -> None:
    with pytest.raises(EnrolmentRefused, match="People apply"):
        enrol.start(cohort_id=cohort.pk, learner=ada, at=now)
    assert places.seats(cohort=cohort, at=now).taken == 0


def test_taking_an_application_back(application: Application, ada: User, ben: User, now: datetime) -> None:
    with pytest.raises(Application.DoesNotExist):
        apply.withdraw(application_id=application.pk, applicant=ben, at=now)
    for _press in range(2):
        apply.withdraw(application_id=application.pk, applicant=ada, at=now)
    assert state(application) == "withdrawn"
    assert LedgerEntry.objects.filter(action="took an application back").count() == 1


# --- Asking for more ------------------------------------------------------------------------------


def test_asking_for_more_and_answering(
    application: Application,
    ada: User,
    ben: User,
    fay: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            apply.ask_more(application_id=application.pk, by=fay, text="Which years?", seen=1, at=now)
    assert state(application) == "more_information"
    assert ApplicationMessage.objects.count() == 1
    assert [m.subject for m in mail.outbox] == ["We have a question about your application"]
    answer: dict[str, Any] = {"application_id": application.pk, "text": "1990 to 2000.", "at": now}
    with pytest.raises(Application.DoesNotExist):
        apply.answer_more(**answer, applicant=ben)
    for _press in range(2):
        apply.answer_more(**answer, applicant=ada)
    assert state(application) == "submitted"
    assert application.version == 2
    assert [m.text for m in application.messages.all()] == ["Which years?", "1990 to 2000."]
    with pytest.raises(ApplicationRefused, match="does not wait"):
        apply.answer_more(**{**answer, "text": "And more."}, applicant=ada)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4001, "\x00"])
def test_nothing_and_too_much_are_refused(
    application: Application, fay: User, now: datetime, text: str
) -> None:
    with pytest.raises(ApplicationRefused):
        apply.ask_more(application_id=application.pk, by=fay, text=text, seen=1, at=now)
    with pytest.raises(ApplicationRefused):
        apply.note(application_id=application.pk, by=fay, text=text, at=now)
    assert state(application) == "submitted"


def test_a_note_sent_twice_is_one_note(application: Application, fay: User, amy: User, now: datetime) -> None:
    for by in (fay, fay, amy):
        apply.note(application_id=application.pk, by=by, text="Good.", at=now)
    assert ApplicationNote.objects.count() == 2


# --- Deciding -------------------------------------------------------------------------------------


def test_an_offer_holds_a_place_and_accepting_it_joins(
    cohort: Cohort,
    application: Application,
    ada: User,
    fay: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    Cohort.objects.update(capacity=1)
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    offer = Offer.objects.get()
    assert (state(application), application.offer, application.decided_by) == ("offered", offer, fay)
    assert offer.answer_by is not None
    assert offer.answer_by.isoformat() == "2026-12-01T00:00:00+00:00"
    assert places.seats(cohort=Cohort.objects.get(), at=now).left == 0
    assert f"/learning/offers/{offer.pk}/" in mail.outbox[-1].body
    enrolment = offers.accept(offer_id=offer.pk, learner=ada, at=now)
    assert (state(application), enrolment.status) == ("joined", State.ACTIVE.value)
    assert [g.kind for g in enrolment.grants.all()] == ["application"]


def test_two_reviewers_one_wins_and_the_other_is_told(
    application: Application, fay: User, amy: User, now: datetime
) -> None:
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    for late in (
        lambda: apply.decline(application_id=application.pk, by=amy, reply="No", seen=1, at=now),
        lambda: apply.offer(application_id=application.pk, by=amy, seen=1, at=now),
        lambda: apply.ask_more(application_id=application.pk, by=amy, text="Why?", seen=1, at=now),
    ):
        with pytest.raises(ApplicationRefused, match="Somebody else has decided"):
            late()
    assert (state(application), application.decided_by, application.reply) == ("offered", fay, "")
    assert Offer.objects.count() == 1


def test_nobody_decides_on_words_that_they_have_not_seen(
    cohort: Cohort, application: Application, ada: User, fay: User, now: datetime
) -> None:
    build.apply_for(cohort, ada, at=now, why="Other words")
    with pytest.raises(ApplicationRefused, match="changed their answers"):
        apply.decline(application_id=application.pk, by=fay, reply="", seen=1, at=now)
    apply.decline(application_id=application.pk, by=fay, reply="", seen=2, at=now)
    assert state(application) == "declined"


def test_declining_tells_the_applicant_and_they_may_apply_again(
    cohort: Cohort,
    application: Application,
    ada: User,
    fay: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            apply.decline(application_id=application.pk, by=fay, reply=" Next year? ", seen=1, at=now)
    assert (state(application), application.reply) == ("declined", "Next year?")
    assert [m.subject for m in mail.outbox] == ["About your application"]
    assert "Next year?" not in mail.outbox[0].body
    assert build.apply_for(cohort, ada, at=now).pk != application.pk


def test_no_place_is_offered_that_is_not_there(
    cohort: Cohort, application: Application, ben: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    enrol.by_staff(cohort_id=cohort.pk, learner=ben, by=fay, at=now, reason="Helps")
    with pytest.raises(OfferRefused, match="no free place"):
        apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    assert state(application) == "submitted"


def test_a_place_that_is_kept_back_can_be_offered(
    cohort: Cohort, application: Application, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    CohortReserve.objects.create(cohort=cohort, reason="funded", places=1)
    with pytest.raises(OfferRefused):
        apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    apply.offer(application_id=application.pk, by=fay, seen=1, reserve="funded", at=now)
    assert Offer.objects.get().place.reserve == "funded"


@pytest.mark.parametrize("hours", [-1, 0, 24 * 61])
def test_the_time_to_answer_makes_sense(
    application: Application, fay: User, now: datetime, hours: int
) -> None:
    until = now + timedelta(hours=hours)
    with pytest.raises(OfferRefused, match="time to answer"):
        apply.offer(application_id=application.pk, by=fay, seen=1, until=until, at=now)


def test_an_offer_never_outlasts_the_cohorts_own_end(
    application: Application, fay: User, now: datetime
) -> None:
    Cohort.objects.update(offers_until=now + timedelta(days=1))
    with pytest.raises(OfferRefused, match="earlier time"):
        apply.offer(application_id=application.pk, by=fay, seen=1, until=now + timedelta(days=2), at=now)


def test_saying_no_to_the_offer_ends_the_application(
    application: Application, ada: User, fay: User, now: datetime
) -> None:
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    offers.decline(offer_id=Offer.objects.get().pk, learner=ada, at=now)
    assert (state(application), application.offer) == ("withdrawn", None)


def test_taking_an_application_back_says_no_to_its_offer(
    application: Application, ada: User, fay: User, now: datetime
) -> None:
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    apply.withdraw(application_id=application.pk, applicant=ada, at=now)
    assert state(application) == "withdrawn"
    assert Offer.objects.get().status == OfferState.DECLINED.value


def test_after_an_offer_lapsed_or_was_taken_back_the_team_decides_anew(
    application: Application, ada: User, fay: User, amy: User, now: datetime
) -> None:
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    offers.withdraw(offer_id=Offer.objects.get().pk, by=fay, at=now, reason="A slip")
    assert state(application) == "submitted"
    apply.offer(application_id=application.pk, by=fay, seen=1, at=now)
    # No job has run: the time alone decides.
    later = now + timedelta(days=9)
    apply.offer(application_id=application.pk, by=amy, seen=1, at=later)
    assert (state(application), application.decided_by) == ("offered", amy)
    assert sorted(o.status for o in Offer.objects.all()) == ["expired", "open", "withdrawn"]


def test_a_place_given_by_hand_settles_the_application(
    cohort: Cohort, application: Application, ada: User, fay: User, now: datetime
) -> None:
    enrol.by_staff(cohort_id=cohort.pk, learner=ada, by=fay, at=now, reason="Was promised")
    assert state(application) == "joined"
    assert Enrolment.objects.count() == 1


# --- Personal data --------------------------------------------------------------------------------


def test_the_download_holds_notes_of_reviewers_without_their_names(
    application: Application, ada: User, fay: User, now: datetime
) -> None:
    apply.note(application_id=application.pk, by=fay, text="canary-note", at=now)
    apply.ask_more(application_id=application.pk, by=fay, text="canary-question", seen=1, at=now)
    said = str(privacy_applications.export(ada).sections)
    for words in ("Because I care.", "Tuesday, late", "canary-note", "canary-question"):
        assert words in said
    assert fay.printed_name not in said
    theirs = str(privacy_applications.export(fay).sections)
    assert "canary-note" in theirs
    assert "Because I care." not in theirs
    assert ada.printed_name not in theirs


def test_erasing_the_applicant_leaves_nothing_of_the_application(
    application: Application, ada: User, fay: User, now: datetime
) -> None:
    apply.note(application_id=application.pk, by=fay, text="canary-note", at=now)
    privacy_applications.erase(ada, now)
    assert not Application.objects.exists()
    assert not ApplicationNote.objects.exists()


def test_applications_are_deleted_a_year_after_the_decision(
    cohort: Cohort, application: Application, ben: User, fay: User, now: datetime
) -> None:
    rule = next(rule for rule in privacy.retention_rules if rule.name == "applications")
    apply.decline(application_id=application.pk, by=fay, reply="", seen=1, at=now)
    offered = build.apply_for(cohort, ben, at=now)
    apply.offer(application_id=offered.pk, by=fay, seen=1, at=now)
    assert not rule.expired(now + timedelta(days=365)).exists()
    assert list(rule.expired(now + timedelta(days=366))) == [application]
