"""What a person does with their account: agree, change details, download, close, keep."""

import io
import json
import logging
import zipfile
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from cms.core import mails
from cms.core.batches import work_through
from cms.users import privacy
from cms.users.models import Consent, User

log = logging.getLogger(__name__)

PRIVACY_WORDING = gettext_lazy(
    "I have read the privacy notice and I agree to my name, my e-mail address and my course work "
    "being kept as it says."
)


def record_consent(*, user: User, kind: str, version: str, wording: str, at: datetime) -> Consent:
    """Keep what a person agreed to, in the words they saw. Safe to repeat."""
    consent, _is_new = Consent.objects.get_or_create(
        user=user,
        kind=kind,
        version=version,
        withdrawn_at=None,
        defaults={"wording": wording, "given_at": at},
    )
    return consent


def archive(*, user: User, at: datetime) -> bytes:
    """Everything about one person as a ZIP: a page to read, the same as JSON, and their files."""
    export = privacy.collect(user)
    page = render_to_string(
        "privacy/export_index.html", {"person": user, "sections": export.sections, "at": at}
    )
    data = [{"title": s.title, "rows": [dict(row) for row in s.rows]} for s in export.sections]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", page)
        packed.writestr("data.json", json.dumps(data, indent=2, ensure_ascii=False))
        for attachment in export.attachments:
            packed.writestr(attachment.path, attachment.content)
    return buffer.getvalue()


def ask_to_close(*, user: User, at: datetime) -> datetime:
    """Note that a person wants their account closed; return when it will be. Safe to repeat.

    They are told by e-mail, so that nobody can close somebody else's account unseen.
    """
    waiting = User.objects.filter(pk=user.pk, closing_asked_at=None, erased_at=None)
    is_new = waiting.update(closing_asked_at=at)
    user.refresh_from_db()
    if is_new:
        context = {"closes_on": closes_at(user), "url": settings.SITE_URL + reverse("account:privacy")}
        transaction.on_commit(lambda: _tell(user.email, user.printed_name, "closing_asked", context))
    return closes_at(user)


def _tell(address: str, name: str, kind: str, context: dict[str, Any]) -> None:
    """Send one account message. A mail server that is down must not undo what was asked for."""
    words = {**context, "person_name": name, "site_name": settings.SITE_NAME}
    subject, body = mails.words(f"account/email/{kind}.txt", words)
    try:
        EmailMessage(subject=subject, body=body, to=[address]).send()
    except OSError:
        log.exception("an account message could not be sent", extra={"kind": kind})


def keep(*, user: User) -> None:
    """Take back a request to close the account. Safe to repeat."""
    User.objects.filter(pk=user.pk, erased_at=None).update(closing_asked_at=None)
    user.refresh_from_db()


def _forget_in_wagtail(user: User) -> None:
    """Wagtail's own preferences, with their picture, and the names in its log of changes to people."""
    for profile in UserProfile.objects.filter(user=user):
        profile.avatar.delete(save=False)
        profile.delete()
    content_type = ContentType.objects.get_for_model(User)
    ModelLogEntry.objects.filter(content_type=content_type, object_id=str(user.pk)).update(
        label=_("erased"), data={}
    )


def _delete_sessions(user: User, address: str) -> None:
    """Sessions hold the address that was typed at sign-in, packed so that no query can find it."""
    theirs = [session.pk for session in Session.objects.iterator() if _is_theirs(session, user, address)]
    Session.objects.filter(pk__in=theirs).delete()


def _is_theirs(session: Session, user: User, address: str) -> bool:
    held = session.get_decoded()
    return held.get(SESSION_KEY) == str(user.pk) or address in json.dumps(held, default=str).lower()


def closes_at(user: User) -> datetime:
    """When a requested closing is carried out."""
    asked = user.closing_asked_at
    if asked is None:
        raise ValueError("This person has not asked for their account to be closed.")
    return asked + timedelta(days=settings.ACCOUNT_CLOSING_DAYS)


def erase_due(*, at: datetime) -> int:
    """Erase everybody whose time to change their mind is over; return how many.

    Raises BatchIncomplete when somebody could not be erased; all others are.
    """
    limit = at - timedelta(days=settings.ACCOUNT_CLOSING_DAYS)
    due = User.objects.filter(closing_asked_at__lte=limit, erased_at=None)
    people = list(due.values_list("pk", flat=True))
    return work_through(people, lambda pk: erase(user_id=pk, at=at))


@transaction.atomic
def erase(*, user_id: int, at: datetime) -> bool:
    """Empty a person's account and all that upper layers hold about them. Safe to repeat.

    The row stays, without anything personal, so that courses keep true numbers.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.erased_at is not None:
        return False
    address, name = user.email, user.printed_name
    for step in privacy.erasers:
        step(user, at)
    EmailAddress.objects.filter(user=user).delete()
    # A new password hash and an inactive account end every session at the next request.
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        email=f"erased-{user.pk}@erased.invalid",
        printed_name="",
        password=user.password,
        is_active=False,
        is_superuser=False,
        last_login=None,
        closing_asked_at=None,
        erased_at=at,
    )
    user.groups.clear()
    user.user_permissions.clear()
    Consent.objects.filter(user=user).delete()
    _forget_in_wagtail(user)
    _delete_sessions(user, address)
    transaction.on_commit(lambda: _tell(address, name, "closed", {}))
    return True


@privacy.exporter
def _export_account(user: Any) -> privacy.Export:
    others = EmailAddress.objects.filter(user=user).exclude(email=user.email).values_list("email", flat=True)
    details: privacy.Row = [
        (_("E-mail address"), user.email),
        (_("Other e-mail addresses"), ", ".join(others)),
        (_("Name to be printed"), user.printed_name),
        (_("Time zone"), user.time_zone),
        (_("Joined"), user.joined_at.isoformat()),
        (_("Last signed in"), user.last_login.isoformat() if user.last_login else ""),
    ]
    consents: list[privacy.Row] = [
        [(_("What you agreed to"), c.wording), (_("Version"), c.version), (_("When"), c.given_at.isoformat())]
        for c in user.consents.all()
    ]
    sections = [privacy.Section(_("Your account"), [details])]
    if consents:
        sections.append(privacy.Section(_("What you agreed to"), consents))
    return privacy.Export(sections=sections, attachments=[])


def _unconfirmed(at: datetime) -> Any:
    """Accounts whose address was never confirmed, and that hold nothing."""
    return User.objects.filter(
        joined_at__lt=at - timedelta(days=30),
        last_login=None,
        emailaddress__verified=False,
        is_superuser=False,
    ).exclude(emailaddress__verified=True)


def _expired_sessions(at: datetime) -> Any:
    return Session.objects.filter(expire_date__lt=at)


privacy.retain(
    privacy.RetentionRule(
        name="unconfirmed-accounts",
        sentence="Accounts whose e-mail address was never confirmed are deleted after 30 days.",
        keep_for=timedelta(days=30),
        expired=_unconfirmed,
    )
)
privacy.retain(
    privacy.RetentionRule(
        name="sessions",
        sentence="Sign-in sessions are deleted when they end.",
        keep_for=timedelta(days=14),
        expired=_expired_sessions,
    )
)
