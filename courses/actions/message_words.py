"""Staff write a message in their own words, within limits, or go back to the standard ones."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.messages import placeholders, writing
from courses.messages.kinds import MessageKind
from courses.messages.models import MessageTemplate

CHANGED = "courses.change_words"
STANDARD = "courses.standard_words"
# It is seen on locked telephones and in lists of e-mails.
IN_SUBJECTS = ("site_name",)


@transaction.atomic
def save(*, kind: MessageKind, subject: str, body: str, by: Any) -> MessageTemplate:
    """Keep staff's own words for a kind. They were checked by `wrong_with`. Safe to repeat."""
    words = {"subject": writing.one_line(subject), "body": body.replace("\r\n", "\n").strip()}
    before = MessageTemplate.objects.select_for_update().filter(kind=kind.name).first()
    if before is not None and (before.subject, before.body) == (words["subject"], words["body"]):
        return before
    own, _new = MessageTemplate.objects.update_or_create(kind=kind.name, defaults=words)
    log(own, CHANGED, user=by, title=str(kind.title), data={"kind": kind.name, **words})
    return own


@transaction.atomic
def use_standard(*, kind: MessageKind, by: Any) -> bool:
    """Forget staff's own words; say whether there were any. Safe to repeat. The history keeps them."""
    own = MessageTemplate.objects.filter(kind=kind.name).first()
    if own is None:
        return False
    log(own, STANDARD, user=by, title=str(kind.title), data={"kind": kind.name})
    own.delete()
    return True


def wrong_with(*, kind: MessageKind, subject: str, body: str) -> dict[str, list[str]]:
    """What cannot stay, as sentences by field; empty when all is well."""
    found = {"subject": _wrong_in_subject(kind, subject), "body": _wrong_in_body(kind, body)}
    return {field: sentences for field, sentences in found.items() if sentences}


def _wrong_in_subject(kind: MessageKind, text: str) -> list[str]:
    known = [name for name in placeholders.unknown(text, IN_SUBJECTS) if name in writing.allowed(kind)]
    if known:
        return [
            _("Anybody who sees the telephone can read a subject. So {%(name)s} cannot stand in it.")
            % {"name": known[0]}
        ]
    return _unknown(text, IN_SUBJECTS)


def _wrong_in_body(kind: MessageKind, text: str) -> list[str]:
    found = _unknown(text, writing.allowed(kind))
    for name in kind.needs:
        lines = [line.strip() for line in text.splitlines()]
        if f"{{{name}}}" in lines:
            continue
        sentence = (
            _("{%(name)s} must stand on a line of its own, right under the words of the link.")
            if f"{{{name}}}" in text
            else _("{%(name)s} is missing. Without it, people cannot get to where they should go on.")
        )
        found.append(sentence % {"name": name})
    return found


def _unknown(text: str, allowed: tuple[str, ...]) -> list[str]:
    found = []
    for name in placeholders.unknown(text, allowed):
        names = ", ".join(f"{{{one}}}" for one in allowed)
        found.append(
            _("{%(name)s} is not known here. You can use: %(names)s.") % {"name": name[:60], "names": names}
        )
    if placeholders.has_stray_brace(text):
        found.append(_("There is a single { or }. Write placeholders like {site_name}, or leave it out."))
    return found
