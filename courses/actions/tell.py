"""Telling people something: a notice on the site, and an e-mail. Ids only, until it is sent.

The cause writes one outbox entry in its own transaction. The notice is there as soon as that is
delivered, also while the mail server is away; the e-mail is then tried again by an entry of its own.
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction

from cms.core import unread
from cms.users import sealing
from courses.actions import mail_trouble
from courses.enrolment.models import Enrolment
from courses.enrolment.states import State
from courses.messages import kinds, trouble, writing
from courses.messages.kinds import MessageKind, Said, Stop
from courses.messages.models import Notice
from courses.messages.writing import Written
from courses.outbox import writing as outbox
from courses.outbox.models import MessageSent
from courses.progress.models import Completion

log = logging.getLogger(__name__)

# What the message is about, for "once": words and numbers, never an address or a name.
ABOUT = re.compile(r"[a-z0-9][a-z0-9:._-]{0,79}")


def later(*, kind: str, learner: int, about: str, at: datetime, **ids: int | None) -> None:
    """Tell a person something once, after the caller's transaction. `learner` is the id of an account.

    `about` and the kind together say what "once" means, as in "offer:12". `ids` are given to the
    kind's function (courses/messages/kinds.py).
    """
    outbox.write(kind="tell", at=at, **entry(kind=kind, learner=learner, about=about, **ids))


def entry(*, kind: str, learner: int, about: str, **ids: int | None) -> dict[str, Any]:
    """What the outbox keeps of one message: for many at once (`outbox.write_many`)."""
    return {"message": kind, "to": learner, "about": _about(about), "ids": _checked(ids)}


def address_later(
    *, kind: str, about: str, at: datetime, email_from: str = "", token: str = "", **ids: int | None
) -> None:
    """Tell somebody who has no account yet, once, after the caller's transaction.

    The address is not kept: the kind's function looks it up again and answers with `Said(..., to=...)`.
    `email_from` only says, for the reader of the call, which of the ids leads to it. A secret `token`
    for a link is sealed until the e-mail is sent, and the function is given it as `token`.
    """
    outbox.write(kind="tell-address", at=at, **address_entry(kind=kind, about=about, token=token, **ids))


def address_entry(*, kind: str, about: str, token: str = "", **ids: int | None) -> dict[str, Any]:
    """What the outbox keeps of one message to an address: for many at once (`outbox.write_many`)."""
    secret = {"sealed": sealing.seal(token)} if token else {}
    return {"message": kind, "about": _about(about), "ids": _checked(ids), **secret}


def _about(about: str) -> str:
    if not ABOUT.fullmatch(about):
        raise ValueError("What a message is about is written with small letters, digits and : . _ - only.")
    return about


def _checked(ids: Mapping[str, Any]) -> dict[str, int | None]:
    for name, value in ids.items():
        if value is not None and not isinstance(value, int):
            raise TypeError(f"Only ids go with a message, and {name} is none.")
    return dict(ids)


def deliver(*, payload: Mapping[str, Any], at: datetime) -> None:
    """Handle one entry of `later`. Safe to repeat. The notice stays when the e-mail cannot be sent now."""
    try:
        again(payload=payload, at=at)
    except OSError as failed:
        log.warning("an e-mail is tried again: %s", type(failed).__name__)
        outbox.write(kind="tell-again", at=at, **payload)


def again(*, payload: Mapping[str, Any], at: datetime) -> None:
    """Try once more what could not be sent. Safe to repeat. Raises OSError while the mail server is away."""
    person = _people().filter(pk=payload["to"]).first()
    if person is not None:
        now(kind=payload["message"], person=person, about=payload["about"], at=at, **payload["ids"])


def now(*, kind: str, person: Any, about: str, at: datetime, **ids: Any) -> bool:
    """Make the notice and send the e-mail, each once; say whether this call sent it. Safe to repeat.

    Raises OSError when the mail server cannot be reached or asks us to come back.
    """
    found = kinds.find(kind)
    if not person.is_active or person.erased_at is not None or is_stopped(found, ids):
        return False
    said = found.said(ids=ids, person=person, at=at)
    if said is None:
        return False
    if found.in_site:
        _notice(found, person=person, about=about, said=said, ids=ids, at=at)
    if found.wants and not getattr(person, found.wants):
        return False
    if trouble.is_stopped(person):
        return False
    return _email(found, person=person, about=about, said=said, at=at)


def deliver_to_address(*, payload: Mapping[str, Any], at: datetime) -> bool:
    """Handle one entry of `address_later`; say whether this call sent it. Safe to repeat."""
    found, ids = kinds.find(payload["message"]), dict(payload["ids"])
    if sealed := payload.get("sealed"):
        ids["token"] = sealing.unseal(sealed)
    said = found.said(ids=ids, person=None, at=at)
    if said is None or not said.to:
        return False
    try:
        return _once(found, said, user=None, name="", about=payload["about"], at=at)
    except OSError as failed:
        if not trouble.is_hard(failed):
            raise
        log.warning("an address without an account was refused: %s", type(failed).__name__)
        return False


def to_contact(*, kind: str, address: str, at: datetime, **ids: Any) -> bool:
    """Send a message to the site's own contact address; say whether there was something to send."""
    found = kinds.find(kind)
    said = found.said(ids=ids, person=None, at=at)
    if said is None:
        return False
    _send(writing.write(found, said=said, name="", own=writing.own_words(kind)), address)
    return True


def is_stopped(kind: MessageKind, ids: Mapping[str, Any]) -> bool:
    """Whether what has become of the enrolment stops this message. At most two queries."""
    enrolment = ids.get("enrolment")
    if not kind.stops or enrolment is None:
        return False
    status = Enrolment.objects.filter(pk=enrolment).values_list("status", flat=True).first()
    if Stop.ENDED in kind.stops and status in (None, State.ENDED.value):
        return True
    if Stop.SUSPENDED in kind.stops and status == State.SUSPENDED.value:
        return True
    return Stop.COMPLETED in kind.stops and Completion.objects.filter(enrolment=enrolment).exists()


def _people() -> Any:
    return get_user_model().objects.select_related("mail_trouble")


def _notice(
    kind: MessageKind, *, person: Any, about: str, said: Said, ids: Mapping[str, Any], at: datetime
) -> None:
    row = Notice(user=person, kind=kind.name, about=about, ids=dict(ids), cohort_id=said.cohort, at=at)
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(lambda: unread.forget(person.pk))


def _email(kind: MessageKind, *, person: Any, about: str, said: Said, at: datetime) -> bool:
    """Send it, unless it was sent. A server that refuses the address for good is not asked again now."""
    to = said._replace(to=person.email)
    try:
        sent = _once(kind, to, user=person, name=person.printed_name, about=about, at=at)
    except OSError as failed:
        if not trouble.is_hard(failed):
            raise
        mail_trouble.note(person=person, at=at)
        return False
    if sent:
        mail_trouble.clear(person)
    return sent


def _once(kind: MessageKind, said: Said, *, user: Any, name: str, about: str, at: datetime) -> bool:
    """Write to `said.to`, unless it was done; say whether this call did it."""
    written = writing.write(kind, said=said, name=name, own=writing.own_words(kind.name))
    try:
        with transaction.atomic():
            MessageSent.objects.create(user=user, kind=kind.name, about=about, sent_at=at)
            _send(written, said.to)
    except IntegrityError:
        return False
    return True


def _send(written: Written, address: str) -> None:
    message = EmailMultiAlternatives(subject=written.subject, body=written.text, to=[address])
    message.attach_alternative(written.html, "text/html")
    message.send()
