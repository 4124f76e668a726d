"""The second step of signing in, and what administrators may do about it.

The pages that change it ask for the password again, unless it was given a moment ago. The browsers of
these walks are signed in without a form, so most rows say where people are sent on to; what the pages
do after that is in tests/cms/users/test_second_step.py.
"""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from tests.architecture.addresses.rows import (
    ADMINISTRATOR,
    ANONYMOUS,
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    OTHER,
    Answer,
    Row,
    only_visitors,
    signed_in,
    staff,
    to,
)
from tests.architecture.world import World

AGAIN = "account_reauthenticate"
# These people have a second step in the rows that need one: the owner only.
ONLY_ADA: dict[str, Answer] = {OTHER: 404, FACILITATOR: 404, ASSESSOR: 404, EDITOR: 404, ADMINISTRATOR: 404}


def with_second_step(world: World) -> None:
    """Ada has an app, recovery codes and a passkey."""
    TOTP.activate(world.ada, generate_totp_secret())
    RecoveryCodes.activate(world.ada)
    passkey = {"name": "My phone", "credential": {}}
    Authenticator.objects.create(user=world.ada, type=Authenticator.Type.WEBAUTHN, data=passkey)


def passkey(name: str) -> str:
    """The address of a page about Ada's passkey."""
    return reverse(name, args=[Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk])


SECOND_STEP = (
    Row(name="mfa_index", path=to("mfa_index"), answers=signed_in(), queries=3),
    Row(
        name="mfa_activate_totp",
        path=to("mfa_activate_totp"),
        answers=signed_in(AGAIN),
        queries=7,
        # The key of an app that is not connected yet waits in the session.
        may_write=frozenset({"django_session"}),
    ),
    Row(
        name="mfa_activate_totp",
        method="POST",
        path=to("mfa_activate_totp"),
        answers=signed_in(AGAIN),
        queries=8,
    ),
    Row(
        name="mfa_deactivate_totp",
        path=to("mfa_deactivate_totp"),
        before=with_second_step,
        answers=signed_in(AGAIN, **ONLY_ADA),
        queries=9,
    ),
    Row(
        name="mfa_deactivate_totp",
        method="POST",
        path=to("mfa_deactivate_totp"),
        before=with_second_step,
        answers=signed_in(AGAIN, **ONLY_ADA),
        queries=10,
    ),
    Row(
        name="mfa_view_recovery_codes",
        path=to("mfa_view_recovery_codes"),
        before=with_second_step,
        answers=signed_in(AGAIN, **ONLY_ADA),
        queries=8,
    ),
    Row(
        name="mfa_download_recovery_codes",
        path=to("mfa_download_recovery_codes"),
        before=with_second_step,
        answers=signed_in(AGAIN, **ONLY_ADA),
        queries=8,
    ),
    Row(
        name="mfa_generate_recovery_codes",
        path=to("mfa_generate_recovery_codes"),
        before=with_second_step,
        answers=signed_in(AGAIN),
        queries=7,
    ),
    Row(
        name="mfa_generate_recovery_codes",
        method="POST",
        path=to("mfa_generate_recovery_codes"),
        before=with_second_step,
        answers=signed_in(AGAIN),
        queries=8,
    ),
    Row(
        name="mfa_reauthenticate",
        path=to("mfa_reauthenticate"),
        answers=signed_in(AGAIN),
        queries=4,
    ),
    Row(
        name="mfa_reauthenticate_webauthn",
        path=to("mfa_reauthenticate_webauthn"),
        answers=signed_in(AGAIN),
        queries=4,
        may_write=frozenset({"django_session"}),
    ),
    Row(name="mfa_list_webauthn", path=to("mfa_list_webauthn"), answers=signed_in(), queries=2),
    Row(
        name="mfa_add_webauthn",
        path=to("mfa_add_webauthn"),
        answers=signed_in(AGAIN),
        queries=7,
        # The challenge that the passkey must answer waits in the session.
        may_write=frozenset({"django_session"}),
    ),
    Row(
        name="mfa_edit_webauthn",
        path=lambda world: passkey("mfa_edit_webauthn"),
        before=with_second_step,
        answers=signed_in(AGAIN),
        queries=8,
    ),
    Row(
        name="mfa_remove_webauthn",
        path=lambda world: passkey("mfa_remove_webauthn"),
        before=with_second_step,
        answers=signed_in(AGAIN),
        queries=8,
    ),
    # Nobody is in the middle of signing in here.
    Row(
        name="mfa_authenticate",
        path=to("mfa_authenticate"),
        answers=only_visitors("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
        may_write=frozenset({"django_session"}),
    ),
    Row(
        name="mfa_login_webauthn",
        path=to("mfa_login_webauthn"),
        answers=only_visitors("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="mfa_login_webauthn",
        method="POST",
        note="with nothing",
        path=to("mfa_login_webauthn"),
        answers=only_visitors("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="staff_second_step",
        path=lambda world: reverse("staff_second_step", args=[world.people["ben"].pk]),
        answers=staff("wagtailadmin_home", **{ADMINISTRATOR: 200}),
        measured_as=ADMINISTRATOR,
        queries=9,
    ),
    Row(
        name="staff_second_step",
        method="POST",
        path=lambda world: reverse("staff_second_step", args=[world.ada.pk]),
        before=with_second_step,
        data=lambda world: {"reason": "Called the number on file."},
        answers=staff("wagtailadmin_home", **{ADMINISTRATOR: "wagtailusers_users:edit"}),
        measured_as=ADMINISTRATOR,
        queries=8,
    ),
)
