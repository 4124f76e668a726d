"""Signing in and out, resetting a password: no guessing who is here, no way off this site."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cms.users.models import User
from tests.factories.people import PASSWORD

EVIL = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://evil.example/learning/",
    "javascript:alert(1)",
    "data:text/html,x",
    "%2f%2fevil.example",
    "/%2fevil.example/..//evil.example",
    "@evil.example",
    "//testserver@evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nLocation: https://evil.example",
    "\x00//evil.example",
    "ftp://evil.example",
    "evil.example",
]


def sign_in(client: Client, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": "ada@example.org", "password": password, **more})


def leads_off_the_site(location: str) -> bool:
    """As a browser reads it: back-slashes are slashes, and tabs and line breaks are not there."""
    seen = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    if seen.startswith("http://testserver/"):
        return False
    return not seen.startswith("/") or seen.startswith("//")


@pytest.mark.parametrize("address", EVIL)
def test_signing_in_never_leads_to_another_site(ada: User, client: Client, address: str) -> None:
    by_form = sign_in(client, next=address)
    assert by_form.status_code == 302
    assert not leads_off_the_site(by_form.headers["Location"])
    other = Client()
    page = other.get("/accounts/login/", {"next": address})
    assert page.status_code == 200
    by_query = other.post(
        "/accounts/login/",
        {"login": "ada@example.org", "password": PASSWORD},
        query_params={"next": address},
    )
    assert not leads_off_the_site(by_query.headers["Location"])


@pytest.mark.parametrize("address", EVIL)
def test_somebody_already_signed_in_is_not_led_off_either(ada: User, client: Client, address: str) -> None:
    client.force_login(ada)
    for page in ("/accounts/login/", "/accounts/signup/"):
        response = client.get(page, {"next": address})
        assert response.status_code == 302
        assert not leads_off_the_site(response.headers["Location"])
    left = client.post("/accounts/logout/", {"next": address})
    assert not leads_off_the_site(left.headers["Location"])


@pytest.mark.parametrize("address", ["/join/7/", "/learning/?a=b", "/courses/a-course/#facts"])
def test_a_way_on_within_the_site_is_kept(ada: User, client: Client, address: str) -> None:
    assert sign_in(client, next=address).headers["Location"] == address


def test_the_admin_signs_in_by_the_same_door(client: Client, db: None) -> None:
    answer = client.get("/admin/login/?next=/admin/pages/")
    assert answer.headers["Location"] == "/accounts/login/?next=/admin/pages/"


def test_a_new_session_begins_with_signing_in_and_ends_with_signing_out(ada: User, client: Client) -> None:
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies["session"] = session.session_key
    planted = session.session_key
    sign_in(client)
    mine = client.cookies["session"].value
    assert mine != planted
    thief = Client()
    thief.cookies["session"] = planted
    assert thief.get("/learning/").status_code == 302
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/learning/").status_code == 200, "looking at the page does not sign out"
    client.post("/accounts/logout/")
    thief.cookies["session"] = mine
    assert thief.get("/learning/").status_code == 302


def test_a_changed_password_ends_every_other_session(ada: User, client: Client) -> None:
    sign_in(client)
    other = Client()
    sign_in(other)
    changed = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"},
    )
    assert changed.status_code == 302
    assert other.get("/learning/").status_code == 302
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), password="another long one").status_code == 302


def test_somebody_who_is_suspended_is_out_at_once(ada: User, client: Client) -> None:
    sign_in(client)
    assert client.get("/learning/").status_code == 200
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/learning/").status_code == 302


def plain(response: Any, *addresses: str) -> str:
    """A page without what differs anyway: tokens and the address that was typed."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    for address in addresses:
        body = body.replace(address, "")
    return body


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ada: User) -> None:
    answers = [
        Client().post("/accounts/login/", {"login": address, "password": "wrong " * 3})
        for address in ("ada@example.org", "nobody@example.org")
    ]
    assert answers[0].status_code == answers[1].status_code == 200
    known, unknown = (plain(a, "ada@example.org", "nobody@example.org") for a in answers)
    assert known == unknown


