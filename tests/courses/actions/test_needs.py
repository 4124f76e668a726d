"""What a learner needs to take part: sealed, theirs, and read by the facilitators of the cohort alone."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from cms.users import accounts, privacy
from cms.users.models import User
from courses.actions import moving, needs
from courses.actions.needs import NeedsRefused
from courses.cohorts.models import Cohort, CohortStaff
from courses.enrolment.consents import EnrolmentConsent
from courses.enrolment.models import Enrolment
from courses.enrolment.needs import AccessNeeds
from courses.ledger.models import LedgerEntry
from tests.architecture.database import rows_with
from tests.factories import courses as build
from tests.factories import people
from tests.factories.courses import BuiltCourse

CANARY = "canary-ramp-and-breaks"


@pytest.fixture
def told(enrolment: Enrolment, fay: User, now: datetime) -> Enrolment:
    """Ada has told what she needs; Fay facilitates."""
    CohortStaff.objects.create(cohort=enrolment.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    tell(enrolment, now)
    return enrolment


def tell(enrolment: Enrolment, at: datetime, text: str = CANARY, *, agrees: bool = True) -> None:
    needs.tell(enrolment_id=enrolment.pk, learner=enrolment.learner, text=text, agrees=agrees, at=at)


def live_consents(enrolment: Enrolment) -> Any:
    kind = EnrolmentConsent.Kind.SHARE_NEEDS
    return EnrolmentConsent.objects.filter(enrolment=enrolment, kind=kind, withdrawn_at=None)


def rule(name: str) -> privacy.RetentionRule:
    return next(one for one in privacy.retention_rules if one.name == name)


def test_no_row_of_any_table_holds_the_words(told: Enrolment) -> None:
    assert rows_with(CANARY) == []
    assert needs.read(told.access_needs) == CANARY


def test_the_last_words_stand_and_the_consent_is_one(told: Enrolment, now: datetime) -> None:
    tell(told, now + timedelta(days=1), "Large print.")
    stored = AccessNeeds.objects.get(enrolment=told)
    assert needs.read(stored) == "Large print."
    assert live_consents(told).get().version == "1"


@pytest.mark.parametrize(("text", "agrees"), [("A ramp.", False), ("   ", True), ("x" * 2001, True)])
def test_nothing_is_kept_without_consent_without_words_or_with_too_many(
    enrolment: Enrolment, now: datetime, text: str, agrees: bool
) -> None:
    with pytest.raises(NeedsRefused):
        tell(enrolment, now, text, agrees=agrees)
    assert not AccessNeeds.objects.exists()
    assert not EnrolmentConsent.objects.exists()
    assert not LedgerEntry.objects.filter(action="told access needs").exists()


def test_nobody_tells_for_somebody_else(enrolment: Enrolment, ben: User, now: datetime) -> None:
    which: Any = {"enrolment_id": enrolment.pk, "learner": ben, "at": now}
    with pytest.raises(Enrolment.DoesNotExist):
        needs.tell(**which, text="A ramp.", agrees=True)
    with pytest.raises(Enrolment.DoesNotExist):
        needs.forget(**which)


def test_deleting_takes_the_words_and_the_consent_back_and_is_safe_to_repeat(
    told: Enrolment, now: datetime
) -> None:
    for _again in range(2):
        needs.forget(enrolment_id=told.pk, learner=told.learner, at=now)
    assert not AccessNeeds.objects.exists()
    assert not live_consents(told).exists()
    assert LedgerEntry.objects.filter(action="deleted access needs").count() == 1


def test_a_facilitator_opens_it_and_each_time_is_noted(told: Enrolment, fay: User, now: datetime) -> None:
    for _again in range(2):
        opened = needs.look(enrolment_id=told.pk, by=fay, at=now)
    assert (opened.text, opened.name) == (CANARY, "Ada Lerner")
    noted = LedgerEntry.objects.filter(action="looked at access needs", learner=told.learner, by=fay)
    assert noted.count() == 2
    # The history of the place, which others of the team read, does not say that there is something.
    assert not noted.filter(subject=f"enrolment:{told.pk}").exists()


def test_nobody_else_of_the_team_opens_it(
    told: Enrolment, ana: User, amy: User, ed: User, now: datetime
) -> None:
    buddy = people.staff("bud", "Bud Dy", group="Course team")
    CohortStaff.objects.create(cohort=told.cohort, user=ana, role=CohortStaff.Role.ASSESSOR)
    CohortStaff.objects.create(cohort=told.cohort, user=buddy, role=CohortStaff.Role.BUDDY)
    elsewhere = people.staff("els", "Els Where", group="Course team")
    other = build.course(at=now, code="ELSE").cohort
    CohortStaff.objects.create(cohort=other, user=elsewhere, role=CohortStaff.Role.FACILITATOR)
    for person in (ana, buddy, amy, ed, elsewhere, told.learner):
        with pytest.raises(AccessNeeds.DoesNotExist):
            needs.look(enrolment_id=told.pk, by=person, at=now)
    assert not LedgerEntry.objects.filter(action="looked at access needs").exists()


def test_whoever_facilitates_no_longer_opens_it_no_longer(told: Enrolment, fay: User, now: datetime) -> None:
    CohortStaff.objects.filter(user=fay).delete()
    with pytest.raises(AccessNeeds.DoesNotExist):
        needs.look(enrolment_id=told.pk, by=fay, at=now)


def test_when_the_place_has_ended_nobody_opens_it_and_its_owner_still_deletes_it(
    told: Enrolment, fay: User, now: datetime
) -> None:
    end(told, now)
    with pytest.raises(AccessNeeds.DoesNotExist):
        needs.look(enrolment_id=told.pk, by=fay, at=now)
    with pytest.raises(NeedsRefused):
        tell(told, now, "More.")
    needs.forget(enrolment_id=told.pk, learner=told.learner, at=now)
    assert not AccessNeeds.objects.exists()


def end(enrolment: Enrolment, at: datetime) -> None:
    Enrolment.objects.filter(pk=enrolment.pk).update(status="ended", ended_at=at, end_reason="withdrawn")


def test_a_change_of_groups_takes_it_along_with_the_consent_to_it_alone(
    told: Enrolment, course: BuiltCourse, fay: User, now: datetime
) -> None:
    EnrolmentConsent.objects.create(enrolment=told, kind="name_in_group", version="1", given_at=now)
    other = build.cohort(course.edition, at=now, name="Other group")
    new = moving.move(
        enrolment_id=told.pk, to_cohort_id=other.pk, kind="transferred", by=fay, at=now, reason="Dates"
    )
    assert needs.read(AccessNeeds.objects.get(enrolment=new)) == CANARY
    assert live_consents(new).exists()
    assert not EnrolmentConsent.objects.filter(enrolment=new, kind="name_in_group").exists()
    # The facilitator of the old group reads no more.
    with pytest.raises(AccessNeeds.DoesNotExist):
        needs.look(enrolment_id=new.pk, by=fay, at=now)


def dated(enrolment: Enrolment, ends_on: date) -> None:
    Cohort.objects.filter(pk=enrolment.cohort_id).update(
        is_rolling=False, starts_on=ends_on - timedelta(days=30), ends_on=ends_on
    )


def test_it_goes_90_days_after_the_group_has_ended_and_the_consent_ends(
    told: Enrolment, now: datetime
) -> None:
    dated(told, now.date())
    kept = rule("access-needs")
    assert kept.delete(now + timedelta(days=90)) == 0
    assert kept.delete(now + timedelta(days=91)) == 1
    assert not AccessNeeds.objects.exists()
    assert live_consents(told).count() == 0


def test_it_goes_90_days_after_the_place_has_ended_in_a_group_without_dates(
    told: Enrolment, now: datetime
) -> None:
    kept = rule("access-needs")
    assert kept.count(now + timedelta(days=3650)) == 0
    end(told, now)
    assert kept.count(now + timedelta(days=90)) == 0
    assert kept.count(now + timedelta(days=91)) == 1


def test_it_is_in_ones_own_download_and_gone_after_erasure(told: Enrolment, ben: User, now: datetime) -> None:
    words = str(privacy.collect(told.learner))
    assert CANARY in words
    assert "show it to the facilitators of my group" in words
    assert CANARY not in str(privacy.collect(ben))
    accounts.erase(user_id=told.learner_id, at=now)
    assert not AccessNeeds.objects.exists()
    assert not EnrolmentConsent.objects.exists()


def test_a_new_secret_key_still_opens_it_once_it_was_sealed_again(told: Enrolment, settings: Any) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key " * 4
    assert needs.read(AccessNeeds.objects.get()) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    call_command("seal_again", verbosity=0)
    settings.SECRET_KEY_FALLBACKS = []
    assert needs.read(AccessNeeds.objects.get()) == CANARY


def test_what_cannot_be_opened_any_more_is_refused_and_not_noted(
    told: Enrolment, fay: User, now: datetime, settings: Any
) -> None:
    settings.SECRET_KEY = "another secret key " * 4
    with pytest.raises(NeedsRefused):
        needs.look(enrolment_id=told.pk, by=fay, at=now)
    assert not LedgerEntry.objects.filter(action="looked at access needs").exists()
