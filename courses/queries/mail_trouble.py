"""Whom our e-mails do not reach, for the people who look after them."""

from collections.abc import Iterable
from typing import Any

from courses.messages.models import MailTrouble
from courses.messages.trouble import digest


def of(users: Iterable[Any]) -> dict[int, MailTrouble]:
    """By the person's id: those whose mail server refuses our e-mails for good, so that none are sent.

    One query. `users` are people or their ids; with ids alone, one who has just changed the address may
    still be among them.
    """
    given = list(users)
    addresses = {person.pk: person.email for person in given if hasattr(person, "email")}
    pks = [getattr(person, "pk", person) for person in given]
    found = MailTrouble.objects.filter(user__in=pks, stopped_at__isnull=False)
    return {
        trouble.user_id: trouble
        for trouble in found
        if trouble.user_id not in addresses or trouble.address_digest == digest(addresses[trouble.user_id])
    }
