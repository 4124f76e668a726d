"""What a cohort asks for before joining is met for every way to a place but by hand, and by the same rule."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils.formats import date_format

from cms.users.models import User
from courses.actions import (
    apply,
    bulk,
    checks,
    codes,
    cohorts,
    enrol,
    enrolment_csv,
    moving,
    offers,
    privacy_prerequisites,
    quiz,
    waiting,
)
from courses.actions.checks import CheckRefused
from courses.actions.enrol import EnrolmentRefused, PrerequisitesMissing
from courses.cohorts.models import Cohort
from courses.cohorts.prerequisites import Prerequisite
from courses.enrolment.models import Enrolment, Offer, Place, WaitingEntry
from courses.enrolment.prerequisites import Declaration, StaffCheck
from courses.enrolment.states import OfferState, WaitingState
from courses.ledger.models import LedgerEntry
from courses.messages.models import Notice
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from tests.factories import applications, asking_first, people
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

Ways = Callable[..., Enrolment]
WHY = "Because the test says so."


@pytest.fixture
def sentence(course: BuiltCourse) -> Prerequisite:
    return asking_first.for_declaration(course.cohort)


@pytest.fixture
def check(course: BuiltCourse) -> Prerequisite:
    return asking_first.for_check(course.cohort)


def by_joining(course: BuiltCourse, person: User, fay: User, at: datetime, **agreed: Any) -> Enrolment:
    return enrol.start(cohort_id=course.cohort.pk, learner=person, at=at, **agreed)


def by_code(course: BuiltCourse, person: User, fay: User, at: datetime, **agreed: Any) -> Enrolment:
    (code,) = codes.make(cohort_id=course.cohort.pk, number=1, by=fay, at=at)
    return codes.use(code=code.code, learner=person, at=at, **agreed)


def offered(course: BuiltCourse, person: User, at: datetime, **fields: Any) -> Offer:
    with transaction.atomic():
        locked = enrol.lock_cohort(course.cohort.pk)
        return offers.make(**{"cohort": locked, "kind": "invitation", "learner": person, "at": at, **fields})[
            0
        ]


def by_offer(course: BuiltCourse, person: User, fay: User, at: datetime, **agreed: Any) -> Enrolment:
    own = Offer.objects.filter(learner=person, status=OfferState.OPEN.value).first()
    offer = own or offered(course, person, at, by=fay)
    return offers.accept(offer_id=offer.pk, learner=person, at=at, **agreed)


def by_link(course: BuiltCourse, person: User, fay: User, at: datetime, **agreed: Any) -> Enrolment:
    with transaction.atomic():
        locked = enrol.lock_cohort(course.cohort.pk)
        _offer, token = offers.make(
            cohort=locked, kind="invitation", email="somebody@example.net", by=fay, at=at
        )
    return offers.accept_by_token(token=token, learner=person, at=at, **agreed)


def by_moving(course: BuiltCourse, person: User, fay: User, at: datetime, **agreed: Any) -> Enrolment:
    old = Enrolment.objects.filter(
        learner=person, ended_at=None, cohort__edition__course=course.edition.course
    ).first()
    if old is None:
        other = build.cohort(course.edition, at=at, name="Another group")
        old = enrol.start(cohort_id=other.pk, learner=person, at=at)
    return moving.move_self(
        enrolment_id=old.pk, to_cohort_id=course.cohort.pk, learner=person, at=at, reason=WHY, **agreed
    )


every_way = pytest.mark.parametrize("way", [by_joining, by_code, by_offer, by_link, by_moving])


def on_it(course: BuiltCourse) -> int:
    return Enrolment.objects.filter(cohort=course.cohort, ended_at=None).count()


@every_way
def test_a_sentence_must_be_agreed_to_and_is_kept_in_its_words(
    course: BuiltCourse, sentence: Prerequisite, ada: User, fay: User, now: datetime, way: Ways
) -> None:
    with pytest.raises(PrerequisitesMissing, match="tick the box"):
        way(course, ada, fay, now)
    assert not Declaration.objects.exists()
    assert on_it(course) == 0
    way(course, ada, fay, now, agreed=[sentence.pk, 999])
    kept = Declaration.objects.get()
    assert (kept.learner, kept.cohort, kept.words, kept.at) == (
        ada,
        course.cohort,
        asking_first.SENTENCE,
        now,
    )


@every_way
def test_a_check_by_the_team_lets_in_when_it_is_a_yes_that_has_not_run_out(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime, way: Ways
) -> None:
    with pytest.raises(PrerequisitesMissing, match=r"confirms this with you\. Ask Fay for the form"):
        way(course, ada, fay, now, agreed=[check.pk])
    asking_first.record(check, ada, by=fay, at=now, is_done=False)
    with pytest.raises(PrerequisitesMissing, match="could not confirm"):
        way(course, ada, fay, now)
    asking_first.record(check, ada, by=fay, at=now, until=now.date())
    with pytest.raises(PrerequisitesMissing, match=r"until 23 November 2026\. It is needed again"):
        way(course, ada, fay, now + timedelta(days=1))
    assert on_it(course) == 0
    assert way(course, ada, fay, now).cohort_id == course.cohort.pk


@every_way
def test_another_course_must_be_finished_first(
    course: BuiltCourse, ada: User, fay: User, now: datetime, way: Ways
) -> None:
    first = build.course(at=now, code="FIRST")
    asking_first.for_course(course.cohort, first.edition.course)
    begun = first.enrol(ada, at=now)
    with pytest.raises(PrerequisitesMissing, match="Finish the course “Course FIRST”: You have not finished"):
        way(course, ada, fay, now)
    assert begun.ended_at is None
    first.do_lessons(begun, at=now)
    attempt = first.begin(begun, at=now)
    first.answer(attempt, right=3, at=now)
    quiz.hand_in(attempt_id=attempt.pk, learner=ada, at=now)
    assert way(course, ada, fay, now).cohort_id == course.cohort.pk


def test_an_offer_that_is_not_met_yet_stays_open_with_its_place(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    offer = offered(course, ada, now, by=fay)
    with pytest.raises(PrerequisitesMissing):
        offers.accept(offer_id=offer.pk, learner=ada, at=now)
    offer.refresh_from_db()
    assert (offer.status, offer.place_id is not None) == (OfferState.OPEN.value, True)
    asking_first.record(check, ada, by=fay, at=now)
    offers.accept(offer_id=offer.pk, learner=ada, at=now)
    assert Place.objects.count() == 1


def test_people_apply_and_are_offered_a_place_before_the_check_is_made(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    made = applications.apply_for(applications.by_application(course.cohort), ada, at=now)
    apply.offer(application_id=made.pk, by=fay, seen=1, at=now)
    with pytest.raises(PrerequisitesMissing):
        by_offer(course, ada, fay, now, agreed=[sentence.pk])
    asking_first.record(check, ada, by=fay, at=now)
    by_offer(course, ada, fay, now, agreed=[sentence.pk])
    assert on_it(course) == 1


def test_the_waiting_list_passes_over_who_lacks_a_check_and_keeps_their_turn(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, fay: User, now: datetime
) -> None:
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=1)
    first, second, third, there = (people.person(key, key.title()) for key in ("one", "two", "three", "four"))
    asking_first.record(check, second, third, there, by=fay, at=now)
    held = by_joining(course, there, fay, now, agreed=[sentence.pk])
    for number, person in enumerate((first, second, third)):
        waiting.join(cohort_id=course.cohort.pk, learner=person, at=now + timedelta(minutes=number))
    enrol.withdraw(enrolment_id=held.pk, by=there, at=now)
    assert waiting.offer_free_places(cohort_id=course.cohort.pk, at=now) == 1
    states = dict(WaitingEntry.objects.values_list("learner__printed_name", "status"))
    assert states == {"One": "waiting", "Two": "offered", "Three": "waiting"}
    # The sentence is agreed to when the place is taken, so it holds nobody up.
    by_offer(course, second, fay, now, agreed=[sentence.pk])
    Cohort.objects.filter(pk=course.cohort.pk).update(capacity=2)
    asking_first.record(check, first, by=fay, at=now)
    assert OutboxEntry.objects.filter(kind="place-freed").exists()
    assert waiting.offer_free_places(cohort_id=course.cohort.pk, at=now) == 1
    assert WaitingEntry.objects.get(learner=first).status == WaitingState.OFFERED.value


def test_staff_are_told_what_is_missing_and_may_go_past_it_on_record(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    give: dict[str, Any] = {
        "cohort_id": course.cohort.pk,
        "learner": ada,
        "by": fay,
        "at": now,
        "reason": WHY,
    }
    with pytest.raises(EnrolmentRefused, match=r"I am 60 or older; A basic vetting check\. To go past it"):
        enrol.by_staff(**give)
    assert on_it(course) == 0
    made = enrol.by_staff(**give, past_prerequisites=True)
    past = LedgerEntry.objects.get(action="let in past what is asked for")
    assert (past.learner, past.by, past.reason) == (ada, fay, WHY)
    assert enrol.by_staff(**give) == made
    assert not Declaration.objects.exists()


def test_who_lacks_nothing_is_let_in_by_staff_without_a_word_about_it(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    enrol.by_staff(
        cohort_id=course.cohort.pk, learner=ada, by=fay, at=now, reason=WHY, past_prerequisites=True
    )
    assert not LedgerEntry.objects.filter(action="let in past what is asked for").exists()


def test_what_was_met_counts_in_another_group_of_the_course_and_other_words_are_asked_anew(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    old = by_joining(course, ada, fay, now, agreed=[sentence.pk])
    later = build.cohort(course.edition, at=now, name="Later")
    asking_first.for_declaration(later)
    asking_first.for_check(later)
    words = asking_first.for_declaration(later, "I can come on Tuesdays.")
    move: dict[str, Any] = {"enrolment_id": old.pk, "to_cohort_id": later.pk, "at": now, "reason": WHY}
    with pytest.raises(PrerequisitesMissing, match="tick the box"):
        moving.move_self(**move, learner=ada)
    with pytest.raises(EnrolmentRefused, match="I can come on Tuesdays"):
        moving.move(**move, kind=moving.TRANSFERRED, by=fay)
    new = moving.move_self(**move, learner=ada, agreed=[words.pk])
    assert new.cohort_id == later.pk
    assert set(Declaration.objects.values_list("words", flat=True)) == {sentence.words, words.words}


def test_a_check_of_another_course_says_nothing_here(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    elsewhere = asking_first.for_check(build.course(at=now, code="ELSE").cohort)
    asking_first.record(elsewhere, ada, by=fay, at=now)
    with pytest.raises(PrerequisitesMissing):
        by_joining(course, ada, fay, now)


def test_staff_can_move_many_past_what_is_missing_if_they_say_so(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    other = build.cohort(course.edition, at=now, name="Another group")
    old = enrol.start(cohort_id=other.pk, learner=ada, at=now)
    move: dict[str, Any] = {
        "enrolment_ids": [old.pk],
        "to_cohort_id": course.cohort.pk,
        "by": fay,
        "at": now,
        "reason": WHY,
    }
    with pytest.raises(bulk.BulkRefused) as refused:
        bulk.move(**move)
    assert "A basic vetting check" in refused.value.cannot[old.pk]
    bulk.move(**move, past_prerequisites=True)
    assert on_it(course) == 1
    assert LedgerEntry.objects.filter(action="let in past what is asked for").count() == 1


def test_a_list_of_people_invites_who_lacks_something_instead_of_letting_them_in(
    course: BuiltCourse, check: Prerequisite, ada: User, ben: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ben, by=fay, at=now)
    kept = enrolment_csv.keep(
        cohort_id=course.cohort.pk,
        content=b"email\nada@example.org\nben@example.org\n",
        answer_by=now + timedelta(days=7),
        by=fay,
        at=now,
    )
    said = [enrolment_csv.sentence(one) for one in enrolment_csv.look(kept=kept, at=now).lines]
    assert "lacks what is asked for" in said[0]
    assert "gets a place at once" in said[1]
    enrolment_csv.bring_in(cohort_id=course.cohort.pk, token=kept.token, reason=WHY, by=fay, at=now)
    assert Enrolment.objects.get().learner == ben
    assert Offer.objects.get().learner == ada


def test_a_new_cohort_from_this_one_asks_for_the_same(
    course: BuiltCourse, check: Prerequisite, sentence: Prerequisite, amy: User, now: datetime
) -> None:
    new = cohorts.open_again(
        cohort_id=course.cohort.pk,
        edition_id=course.edition.pk,
        name="Again",
        starts_on=course.cohort.starts_on,
        opens_at=now,
        by=amy,
        at=now,
    )
    asked = [(rule.kind, rule.words, rule.next_step) for rule in new.prerequisites.order_by("sort_order")]
    assert sorted(asked) == [
        ("check", asking_first.CHECK, asking_first.STEP),
        ("declaration", asking_first.SENTENCE, ""),
    ]
    assert check.cohort_id == course.cohort.pk


# --- Recording ----------------------------------------------------------------------------------


def test_a_check_is_recorded_once_for_a_person_and_the_newest_word_counts(
    course: BuiltCourse, check: Prerequisite, ada: User, ben: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, ben, by=fay, at=now)
    enrolment = by_joining(course, ada, fay, now)
    asking_first.record(check, ada, by=fay, at=now + timedelta(hours=1), is_done=False)
    rows = {row.learner: (row.is_done, row.valid_until, row.by) for row in StaffCheck.objects.all()}
    assert rows == {ada: (False, None, fay), ben: (True, None, fay)}
    # Who has a place keeps it, and the history of the place says who recorded something, never what.
    enrolment.refresh_from_db()
    assert enrolment.ended_at is None
    entry = LedgerEntry.objects.get(action="check recorded")
    assert (entry.learner, entry.by, entry.details, entry.reason) == (ada, fay, {}, "")


def test_what_was_recorded_by_a_slip_is_taken_back(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    by_joining(course, ada, fay, now)
    take: dict[str, Any] = {"cohort_id": course.cohort.pk, "prerequisite_id": check.pk, "learners": [ada.pk]}
    for _press in range(2):
        checks.take_back(**take, by=fay, at=now)
    assert not StaffCheck.objects.exists()
    assert LedgerEntry.objects.filter(action="check taken back").count() == 1


def told(person: User, at: datetime) -> list[str]:
    """What was sent to somebody by now, as the words of their e-mails."""
    delivery.sweep(at=at + timedelta(minutes=10))
    return [" ".join(message.body.split()) for message in mail.outbox if message.to == [person.email]]


def test_somebody_is_told_what_is_on_record_of_them_with_the_next_step_and_no_more(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now, until=now.date() + timedelta(days=400))
    (words,) = told(ada, now)
    assert "confirmed for you" in words
    assert f"/join/{course.cohort.pk}/" in words
    assert date_format(now.date() + timedelta(days=400), "DATE_FORMAT") in words
    assert check.words not in words
    assert fay.printed_name not in words
    notice = Notice.objects.get(user=ada)
    assert (notice.kind, notice.ids) == ("check_confirmed", {"check": StaffCheck.objects.get().pk})


def test_what_is_recorded_again_and_changes_nothing_is_not_told_again(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    hour = timedelta(hours=1)
    asking_first.record(check, ada, by=fay, at=now)
    asking_first.record(check, ada, by=fay, at=now + hour, until=now.date() + timedelta(days=400))
    assert len(told(ada, now)) == 1
    asking_first.record(check, ada, by=fay, at=now + 2 * hour, is_done=False)
    asking_first.record(check, ada, by=fay, at=now + 3 * hour)
    asking_first.record(check, ada, by=fay, at=now + 4 * hour, is_done=False)
    assert len(OutboxEntry.objects.filter(kind="tell", payload__message__startswith="check_")) == 4
    # The yes in between does not hold any more when it is told, so nothing false is said.
    assert ["could not confirm" in words for words in told(ada, now + 5 * hour)] == [False, True, True]


def test_the_next_step_after_a_check_is_the_one_of_this_person(
    course: BuiltCourse, check: Prerequisite, ada: User, ben: User, fay: User, now: datetime
) -> None:
    place = enrol.by_staff(
        cohort_id=course.cohort.pk, learner=ada, by=fay, at=now, reason=WHY, past_prerequisites=True
    )
    asking_first.record(check, ada, by=fay, at=now)
    assert "nothing more to do" in told(ada, now)[-1]
    asking_first.record(check, ada, ben, by=fay, at=now + timedelta(hours=1), is_done=False)
    assert "You keep your place." in told(ada, now + timedelta(hours=1))[-1]
    assert f"/learning/{place.pk}/questions/" in told(ada, now)[-1]
    assert "you cannot take a place" in told(ben, now)[-1]


def test_what_was_taken_back_before_it_was_told_is_told_to_nobody(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    checks.take_back(cohort_id=course.cohort.pk, prerequisite_id=check.pk, learners=[ada.pk], by=fay, at=now)
    assert told(ada, now) == []


def test_a_check_that_cannot_be_right_is_refused(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    today, day = now.date(), timedelta(days=1)
    right: dict[str, Any] = {
        "cohort_id": course.cohort.pk,
        "prerequisite_id": check.pk,
        "learners": [ada.pk],
        "is_done": True,
        "checked_on": today,
        "valid_until": None,
        "by": fay,
        "at": now,
    }
    for wrong, why in (
        ({"checked_on": today + day}, "still to come"),
        ({"valid_until": today - day}, "cannot run out"),
        ({"learners": []}, "Nobody is ticked"),
    ):
        with pytest.raises(CheckRefused, match=why):
            checks.record(**{**right, **wrong})
    assert not StaffCheck.objects.exists()


# --- How long it is kept ------------------------------------------------------------------------


def old_checks(at: datetime) -> int:
    return privacy_prerequisites._old_checks(at).count()


def test_checks_go_ninety_days_after_the_group_ended(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    by_joining(course, ada, fay, now)
    Cohort.objects.filter(pk=course.cohort.pk).update(is_rolling=False, ends_on=now.date())
    assert old_checks(now + timedelta(days=90)) == 0
    assert old_checks(now + timedelta(days=91)) == 1


def test_a_check_is_kept_while_somebody_is_in_a_later_group_of_the_course(
    course: BuiltCourse, check: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, by=fay, at=now)
    old = by_joining(course, ada, fay, now)
    later = build.cohort(course.edition, at=now, name="Later")
    new = moving.move(
        enrolment_id=old.pk, to_cohort_id=later.pk, kind=moving.DEFERRED, by=fay, at=now, reason=WHY
    )
    Cohort.objects.filter(pk=course.cohort.pk).update(is_rolling=False, ends_on=now.date())
    later_on = now + timedelta(days=200)
    assert old_checks(later_on) == 0
    enrol.withdraw(enrolment_id=new.pk, by=ada, at=now)
    assert old_checks(later_on) == 1


def test_where_a_group_has_no_end_a_check_goes_after_the_place_ended_or_a_year_without_one(
    course: BuiltCourse, check: Prerequisite, ada: User, ben: User, fay: User, now: datetime
) -> None:
    asking_first.record(check, ada, ben, by=fay, at=now)
    place = by_joining(course, ada, fay, now)
    enrol.withdraw(enrolment_id=place.pk, by=ada, at=now + timedelta(days=1))
    assert old_checks(now + timedelta(days=90)) == 0
    assert old_checks(now + timedelta(days=92)) == 1
    assert old_checks(now + timedelta(days=366)) == 2


def test_what_somebody_agreed_to_is_kept_for_two_years_and_while_they_are_on_the_course(
    course: BuiltCourse, sentence: Prerequisite, ada: User, fay: User, now: datetime
) -> None:
    place = by_joining(course, ada, fay, now, agreed=[sentence.pk])
    later = now + timedelta(days=731)
    assert privacy_prerequisites._old_declarations(later).count() == 0
    enrol.withdraw(enrolment_id=place.pk, by=ada, at=now)
    assert privacy_prerequisites._old_declarations(later).count() == 1
