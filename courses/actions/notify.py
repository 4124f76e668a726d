"""E-mails about courses: plain words, sent once, with nothing personal in the subject."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse

from cms.core import mails
from cms.core.models import SiteDetails
from courses.actions import certify
from courses.certificates.codes import grouped
from courses.certificates.models import Certificate
from courses.conversations import people
from courses.conversations.models import Message
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
    """Tell the holder that their certificate is ready, or that it has been corrected. Safe to repeat."""
    certificate = Certificate.objects.select_related("enrolment__learner", "supersedes").get(
        pk=certificate_id
    )
    earlier = certificate.supersedes
    return _send(
        to=certificate.enrolment.learner,
        kind="certificate_corrected" if earlier else "certificate_issued",
        about=f"certificate:{certificate.pk}",
        at=at,
        course_title=certificate.facts.course_title,
        url=settings.SITE_URL + reverse("certificates:view", args=[certificate.code]),
        code_grouped=grouped(certificate.code),
        earlier_grouped=grouped(earlier.code) if earlier else "",
        verify_url=certify.verify_url(certificate),
    )


def question_asked(*, message_id: int, to: int | None, at: datetime) -> bool:
    """Tell one person that a learner waits for an answer. Safe to repeat.

    Neither the words of the question nor, in the subject, the learner's name: questions can be private.
    `to` is None when nobody can answer at all: then the site's contact address is told.
    """
    message = Message.objects.select_related("conversation__enrolment__cohort__edition__course").get(
        pk=message_id
    )
    conversation = message.conversation
    enrolment = conversation.enrolment
    words = {
        "learner_name": enrolment.learner.printed_name,
        "cohort_name": enrolment.cohort.name,
        "course_title": enrolment.cohort.edition.course.title,
        "url": settings.SITE_URL + reverse("staff:question", args=[conversation.pk]),
    }
    if to is None:
        return _send_to_contact("question_asked", words)
    person = get_user_model().objects.get(pk=to)
    if not person.wants_questions_by_email:
        return False
    if not people.answerable(person).filter(pk=conversation.pk).exists():
        return False
    return _send(to=person, kind="question_asked", about=f"message:{message.pk}", at=at, **words)


def question_answered(*, message_id: int, at: datetime) -> bool:
    """Send a learner the answer to their question, if they want it by e-mail. Safe to repeat."""
    message = Message.objects.select_related(
        "conversation__enrolment__learner", "conversation__enrolment__cohort__edition__course"
    ).get(pk=message_id)
    enrolment = message.conversation.enrolment
    if not enrolment.learner.wants_answers_by_email:
        return False
    return _send(
        to=enrolment.learner,
        kind="question_answered",
        about=f"message:{message.pk}",
        at=at,
        course_title=enrolment.cohort.edition.course.title,
        answer=message.text,
        url=settings.SITE_URL + reverse("learning:conversation", args=[message.conversation_id]),
    )


def _send_to_contact(kind: str, context: dict[str, Any]) -> bool:
    address = SiteDetails.objects.values_list("contact_email", flat=True).first()
    if not address:
        return False
    words = {**context, "person_name": "", "site_name": settings.SITE_NAME}
    subject, body = mails.words(f"courses/email/{kind}.txt", words)
    EmailMessage(subject=subject, body=body, to=[address]).send()
    return True


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
