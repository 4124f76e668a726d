"""Issuing certificates: once, from frozen facts, and with the name the learner gave."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import override_settings

from cms.core.batches import BatchIncomplete
from cms.users.models import User
from courses.actions import certify, editions, study
from courses.actions.certify import CertificateRefused
from courses.assessment.models import QuizQuestion
from courses.catalogue.accreditation import AccreditationRecord
from courses.catalogue.models import Course
from courses.catalogue.outline import Kind
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.certificates.status import Status, status_of
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from courses.ledger.models import AppendOnlyError, LedgerEntry
from courses.progress.models import Completion, Record
from tests.factories import courses as build
from tests.factories import gates
from tests.factories.courses import BuiltCourse


@pytest.fixture
def completion(course: BuiltCourse, ada: User, now: datetime) -> Completion:
    """Ada has finished; nothing has been issued yet."""
    return Completion.objects.get(enrolment=course.complete(ada, at=now))


@pytest.fixture
def certificate(completion: Completion, now: datetime, private_files: Path) -> Certificate:
    issued = certify.issue(completion_id=completion.pk, at=now)
    assert issued is not None
    return issued


def test_a_certificate_says_what_was_done(certificate: Certificate, course: BuiltCourse) -> None:
    facts = certificate.facts
    assert (facts.course_code, facts.edition_number) == ("TEST", 1)
    assert facts.stages == ("First stage", "Second stage")
    assert facts.self_directed_minutes == 30
    assert facts.assessment == ("Passed the quiz “The quiz” with 100% (pass mark 60%)",)
    assert "Ada" not in str(certificate.frozen)
    assert str(certificate).count("-") == 6


@pytest.mark.parametrize(
    ("days", "is_claimed"),
    [
        ((date(2026, 11, 23), date(2026, 11, 25)), True),
        ((date(2026, 11, 23), date(2026, 11, 24)), False),
        ((date(2026, 11, 24), date(2026, 12, 31)), False),
    ],
    ids=["both days", "not on the day of issue", "not on the day of completion"],
)
def test_a_certificate_claims_only_what_covers_its_completion_and_its_issue(
    course: BuiltCourse,
    completion: Completion,
    now: datetime,
    private_files: Path,
    days: tuple[date, date],
    is_claimed: bool,
) -> None:
    build.accreditation(course.edition.course, first=days[0], last=days[1])
    issued = certify.issue(completion_id=completion.pk, at=now + timedelta(days=2))
    assert issued is not None
    assert issued.facts.accreditation.startswith("Accredited by Example Body") == is_claimed
    AccreditationRecord.objects.all().delete()
    assert bool(Certificate.objects.get().facts.accreditation) == is_claimed


def test_what_an_edition_froze_is_not_claimed_for_ever(
    course: BuiltCourse, ada: User, ed: User, now: datetime, private_files: Path
) -> None:
    """The edition was published while a record covered the day; the certificate is issued after its end."""
    build.accreditation(course.edition.course, first=now.date(), last=now.date())
    edition = editions.publish(course_page=course.page, by=ed, at=now)
    assert edition.outline.certificate.accreditation
    later = now + timedelta(days=30)
    cohort = build.cohort(edition, at=now)
    enrolment = BuiltCourse(course.page, edition, cohort).complete(ada, at=later)
    issued = certify.issue(completion_id=enrolment.completion.pk, at=later)
    assert issued is not None
    assert issued.facts.accreditation == ""


def test_issuing_twice_gives_the_same_certificate(
    completion: Completion, certificate: Certificate, now: datetime
) -> None:
    assert certify.issue(completion_id=completion.pk, at=now + timedelta(days=1)) == certificate
    assert certify.issue_missing(at=now) == 0
    assert Certificate.objects.count() == CertificateLogEntry.objects.count() == 1
    assert LedgerEntry.objects.filter(action="certificate issued").count() == 1


@pytest.mark.parametrize("blank", ["", "   "])
def test_without_a_name_it_waits_and_follows_when_the_name_is_there(
    completion: Completion, ada: User, now: datetime, blank: str
) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name=blank)
    assert certify.issue(completion_id=completion.pk, at=now) is None
    assert certify.issue_missing(at=now) == 0
    User.objects.filter(pk=ada.pk).update(printed_name="Ada  At Last ")
    assert certify.issue_missing(at=now) == 1
    assert CertificateHolder.objects.get().printed_name == "Ada At Last"


def test_nothing_is_issued_for_somebody_who_was_erased(
    completion: Completion, ada: User, now: datetime
) -> None:
    User.objects.filter(pk=ada.pk).update(erased_at=now)
    assert certify.issue_missing(at=now) == 0


def test_what_is_printed_never_changes_although_everything_else_does(
    certificate: Certificate, course: BuiltCourse, ada: User, now: datetime
) -> None:
    before = Certificate.objects.get().facts
    Course.objects.update(title="Another title", provider="Another provider", code="OTHER")
    Cohort.objects.update(time_zone="Pacific/Auckland")
    Record.objects.filter(outcome="passed").update(score=2)
    User.objects.filter(pk=ada.pk).update(printed_name="Ada Renamed")
    course.page.title = "Renamed"
    course.page.save()
    again = Certificate.objects.get()
    assert again.facts == before
    assert again.holder.printed_name == "Ada Lerner"
    assert again.matches_name("ada lerner")
    assert not again.matches_name("Ada Renamed")


def test_a_certificate_cannot_be_changed_or_deleted(certificate: Certificate) -> None:
    certificate.code = "X"
    with pytest.raises(AppendOnlyError):
        certificate.save()
    with pytest.raises(AppendOnlyError):
        certificate.delete()
    with pytest.raises(AppendOnlyError):
        Certificate.objects.update(code="X")
    with pytest.raises(AppendOnlyError):
        CertificateLogEntry.objects.all().delete()


def test_days_are_those_of_the_cohort_s_own_time_zone(ada: User, now: datetime) -> None:
    late = now.replace(hour=23, minute=30)
    course = build.course(at=late, code="EAST")
    Cohort.objects.filter(pk=course.cohort.pk).update(time_zone="Asia/Tokyo")
    enrolment = course.complete(ada, at=late)
    issued = certify.issue(completion_id=enrolment.completion.pk, at=late)
    assert issued is not None
    assert (issued.facts.started_on.day, issued.facts.issued_on.day) == (24, 24)


def test_only_the_holder_decides_whether_the_name_is_shown(
    certificate: Certificate, ada: User, ben: User, now: datetime
) -> None:
    with pytest.raises(Certificate.DoesNotExist):
        certify.show_name(code=certificate.code, learner=ben, is_shown=True, at=now)
    assert not CertificateHolder.objects.get().is_name_shown
    for _press in range(2):
        certify.show_name(code=certificate.code, learner=ada, is_shown=True, at=now)
    assert CertificateHolder.objects.get().is_name_shown
    certify.show_name(code=certificate.code, learner=ada, is_shown=False, at=now)
    assert not CertificateHolder.objects.get().is_name_shown
    told = LedgerEntry.objects.filter(action__startswith="name ").values_list("action", flat=True)
    assert list(told) == ["name shown on check page", "name hidden on check page"]


def test_the_address_that_is_printed_is_the_configured_one(certificate: Certificate) -> None:
    with override_settings(SITE_URL="https://learn.example"):
        assert certify.verify_url(certificate) == f"https://learn.example/certificates/{certificate.code}/"


def test_the_pdf_is_drawn_once_and_kept(certificate: Certificate, now: datetime) -> None:
    first = certify.keep_pdf(certificate_id=certificate.pk, at=now)
    second = certify.keep_pdf(certificate_id=certificate.pk, at=now)
    assert first == second == CertificateDocument.objects.get()
    assert str(first) == first.file_name
    with storages["private"].open(first.file_name) as stored:
        assert stored.read() == certify.pdf(certificate=certificate)


def test_a_pdf_that_is_not_kept_yet_is_the_same_pdf(certificate: Certificate, now: datetime) -> None:
    drawn = certify.pdf(certificate=certificate)
    certify.keep_pdf(certificate_id=certificate.pk, at=now)
    assert certify.pdf(certificate=certificate) == drawn
    assert drawn.startswith(b"%PDF-")


def test_after_erasure_there_is_nothing_to_draw(certificate: Certificate, now: datetime) -> None:
    CertificateHolder.objects.all().delete()
    with pytest.raises(CertificateRefused, match="erased"):
        certify.keep_pdf(certificate_id=certificate.pk, at=now)
    with pytest.raises(CertificateRefused, match="erased"):
        certify.pdf(certificate=certificate)


def test_one_completion_that_cannot_be_certified_keeps_nobody_else_waiting(
    completion: Completion, ben: User, now: datetime
) -> None:
    other = build.course(at=now, code="BAD")
    broken = other.complete(ben, at=now + timedelta(hours=1))
    Cohort.objects.filter(pk=other.cohort.pk).update(time_zone="Nowhere/Atall")
    with pytest.raises(BatchIncomplete, match="1 failed, 1 done"):
        certify.issue_missing(at=now)
    assert Certificate.objects.filter(enrolment=completion.enrolment).exists()
    assert not Certificate.objects.filter(enrolment=broken).exists()


def test_a_course_without_a_required_quiz_says_so(ada: User, now: datetime) -> None:
    page = build.course_page(code="READ", slug="read")
    build.lesson(build.stage(page, "One"), "First")
    edition = build.editions.publish(course_page=page, by=ada, at=now)
    cohort = build.cohort(edition, at=now)
    enrolment: Enrolment = build.enrol.start(cohort_id=cohort.pk, learner=ada, at=now)
    activity = edition.outline.activities[0].activity_id
    build.study.mark_done(enrolment_id=enrolment.pk, activity_id=activity, learner=ada, at=now)
    issued = certify.issue(completion_id=enrolment.completion.pk, at=now)
    assert issued is not None
    assert issued.facts.assessment == ()


# --- A wrong name ----------------------------------------------------------------------------------


def corrected(certificate: Certificate, by: User, at: datetime, name: str = "Ada Learner") -> Certificate:
    return certify.correct(
        certificate_id=certificate.pk, name=name, by=by, reason="The name was misspelt", at=at
    )


def test_a_wrong_name_is_corrected_with_a_new_certificate(
    certificate: Certificate, amy: User, now: datetime
) -> None:
    later = now + timedelta(days=3)
    new = corrected(certificate, amy, later)
    assert new.code != certificate.code
    assert new.supersedes == certificate
    assert new.matches_name("Ada Learner")
    assert not new.matches_name("Ada Lerner")
    assert new.facts == replace(certificate.facts, issued_on=later.date())
    assert status(certificate) is Status.CORRECTED
    assert status(new) is Status.VALID
    entry = LedgerEntry.objects.get(action="certificate corrected")
    assert (entry.by, entry.reason, entry.details) == (
        amy,
        "The name was misspelt",
        {"replaces": certificate.pk},
    )


def status(certificate: Certificate) -> Status:
    return status_of([entry.event for entry in certificate.log.all()])


def test_correcting_twice_gives_the_same_certificate(
    certificate: Certificate, amy: User, now: datetime
) -> None:
    new = corrected(certificate, amy, now)
    assert corrected(certificate, amy, now) == new
    assert Certificate.objects.count() == 2


def test_a_correction_can_be_corrected_and_only_the_newest_can(
    certificate: Certificate, amy: User, now: datetime
) -> None:
    second = corrected(certificate, amy, now)
    third = corrected(second, amy, now, name="Ada L. Learner")
    assert third.supersedes == second
    with pytest.raises(CertificateRefused, match="newest"):
        corrected(certificate, amy, now, name="Somebody Else")


@pytest.mark.parametrize("name", ["", "  ", "Ada Lerner"])
def test_without_another_name_there_is_nothing_to_correct(
    certificate: Certificate, amy: User, now: datetime, name: str
) -> None:
    with pytest.raises(CertificateRefused, match="name as it should be"):
        corrected(certificate, amy, now, name=name)


def test_an_erased_name_is_not_brought_back(certificate: Certificate, amy: User, now: datetime) -> None:
    CertificateHolder.objects.all().delete()
    with pytest.raises(CertificateRefused, match="erased"):
        corrected(certificate, amy, now)


def test_whether_the_name_is_shown_stays_as_the_holder_chose(
    certificate: Certificate, ada: User, amy: User, now: datetime
) -> None:
    certify.show_name(code=certificate.code, learner=ada, is_shown=True, at=now)
    assert corrected(certificate, amy, now).holder.is_name_shown


# --- Safety questions ---------------------------------------------------------------------------------


def assessed(course: BuiltCourse, learner: User, at: datetime) -> tuple[str, ...]:
    """What the certificate says of somebody whose second try had answers 1, 3 and 4 of five right."""
    enrolment = gates.before(course, learner, at=at)
    gates.sit(course, enrolment, right={2, 4}, at=at)
    gates.sit(course, enrolment, right={1, 3, 4}, at=at)
    study.mark_done(enrolment_id=enrolment.pk, activity_id=course.ids(Kind.LESSON)[2], learner=learner, at=at)
    return certified(enrolment, at)


def certified(enrolment: Enrolment, at: datetime) -> tuple[str, ...]:
    enrolment = Enrolment.objects.select_related("cohort__edition__course").get(pk=enrolment.pk)
    completion = Completion.objects.get(enrolment=enrolment)
    return certify.facts_for(enrolment=enrolment, completion=completion, at=at).assessment


@pytest.mark.parametrize(
    ("must_be_right", "said"),
    [
        ((), "Passed the quiz “The gate” with 60% (pass mark 60%)"),
        ((1,), "Passed the quiz “The gate” with 60% (pass mark 60%) and its safety question right"),
        ((1, 3), "Passed the quiz “The gate” with 60% (pass mark 60%) and every safety question right"),
    ],
)
def test_a_certificate_says_that_the_safety_questions_were_right(
    ada: User, now: datetime, must_be_right: tuple[int, ...], said: str
) -> None:
    assert assessed(gates.course(at=now, must_be_right=must_be_right), ada, now) == (said,)


def test_nothing_is_claimed_of_safety_questions_that_came_after_the_pass(ada: User, now: datetime) -> None:
    first = gates.course(at=now, must_be_right=(1,))
    assessed(first, ada, now)
    QuizQuestion.objects.update(must_be_right=True)
    newer = gates.published(first.page, at=now).edition
    Cohort.objects.filter(pk=first.cohort.pk).update(edition=newer)
    (said,) = certified(Enrolment.objects.get(), now)
    assert said == "Passed the quiz “The gate” with 60% (pass mark 60%)"
