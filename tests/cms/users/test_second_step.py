"""The second step of signing in: codes from an app, recovery codes, what staff can do, what is stored."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from cms.users import accounts, sealing, second_step
from cms.users.models import User
from tests.factories.people import PASSWORD

SignIn = Callable[[User], Client]
LOGIN, STEP = "/accounts/login/", "/accounts/second-step/authenticate/"
ACTIVATE = "/accounts/second-step/totp/activate/"
CODES = "/accounts/second-step/recovery-codes/"
NOT_RIGHT = "This code is not right, or it was used already."


def code_of(secret: str, *, later: int = 0) -> str:
    """What an app with this key shows now, or so many steps later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def sign_in_with_password(client: Client, who: str = "ada") -> Any:
    return client.post(LOGIN, {"login": f"{who}@example.org", "password": PASSWORD})


def connect(client: Client) -> str:
    """Sign in, connect an app with its first code, and give its key."""
    sign_in_with_password(client)
    secret = client.get(ACTIVATE).context["form"].secret
    assert client.post(ACTIVATE, {"code": code_of(secret)}).headers["Location"] == CODES
    return str(secret)


Commit = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def commit(db: None, django_capture_on_commit_callbacks: Any) -> Commit:
    """What follows a commit happens inside the request on a real site; in a test the commit comes later."""

    @contextmanager
    def make() -> Iterator[None]:
        request = Client().get(LOGIN).wsgi_request
        with allauth_context.request_context(request), django_capture_on_commit_callbacks(execute=True):
            yield

    return make


@pytest.fixture
def app(ada: User, client: Client, commit: Commit) -> str:
    """The key of Ada's app. Her browser is `client`."""
    with commit():
        return connect(client)


def test_connecting_an_app_shows_a_picture_and_the_key_in_groups(ada: User, client: Client) -> None:
    sign_in_with_password(client)
    page = client.get(ACTIVATE)
    secret = page.context["form"].secret
    body = page.content.decode()
    assert " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)) in body
    assert "data:image/svg+xml;base64," in body
    assert "issuer=Lived%20Learning" in page.context["totp_url"]


def test_a_wrong_first_code_keeps_the_same_key_and_says_so(ada: User, client: Client) -> None:
    sign_in_with_password(client)
    secret = client.get(ACTIVATE).context["form"].secret
    again = client.post(ACTIVATE, {"code": "000000"})
    assert again.status_code == 200
    assert NOT_RIGHT in again.content.decode()
    assert again.context["form"].secret == secret
    assert not second_step.is_on(ada)


def test_with_an_app_the_password_alone_opens_nothing(app: str, ada: User) -> None:
    other = Client()
    assert sign_in_with_password(other).headers["Location"] == STEP
    assert other.get("/learning/").status_code == 302
    assert other.get(STEP).status_code == 200


def test_a_code_from_the_app_finishes_signing_in(app: str) -> None:
    other = Client()
    sign_in_with_password(other)
    assert other.post(STEP, {"code": code_of(app, later=1)}).headers["Location"] == "/learning/"
    assert other.get("/learning/").status_code == 200


def test_spaces_in_a_code_do_no_harm(app: str) -> None:
    other = Client()
    sign_in_with_password(other)
    code = code_of(app, later=1)
    assert other.post(STEP, {"code": f" {code[:3]} {code[3:]} "}).status_code == 302


def test_a_code_works_once_even_while_its_time_lasts(ada: User) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC), tick=False) as clock:
        secret = connect(Client())
        clock.shift(60)
        code = code_of(secret)
        first, second = Client(), Client()
        sign_in_with_password(first)
        assert first.post(STEP, {"code": code}).status_code == 302
        clock.shift(32)
        sign_in_with_password(second)
        refused = second.post(STEP, {"code": code})
        assert refused.status_code == 200
        assert NOT_RIGHT in refused.content.decode()


def test_the_code_that_connected_the_app_does_not_sign_in_as_well(app: str, ada: User) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 10, 0, 0, tzinfo=UTC), tick=False):
        Authenticator.objects.all().delete()
        secret = connect(Client())
        other = Client()
        sign_in_with_password(other)
        assert other.post(STEP, {"code": code_of(secret)}).status_code == 200


def test_codes_are_not_guessed(app: str) -> None:
    """Five wrong ones in five minutes; then even the right one waits."""
    other = Client()
    sign_in_with_password(other)
    for wrong in range(6):
        last = other.post(STEP, {"code": f"00000{wrong}"})
    assert "There were too many tries." in last.content.decode()
    assert other.post(STEP, {"code": code_of(app, later=1)}).status_code == 200


