"""The home page, plain pages, and the demo's mailbox that no real site has."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from home.demo import mailbox
from home.models import InformationPage
from tests.factories import courses as build
from tests.factories.courses import SECRET_LESSON, BuiltCourse


def test_the_home_page_shows_courses_and_one_way_to_start(course: BuiltCourse, client: Client) -> None:
    home = build.home()
    assert home.start_link_url == ""
    home.start_page = course.page
    home.save_revision().publish()
    body = client.get("/").content.decode()
    assert course.page.url in body
    assert "Course TEST" in body
    assert SECRET_LESSON not in body
    assert body.count("<h1") == 1


def test_a_page_of_information_opens(db: None, client: Client) -> None:
    page = build._add(
        build.home(), InformationPage(title="Help", slug="help", body=[("paragraph", "<p>Ask us.</p>")])
    )
    assert "Ask us." in client.get(page.url).content.decode()
    assert page.search_excerpt == ""


def test_a_real_site_has_no_mailbox(db: None, client: Client) -> None:
    assert client.get("/demo/mailbox/").status_code == 404
    assert client.get("/demo/mailbox/x/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demo:mailbox")


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path
    message = EmailMessage(
        "A subject", "Open https://learn.example/a/ now.\n", "from@example.org", ["to@example.org"]
    )
    EmailBackend(file_path=str(tmp_path)).send_messages([message])
    return tmp_path


def test_the_demo_s_mail_can_be_read_with_its_links(folder: Path) -> None:
    (path,) = folder.glob("*.log")
    read = mailbox._read(path)
    assert (read.to, read.subject, read.links) == (
        "to@example.org",
        "A subject",
        ["https://learn.example/a/"],
    )


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "nothing", "\x00"])
def test_no_other_file_can_be_read(folder: Path, rf: RequestFactory, name: str) -> None:
    with pytest.raises(Http404):
        mailbox.message(rf.get("/"), name)
