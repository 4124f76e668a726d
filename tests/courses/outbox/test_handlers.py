"""What the outbox sets going, from the last answer to the e-mail."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core import mail
from django.core.files.storage import storages
from django.core.mail.backends.locmem import EmailBackend

from cms.users.models import User
from courses.certificates.models import Certificate, CertificateDocument
from courses.outbox import delivery
from courses.outbox.models import OutboxEntry
from tests.factories.courses import BuiltCourse


class AwayBackend(EmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


def test_finishing_leads_to_the_certificate_its_pdf_and_the_news_once(
    course: BuiltCourse, ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        course.complete(ada, at=now)
    delivery.sweep(at=now + timedelta(days=1))
    assert Certificate.objects.count() == CertificateDocument.objects.count() == 1
    assert len(mail.outbox) == 2
    assert not OutboxEntry.objects.filter(handled_at=None).exists()


def test_case_54_with_the_mail_server_away_the_place_is_there_and_the_mail_follows(
    course: BuiltCourse, ada: User, now: datetime, settings: Any
) -> None:
    course.enrol(ada, at=now)
    settings.EMAIL_BACKEND = f"{AwayBackend.__module__}.{AwayBackend.__qualname__}"
    assert delivery.sweep(at=now + timedelta(minutes=5)) == 0
    assert mail.outbox == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert delivery.sweep(at=now + timedelta(hours=1)) == 1
    assert [message.to for message in mail.outbox] == [[ada.email]]


def test_a_mail_server_that_is_away_leaves_no_file_that_nobody_knows_of(
    course: BuiltCourse, ada: User, now: datetime, private_files: Path, settings: Any
) -> None:
    """A PDF carries the learner's name: one without a row would outlive the erasure of the account."""
    course.complete(ada, at=now)
    settings.EMAIL_BACKEND = f"{AwayBackend.__module__}.{AwayBackend.__qualname__}"
    for hour in range(1, 12):
        delivery.sweep(at=now + timedelta(hours=7 * hour))
    known = {d.file_name.rpartition("/")[2] for d in CertificateDocument.objects.all()}
    assert len(known) == 1
    assert set(storages["private"].listdir("certificates")[1]) == known
