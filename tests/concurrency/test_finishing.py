"""The end of a course, its certificate and its e-mails, several times at the same moment."""

from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.files.storage import storages

from cms.users import accounts
from cms.users.models import User
from courses.actions import certify, editions, quiz, study
from courses.assessment.models import Attempt
from courses.catalogue import outline as outlines
from courses.catalogue.models import Edition
from courses.certificates.models import (
    Certificate,
    CertificateDocument,
    CertificateHolder,
    CertificateLogEntry,
)
from courses.ledger.models import LedgerEntry
from courses.outbox import delivery
from courses.outbox.models import MessageSent, OutboxEntry
from courses.progress import rules
from courses.progress.models import Completion, Record
from tests.concurrency.racing import (
    IN_VAIN_SECONDS,
    LONGEST_SECONDS,
    caught_by,
    errors,
    everybody_waits_after,
    race,
    without_locks,
)
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


@pytest.fixture
def open_course(now: datetime, transactional_db: None) -> BuiltCourse:
    """One lesson and one quiz, neither waiting for the other."""
    page = build.course_page()
    build.lesson(build.stage(page, "First stage"), "The lesson")
    second = build.stage(page, "Second stage", is_gated=False)
    build.quiz_page(second, "The quiz", build.questions(page.course))
    publisher = User.objects.create_user("publisher@example.org", "x" * 20)
    edition = editions.publish(course_page=page, by=publisher, at=now)
    return BuiltCourse(page=page, edition=edition, cohort=build.cohort(edition, at=now))


@pytest.fixture
def at_the_end(open_course: BuiltCourse, ada: User, now: datetime) -> Attempt:
    """The lesson and the hand-in are all that is left."""
    enrolment = open_course.enrol(ada, at=now)
    attempt = open_course.begin(enrolment, at=now)
    open_course.answer(attempt, right=3, at=now)
    return attempt


BOTH_LOOKED = ((study, "outcomes_of"), (rules, "better"))


def do_both_last_things(course: BuiltCourse, attempt: Attempt, at: datetime) -> list[Any]:
    learner = attempt.enrolment.learner
    lesson = partial(
        study.mark_done,
        enrolment_id=attempt.enrolment_id,
        activity_id=course.lesson_id,
        learner=learner,
        at=at,
    )
    return race([lesson, partial(quiz.hand_in, attempt_id=attempt.pk, learner=learner, at=at)])


def test_two_last_things_at_once_complete_the_course_once(
    open_course: BuiltCourse, at_the_end: Attempt, now: datetime
) -> None:
    with everybody_waits_after(*BOTH_LOOKED, people=2, locks=True):
        found = do_both_last_things(open_course, at_the_end, now)
    assert errors(found) == []
    assert Record.objects.count() == 2
    assert Completion.objects.count() == 1
    assert LedgerEntry.objects.filter(action="completed").count() == 1
    assert Certificate.objects.count() == 1


def test_without_the_lock_each_last_thing_misses_the_other(
    open_course: BuiltCourse, at_the_end: Attempt, now: datetime
) -> None:
    with everybody_waits_after(*BOTH_LOOKED, people=2, locks=False):
        found = do_both_last_things(open_course, at_the_end, now)
    assert errors(found) == []
    assert Record.objects.count() == 2
    assert Completion.objects.count() == 0


def test_pressing_done_twice_records_once(open_course: BuiltCourse, ada: User, now: datetime) -> None:
    enrolment = open_course.enrol(ada, at=now)
    done = partial(
        study.mark_done,
        enrolment_id=enrolment.pk,
        activity_id=open_course.lesson_id,
        learner=ada,
        at=now,
    )
    with everybody_waits_after((study, "outcomes_of"), people=2, locks=True):
        found = race([done, done])
    assert errors(found) == []
    assert Record.objects.count() == 1
    assert LedgerEntry.objects.filter(action="lesson done").count() == 1


def test_without_the_lock_only_the_database_refuses_a_second_done(
    open_course: BuiltCourse, ada: User, now: datetime
) -> None:
    enrolment = open_course.enrol(ada, at=now)
    done = partial(
        study.mark_done,
        enrolment_id=enrolment.pk,
        activity_id=open_course.lesson_id,
        learner=ada,
        at=now,
    )
    with everybody_waits_after((study, "outcomes_of"), people=2, locks=False):
        found = race([done, done])
    assert caught_by(found) == ["record_one_per_activity"]


