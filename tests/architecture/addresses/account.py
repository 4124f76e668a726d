"""A person's account, and signing in."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.test import Client
from django.urls import reverse

from cms.users.models import SignIn, User
from tests.architecture.addresses.rows import (
    ANONYMOUS,
    TEAM_ROLES,
    Row,
    everybody,
    only_visitors,
    signed_in,
    to,
)
from tests.architecture.world import World
from tests.factories.people import PASSWORD


def reset_key(world: World) -> str:
    person = User.objects.get(pk=world.people["cleo"].pk)
    uid, key = user_pk_to_url_str(person), default_token_generator.make_token(person)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": key})


def another_sign_in(world: World) -> None:
    """A second browser of the owner, signed in by the form so that it is on the list."""
    Client().post(
        reverse("account_login"),
        {"login": "ada@example.org", "password": PASSWORD},
        headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
    )


def other_place(world: World) -> str:
    return reverse("account:sign_out_one", args=[SignIn.objects.exclude(browser="").latest("pk").pk])


ACCOUNT = (
    Row(name="account:home", path=to("account:home"), answers=signed_in(), queries=7),
    Row(name="account:reading", path=to("account:reading"), answers=signed_in(), queries=2),
    Row(
        name="account:reading",
        method="POST",
        path=to("account:reading"),
        data=lambda world: {"text_size": "large", "prefers_easy_read": "on"},
        answers=signed_in("account:reading"),
        queries=3,
    ),
    Row(name="account:emails", path=to("account:emails"), answers=signed_in(), queries=5),
    Row(
        name="account:emails",
        method="POST",
        path=to("account:emails"),
        answers=signed_in("account:emails"),
        queries=6,
    ),
    Row(name="account:places", path=to("account:places"), answers=signed_in(), queries=3),
    Row(
        name="account:sign_out_one",
        method="POST",
        path=other_place,
        before=another_sign_in,
        answers=signed_in("account:places"),
        queries=7,
    ),
    Row(
        name="account:sign_out_others",
        method="POST",
        path=to("account:sign_out_others"),
        before=another_sign_in,
        answers=signed_in("account:places"),
        queries=9,
    ),
    Row(name="account:details", path=to("account:details"), answers=signed_in(), queries=2),
    Row(
        name="account:details",
        method="POST",
        path=to("account:details"),
        data=lambda world: {"printed_name": "A New Name", "time_zone": "Europe/London"},
        answers=signed_in("account:details"),
        queries=3,
    ),
    Row(name="account:privacy", path=to("account:privacy"), answers=signed_in(), queries=4),
    Row(
        name="account:agree",
        method="POST",
        path=to("account:agree"),
        data=lambda world: {"version": "1"},
        answers=signed_in("account:privacy"),
        queries=3,
    ),
    Row(name="account:download", method="POST", path=to("account:download"), answers=signed_in(), queries=63),
    Row(
        name="account:close",
        method="POST",
        path=to("account:close"),
        data=lambda world: {"password": PASSWORD},
        answers=signed_in("account:privacy"),
        queries=4,
    ),
    Row(
        name="account:close",
        method="POST",
        note="wrong password",
        path=to("account:close"),
        data=lambda world: {"password": "not it"},
        answers=signed_in(422),
        queries=7,
    ),
    Row(
        name="account:keep",
        method="POST",
        path=to("account:keep"),
        answers=signed_in("account:privacy"),
        queries=4,
    ),
)

SIGNING_IN = (
    Row(
        name="account_login",
        path=to("account_login"),
        answers=only_visitors(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_login",
        method="POST",
        path=to("account_login"),
        data=lambda world: {"login": "cleo@example.org", "password": PASSWORD},
        answers=only_visitors("learning:dashboard"),
        measured_as=ANONYMOUS,
        queries=11,
    ),
    Row(
        name="account_signup",
        path=to("account_signup"),
        answers=only_visitors(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_signup",
        method="POST",
        path=to("account_signup"),
        data=lambda world: {
            "printed_name": "Some Body",
            "email": "somebody@example.org",
            "password1": "a long enough secret",
            "agreed": "on",
        },
        answers=only_visitors("account_email_verification_sent"),
        measured_as=ANONYMOUS,
        queries=16,
    ),
    Row(
        name="account_signup",
        method="POST",
        note="with an address that is known",
        path=to("account_signup"),
        data=lambda world: {
            "printed_name": "Some Body",
            "email": "cleo@example.org",
            "password1": "a long enough secret",
            "agreed": "on",
        },
        answers=only_visitors("account_email_verification_sent"),
        measured_as=ANONYMOUS,
        queries=4,
    ),
    Row(
        name="account_logout",
        path=to("account_logout"),
        answers={**everybody(), ANONYMOUS: "wagtail_serve"},
        queries=1,
    ),
    Row(
        name="account_logout",
        method="POST",
        path=to("account_logout"),
        answers=everybody("wagtail_serve"),
        queries=4,
    ),
    Row(
        name="account_inactive",
        path=to("account_inactive"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(name="account_reauthenticate", path=to("account_reauthenticate"), answers=signed_in(), queries=7),
    Row(
        name="account_reauthenticate",
        method="POST",
        path=to("account_reauthenticate"),
        data=lambda world: {"password": PASSWORD},
        answers=signed_in("learning:dashboard", **dict.fromkeys(TEAM_ROLES, "wagtailadmin_home")),
        queries=9,
    ),
    Row(name="account_email", path=to("account_email"), answers=signed_in(), queries=5),
    Row(
        name="account_email",
        method="POST",
        path=to("account_email"),
        data=lambda world: {"action_add": "", "email": "second@example.org"},
        # The password first: these browsers were signed in without giving it.
        answers=signed_in("account_reauthenticate"),
        queries=11,
    ),
    Row(
        name="account_email_verification_sent",
        path=to("account_email_verification_sent"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_confirm_email",
        path=lambda world: reverse("account_confirm_email", args=[world.confirmation_key]),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=2,
    ),
    Row(
        name="account_confirm_email",
        method="POST",
        path=lambda world: reverse("account_confirm_email", args=[world.confirmation_key]),
        answers=everybody("account_login"),
        measured_as=ANONYMOUS,
        queries=11,
    ),
    Row(name="account_change_password", path=to("account_change_password"), answers=signed_in(), queries=1),
    Row(
        name="account_change_password",
        method="POST",
        path=to("account_change_password"),
        data=lambda world: {
            "oldpassword": PASSWORD,
            "password1": "another long secret",
            "password2": "another long secret",
        },
        answers=signed_in("account_change_password"),
        queries=10,
    ),
    # Everybody here has a password, so there is none to set.
    Row(
        name="account_set_password",
        path=to("account_set_password"),
        answers=signed_in("account_change_password"),
        queries=1,
    ),
    Row(
        name="account_reset_password",
        path=to("account_reset_password"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_reset_password",
        method="POST",
        path=to("account_reset_password"),
        data=lambda world: {"email": "cleo@example.org"},
        answers=everybody("account_reset_password_done"),
        measured_as=ANONYMOUS,
        queries=3,
    ),
    Row(
        name="account_reset_password",
        method="POST",
        note="with an address that nobody has",
        path=to("account_reset_password"),
        data=lambda world: {"email": "nobody@example.org"},
        answers=everybody("account_reset_password_done"),
        measured_as=ANONYMOUS,
        queries=2,
    ),
    Row(
        name="account_reset_password_done",
        path=to("account_reset_password_done"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    Row(
        name="account_reset_password_from_key",
        path=reset_key,
        answers=everybody("account_reset_password_from_key"),
        measured_as=ANONYMOUS,
        # The secret of the link moves into the session, so that no later page can pass it on.
        may_write=frozenset({"django_session"}),
        queries=8,
    ),
    Row(
        name="account_reset_password_from_key",
        note="made up",
        path=lambda world: "/accounts/password/reset/key/zzzzz-made-up/",
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=1,
    ),
    Row(
        name="account_reset_password_from_key_done",
        path=to("account_reset_password_from_key_done"),
        answers=everybody(),
        measured_as=ANONYMOUS,
        queries=0,
    ),
    # Signing in by a code is switched off.
    Row(
        name="account_confirm_login_code",
        path=to("account_confirm_login_code"),
        answers=only_visitors("account_login"),
        measured_as=ANONYMOUS,
        queries=0,
    ),
)