def test_asking_for_a_new_password_gets_the_same_answer_and_the_owner_a_mail(ada: User) -> None:
    addresses = ("ada@example.org", "nobody@example.org")
    pages = []
    for address in addresses:
        client = Client()
        answer = client.post("/accounts/password/reset/", {"email": address})
        assert answer.headers["Location"] == "/accounts/password/reset/done/"
        pages.append(plain(client.get(answer.headers["Location"]), *addresses))
    assert pages[0] == pages[1]
    by_address = {m.to[0]: m for m in mail.outbox}
    assert set(by_address) == set(addresses)
    assert "/accounts/password/reset/key/" in by_address["ada@example.org"].body
    assert "/key/" not in by_address["nobody@example.org"].body
    for message in mail.outbox:
        assert "example.org" not in message.subject
        assert "Ada" not in message.subject


def reset_link(**headers: str) -> str:
    Client().post("/accounts/password/reset/", {"email": "ada@example.org"}, headers=headers)
    found = re.search(r"https?://\S+", mail.outbox[-1].body)
    assert found
    return found.group()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example"},
        {"Host": "evil.example:8080", "X-Forwarded-Proto": "https", "Forwarded": "host=evil.example"},
    ],
)
def test_case_39_the_link_to_a_new_password_leads_to_the_configured_site(
    ada: User, settings: Any, headers: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://learn.example"
    assert reset_link(**headers).startswith("https://learn.example/accounts/password/reset/key/")
    assert "evil" not in mail.outbox[-1].body + mail.outbox[-1].subject


def test_case_39_links_of_sign_up_lead_to_the_configured_site_too(ada: User, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://learn.example"
    form = {"printed_name": "N", "password1": "a long way from here", "agreed": "on"}
    for address in ("nia@example.org", "ada@example.org"):
        Client().post("/accounts/signup/", {**form, "email": address}, headers={"Host": "evil.example"})
    Client().post("/accounts/password/reset/", {"email": "who@example.org"}, headers={"Host": "evil.example"})
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert "evil" not in message.body
        assert "https://learn.example/" in message.body


def test_case_39_a_host_that_is_not_ours_is_turned_away(client: Client, db: None) -> None:
    assert client.get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


def test_a_new_password_can_be_set_once_with_one_link(ada: User, client: Client) -> None:
    link = reset_link()
    path = link.removeprefix("http://testserver")
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0]
    assert "key" in address
    new = {"password1": "quite another one", "password2": "quite another one"}
    assert client.post(address, new).status_code == 302
    ada.refresh_from_db()
    assert ada.check_password("quite another one")
    assert client.get("/learning/").status_code == 302, "a link in a mail does not sign in"
    again = Client()
    page = again.get(path, follow=True)
    again.post(page.redirect_chain[-1][0] if page.redirect_chain else path, new | {"password1": "x" * 12})
    ada.refresh_from_db()
    assert ada.check_password("quite another one")


@pytest.mark.parametrize("key", ["1-x", "zzzzzzzzzzzzz-abc", "0-set-password", "9" * 40 + "-a", "1-%00"])
def test_a_false_link_is_only_a_kind_page(ada: User, client: Client, key: str) -> None:
    assert client.get(f"/accounts/password/reset/key/{key}/").status_code in (200, 302, 404)
    assert client.post(f"/accounts/password/reset/key/{key}/", {"password1": "x"}).status_code in (
        200,
        302,
        404,
    )


def test_guessing_a_password_is_slowed_down_without_locking_the_owner_out_for_ever(ada: User) -> None:
    for _try in range(12):
        last = sign_in(Client(), password="wrong " * 3)
    assert last.status_code in (200, 429)
    stopped = sign_in(Client())
    assert stopped.status_code != 302, "even the right password waits while somebody guesses"
    assert Client().get("/learning/").status_code == 302


@pytest.mark.parametrize(
    ("login", "password"),
    [("a\x00@example.org", "x"), ("x" * 5000 + "@example.org", "x"), ("ada@example.org", "x\x00"), ("", "")],
)
def test_odd_things_typed_are_never_an_error_page(
    ada: User, client: Client, login: str, password: str
) -> None:
    answer = client.post("/accounts/login/", {"login": login, "password": password})
    assert answer.status_code == 200
    assert client.post("/accounts/password/reset/", {"email": login}).status_code in (200, 302)