@pytest.fixture
def nameless(course: BuiltCourse, ada: User, now: datetime) -> Completion:
    """A completion without a certificate: Ada has only now said which name to print."""
    User.objects.filter(pk=ada.pk).update(printed_name="")
    enrolment = course.complete(User.objects.get(pk=ada.pk), at=now)
    assert not Certificate.objects.exists()
    User.objects.filter(pk=ada.pk).update(printed_name="Ada Lerner")
    mail.outbox.clear()
    return Completion.objects.get(enrolment=enrolment)


def issue_often(completion: Completion, at: datetime) -> list[Any]:
    issue = partial(certify.issue, completion_id=completion.pk, at=at)
    return race([issue, issue, partial(certify.issue_missing, at=at)])


def test_issuing_at_once_gives_one_certificate_and_one_e_mail(nameless: Completion, now: datetime) -> None:
    with everybody_waits_after((certify, "facts_for"), people=3, locks=True):
        found = issue_often(nameless, now)
    assert errors(found) == []
    certificate = Certificate.objects.get()
    assert found[:2] == [certificate, certificate]
    assert CertificateLogEntry.objects.filter(event="issued").count() == 1
    assert len(mail.outbox) == 1


def test_without_the_lock_only_the_database_refuses_a_second_certificate(
    nameless: Completion, now: datetime
) -> None:
    issue = partial(certify.issue, completion_id=nameless.pk, at=now)
    with everybody_waits_after((certify, "facts_for"), people=2, locks=False):
        found = race([issue, issue])
    assert caught_by(found) == ["certificate_one_first_per_enrolment"]
    assert Certificate.objects.count() == 1


def test_drawing_a_certificate_at_once_keeps_one_file(course: BuiltCourse, ada: User, now: datetime) -> None:
    course.complete(ada, at=now)
    certificate = Certificate.objects.get()
    kept = CertificateDocument.objects.get()
    storages["private"].delete(kept.file_name)
    CertificateDocument.objects.all().delete()
    draw = partial(certify.keep_pdf, certificate_id=certificate.pk, at=now)
    with everybody_waits_after((certify, "_draw"), people=2, locks=True):
        first, second = race([draw, draw])
    assert first == second == CertificateDocument.objects.get()
    files = [path for path in Path(settings.PRIVATE_ROOT).rglob(f"{certificate.pk}-*.pdf") if path.is_file()]
    assert [path.name for path in files] == [Path(first.file_name).name]


@pytest.fixture
def waiting_entry(course: BuiltCourse, ada: User, now: datetime) -> OutboxEntry:
    """An entry that says "welcome", not yet handled."""
    course.enrol(ada, at=now)
    MessageSent.objects.all().delete()
    mail.outbox.clear()
    OutboxEntry.objects.update(handled_at=None)
    return OutboxEntry.objects.get(kind="enrolled")


def deliver_often(entry: OutboxEntry, at: datetime, *, locks: bool) -> tuple[list[Any], int]:
    """Deliver one entry in three workers; also say how many of them did the work."""
    calls: list[int] = []
    workers = 3

    class Handling:
        """The handler, with a line before it at which workers wait for each other."""

        @staticmethod
        def begin() -> None:
            calls.append(1)

    original = delivery._handlers[entry.kind]

    def handle(payload: dict[str, Any], moment: datetime) -> None:
        Handling.begin()
        original(payload, moment)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(delivery._handlers, entry.kind, handle)
        with everybody_waits_after((Handling, "begin"), people=workers, locks=locks):
            found = race([partial(delivery.deliver, entry_id=entry.pk, at=at)] * workers)
    return found, len(calls)


def test_one_entry_in_several_workers_sends_one_e_mail(waiting_entry: OutboxEntry, now: datetime) -> None:
    found, calls = deliver_often(waiting_entry, now, locks=True)
    assert sorted(found) == [False, False, True]
    assert calls == 1
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]


def test_without_the_lock_every_worker_does_the_work_and_only_the_database_keeps_it_to_one_e_mail(
    waiting_entry: OutboxEntry, now: datetime
) -> None:
    found, calls = deliver_often(waiting_entry, now, locks=False)
    assert found == [True, True, True]
    assert calls == 3
    assert len(mail.outbox) == MessageSent.objects.count() == 1


