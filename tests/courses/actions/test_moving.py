"""Moving to another group with the work that was done: whole or not at all."""

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import transaction

from cms.users.models import User
from courses.actions import enrol, moving, offers, study
from courses.actions.enrol import EnrolmentRefused
from courses.assessment.models import Attempt
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment, Grant, Offer, Place
from courses.enrolment.states import State
from courses.ledger.models import LedgerEntry
from courses.outbox.models import OutboxEntry
from courses.progress.models import Completion, Record
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

DAY = timedelta(days=1)
WHY = "Ada is ill, and comes back in spring."


@pytest.fixture
def fay(db: None) -> User:
    return people.person("fay", "Fay Cilitator")


@pytest.fixture
def spring(course: BuiltCourse, now: datetime) -> Cohort:
    return build.cohort(course.edition, at=now, name="Spring group", capacity=1)


def move(enrolment: Enrolment, to: Cohort, by: User, at: datetime, **fields: Any) -> Enrolment:
    fields = {"kind": moving.DEFERRED, "reason": WHY, **fields}
    return moving.move(enrolment_id=enrolment.pk, to_cohort_id=to.pk, by=by, at=at, **fields)


def test_the_work_the_grants_and_the_tries_go_along(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime
) -> None:
    old = course.enrol(ada, at=now)
    course.do_lessons(old, at=now)
    attempt = course.begin(old, at=now)
    new = move(old, spring, fay, now + DAY)
    old.refresh_from_db()
    assert (old.status, old.end_reason) == (State.ENDED.value, "deferred")
    assert (new.status, new.moved_from, new.cohort) == (State.ACTIVE.value, old, spring)
    assert Record.objects.filter(enrolment=new).count() == Record.objects.filter(enrolment=old).count() > 0
    assert Attempt.objects.get(pk=attempt.pk).enrolment == new
    assert list(Grant.objects.filter(enrolment=new).values_list("kind", flat=True)) == ["free"]
    assert not Grant.objects.filter(enrolment=old, withdrawn_at=None).exists()
    assert Place.objects.get().enrolment == new
    assert LedgerEntry.objects.get(action="deferred").reason == WHY
    assert LedgerEntry.objects.get(action="moved here").details == {"before": old.pk}


def test_the_learner_is_told_once_and_not_that_they_left(
    course: BuiltCourse,
    spring: Cohort,
    ada: User,
    fay: User,
    now: datetime,
    django_capture_on_commit_callbacks: Any,
) -> None:
    old = course.enrol(ada, at=now)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            move(old, spring, fay, now)
    assert len(mail.outbox) == 1
    assert Enrolment.objects.count() == 2


def test_a_full_group_takes_nobody_unless_somebody_says_so(
    course: BuiltCourse, spring: Cohort, ada: User, ben: User, fay: User, now: datetime
) -> None:
    enrol.start(cohort_id=spring.pk, learner=ben, at=now)
    old = course.enrol(ada, at=now)
    with pytest.raises(EnrolmentRefused, match="no free place"):
        move(old, spring, fay, now)
    old.refresh_from_db()
    assert old.status == State.ACTIVE.value
    new = move(old, spring, fay, now, over_capacity=True)
    assert new.place.over_capacity


def offer_of(cohort: Cohort, learner: User, *, by: User, at: datetime) -> Offer:
    with transaction.atomic():
        made, _secret = offers.make(
            cohort=enrol.lock_cohort(cohort.pk), learner=learner, kind=Offer.Kind.INVITATION, by=by, at=at
        )
    return made


@pytest.mark.parametrize("over_capacity", [False, True])
def test_a_move_takes_up_the_place_that_was_kept_for_them_in_a_full_group(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime, over_capacity: bool
) -> None:
    offer = offer_of(spring, ada, by=fay, at=now)
    held = offer.place
    old = course.enrol(ada, at=now)
    new = move(old, spring, fay, now + DAY, over_capacity=over_capacity)
    assert new.place == held
    assert not new.place.over_capacity
    assert Place.objects.filter(cohort=spring).count() == 1
    offer.refresh_from_db()
    assert (offer.status, offer.enrolment) == ("accepted", new)
    assert set(Grant.objects.filter(enrolment=new).values_list("kind", flat=True)) == {"free", "invitation"}


def test_a_place_that_was_kept_too_long_ago_or_for_somebody_else_gives_no_room_for_a_move(
    course: BuiltCourse, spring: Cohort, ada: User, ben: User, fay: User, now: datetime
) -> None:
    late = now + 8 * DAY
    offer = offer_of(spring, ada, by=fay, at=now)
    old = course.enrol(ada, at=now)
    offer_of(spring, ben, by=fay, at=late)
    with pytest.raises(EnrolmentRefused, match="no free place"):
        move(old, spring, fay, late)
    new = move(old, spring, fay, late, over_capacity=True)
    assert new.place.over_capacity
    assert Place.objects.filter(cohort=spring).count() == 2
    offer.refresh_from_db()
    assert (offer.status, offer.place) == ("accepted", None)