def recovery_codes(client: Client) -> list[str]:
    return [str(code) for code in client.get(CODES).context["codes"]]


def test_ten_recovery_codes_come_with_the_app(app: str, client: Client) -> None:
    codes = recovery_codes(client)
    assert len(set(codes)) == 10
    saved = client.get(f"{CODES}download/")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert saved.headers["Content-Type"].startswith("text/plain")
    assert all(code in saved.content.decode() for code in codes)


def test_a_recovery_code_signs_in_once(app: str, client: Client) -> None:
    code = recovery_codes(client)[3]
    first, second = Client(), Client()
    sign_in_with_password(first)
    assert first.post(STEP, {"code": code}).status_code == 302
    assert code not in recovery_codes(client)
    sign_in_with_password(second)
    assert second.post(STEP, {"code": code}).status_code == 200


def test_new_recovery_codes_end_the_old_ones(app: str, client: Client, commit: Commit) -> None:
    old = recovery_codes(client)
    mail.outbox.clear()
    with commit():
        client.post(f"{CODES}generate/")
    assert not set(old) & set(recovery_codes(client))
    assert [message.subject for message in mail.outbox] == ["You have new recovery codes"]


@pytest.mark.parametrize("path", [ACTIVATE, CODES, f"{CODES}generate/", f"{CODES}download/"])
def test_the_password_is_asked_again_when_signing_in_was_long_ago(
    app: str, client: Client, path: str
) -> None:
    if path == ACTIVATE:
        Authenticator.objects.all().delete()
    assert client.get(path).status_code == 200
    with time_machine.travel(time.time() + 60 * 11):
        away = client.get(path)
        assert away.headers["Location"].startswith("/accounts/reauthenticate/?next=")
        wrong = client.post(away.headers["Location"], {"password": "not it"})
        assert "That is not your password." in wrong.content.decode()
        assert client.post(away.headers["Location"], {"password": PASSWORD}).headers["Location"] == path
        assert client.get(path).status_code == 200


def test_a_code_can_stand_for_the_password(app: str, client: Client) -> None:
    with time_machine.travel(time.time() + 60 * 11):
        page = client.get("/accounts/reauthenticate/", {"next": CODES})
        assert "Use a code" in page.content.decode()
        answer = client.post(f"/accounts/second-step/reauthenticate/?next={CODES}", {"code": code_of(app)})
        assert answer.headers["Location"] == CODES


def test_the_owner_is_told_when_the_app_is_connected_and_when_it_goes(
    app: str, client: Client, ada: User
) -> None:
    client.post("/accounts/second-step/totp/deactivate/")
    subjects = [message.subject for message in mail.outbox]
    assert subjects == [
        "A second step protects your account now",
        "Codes from your app are switched off",
    ]
    assert all("A web browser on a device we do not know" in message.body for message in mail.outbox)
    assert not Authenticator.objects.filter(user=ada).exists(), "recovery codes alone are no second step"
    assert sign_in_with_password(Client()).headers["Location"] == "/learning/"