def publish_twice(course: BuiltCourse, at: datetime) -> list[Any]:
    """Two editors press "Publish an edition" after the same change."""
    page = course.page
    lesson = page.get_children().first().get_children().first()
    type(lesson).objects.filter(pk=lesson.pk).update(title="A new title")
    publisher = course.edition.published_by
    publish = partial(editions.publish, course_page=page, by=publisher, at=at)
    return race([publish, publish])


def test_publishing_at_once_gives_one_edition(course: BuiltCourse, now: datetime) -> None:
    with everybody_waits_after((outlines, "same_rules"), people=2, locks=True):
        first, second = publish_twice(course, now)
    assert first == second
    assert list(Edition.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_without_the_lock_only_the_database_refuses_a_second_edition(
    course: BuiltCourse, now: datetime
) -> None:
    with everybody_waits_after((outlines, "same_rules"), people=2, locks=False):
        found = publish_twice(course, now)
    assert caught_by(found) == ["edition_number_once_per_course"]


def issue_while_erasing(completion: Completion, at: datetime, *, locks: bool) -> list[Any]:
    """An account is erased after the certificate's facts were gathered and before it is written."""
    reached, erased = Event(), Event()
    gather = certify.facts_for

    def slow(**facts: Any) -> Any:
        found = gather(**facts)
        reached.set()
        erased.wait(IN_VAIN_SECONDS if locks else LONGEST_SECONDS / 3)
        return found

    def erase() -> bool:
        reached.wait(LONGEST_SECONDS / 3)
        try:
            return accounts.erase(user_id=completion.enrolment.learner_id, at=at)
        finally:
            erased.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certify, "facts_for", slow)
        if not locks:
            without_locks(patch)
        return race([partial(certify.issue, completion_id=completion.pk, at=at), erase])


def test_erasing_and_issuing_at_once_leave_no_name(nameless: Completion, now: datetime) -> None:
    found = issue_while_erasing(nameless, now, locks=True)
    assert errors(found) == []
    certify.issue_missing(at=now)
    assert User.objects.get(pk=nameless.enrolment.learner_id).printed_name == ""
    assert not CertificateHolder.objects.exists()


def test_without_the_lock_a_name_is_left_behind(nameless: Completion, now: datetime) -> None:
    found = issue_while_erasing(nameless, now, locks=False)
    assert errors(found) == []
    assert CertificateHolder.objects.get().printed_name == "Ada Lerner"


def draw_while_erasing(certificate: Certificate, at: datetime, *, locks: bool) -> list[Any]:
    """An account is erased after the PDF was drawn with the name and before it is kept."""
    reached, erased = Event(), Event()
    draw = certify._draw

    def slow(*given: Any) -> Any:
        found = draw(*given)
        reached.set()
        erased.wait(IN_VAIN_SECONDS if locks else LONGEST_SECONDS / 3)
        return found

    def erase() -> bool:
        reached.wait(LONGEST_SECONDS / 3)
        try:
            return accounts.erase(user_id=certificate.holder.learner_id, at=at)
        finally:
            erased.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certify, "_draw", slow)
        if not locks:
            without_locks(patch)
        return race([partial(certify.keep_pdf, certificate_id=certificate.pk, at=at), erase])


@pytest.fixture
def undrawn(nameless: Completion, now: datetime) -> Certificate:
    """A certificate with a holder, whose PDF is not kept yet."""
    certify.issue(completion_id=nameless.pk, at=now)
    CertificateDocument.objects.all().delete()
    return Certificate.objects.select_related("holder").get()


def test_erasing_and_drawing_at_once_keep_no_file(undrawn: Certificate, now: datetime) -> None:
    draw_while_erasing(undrawn, now, locks=True)
    assert not CertificateHolder.objects.exists()
    assert not CertificateDocument.objects.exists()


def test_without_the_lock_a_file_with_the_name_is_left_behind(undrawn: Certificate, now: datetime) -> None:
    draw_while_erasing(undrawn, now, locks=False)
    assert not CertificateHolder.objects.exists()
    assert CertificateDocument.objects.exists()
