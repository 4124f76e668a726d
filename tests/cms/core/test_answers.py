"""What every answer carries, and what answers when something is wrong."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse

from cms.core.checks import one_public_address
from cms.users.models import User
from courses.assessment.models import Attempt
from courses.queries import dashboard
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse
from tests.factories.people import PASSWORD

SignIn = Callable[[User], Client]


def policy(response: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";")]
    return {name: value for name, _space, value in parts}


# --- Headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/courses/", "/accounts/login/", "/certificates/", "/search/?q=x", "/nothing/here/"]
)
def test_public_pages_have_a_strict_policy(course: BuiltCourse, client: Client, path: str) -> None:
    response = client.get(path)
    found = policy(response)
    assert found["default-src"] == found["object-src"] == found["frame-ancestors"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "*" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Server" not in response.headers


def test_only_the_admin_gets_a_looser_policy(course: BuiltCourse, sign_in: SignIn, amy: User) -> None:
    browser = sign_in(amy)
    inside = browser.get("/admin/")
    assert inside.status_code == 200
    assert "'unsafe-inline'" in policy(inside)["script-src"]
    assert policy(inside)["frame-ancestors"] == "'self'"
    assert policy(inside)["default-src"] == "'none'"
    assert inside.headers["X-Frame-Options"] == "SAMEORIGIN"
    for outside in ("/", "/learning/", "/administrator/", "/courses/?x=/admin/"):
        assert "unsafe" not in browser.get(outside).headers["Content-Security-Policy"]


def test_no_page_needs_inline_style_or_script(
    course: BuiltCourse, attempt: Attempt, sign_in: SignIn, ada: User
) -> None:
    browser = sign_in(ada)
    enrolment = attempt.enrolment_id
    paths = [
        "/",
        course.page.url,
        "/learning/",
        f"/learning/{enrolment}/",
        f"/learning/{enrolment}/{course.lesson_id}/",
        f"/learning/attempts/{attempt.pk}/1/",
        f"/learning/attempts/{attempt.pk}/check/",
        "/account/",
        "/account/privacy/",
    ]
    for path in paths:
        body = browser.get(path).content.decode()
        assert " style=" not in body, path
        assert "<style" not in body, path
        assert "javascript:" not in body, path
        assert " onclick=" not in body, path
        for script in body.split("<script")[1:]:
            # Facts for programs are no script: no browser runs them.
            assert script.lstrip().startswith(("src=", 'type="application/ld+json"')), path


@pytest.mark.parametrize("path", ["/", "/learning/", "/account/", "/account/privacy/", "/courses/"])
def test_pages_of_somebody_who_is_signed_in_are_never_stored(
    course: BuiltCourse, sign_in: SignIn, ada: User, path: str
) -> None:
    assert sign_in(ada).get(path).headers["Cache-Control"] == "no-store, private"


def test_a_page_that_sets_a_cookie_is_never_stored(course: BuiltCourse, client: Client) -> None:
    response = client.get("/accounts/login/")
    assert response.cookies
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))


def test_cookies_cannot_be_read_by_scripts_or_sent_from_elsewhere(ada: User, client: Client) -> None:
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    for name in ("csrftoken", "session"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


# --- Forged forms ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "done", "begin", "question", "hand_in", "join", "show_name", "name_check", "look_up", "details",
        "download", "close", "keep", "login", "signup", "logout", "reset", "change", "email",
        "publish_edition", "delete_page",
    ],
)  # fmt: skip
def test_every_form_refuses_a_post_from_elsewhere(
    course: BuiltCourse, attempt: Attempt, amy: User, ada: User, name: str
) -> None:
    enrolment = attempt.enrolment_id
    addresses = {
        "done": f"/learning/{enrolment}/{course.lesson_id}/done/",
        "begin": f"/learning/{enrolment}/{course.quiz_id}/begin/",
        "question": f"/learning/attempts/{attempt.pk}/1/",
        "hand_in": f"/learning/attempts/{attempt.pk}/hand-in/",
        "join": f"/join/{course.cohort.pk}/",
        "show_name": f"/certificates/{'0' * 28}/show-name/",
        "name_check": f"/certificates/{'0' * 28}/",
        "look_up": "/certificates/",
        "details": "/account/",
        "download": "/account/download/",
        "close": "/account/close/",
        "keep": "/account/keep/",
        "login": reverse("account_login"),
        "signup": reverse("account_signup"),
        "logout": reverse("account_logout"),
        "reset": reverse("account_reset_password"),
        "change": reverse("account_change_password"),
        "email": reverse("account_email"),
        "publish_edition": reverse("staff:publish_edition", args=[course.page.pk]),
        "delete_page": reverse("wagtailadmin_pages:delete", args=[course.page.pk]),
    }
    strict = Client(enforce_csrf_checks=True)
    if name not in ("login", "signup", "reset"):
        strict.force_login(amy if "p" in name and "_" in name else ada)
    refused = strict.post(addresses[name], {"choice": "a", "sequence": "1"})
    assert refused.status_code == 403
    assert "CSRF" not in refused.content.decode()
    attempt.refresh_from_db()
    assert attempt.status == "open"


def test_the_page_for_a_form_that_is_too_old_says_what_to_do(db: None) -> None:
    page = Client(enforce_csrf_checks=True).post("/certificates/", {"code": "x"})
    assert page.status_code == 403
    assert "<h1" in page.content.decode()


# --- Pages for what went wrong --------------------------------------------------------------------


def test_a_page_that_is_not_there_leads_on(course: BuiltCourse, client: Client) -> None:
    page = client.get("/no/such/page/")
    assert page.status_code == 404
    assert page.content.decode().count("<h1") == 1
    assert 'href="/"' in page.content.decode()


def test_a_fault_of_ours_shows_nothing_of_its_cause(
    enrolment: Any, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**kwargs: Any) -> None:
        raise RuntimeError("canary-secret")

    monkeypatch.setattr(dashboard, "dashboard", broken)
    browser = Client(raise_request_exception=False)
    browser.force_login(ada)
    page = browser.get("/learning/")
    body = page.content.decode()
    assert page.status_code == 500
    assert "<h1" in body
    for secret in ("canary", "Traceback", "RuntimeError", "ada@example.org", "Ada Lerner"):
        assert secret not in body


def test_a_stranger_in_the_admin_is_turned_away(
    course: BuiltCourse, sign_in: SignIn, cleo: User, client: Client
) -> None:
    asked = client.get("/admin/", follow=True).redirect_chain[-1][0]
    assert unquote(asked) == "/accounts/login/?next=/admin/"
    refused = sign_in(cleo).get("/admin/", follow=True)
    assert refused.status_code in (200, 403)
    assert "wagtail" not in refused.content.decode().lower()


@pytest.mark.parametrize(
    "path",
    [
        "/%00/", "/courses/%00/", "/courses/%ff%fe/", "/%2e%2e/%2e%2e/etc/passwd", "/" + "a" * 4000 + "/",
        "/search/?q=%00", "/search/?q=%ff", "/search/?q=%ed%a0%80", "/search/?q=" + "x" * 5000,
        "/search/?q=%22", "/search/?q=a%20AND%20NOT%20%28", "/search/?q=*", "/search/?q=a:b%7C%26%21",
        "/search/?q=%27%3B%20DROP%20TABLE", "/search/?q=NEAR%28a%20b%29", "/search/?q=%5C", "/search/?q[]=a",
        "/certificates/%00/", "/certificates/%ff/", "/certificates/" + "a" * 4000 + "/",
        "/learning/99999999999999999999999999/", "/learning/0/", "/learning/-1/",
        "/learning/1/" + "9" * 40 + "/",
        "/learning/attempts/" + "9" * 40 + "/1/", "/learning/attempts/1/" + "9" * 40 + "/",
        "/join/" + "9" * 40 + "/", "/documents/" + "9" * 40 + "/x.pdf", "/documents/1/%00",
        "/accounts/confirm-email/%00/", "/accounts/login/?next=%00", "/admin/pages/" + "9" * 40 + "/",
        "/admin/learning/registers/" + "9" * 40 + "/", "/admin/learning/editions/" + "9" * 40 + "/",
        "/?preview=%00", "/courses/?page=%00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["visitor", "amy"])
def test_odd_addresses_are_never_an_error_page(
    course: BuiltCourse, sign_in: SignIn, request: pytest.FixtureRequest, who: str, path: str
) -> None:
    browser = Client() if who == "visitor" else sign_in(request.getfixturevalue("amy"))
    assert browser.get(path).status_code < 500


@pytest.mark.parametrize("body", [b"q=%ff%fe", b"\xff\xfe\x00", b"code=%00", b"code=" + b"%F0%28" * 9, b""])
@pytest.mark.parametrize("path", ["/certificates/", "/accounts/login/", "/accounts/signup/", "/search/"])
def test_odd_bodies_are_never_an_error_page(db: None, client: Client, path: str, body: bytes) -> None:
    response = client.post(path, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code < 500
    response = client.post(path, body, content_type="multipart/form-data; boundary=x")
    assert response.status_code < 500
    nonsense = "application/x-www-form-urlencoded; charset=nonsense"
    response = client.generic("POST", path, body, content_type=nonsense)
    assert response.status_code < 500


@pytest.mark.parametrize("cookie", ["x", "a" * 5000, '"\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', "\x7f" * 32])
def test_odd_cookies_are_never_an_error_page(course: BuiltCourse, client: Client, cookie: str) -> None:
    for path in ("/", "/learning/"):
        assert client.get(path, headers={"Cookie": f"session={cookie}; csrftoken={cookie}"}).status_code < 500


# --- Health ---------------------------------------------------------------------------------------


def test_health_touches_nothing(client: Client) -> None:
    """This test may not use the database: the answer must come all the same."""
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_when_the_database_and_the_cache_answer(db: None, client: Client) -> None:
    response = client.get("/ready/")
    assert (response.status_code, response.json()) == (200, {"ready": True, "failed": []})


def test_not_ready_when_the_database_is_away(
    db: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("canary-secret: could not connect to 10.0.0.1")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        response = client.get("/ready/")
    assert (response.status_code, response.json()) == (503, {"ready": False, "failed": ["database"]})


def test_not_ready_when_the_cache_is_away(db: None, client: Client, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert client.get("/ready/").json() == {"ready": False, "failed": ["cache"]}


def test_a_local_address_on_certificates_is_warned_of(settings: Any) -> None:
    settings.SITE_HOST = "learn.example"
    assert one_public_address(None) == []
    settings.SITE_HOST = "localhost:8000"
    assert [warning.id for warning in one_public_address(None)] == ["core.W001"]


# --- The menu -------------------------------------------------------------------------------------


def test_the_menu_follows_what_editors_publish(course: BuiltCourse, client: Client) -> None:
    index = course.page.get_parent().specific
    index.show_in_menus = True
    index.save_revision().publish()
    assert '<a href="/courses/" aria-current="true">Courses</a>' in client.get("/courses/").content.decode()
    index.unpublish()
    assert 'href="/courses/"' not in client.get("/certificates/").content.decode().split("</header>")[0]


def test_pages_work_before_there_is_a_site(db: None, client: Client) -> None:
    build.Site.objects.all().delete()
    assert client.get("/certificates/").status_code == 200
