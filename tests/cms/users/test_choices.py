"""What people choose for themselves: reading, e-mails, their address; and where they are signed in."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from cms.core.forms import KindWords
from cms.users import accounts, devices, privacy, sign_ins
from cms.users.devices import Device
from cms.users.models import SignIn, User
from courses.cohorts.models import CohortStaff
from tests.factories.courses import BuiltCourse
from tests.factories.people import PASSWORD

Browser = Callable[[User], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36"


@pytest.fixture
def page(sign_in: Browser, ada: User) -> Client:
    return sign_in(ada)


def by_form(who: str = "ada", **headers: str) -> Client:
    client = Client(headers=headers)
    client.post("/accounts/login/", {"login": f"{who}@example.org", "password": PASSWORD})
    return client


def test_the_account_shows_how_everything_stands(page: Client, ada: User) -> None:
    body = page.get("/account/").content.decode()
    for words in ("Ada Lerner", "Europe: London", "ada@example.org", "Letters: usual", "In 1 place", "Off."):
        assert words in body
    for path in ("name", "reading", "e-mails", "signed-in", "privacy"):
        assert f'href="/account/{path}/"' in body


def test_larger_letters_and_easy_read_are_kept_and_used(page: Client, ada: User) -> None:
    page.post("/account/reading/", {"text_size": "larger", "prefers_easy_read": "on"})
    ada.refresh_from_db()
    assert (ada.text_size, ada.prefers_easy_read) == ("larger", True)
    assert 'data-text-size="larger"' in page.get("/account/reading/").content.decode()
    page.post("/account/reading/", {"text_size": ""})
    ada.refresh_from_db()
    assert (ada.text_size, ada.prefers_easy_read) == ("", False)


def test_a_size_that_is_not_there_is_refused(page: Client, ada: User) -> None:
    answer = page.post("/account/reading/", {"text_size": "<huge>"})
    assert "Please choose from the list." in answer.content.decode()
    ada.refresh_from_db()
    assert ada.text_size == ""


def test_an_account_with_an_odd_size_still_opens(page: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(text_size="gone")
    assert page.get("/account/").status_code == page.get("/account/reading/").status_code == 200


def test_a_learner_chooses_about_answers_and_not_about_questions(page: Client, ada: User) -> None:
    body = page.get("/account/e-mails/").content.decode()
    assert "wants_answers_by_email" in body
    assert "wants_questions_by_email" not in body
    page.post("/account/e-mails/", {"wants_questions_by_email": ""})
    ada.refresh_from_db()
    assert (ada.wants_answers_by_email, ada.wants_questions_by_email) == (False, True)


def test_who_looks_after_a_cohort_chooses_about_questions_too(
    course: BuiltCourse, fay: User, sign_in: Browser
) -> None:
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role=CohortStaff.Role.FACILITATOR)
    browser = sign_in(fay)
    assert "wants_questions_by_email" in browser.get("/account/e-mails/").content.decode()
    browser.post("/account/e-mails/", {"wants_answers_by_email": "on"})
    fay.refresh_from_db()
    assert (fay.wants_answers_by_email, fay.wants_questions_by_email) == (True, False)


# --- Where somebody is signed in ------------------------------------------------------------------


def test_the_list_names_each_device_and_marks_this_one(ada: User) -> None:
    here = by_form(**{"User-Agent": FIREFOX})
    by_form(**{"User-Agent": PHONE})
    rows = here.get("/account/signed-in/").context["rows"]
    assert [(row.device, row.is_this_one) for row in rows] == [
        ("Firefox on a Windows computer", True),
        ("Chrome on an Android phone", False),
    ]


def test_nothing_but_the_kind_of_device_is_kept(ada: User) -> None:
    by_form(**{"User-Agent": PHONE + " secret-model"})
    kept = SignIn.objects.values().get()
    assert set(kept) == {"id", "session_id", "user_id", "browser", "system", "began_at"}
    assert (kept["browser"], kept["system"]) == ("chrome", "android_phone")


def test_signing_out_elsewhere_ends_that_session_and_no_other(ada: User) -> None:
    here, there, third = by_form(), by_form(), by_form()
    row = SignIn.objects.get(session_id=there.cookies["session"].value)
    here.post(f"/account/signed-in/{row.pk}/sign-out/")
    assert there.get("/learning/").status_code == 302
    assert third.get("/learning/").status_code == here.get("/learning/").status_code == 200
    again = here.post(f"/account/signed-in/{row.pk}/sign-out/", follow=True)
    assert "You were signed out there already." in again.content.decode()


def test_signing_out_everywhere_else_leaves_this_one(ada: User) -> None:
    here, *others = by_form(), by_form(), by_form()
    here.post("/account/signed-in/sign-out-others/")
    assert here.get("/learning/").status_code == 200
    assert {other.get("/learning/").status_code for other in others} == {302}
    assert SignIn.objects.count() == 1


def test_nobody_signs_out_somebody_else(ada: User, ben: User) -> None:
    ada_browser, ben_browser = by_form("ada"), by_form("ben")
    of_ben = SignIn.objects.get(user=ben)
    ada_browser.post(f"/account/signed-in/{of_ben.pk}/sign-out/")
    ada_browser.post("/account/signed-in/sign-out-others/")
    assert ben_browser.get("/learning/").status_code == 200


def test_the_note_goes_with_the_session(ada: User) -> None:
    browser = by_form()
    browser.post("/accounts/logout/")
    assert not SignIn.objects.exists()
    by_form()
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    for rule in privacy.retention_rules:
        rule.delete(timezone.now())
    assert not SignIn.objects.exists()


def test_a_changed_password_empties_the_list(ada: User) -> None:
    here, _there = by_form(), by_form()
    new = {"oldpassword": PASSWORD, "password1": "another long one", "password2": "another long one"}
    here.post("/accounts/password/change/", new)
    assert not SignIn.objects.filter(user=ada).exists()


def test_the_day_of_the_last_look_costs_no_statement_and_is_forgotten_with_the_session(ada: User) -> None:
    here, there = by_form(), by_form()
    there.get("/learning/")
    rows = here.get("/account/signed-in/").context["rows"]
    assert [row.seen_on for row in rows if not row.is_this_one] == [timezone.now().date()]
    key = there.cookies["session"].value
    assert cache.get(sign_ins._cache_key(key))
    assert key not in sign_ins._cache_key(key)
    here.post("/account/signed-in/sign-out-others/")
    assert not cache.get(sign_ins._cache_key(key))


def test_a_cache_that_is_away_keeps_nobody_from_their_page(ada: User, monkeypatch: Any) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError

    browser = by_form()
    monkeypatch.setattr(sign_ins.cache, "set", away)
    monkeypatch.setattr(sign_ins.cache, "get_many", away)
    sign_ins.seen(session_key="never-seen-before", on=date(2026, 11, 23))
    assert browser.get("/account/signed-in/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on a Windows computer"),
        (PHONE, "Chrome on an Android phone"),
        (PHONE.replace(" Mobile", ""), "Chrome on an Android tablet"),
        (FIREFOX.replace("Firefox/", "Chrome/1 Safari/1 Edg/"), "Edge on a Windows computer"),
        ("Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) Version/12.1 Safari/604.1", "Safari on an iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Chrome/1 OPR/9", "Opera on a Mac"),
        (
            "Mozilla/5.0 (Linux; Android 9) SamsungBrowser/9 Chrome/1",
            "The Samsung browser on an Android tablet",
        ),
        ("", "A web browser on a device we do not know"),
        ("<script>\x00", "A web browser on a device we do not know"),
    ],
)
def test_devices_have_plain_names(user_agent: str, words: str) -> None:
    assert devices.words(devices.recognise(user_agent)) == words


def test_a_kind_of_device_that_is_no_longer_known_is_no_error() -> None:
    assert devices.words(Device("netscape", "amiga")) == "A web browser on a device we do not know"


# --- The address ----------------------------------------------------------------------------------


def change_address(browser: Client) -> str:
    """Ask for a new address; give the path of the link that confirms it."""
    mail.outbox.clear()
    browser.post("/accounts/email/", {"action_add": "", "email": "New@example.org"})
    link = next(m for m in mail.outbox if m.to == ["new@example.org"])
    found = re.search(r"http://testserver(/\S+)", link.body)
    assert found
    return found.group(1)


def test_a_new_address_takes_over_when_its_owner_has_confirmed_it(ada: User) -> None:
    browser = by_form()
    link = change_address(browser)
    ada.refresh_from_db()
    assert ada.email == "ada@example.org", "the old one stays until then"
    told = [m for m in mail.outbox if m.to == ["ada@example.org"]]
    assert [m.subject for m in told] == ["Somebody wants to change your e-mail address with us"]
    mail.outbox.clear()
    browser.get(link)
    ada.refresh_from_db()
    assert ada.email == "ada@example.org", "looking at the link confirms nothing"
    browser.post(link)
    ada.refresh_from_db()
    assert ada.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=ada).values_list("email", "primary")) == [
        ("new@example.org", True)
    ]
    assert [(m.to, m.subject) for m in mail.outbox if m.to == ["ada@example.org"]] == [
        (["ada@example.org"], "Your e-mail address was changed")
    ]


def test_a_change_of_address_can_be_taken_back(ada: User) -> None:
    browser = by_form()
    link = change_address(browser)
    page = browser.get("/accounts/email/").content.decode()
    assert "Keep my old address" in page
    browser.post("/accounts/email/", {"action_remove": "", "email": "new@example.org"})
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    browser.post(link)
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"


def test_a_change_of_address_asks_for_the_password_first_and_goes_on_afterwards(
    page: Client, ada: User
) -> None:
    asked = page.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert asked.headers["Location"] == "/accounts/reauthenticate/?next=%2Faccounts%2Femail%2F"
    assert not EmailAddress.objects.filter(email="new@example.org").exists()
    page.post(asked.headers["Location"], {"password": PASSWORD})
    assert EmailAddress.objects.filter(user=ada, email="new@example.org").exists()


def test_looking_at_somebody_elses_link_signs_nobody_out(ada: User, ben: User) -> None:
    link = change_address(by_form("ben"))
    browser = by_form("ada")
    page = browser.get(link)
    assert "You are signed in with another account." in page.content.decode()
    assert browser.get("/learning/").status_code == 200
    browser.post(link)
    assert browser.get("/learning/").status_code == 302


# --- Words ----------------------------------------------------------------------------------------

HARD = (
    "This field is required",
    "Enter a valid",
    "Select a valid choice",
    "is too similar to",
    "too common",
    "It must contain at least",
    "Ensure this value",
)


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("/accounts/signup/", {}, "Please type your e-mail address."),
        ("/accounts/signup/", {"email": "ada"}, "Please type a whole e-mail address"),
        (
            "/accounts/signup/",
            {"email": "nia@example.org", "password1": "short"},
            "This password is too short.",
        ),
        (
            "/accounts/signup/",
            {"email": "wanderer@example.org", "password1": "wanderer1"},
            "too much like your e-mail address",
        ),
        (
            "/accounts/signup/",
            {"printed_name": "N", "agreed": "on", "email": "n@example.org", "password1": "password"},
            "easy to guess",
        ),
        ("/accounts/login/", {}, "Please fill this in."),
        (
            "/accounts/login/",
            {"login": "ada@example.org", "password": "x"},
            "Please check both and try again.",
        ),
        ("/accounts/password/reset/", {"email": "nobody"}, "Please type a whole e-mail address"),
    ],
)
def test_refusals_are_kind_sentences(db: None, path: str, data: dict[str, str], kind: str) -> None:
    body = Client().post(path, data).content.decode()
    assert kind in body
    assert not [words for words in HARD if words in body]


def test_a_form_keeps_its_own_words() -> None:
    class Asked(KindWords, forms.Form):
        plain = forms.CharField(max_length=3)
        own = forms.CharField(error_messages={"required": "Where are you?"})
        number = forms.IntegerField()
        several = forms.MultipleChoiceField(choices=[("a", "A")])

    form = Asked({"plain": "four", "number": "x", "several": ["b"]})
    assert {name: errors[0] for name, errors in form.errors.items()} == {
        "plain": "Please use 3 letters or fewer. You have 4.",
        "own": "Where are you?",
        "number": "Please type a number, such as 12.",
        "several": "Please choose from the list.",
    }


# --- The download and closing ---------------------------------------------------------------------


def test_the_download_holds_the_choices_the_places_and_what_was_chosen_in_the_admin(ada: User) -> None:
    by_form(**{"User-Agent": FIREFOX})
    UserProfile.objects.create(user=ada, preferred_language="en", theme="dark", dismissibles={"tip": True})
    words = str(privacy.collect(ada))
    for expected in ("Firefox on a Windows computer", "Easy-read versions first", "Dark", "tip"):
        assert expected in words


def test_a_closed_account_keeps_no_choices(ada: User) -> None:
    by_form()
    chosen = {
        "time_zone": "Asia/Tokyo",
        "text_size": "larger",
        "prefers_easy_read": True,
        "wants_answers_by_email": False,
        "wants_questions_by_email": False,
    }
    User.objects.filter(pk=ada.pk).update(**chosen)
    accounts.erase(user_id=ada.pk, at=timezone.now())
    ada.refresh_from_db()
    fresh = User(email="x@example.org")
    assert {name: getattr(ada, name) for name in chosen} == {name: getattr(fresh, name) for name in chosen}
    assert not SignIn.objects.exists()