def test_a_mail_server_that_is_away_does_not_undo_the_second_step(
    ada: User, client: Client, settings: Any, commit: Commit
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with commit():
        connect(client)
    assert second_step.is_on(ada)


def test_an_address_can_be_changed_with_a_second_step_too(app: str, client: Client, ada: User) -> None:
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert EmailAddress.objects.filter(user=ada, email="new@example.org", verified=False).exists()


# --- What is stored -------------------------------------------------------------------------------


def test_the_keys_in_the_database_are_sealed(app: str, ada: User, client: Client) -> None:
    stored = Authenticator.objects.get(user=ada, type="totp").data["secret"]
    assert app not in stored
    assert sealing.unseal(stored) == app
    seed = Authenticator.objects.get(user=ada, type="recovery_codes").data["seed"]
    assert re.fullmatch(r"[\w=-]+", seed)
    assert sealing.unseal(seed) != seed


def test_a_new_secret_key_still_opens_what_the_old_one_sealed(app: str, ada: User, settings: Any) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key " * 4
    with pytest.raises(InvalidToken):
        sealing.unseal(Authenticator.objects.get(user=ada, type="totp").data["secret"])
    settings.SECRET_KEY_FALLBACKS = [old]
    assert sealing.unseal(Authenticator.objects.get(user=ada, type="totp").data["secret"]) == app
    said = StringIO()
    call_command("seal_again", stdout=said)
    assert "2" in said.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert sealing.unseal(Authenticator.objects.get(user=ada, type="totp").data["secret"]) == app


def test_the_download_says_that_there_is_a_second_step_and_not_its_secrets(
    app: str, ada: User, client: Client
) -> None:
    codes = recovery_codes(client)
    packed = accounts.archive(user=ada, at=timezone.now())
    words = str(accounts.privacy.collect(ada))
    assert "Second step" in words
    for secret in [app, *codes, *[code.replace(" ", "") for code in codes]]:
        assert secret not in words
        assert secret.encode() not in packed


def test_the_second_step_goes_with_the_account(app: str, ada: User) -> None:
    accounts.erase(user_id=ada.pk, at=timezone.now())
    assert not Authenticator.objects.exists()


# --- Passkeys: the browser test makes real ones ---------------------------------------------------


def test_passkeys_belong_to_the_configured_host(settings: Any) -> None:
    settings.SITE_URL = "https://learn.example:8443"
    entity = second_step.SecondStepAdapter().get_public_key_credential_rp_entity()
    assert entity == {"id": "learn.example", "name": "Lived Learning"}


@pytest.mark.parametrize("credential", ["", "{}", "null", "[]", '"x"', "not json", '{"response": {}}'])
def test_a_made_up_passkey_is_refused_with_a_sentence(ada: User, credential: str) -> None:
    client = Client()
    client.get("/accounts/second-step/webauthn/login/", headers={"Accept": "application/json"})
    answer = client.post("/accounts/second-step/webauthn/login/", {"credential": credential})
    assert answer.headers["Location"] == "/accounts/login/"
    assert client.get("/learning/").status_code == 302


# --- Staff ----------------------------------------------------------------------------------------


def removal(person: User) -> str:
    return reverse("staff_second_step", args=[person.pk])


def test_an_administrator_takes_off_what_somebody_has_lost(
    app: str, ada: User, amy: User, sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    admin = sign_in(amy)
    edit = admin.get(reverse("wagtailusers_users:edit", args=[ada.pk]))
    assert removal(ada) in edit.content.decode()
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        refused = admin.post(removal(ada), {"reason": " "})
        assert "Please say how you know" in refused.content.decode()
        assert second_step.is_on(ada)
        for _press in range(2):
            admin.post(removal(ada), {"reason": "Called the number on file."})
    assert not Authenticator.objects.filter(user=ada).exists()
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert "second step" in mail.outbox[0].subject
    entry = ModelLogEntry.objects.get(action=second_step.REMOVED)
    assert (entry.user, entry.object_id) == (amy, str(ada.pk))
    assert "Called the number on file." in entry.formatter.format_message(entry)
    assert sign_in_with_password(Client()).headers["Location"] == "/learning/"


@pytest.mark.parametrize("who", ["fay", "ed", "ada"])
def test_nobody_else_takes_off_a_second_step(
    app: str, ada: User, who: str, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    assert browser.post(removal(ada), {"reason": "I say so."}).status_code in (302, 403)
    assert second_step.is_on(ada)


def test_nobody_takes_off_their_own_or_that_of_somebody_mightier(amy: User, fay: User) -> None:
    from cms.users.staff_views import may_remove_second_step

    assert not may_remove_second_step(by=amy, of=amy)
    assert may_remove_second_step(by=amy, of=fay)
    assert not may_remove_second_step(by=fay, of=amy)


def test_staff_are_urged_to_set_up_a_second_step(ed: User, sign_in: SignIn) -> None:
    browser = sign_in(ed)
    assert "Please protect your account with a second step." in browser.get("/admin/").content.decode()
    assert "You look after other people’s data" in browser.get("/account/").content.decode()


def test_the_site_can_insist_on_a_second_step_for_its_staff(ed: User, settings: Any) -> None:
    settings.REQUIRE_SECOND_STEP_FOR_STAFF = True
    browser = Client()
    sign_in_with_password(browser, "ed")
    for path in ("/admin/", "/admin/pages/"):
        assert browser.get(path).headers["Location"] == "/accounts/second-step/"
    assert browser.get("/learning/").status_code == 200
    connect(browser)
    assert browser.get("/admin/").status_code == 200
    page = browser.get("/admin/").content.decode()
    assert "Please protect your account with a second step." not in page


def test_learners_are_not_asked_for_a_second_step(ada: User, settings: Any, sign_in: SignIn) -> None:
    settings.REQUIRE_SECOND_STEP_FOR_STAFF = True
    assert sign_in(ada).get("/admin/").headers["Location"].startswith("/admin/login/")
