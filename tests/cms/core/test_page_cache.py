"""The cache of public pages: fast for visitors, and never a page that is out of date or somebody's own."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.core import page_cache
from cms.users.models import User
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_a_second_visitor_costs_no_query(course: BuiltCourse) -> None:
    url = course.page.url
    assert _queries(Client(), url) > 0
    assert _queries(Client(), url) == 0


def test_a_kept_page_has_the_same_words_and_headers(course: BuiltCourse) -> None:
    first, second = Client().get(course.page.url), Client().get(course.page.url)
    assert first.content == second.content
    assert first.headers["Content-Security-Policy"] == second.headers["Content-Security-Policy"]
    assert second.headers["X-Content-Type-Options"] == "nosniff"


def test_publishing_shows_the_new_words_at_once(course: BuiltCourse) -> None:
    url = course.page.url
    Client().get(url)
    course.page.lead = "These words are new."
    course.page.save_revision().publish()
    assert b"These words are new." in Client().get(url).content


def test_an_unpublished_page_is_gone_at_once(course: BuiltCourse) -> None:
    url = course.page.url
    Client().get(url)
    course.page.unpublish()
    assert Client().get(url).status_code == 404


def test_somebody_signed_in_never_gets_the_kept_page(course: BuiltCourse, ada: User, sign_in: object) -> None:
    url = course.page.url
    Client().get(url)
    assert b"Sign out" in sign_in(ada).get(url).content  # type: ignore[operator]


def test_a_page_of_somebody_signed_in_is_never_kept(course: BuiltCourse, ada: User, sign_in: object) -> None:
    url = course.page.url
    sign_in(ada).get(url)  # type: ignore[operator]
    assert b"Sign out" not in Client().get(url).content


@pytest.mark.parametrize(
    "path", ["/learning/", "/accounts/login/", "/certificates/", "/health/", "/nothing/"]
)
def test_only_published_pages_are_kept(course: BuiltCourse, path: str) -> None:
    Client().get(path)
    assert not page_cache.store._pages


def test_another_host_has_its_own_copy(course: BuiltCourse, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example.org"]  # type: ignore[attr-defined]
    Client().get(course.page.url)
    assert _queries(Client(headers={"host": "other.example.org"}), course.page.url) > 0


def test_a_host_that_is_not_ours_is_refused_even_when_the_page_is_kept(course: BuiltCourse) -> None:
    Client().get(course.page.url)
    assert Client(headers={"host": "evil.example"}).get(course.page.url).status_code == 400


def test_a_page_is_drawn_anew_after_a_minute(course: BuiltCourse, monkeypatch: pytest.MonkeyPatch) -> None:
    Client().get(course.page.url)
    later = page_cache.time.monotonic() + page_cache.KEPT_SECONDS + 1
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: later)
    assert _queries(Client(), course.page.url) > 0


def test_a_page_drawn_while_something_was_published_is_not_kept(course: BuiltCourse, now: datetime) -> None:
    page_cache.store.get("any", now=0.0)
    before = page_cache.store.generation()
    page_cache.forget_pages()
    page_cache.store.get("any", now=10.0)
    page_cache.store.keep("key", page_cache.Kept(b"old", [], 10.0), generation=before)
    assert page_cache.store.get("key", now=10.0) is None


def test_the_store_never_grows_beyond_its_limit() -> None:
    store = page_cache.PageStore()
    store.get("any", now=0.0)
    for number in range(page_cache.MOST_PAGES + 5):
        page = page_cache.Kept(b"x", [], 0.0)
        store.keep(str(number), page, generation=store.generation())
    assert len(store._pages) == page_cache.MOST_PAGES
    assert store.get("0", now=0.0) is None


def test_a_head_request_gets_no_body(course: BuiltCourse) -> None:
    Client().get(course.page.url)
    assert Client().head(course.page.url).content == b""


def test_a_link_in_a_text_leads_to_the_page(db: None) -> None:
    home = build.home()
    home.body = [
        (
            "paragraph",
            f'<p><a linktype="page" id="{home.pk}">here</a> <a linktype="page" id="999">gone</a></p>',
        )
    ]
    home.save_revision().publish()
    content = Client().get("/").content.decode()
    assert '<a href="/">here</a>' in content
    assert "<a>gone</a>" in content