def test_a_free_place_is_not_marked_as_beyond_the_number_because_it_would_have_been_allowed(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime
) -> None:
    new = move(course.enrol(ada, at=now), spring, fay, now, over_capacity=True)
    assert not new.place.over_capacity


def test_a_move_that_breaks_in_the_middle_changes_nothing(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime
) -> None:
    old = course.enrol(ada, at=now)
    course.do_lessons(old, at=now)
    before = LedgerEntry.objects.count(), OutboxEntry.objects.count()
    with patch.object(study, "refresh", side_effect=RuntimeError), pytest.raises(RuntimeError):
        move(old, spring, fay, now)
    old.refresh_from_db()
    assert old.status == State.ACTIVE.value
    assert Enrolment.objects.count() == Place.objects.count() == 1
    assert (LedgerEntry.objects.count(), OutboxEntry.objects.count()) == before


@pytest.mark.parametrize(
    "refused",
    [
        ("same", "in this group already"),
        ("other course", "another course"),
        ("ended", "has ended"),
        ("finished", "finished already"),
        ("over", "is over"),
        ("no reason", "say why"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_a_next_step(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime, refused: tuple[str, str]
) -> None:
    what, match = refused
    old = course.enrol(ada, at=now)
    to, reason = spring, WHY
    if what == "same":
        to = course.cohort
    elif what == "other course":
        to = build.course(at=now, code="OTHER").cohort
    elif what == "ended":
        enrol.withdraw(enrolment_id=old.pk, by=ada, at=now)
    elif what == "finished":
        Completion.objects.create(enrolment=old, completed_at=now)
    elif what == "over":
        Cohort.objects.filter(pk=spring.pk).update(is_rolling=False, starts_on=now - DAY, ends_on=now - DAY)
    else:
        reason = "  "
    with pytest.raises(EnrolmentRefused, match=match):
        move(old, to, fay, now, reason=reason)
    assert Enrolment.objects.count() == 1


def test_what_was_finished_before_completes_the_new_place_at_once(
    course: BuiltCourse, spring: Cohort, ada: User, fay: User, now: datetime
) -> None:
    old = course.enrol(ada, at=now)
    for activity in course.outline.activities:
        Record.objects.create(enrolment=old, activity_id=activity.activity_id, outcome="done", at=now, by=ada)
    new = move(old, spring, fay, now)
    assert Completion.objects.get().enrolment == new


def test_a_place_that_ended_by_mistake_is_put_right_with_the_work(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    old = course.enrol(ada, at=now)
    course.do_lessons(old, at=now)
    with pytest.raises(EnrolmentRefused, match="has not ended"):
        moving.put_right(enrolment_id=old.pk, by=fay, at=now, reason=WHY)
    enrol.remove(enrolment_id=old.pk, by=fay, at=now, reason="Mixed up.")
    with pytest.raises(EnrolmentRefused, match="ended by its team"):
        course.enrol(ada, at=now)
    new = moving.put_right(enrolment_id=old.pk, by=fay, at=now, reason=WHY)
    assert new.cohort == old.cohort
    assert Record.objects.filter(enrolment=new).count() == Record.objects.filter(enrolment=old).count() > 0
    with pytest.raises(EnrolmentRefused, match="another place"):
        moving.put_right(enrolment_id=old.pk, by=fay, at=now, reason=WHY)


def test_a_place_is_put_right_on_the_one_that_is_kept_for_them_also_when_the_group_is_full(
    course: BuiltCourse, ada: User, fay: User, now: datetime
) -> None:
    Cohort.objects.update(capacity=1)
    old = course.enrol(ada, at=now)
    enrol.remove(enrolment_id=old.pk, by=fay, at=now, reason="Mixed up.")
    held = offer_of(old.cohort, ada, by=fay, at=now).place
    new = moving.put_right(enrolment_id=old.pk, by=fay, at=now, reason=WHY)
    assert new.place == held == Place.objects.get()


def test_leaving_and_joining_again_begins_anew_and_keeps_the_earlier_evidence(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    old = course.enrol(ada, at=now)
    course.do_lessons(old, at=now)
    enrol.withdraw(enrolment_id=old.pk, by=ada, at=now)
    new = course.enrol(ada, at=now + DAY)
    assert not Record.objects.filter(enrolment=new).exists()
    assert Record.objects.filter(enrolment=old).exists()
    assert new.moved_from is None
