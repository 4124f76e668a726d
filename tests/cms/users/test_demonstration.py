"""In a demo, pages that say "look in your e-mail" lead to its mailbox. On a real site they never do."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cms.users.models import User

Way = Callable[[Client], str]
NOTICE = 'href="/demo/mailbox/">open the demo mailbox</a>'
PASSWORD = "a long way from here"


def signing_up(browser: Client) -> str:
    form = {"printed_name": "Nia New", "email": "nia@example.org", "password1": PASSWORD, "agreed": "on"}
    return browser.post("/accounts/signup/", form, follow=True).content.decode()


def asking_for_a_new_password(browser: Client) -> str:
    form = {"email": "ada@example.org"}
    return browser.post("/accounts/password/reset/", form, follow=True).content.decode()


def changing_the_address(browser: Client) -> str:
    browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    form = {"action_add": "", "email": "new@example.org"}
    return browser.post("/accounts/email/", form, follow=True).content.decode()


WAYS = pytest.mark.parametrize(
    ("way", "says"),
    [
        (signing_up, "The message has a link."),
        (asking_for_a_new_password, "We have sent a message to the address you gave."),
        (changing_the_address, "We have sent a link to"),
    ],
)


@pytest.fixture(autouse=True)
def password(ada: User) -> None:
    ada.set_password(PASSWORD)
    ada.save()


@WAYS
def test_a_demo_leads_to_its_mailbox(client: Client, settings: Any, way: Way, says: str) -> None:
    settings.MAILBOX = True
    settings.ROOT_URLCONF = "tests.architecture.demo_urls"
    page = way(client)
    assert says in page
    assert page.count(NOTICE) == 1


@WAYS
def test_a_real_site_says_nothing_of_it(client: Client, way: Way, says: str) -> None:
    page = way(client)
    assert says in page
    assert "demo" not in page[page.index("<main") : page.index("</main>")].lower()
