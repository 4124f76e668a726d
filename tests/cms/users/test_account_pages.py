"""A person's own account pages."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.users import accounts
from cms.users.forms import clean_name
from cms.users.models import Consent, User
from cms.users.time_zones import time_zone_choices
from tests.factories.people import PASSWORD

SignIn = Callable[[User], Client]


@pytest.fixture
def page(sign_in: SignIn, ada: User) -> Client:
    return sign_in(ada)


def test_a_person_changes_their_name_and_time_zone(page: Client, ada: User) -> None:
    form = {"printed_name": " Ada  Renamed ", "time_zone": "Asia/Tokyo"}
    assert page.post("/account/name/", form).headers["Location"] == "/account/name/"
    ada.refresh_from_db()
    assert (ada.printed_name, ada.time_zone) == ("Ada Renamed", "Asia/Tokyo")
    assert "Saved." in page.get("/account/name/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"printed_name": ""},
        {"printed_name": "\u202e"},
        {"printed_name": "x" * 201},
        {"printed_name": "a\x00"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"time_zone": ""},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(page: Client, ada: User, change: dict[str, str]) -> None:
    form = {"printed_name": "Ada", "time_zone": "Europe/London", **change}
    answer = page.post("/account/name/", form)
    assert set(answer.context["form"].errors) == set(change)
    ada.refresh_from_db()
    assert ada.printed_name == "Ada Lerner"


def test_nothing_else_about_oneself_can_be_changed(page: Client, ada: User, ben: User) -> None:
    before = User.objects.values().get(pk=ada.pk)
    forged = {
        "printed_name": "Ada Lerner",
        "time_zone": "Europe/London",
        "id": str(ben.pk),
        "email": "boss@example.org",
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "groups": "1",
        "user_permissions": "1",
        "password": "x",
        "closing_asked_at": "2020-01-01",
        "erased_at": "2020-01-01",
        "joined_at": "1999-01-01",
    }
    page.post("/account/name/", forged)
    assert User.objects.values().get(pk=ada.pk) == before


def test_the_privacy_page_shows_what_was_agreed_in_those_words(page: Client, ada: User) -> None:
    accounts.record_consent(
        user=ada, kind=Consent.PRIVACY_NOTICE, version="1", wording="Words of then.", at=timezone.now()
    )
    accounts.record_consent(user=ada, kind="other", version="1", wording="More.", at=timezone.now())
    body = page.get("/account/privacy/").content.decode()
    assert "Words of then." in body
    assert "Privacy notice" in body


def test_agreeing_twice_to_the_same_words_is_one_consent(ada: User) -> None:
    for _time in range(2):
        accounts.record_consent(user=ada, kind="x", version="1", wording="w", at=timezone.now())
    assert Consent.objects.count() == 1


def test_the_download_is_only_one_s_own_and_needs_a_press(page: Client, ada: User, client: Client) -> None:
    assert page.get("/account/download/").status_code == 405
    response = page.post("/account/download/", {"user": "1", "id": "1", "email": "ben@example.org"})
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert response.headers["Cache-Control"] == "no-store, private"
    assert b"ada@example.org" in zipfile.ZipFile(io.BytesIO(response.content)).read("data.json")
    assert client.post("/account/download/").status_code == 302


def test_closing_needs_the_password_again(page: Client, ada: User) -> None:
    for wrong in ("", "not it", f" {PASSWORD}"):
        answer = page.post("/account/close/", {"password": wrong})
        assert answer.status_code == 422
        ada.refresh_from_db()
        assert ada.closing_asked_at is None
    assert page.get("/account/close/").status_code == 405


def test_closing_can_be_taken_back(page: Client, ada: User) -> None:
    page.post("/account/close/", {"password": PASSWORD})
    shown = page.get("/account/privacy/")
    closing = shown.context["closing"]
    assert closing["closes_on"] - closing["asked_at"] == timedelta(days=14)
    assert "Keep my account" in shown.content.decode()
    assert page.get("/account/keep/").status_code == 405
    page.post("/account/keep/")
    ada.refresh_from_db()
    assert ada.closing_asked_at is None


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/account/", "get"),
        ("/account/privacy/", "get"),
        ("/account/download/", "post"),
        ("/account/close/", "post"),
        ("/account/keep/", "post"),
    ],
)
def test_a_visitor_is_asked_to_sign_in(client: Client, db: None, path: str, method: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.headers["Location"] == f"/accounts/login/?next={path}"


def test_times_are_shown_in_the_person_s_own_zone(page: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(
        time_zone="Asia/Tokyo", closing_asked_at="2026-11-23T20:00:00+00:00"
    )
    assert "24 November 2026" in page.get("/account/privacy/").content.decode()


@pytest.mark.parametrize("zone", ["Nowhere/Atall", "", "../etc/passwd", "\u202e"])
def test_a_time_zone_that_no_longer_exists_is_never_an_error_page(page: Client, ada: User, zone: str) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone=zone)
    assert page.get("/learning/").status_code == 200
    assert page.get("/account/").status_code == 200
    assert page.get("/account/name/").status_code == 200


def test_every_time_zone_offered_is_an_area_and_a_place() -> None:
    names = dict(time_zone_choices())
    assert names["Europe/London"] == "Europe: London"
    assert names["America/Argentina/Buenos_Aires"] == "America: Argentina/Buenos Aires"
    assert "UTC" not in names


def test_a_name_keeps_its_letters_and_loses_what_cannot_be_seen() -> None:
    assert clean_name("a\x07b\u200fc  d\u2028e") == "abc de"


def test_names_of_people() -> None:
    nameless = User(email="x@example.org")
    assert (str(nameless), nameless.get_full_name(), nameless.get_short_name()) == ("x@example.org",) * 3
    named = User(email="x@example.org", printed_name="Ada Lerner")
    assert (named.get_full_name(), named.get_short_name()) == ("Ada Lerner", "Ada")


def test_one_account_an_address_in_any_case(db: None) -> None:
    user = User.objects.create_superuser("Root@Example.ORG", "x")
    assert (user.email, user.is_staff) == ("root@example.org", True)
    assert User.objects.get_by_natural_key("ROOT@example.org") == user


def test_pages_about_the_address_and_password_open(page: Client, settings: Any) -> None:
    for path in ("email/", "password/change/", "logout/", "reauthenticate/"):
        assert page.get(f"/accounts/{path}").status_code in (200, 302)


def test_asking_to_close_tells_the_owner_once_and_names_the_way_back(
    page: Client, ada: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _press in range(2):
            page.post("/account/close/", {"password": PASSWORD})
    (message,) = mail.outbox
    assert message.to == ["ada@example.org"]
    assert "http://testserver/account/privacy/" in message.body
    assert "Ada" not in message.subject


def test_with_the_mail_server_away_the_wish_is_still_noted(
    page: Client, ada: User, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post("/account/close/", {"password": PASSWORD}).status_code == 302
    ada.refresh_from_db()
    assert ada.closing_asked_at is not None


def test_a_closed_account_gets_one_last_message_at_the_old_address(
    ada: User, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            accounts.erase(user_id=ada.pk, at=now)
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]


# --- People in the admin --------------------------------------------------------------------------


def test_an_account_is_never_deleted_in_the_admin(ada: User, ben: User, amy: User, sign_in: SignIn) -> None:
    admin = sign_in(amy)
    one = reverse("wagtailusers_users:delete", args=[ada.pk])
    assert admin.get(one).status_code in (302, 403)
    assert admin.post(one).status_code in (302, 403)
    several = reverse("wagtail_bulk_action", args=["users", "user", "delete"])
    admin.post(f"{several}?id={ada.pk}&id={ben.pk}")
    assert User.objects.filter(pk__in=[ada.pk, ben.pk]).count() == 2


def test_an_address_that_staff_change_must_be_confirmed_by_its_owner(
    ada: User, amy: User, sign_in: SignIn
) -> None:
    address = reverse("wagtailusers_users:edit", args=[ada.pk])
    admin = sign_in(amy)
    assert admin.get(address).status_code == 200
    form = {"email": "NEW@Example.org", "printed_name": " Ada\u202e New ", "is_active": "on"}
    assert admin.post(address, form).status_code == 302
    ada.refresh_from_db()
    assert (ada.email, ada.printed_name, ada.is_superuser) == ("new@example.org", "Ada New", False)
    stored = EmailAddress.objects.get(user=ada)
    assert (stored.email, stored.verified) == ("new@example.org", False)


def test_staff_make_an_account_with_an_address_to_confirm(amy: User, sign_in: SignIn) -> None:
    form = {
        "email": "Nia@Example.org",
        "printed_name": "Nia New",
        "password1": "a long way from here",
        "password2": "a long way from here",
    }
    assert sign_in(amy).post(reverse("wagtailusers_users:add"), form).status_code == 302
    assert not EmailAddress.objects.get(email="nia@example.org").verified


@pytest.mark.parametrize("who", ["fay", "ed"])
def test_teams_and_editors_do_not_reach_people(
    ada: User, request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    for address in (reverse("wagtailusers_users:index"), reverse("wagtailusers_users:edit", args=[ada.pk])):
        answer = browser.get(address)
        assert answer.status_code in (302, 403)
        assert "ada@example.org" not in answer.content.decode()
