"""A session brings its account along, and nobody who should not be signed in is let in by it."""

from typing import Any

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.users.models import SignIn, User
from tests.factories.people import PASSWORD, person

pytestmark = pytest.mark.django_db
PAGE = "/learning/"


@pytest.fixture
def ada() -> User:
    return person("ada", "Ada Lovelace")


@pytest.fixture
def client(ada: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    return client


def change_session(client: Client, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


def asked_for_accounts(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    return sum('FROM "users_user"' in query["sql"] for query in captured.captured_queries)


def is_let_in(client: Client) -> bool:
    return client.get(PAGE).status_code == 200


def test_the_account_comes_with_the_session(client: Client) -> None:
    assert is_let_in(client)
    assert asked_for_accounts(client) == 0


def test_a_session_without_a_note_asks_for_its_account(client: Client) -> None:
    SignIn.objects.all().delete()
    assert is_let_in(client)
    assert asked_for_accounts(client) == 1


def test_a_note_about_somebody_else_lets_nobody_in_as_them(client: Client, ada: User) -> None:
    other = person("grace", "Grace Hopper")
    SignIn.objects.update(user=other)
    assert client.get(PAGE).context["user"] == ada


def test_a_password_that_was_changed_elsewhere_ends_the_session(client: Client, ada: User) -> None:
    ada.set_password("another-long-password")
    ada.save()
    assert not is_let_in(client)
    assert SESSION_KEY not in client.session


def test_a_closed_account_is_not_let_in(client: Client) -> None:
    User.objects.update(is_active=False)
    assert not is_let_in(client)


def test_a_session_whose_password_does_not_agree_is_not_let_in(client: Client) -> None:
    change_session(client, **{HASH_SESSION_KEY: "0" * 64})
    assert not is_let_in(client)


def test_a_session_without_a_password_is_not_let_in(client: Client) -> None:
    session = client.session
    del session[HASH_SESSION_KEY]
    session.save()
    assert not is_let_in(client)


def test_a_session_of_another_way_of_signing_in_is_not_let_in(client: Client) -> None:
    change_session(client, _auth_user_backend="django.contrib.auth.backends.ModelBackend")
    assert not is_let_in(client)


def test_a_session_that_is_over_is_not_let_in(client: Client) -> None:
    Session.objects.update(expire_date="2020-01-01T00:00Z")
    assert not is_let_in(client)
