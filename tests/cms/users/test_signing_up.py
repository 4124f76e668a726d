"""Making an account: what is asked, that the address is confirmed, and that nobody learns who is here."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from cms.users.models import Consent, User

pytestmark = pytest.mark.django_db
PASSWORD = "a long way from here"
FORM = {"printed_name": "Nia New", "email": "nia@example.org", "password1": PASSWORD, "agreed": "on"}


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", message.body)
    assert found, message.body
    return found.group(1)


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/accounts/signup/", {**FORM, **changes})


def test_the_whole_way_from_the_form_to_the_dashboard(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 200
    made = sign_up(client)
    assert made.headers["Location"] == "/accounts/confirm-email/"
    user = User.objects.get(email="nia@example.org")
    assert user.printed_name == "Nia New"
    consent = Consent.objects.get(user=user)
    assert consent.kind == Consent.PRIVACY_NOTICE
    assert "privacy notice" in consent.wording
    assert str(consent) == f"privacy-notice {consent.version}"
    # Not signed in before the address is confirmed.
    assert client.get("/learning/").status_code == 302
    (message,) = mail.outbox
    link = link_in(message)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified, "a mail scanner that opens the link confirms nothing"
    client.post(link)
    assert EmailAddress.objects.get().verified
    client.post("/accounts/login/", {"login": "NIA@example.org", "password": PASSWORD})
    assert client.get("/learning/").status_code == 200


def test_who_comes_for_the_first_time_is_welcomed_and_not_welcomed_back(client: Client) -> None:
    sign_up(client)
    said = client.post(link_in(mail.outbox[0]), follow=True).content.decode()
    assert "nia@example.org is now confirmed." in said
    assert "Welcome. You are signed in." in said
    assert "Welcome back" not in said
    client.post("/accounts/logout/")
    again = client.post("/accounts/login/", {"login": "nia@example.org", "password": PASSWORD}, follow=True)
    assert "You are signed in. Welcome back." in again.content.decode()


def test_each_field_with_mistakes_has_one_line_above_the_form(client: Client) -> None:
    said = sign_up(client, password1="password", agreed="").content.decode()
    above = said[said.index("data-error-summary") : said.index("</ul>", said.index("data-error-summary"))]
    assert len(re.findall(r'href="#id_password1"', above)) == 1
    assert said.count("Many people use this password") == 2  # in that line, and at the field
    assert re.findall(r'href="#id_agreed">([^<]*)</a>', above) == [
        "Agreeing to the privacy notice – Please tick the box if you agree. "
        "We cannot make an account without it."
    ]
    assert "I have read the privacy notice" not in above


def test_an_unconfirmed_address_cannot_sign_in(client: Client) -> None:
    sign_up(client)
    answer = Client().post("/accounts/login/", {"login": "nia@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/accounts/confirm-email/"


def test_a_link_to_confirm_works_once_and_a_false_one_never(client: Client) -> None:
    sign_up(client)
    link = link_in(mail.outbox[0])
    client.post(link)
    assert Client().get("/accounts/confirm-email/false:key:here/").status_code in (200, 404)
    assert Client().post("/accounts/confirm-email/false:key:here/").status_code in (302, 404)
    Client().post(link)
    assert EmailAddress.objects.filter(verified=True).count() == 1


@pytest.mark.parametrize("known", ["ada@example.org", "ADA@Example.org"])
def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(
    ada: User, client: Client, known: str
) -> None:
    other = Client()
    fresh, taken = sign_up(other), sign_up(client, email=known)
    assert (fresh.status_code, fresh.headers["Location"]) == (taken.status_code, taken.headers["Location"])
    assert client.get(taken.headers["Location"]).content.decode().replace(known.lower(), "") == other.get(
        fresh.headers["Location"]
    ).content.decode().replace("nia@example.org", "")
    assert User.objects.filter(email__iexact=known).count() == 1
    owner = next(m for m in mail.outbox if m.to[0].lower() == "ada@example.org")
    assert "already" in owner.body
    ada.refresh_from_db()
    assert (ada.printed_name, ada.check_password(PASSWORD)) == ("Ada Lerner", False)
    assert not Consent.objects.filter(user=ada).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"agreed": ""},
        {"printed_name": ""},
        {"printed_name": " \t\n "},
        {"printed_name": "\u202e\u200f"},
        {"printed_name": "\u200d \u200c"},
        {"printed_name": "x" * 201},
        {"printed_name": "Nia\x00New"},
        {"email": "not an address"},
        {"email": "nia\x00@example.org"},
        {"email": f"{'x' * 64}@{'y' * 200}.org"},
        {"email": ""},
        {"password1": ""},
        {"password1": "short"},
        {"password1": "password"},
        {"password1": "nia@example.org"},
        {"password1": "long enough\x00"},
    ],
)
def test_what_is_missing_or_odd_is_said_beside_its_field(client: Client, change: dict[str, str]) -> None:
    page = sign_up(client, **change)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == set(change)
    assert not User.objects.exists()
    assert mail.outbox == []


def test_nothing_more_than_the_form_asks_can_be_set(client: Client) -> None:
    more = {
        "is_superuser": "on",
        "is_staff": "on",
        "is_active": "",
        "groups": "1",
        "user_permissions": "1",
        "erased_at": "2020-01-01",
        "time_zone": "Mars/Olympus",
        "id": "1",
        "username": "root",
    }
    sign_up(client, **more)
    user = User.objects.get(email="nia@example.org")
    assert (user.is_superuser, user.is_staff, user.is_active, user.erased_at) == (False, False, True, None)
    assert not user.groups.exists()
    assert user.time_zone == "Europe/London"


def test_a_long_password_and_spaces_in_it_are_welcome(client: Client) -> None:
    password = " " + "long " * 30
    sign_up(client, password1=password)
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nia \t New\n", "Nia New"),
        ("Nia\u202eweN", "NiaweN"),
        ("Zoë Ångström-O’Neil", "Zoë Ångström-O’Neil"),
        ("محمد", "محمد"),
        ("Nia 🙂", "Nia 🙂"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
        ("x" * 200, "x" * 200),
        # These joiners are part of how names are written in Persian, Nepali and Sinhala.
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("ප්\u200dරියා", "ප්\u200dරියා"),
    ],
)
def test_a_name_is_kept_as_people_write_it(client: Client, typed: str, kept: str) -> None:
    sign_up(client, printed_name=typed)
    assert User.objects.get().printed_name == kept
