"""E-mails that follow from what learners do by themselves: each names its kind, and `tell` does the rest."""

from datetime import datetime

from django.contrib.auth import get_user_model

from cms.core.models import SiteDetails
from courses.actions import tell
from courses.certificates.models import Certificate
from courses.conversations.models import Message
from courses.enrolment.models import Enrolment


def enrolled(*, enrolment_id: int, at: datetime) -> bool:
    """Welcome a learner to a course. Safe to repeat."""
    enrolment = Enrolment.objects.select_related("learner").get(pk=enrolment_id)
    return tell.now(
        kind="enrolled",
        person=enrolment.learner,
        about=f"enrolment:{enrolment.pk}",
        at=at,
        enrolment=enrolment.pk,
    )


def certificate_issued(*, certificate_id: int, at: datetime) -> bool:
    """Tell the holder that their certificate is ready, or that it has been corrected. Safe to repeat."""
    certificate = Certificate.objects.select_related("enrolment__learner").get(pk=certificate_id)
    return tell.now(
        kind="certificate_corrected" if certificate.supersedes_id else "certificate_issued",
        person=certificate.enrolment.learner,
        about=f"certificate:{certificate.pk}",
        at=at,
        certificate=certificate.pk,
    )


def question_asked(*, message_id: int, to: int | None, at: datetime) -> bool:
    """Tell one person that a learner waits for an answer. Safe to repeat.

    `to` is None when nobody can answer at all: then the site's contact address is told.
    """
    if to is None:
        address = SiteDetails.objects.values_list("contact_email", flat=True).first()
        return bool(address) and tell.to_contact(
            kind="question_asked", address=address, at=at, message=message_id
        )
    person = get_user_model().objects.get(pk=to)
    about = f"message:{message_id}"
    return tell.now(kind="question_asked", person=person, about=about, at=at, message=message_id)


def question_answered(*, message_id: int, at: datetime) -> bool:
    """Send a learner the answer to their question, if they want it by e-mail. Safe to repeat."""
    message = Message.objects.select_related("conversation__enrolment__learner").get(pk=message_id)
    person = message.conversation.enrolment.learner
    about = f"message:{message.pk}"
    return tell.now(kind="question_answered", person=person, about=about, at=at, message=message.pk)
