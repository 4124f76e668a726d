"""Names that try something, the whole way: sign-up, certificate, PDF, check page, register, download."""

import io
import json
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pypdf import PdfReader

from cms.users.models import User
from courses.certificates.models import Certificate
from courses.cohorts.models import CohortStaff
from tests.factories.courses import BuiltCourse

NAMES = {
    "markup": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ 7|add:7 }}{% debug %}",
    "typst": '#import "x"; #read("/etc/passwd") $x$ *b*',
    "formula": "=cmd|' /C calc'!A0",
    "arabic": "محمد بن سلمان",
    "hebrew": "שרה כהן",
    "mixed direction": "Ada אבג Lerner",
    "emoji": "Ada 🙂 Lerner",
    "long": "Maximiliana " * 16 + "Ende",
    "one long word": "W" * 200,
    "accents": "Zoë Ångström-O’Neil",
    "percent": "100%s %(name)s {0}",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_only_ever_text(
    course: BuiltCourse,
    fay: User,
    now: datetime,
    private_files: Path,
    django_capture_on_commit_callbacks: Any,
    name: str,
) -> None:
    browser = Client()
    form = {
        "printed_name": name,
        "email": "nia@example.org",
        "password1": "a long way from here",
        "agreed": "1",
    }
    browser.post("/accounts/signup/", form)
    link = re.search(r"https?://[^/]+(/\S+)", mail.outbox[0].body)
    assert link
    browser.post(link.group(1))
    browser.post("/accounts/login/", {"login": "nia@example.org", "password": form["password1"]})
    user = User.objects.get(email="nia@example.org")
    assert user.printed_name == name
    with django_capture_on_commit_callbacks(execute=True):
        course.complete(user, at=now)
    certificate = Certificate.objects.get()
    CohortStaff.objects.create(cohort=course.cohort, user=fay, role="facilitator")
    team = Client()
    team.force_login(fay)

    pages = [
        browser.get(f"/certificates/{certificate.code}/view/"),
        browser.get("/account/name/"),
        team.get(f"/admin/learning/registers/{course.cohort.pk}/"),
    ]
    browser.post(f"/certificates/{certificate.code}/show-name/", {"show": "yes"})
    pages.append(Client().get(f"/certificates/{certificate.code}/"))
    matched = Client().post(f"/certificates/{certificate.code}/", {"name": name})
    assert matched.context["answer"] == "match"
    for page in pages:
        body = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in body
        assert 'onmouseover="alert' not in body
        if name.isalnum():
            assert name in body
    pdf = browser.get(f"/certificates/{certificate.code}/certificate.pdf")
    reader = PdfReader(io.BytesIO(pdf.content))
    assert len(reader.pages) >= 1
    text = "".join(reader.pages[0].extract_text().split())
    assert "root:" not in text
    assert str(certificate) in text or certificate.code in text.replace("-", "")
    archive = zipfile.ZipFile(io.BytesIO(browser.post("/account/download/").content))
    data = {section["title"]: section["rows"] for section in json.loads(archive.read("data.json"))}
    assert data["Your account"][0]["Name to be printed"] == name
    assert b"<script>alert" not in archive.read("index.html")
    assert all(message.subject.isprintable() for message in mail.outbox)
