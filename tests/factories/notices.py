"""Rows about messages, for walks through the whole site."""

from datetime import datetime

from cms.users.models import User
from courses.enrolment.models import Enrolment
from courses.messages.models import MailTrouble, MessageTemplate, Notice, ReminderChoice, ReminderRun
from courses.messages.trouble import digest
from courses.outbox.models import MessageSent


def one_of_each(person: User, enrolment: Enrolment, *, at: datetime) -> Notice:
    """A notice that was put away, own words of staff, quiet about one course, one e-mail that came back."""
    MessageTemplate.objects.create(kind="waiting", subject="You wait", body="You are on the list:\n{url}")
    ReminderRun.objects.create(day=at.date())
    MessageSent.objects.create(user=None, kind="invited", about="offer:0", sent_at=at)
    ReminderChoice.objects.create(user=person, enrolment=enrolment, until=at)
    ReminderChoice.objects.create(user=person, enrolment=None, until=at)
    MailTrouble.objects.create(user=person, address_digest=digest(person.email), failures=1, last_at=at)
    return Notice.objects.create(
        user=person,
        kind="placed",
        about=f"enrolment:{enrolment.pk}",
        ids={"enrolment": enrolment.pk},
        cohort=enrolment.cohort,
        at=at,
        read_at=at,
    )
