"""E-mails about courses."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import override_settings

from cms.users.models import User
from courses.actions import certify, notify
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from courses.outbox.models import MessageSent
from courses.progress.models import Completion
from tests.factories.courses import BuiltCourse


@pytest.fixture
def certificate(course: BuiltCourse, ada: User, now: datetime) -> Certificate:
    completion = Completion.objects.get(enrolment=course.complete(ada, at=now))
    issued = certify.issue(completion_id=completion.pk, at=now)
    assert issued is not None
    return issued


def test_a_welcome_is_sent_once(enrolment: Enrolment, now: datetime) -> None:
    assert [notify.enrolled(enrolment_id=enrolment.pk, at=now) for _time in range(2)] == [True, False]
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert f"http://testserver/learning/{enrolment.pk}/" in message.body
    assert str(MessageSent.objects.get()) == f"enrolled enrolment:{enrolment.pk}"


def test_news_of_a_certificate_is_sent_once(certificate: Certificate, now: datetime) -> None:
    for _time in range(2):
        notify.certificate_issued(certificate_id=certificate.pk, at=now)
    (message,) = mail.outbox
    assert certificate.code in message.body


def test_a_correction_has_words_of_its_own(
    certificate: Certificate, amy: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        newer = certify.correct(
            certificate_id=certificate.pk, name="Ada Right", by=amy, reason="A letter was wrong.", at=now
        )
    notify.certificate_issued(certificate_id=newer.pk, at=now)
    (message,) = mail.outbox
    assert message.subject == "Your certificate has been corrected"
    assert "Well done" not in message.body
    for said in (f"/certificates/{newer.code}/view/", str(newer), f"number {certificate}."):
        assert said in message.body, said
    for secret in ("Ada Right", "A letter was wrong."):
        assert secret not in message.subject
    assert "A letter was wrong." not in message.body


def test_nothing_personal_stands_in_a_subject(certificate: Certificate, ada: User, now: datetime) -> None:
    User.objects.filter(pk=ada.pk).update(printed_name="Canaryname\r\nBcc: all@example.org")
    notify.enrolled(enrolment_id=certificate.enrolment_id, at=now)
    notify.certificate_issued(certificate_id=certificate.pk, at=now)
    assert len(mail.outbox) == 2
    for message in mail.outbox:
        assert message.subject
        assert "\n" not in message.subject
        for secret in ("Canary", "Lerner", "ada@", certificate.code, str(certificate)):
            assert secret not in message.subject
        assert message.bcc == message.cc == []
        assert "Bcc" not in message.extra_headers


def test_links_lead_to_the_configured_site(certificate: Certificate, now: datetime) -> None:
    with override_settings(SITE_URL="https://learn.example"):
        notify.enrolled(enrolment_id=certificate.enrolment_id, at=now)
        notify.certificate_issued(certificate_id=certificate.pk, at=now)
    for message in mail.outbox:
        assert "https://learn.example/" in message.body
        assert "testserver" not in message.body


def test_a_name_with_marks_is_written_as_it_is(enrolment: Enrolment, ada: User, now: datetime) -> None:
    """E-mails are plain text: an apostrophe or an ampersand must not become HTML."""
    User.objects.filter(pk=ada.pk).update(printed_name="Ada O'Lerner & Söhne")
    notify.enrolled(enrolment_id=enrolment.pk, at=now)
    assert "&#x27;" not in mail.outbox[0].body
    assert "&amp;" not in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"is_active": False}, {"erased_at": datetime(2026, 1, 1).astimezone()}])
def test_nothing_is_sent_to_somebody_who_is_gone(
    enrolment: Enrolment, ada: User, now: datetime, change: dict[str, object]
) -> None:
    User.objects.filter(pk=ada.pk).update(**change)
    assert not notify.enrolled(enrolment_id=enrolment.pk, at=now)
    assert mail.outbox == []
    assert not MessageSent.objects.exists()
