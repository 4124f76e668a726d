"""What a person does with their account: agree, change details, download, close, keep."""

import io
import json
import logging
import zipfile
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
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
    if kind == Consent.PRIVACY_NOTICE and user.privacy_version != version:
        User.objects.filter(pk=user.pk).update(privacy_version=version)
        user.privacy_version = version
    return consent


def archive(*, user: User, at: datetime) -> bytes:
    """Everything about one person as a ZIP: a page to read, the same as JSON, and their files."""
    export = privacy.collect(user)
    context = {"person": user, "sections": export.sections, "at": at, "site_name": settings.SITE_NAME}
    page = render_to_string("privacy/export_index.html", context)
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
        tell(user, "closing_asked", context)
    return closes_at(user)


def tell(user: User, kind: str, context: dict[str, Any]) -> None:
    """Send an account message to its owner, after commit."""
    transaction.on_commit(lambda: _tell(user.email, user.printed_name, kind, context))


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
    Authenticator.objects.filter(user=user).delete()
    # A new password hash and an inactive account end every session at the next request.
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        **_fresh_choices(),
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


CHOICES = (
    "time_zone",
    "text_size",
    "prefers_easy_read",
    "wants_answers_by_email",
    "wants_questions_by_email",
    "privacy_version",
)


def _fresh_choices() -> dict[str, Any]:
    """What a new account has where people choose for themselves."""
    new = User()
    return {name: getattr(new, name) for name in CHOICES}
