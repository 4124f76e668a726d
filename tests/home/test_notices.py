"""Notices keep every version that was published, and people are told when the privacy notice changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.core import places
from cms.users import accounts
from cms.users.models import Consent, User
from courses.ledger.models import AppendOnlyError
from home.models import NoticePage
from tests.architecture.test_pages import form_of
from tests.factories import pages

SignIn = Callable[[Any], Client]


@pytest.fixture
def notice(db: None) -> NoticePage:
    return pages.notice(version="2026-11-23")


def change(page: NoticePage, words: str, *, version: str, what_changed: str = "Clearer words.") -> None:
    page.body = [("paragraph", f"<p>{words}</p>")]
    page.version, page.what_changed = version, what_changed
    page.save_revision().publish()
    page.refresh_from_db()


def test_publishing_the_same_words_again_keeps_one_version(notice: NoticePage) -> None:
    notice.save_revision().publish()
    assert [version.name for version in notice.versions] == ["2026-11-23"]


def test_an_earlier_version_stays_readable_at_its_own_address(notice: NoticePage, client: Client) -> None:
    change(notice, "These words are new.", version="2027-01-01")
    now = client.get(notice.url).content.decode()
    assert "These words are new." in now
    assert f'href="{notice.url}versions/2026-11-23/"' in now
    earlier = client.get(f"{notice.url}versions/2026-11-23/").content.decode()
    assert "Words that everybody may read." in earlier
    assert "These words are new." not in earlier
    assert 'rel="canonical"' not in earlier


def test_a_draft_is_no_version(notice: NoticePage, client: Client) -> None:
    notice.body = [("paragraph", "<p>Only thought of.</p>")]
    notice.version = "2027-01-01"
    notice.save_revision()
    assert notice.versions.count() == 1
    assert client.get(f"{notice.url}versions/2027-01-01/").status_code == 404


@pytest.mark.parametrize(
    "address", ["versions/", "versions/nothing/", "versions/2026-11-23/more/", "other/2026-11-23/"]
)
def test_no_other_address_below_a_notice_answers(notice: NoticePage, client: Client, address: str) -> None:
    assert client.get(notice.url + address).status_code == 404


def test_versions_of_a_notice_that_was_taken_down_are_not_shown(notice: NoticePage, client: Client) -> None:
    notice.unpublish()
    assert client.get("/privacy/versions/2026-11-23/").status_code == 404


def test_other_words_under_the_same_name_are_kept_beside_it(notice: NoticePage) -> None:
    """Scheduled publishing and programs pass by the form; nothing is ever written over."""
    change(notice, "Slipped in.", version="2026-11-23")
    change(notice, "Slipped in again.", version="2026-11-23")
    names = [(version.name, version.slug) for version in notice.versions]
    assert names == [
        ("2026-11-23 (3)", "2026-11-23-3"),
        ("2026-11-23 (2)", "2026-11-23-2"),
        ("2026-11-23", "2026-11-23"),
    ]


def test_names_that_make_the_same_address_get_addresses_of_their_own(notice: NoticePage) -> None:
    change(notice, "One.", version="May 2027")
    change(notice, "Two.", version="may-2027")
    assert len({version.slug for version in notice.versions}) == 3


def test_a_version_cannot_be_changed_or_deleted(notice: NoticePage) -> None:
    version = notice.versions.get()
    for change_it in (version.save, version.delete, lambda: notice.versions.update(title="x")):
        with pytest.raises(AppendOnlyError):
            change_it()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": "New"}, {"version"}),
        ({"title": "New", "version": "2"}, {"what_changed"}),
        ({"title": "New", "version": "2", "what_changed": "The title."}, set()),
        ({}, set()),
    ],
)
def test_the_form_asks_for_a_new_version_when_words_change(
    notice: NoticePage, ed: User, sign_in: SignIn, fields: dict[str, str], wrong: set[str]
) -> None:
    client = sign_in(ed)
    edit = reverse("wagtailadmin_pages:edit", args=[notice.pk])
    sent = form_of(notice, client.get(edit)) | fields | {"action-publish": "publish"}
    answer = client.post(edit, sent)
    assert set(answer.context["form"].errors if answer.status_code == 200 else {}) == wrong
    draft = {name: value for name, value in sent.items() if name != "action-publish"}
    assert client.post(edit, draft).status_code == 302


def test_a_published_notice_is_not_deleted(notice: NoticePage, amy: User, sign_in: SignIn) -> None:
    answer = sign_in(amy).post(reverse("wagtailadmin_pages:delete", args=[notice.pk]), follow=True)
    assert "Unpublish it instead" in answer.content.decode()
    assert NoticePage.objects.filter(pk=notice.pk).exists()


# --- Telling people -------------------------------------------------------------------------------


def test_new_people_agree_to_the_published_version(notice: NoticePage, settings: Any) -> None:
    settings.PRIVACY_NOTICE_VERSION = "older"
    assert places.privacy_version() == "2026-11-23"
    notice.unpublish()
    assert places.privacy_version() == "older"


@pytest.fixture
def agreed(notice: NoticePage, ada: User) -> User:
    accounts.record_consent(
        user=ada, kind=Consent.PRIVACY_NOTICE, version="2026-11-23", wording="I agree.", at=timezone.now()
    )
    return ada


@pytest.mark.parametrize("name", ["learning:dashboard", "account:home", "account:privacy"])
def test_people_who_agreed_to_an_older_notice_are_told_and_not_locked_out(
    notice: NoticePage, agreed: User, sign_in: SignIn, name: str
) -> None:
    client = sign_in(agreed)
    assert "Our privacy notice has changed" not in client.get(reverse(name)).content.decode()
    change(notice, "New.", version="2027-01-01", what_changed="We say how long we keep notes.")
    body = client.get(reverse(name)).content.decode()
    assert "Our privacy notice has changed" in body
    assert "We say how long we keep notes." in body
    assert f'href="{notice.url}"' in body


def test_agreeing_is_noted_once_and_the_notice_goes(
    notice: NoticePage, agreed: User, sign_in: SignIn
) -> None:
    change(notice, "New.", version="2027-01-01")
    client = sign_in(agreed)
    for _time in range(2):
        assert client.post(reverse("account:agree"), {"version": "2027-01-01"}).status_code == 302
    assert sorted(agreed.consents.values_list("version", flat=True)) == ["2026-11-23", "2027-01-01"]
    assert "Our privacy notice has changed" not in client.get(reverse("learning:dashboard")).content.decode()


def test_nobody_agrees_to_words_that_they_did_not_see(
    notice: NoticePage, agreed: User, sign_in: SignIn
) -> None:
    change(notice, "New.", version="2027-01-01")
    answer = sign_in(agreed).post(reverse("account:agree"), {"version": "2026-12-01"}, follow=True)
    assert "Please read it once more" in answer.content.decode()
    assert agreed.consents.count() == 1


def test_who_has_never_agreed_is_not_told_of_changes(notice: NoticePage, cleo: User, sign_in: SignIn) -> None:
    assert "has changed" not in sign_in(cleo).get(reverse("learning:dashboard")).content.decode()
