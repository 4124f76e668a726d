"""What this layer holds about a person: its part of the download, and how long things are kept."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _
from wagtail.users.models import UserProfile

from cms.users import devices, privacy
from cms.users.devices import Device
from cms.users.models import SignIn, User


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
    sections = [
        privacy.Section(_("Your account"), [details]),
        privacy.Section(_("What you have chosen"), [_choices(user)]),
    ]
    if consents:
        sections.append(privacy.Section(_("What you agreed to"), consents))
    return privacy.Export(sections=sections, attachments=[])


def _choices(user: Any) -> privacy.Row:
    return [
        (_("Size of the letters"), user.get_text_size_display()),
        (_("Easy-read versions first"), _yes_or_no(answer=user.prefers_easy_read)),
        (_("Answers to your questions by e-mail"), _yes_or_no(answer=user.wants_answers_by_email)),
        (_("Questions of learners by e-mail"), _yes_or_no(answer=user.wants_questions_by_email)),
    ]


def _yes_or_no(*, answer: bool) -> str:
    return _("yes") if answer else _("no")


@privacy.exporter
def _export_signing_in(user: Any) -> privacy.Export:
    """Where somebody is signed in, and that there is a second step. Its secrets stay here."""
    places: list[privacy.Row] = [
        [
            (_("Signed in with"), devices.words(Device(row.browser, row.system))),
            (_("Since"), row.began_at.isoformat()),
        ]
        for row in SignIn.objects.filter(user=user).order_by("began_at")
    ]
    steps: list[privacy.Row] = [
        [
            (_("Second step"), str(row)),
            (_("Set up"), row.created_at.isoformat()),
            (_("Last used"), row.last_used_at.isoformat() if row.last_used_at else ""),
        ]
        for row in Authenticator.objects.filter(user=user).order_by("created_at")
    ]
    titled = ((_("Where you are signed in"), places), (_("Your second step"), steps))
    return privacy.Export([privacy.Section(title, rows) for title, rows in titled if rows], [])


@privacy.exporter
def _export_admin_preferences(user: Any) -> privacy.Export:
    """What people who edit have chosen in the admin, with their picture."""
    profile = UserProfile.objects.filter(user=user).first()
    if profile is None:
        return privacy.Export(sections=[], attachments=[])
    row: privacy.Row = [
        (_("Language"), profile.preferred_language),
        (_("Time zone"), profile.current_time_zone),
        (_("Colours"), profile.get_theme_display()),
        (_("Contrast"), profile.get_contrast_display()),
        (_("Density"), profile.get_density_display()),
        (_("Keys for quick work"), _yes_or_no(answer=profile.keyboard_shortcuts)),
        (_("E-mail when a page is handed in"), _yes_or_no(answer=profile.submitted_notifications)),
        (_("E-mail when a page is approved"), _yes_or_no(answer=profile.approved_notifications)),
        (_("E-mail when a page is sent back"), _yes_or_no(answer=profile.rejected_notifications)),
        (_("E-mail about comments"), _yes_or_no(answer=profile.updated_comments_notifications)),
        (_("Notes you have put away"), ", ".join(sorted(profile.dismissibles))),
    ]
    return privacy.Export([privacy.Section(_("Your choices in the admin"), [row])], _picture(profile))


def _picture(profile: UserProfile) -> list[privacy.Attachment]:
    if not profile.avatar:
        return []
    try:
        with profile.avatar.open() as file:
            content = file.read()
    except FileNotFoundError:
        return []
    return [privacy.Attachment(f"picture{PurePosixPath(profile.avatar.name).suffix}", content)]


def _unconfirmed(at: datetime) -> Any:
    """Accounts whose address was never confirmed, and that hold nothing."""
    return User.objects.filter(
        joined_at__lt=at - timedelta(days=30),
        last_login=None,
        emailaddress__verified=False,
        is_superuser=False,
    ).exclude(emailaddress__verified=True)


def _expired_sessions(at: datetime) -> Any:
    """The notes of where somebody is signed in go with their sessions."""
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
        sentence="Sign-in sessions, and the note of the device they began on, are deleted when they end.",
        keep_for=timedelta(days=14),
        expired=_expired_sessions,
    )
)
