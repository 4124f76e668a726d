"""E-mails about courses: plain words, sent once, with nothing personal in the subject."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse

from cms.core import mails
from courses.actions import certify
from courses.certificates.codes import grouped
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from courses.outbox.models import MessageSent


def enrolled(*, enrolment_id: int, at: datetime) -> bool:
    """Welcome a learner to a course. Safe to repeat."""
    enrolment = Enrolment.objects.select_related("learner", "cohort__edition__course").get(pk=enrolment_id)
    return _send(
        to=enrolment.learner,
        kind="enrolled",
        about=f"enrolment:{enrolment.pk}",
        at=at,
        course_title=enrolment.cohort.edition.course.title,
        url=settings.SITE_URL + reverse("learning:course", args=[enrolment.pk]),
    )


def certificate_issued(*, certificate_id: int, at: datetime) -> bool:
    """Tell the holder that their certificate is ready. Safe to repeat."""
    certificate = Certificate.objects.select_related("enrolment__learner").get(pk=certificate_id)
    return _send(
        to=certificate.enrolment.learner,
        kind="certificate_issued",
        about=f"certificate:{certificate.pk}",
        at=at,
        course_title=certificate.facts.course_title,
        url=settings.SITE_URL + reverse("certificates:view", args=[certificate.code]),
        code_grouped=grouped(certificate.code),
        verify_url=certify.verify_url(certificate),
    )


def _send(*, to: Any, kind: str, about: str, at: datetime, **context: Any) -> bool:
    """Send one message once per person and cause; say whether this call sent it."""
    if not to.is_active or to.erased_at is not None:
        return False
    try:
        with transaction.atomic():
            MessageSent.objects.create(user=to, kind=kind, about=about, sent_at=at)
    except IntegrityError:
        return False
    words = {**context, "person_name": to.printed_name, "site_name": settings.SITE_NAME}
    subject, body = mails.words(f"courses/email/{kind}.txt", words)
    EmailMessage(subject=subject, body=body, to=[to.email]).send()
    return True
