"""What editors see of the checks: remarks on a draft, a report of all pages, and its table."""

import csv
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cms.core import page_remarks
from cms.core.models import SiteImage
from cms.core.spreadsheets import FORMULA_STARTS, safe_cell
from cms.users.models import User
from courses.catalogue.pages import LessonPage
from home.models import InformationPage
from tests.cms.core.test_pictures import photo
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

LONG = "word " * 31 + "end."


@pytest.fixture
def page(db: None) -> InformationPage:
    home = build.home()
    body = [
        ("heading", {"text": "Part", "level": "3"}),
        ("paragraph", f'<p>{LONG} Please <a href="https://example.org">click here</a>.</p>'),
        ("quotation", {"text": LONG, "source": "Somebody"}),
    ]
    page = InformationPage(title="Help", slug="help", lead="We help.", body=body)
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def test_remarks_name_the_field_and_the_block(page: InformationPage) -> None:
    found = {(remark.kind, remark.where) for remark in page_remarks.remarks_on(page)}
    assert found == {
        ("heading", "Text, 1: Heading"),
        ("sentence", "Text, 2: Paragraph"),
        ("link", "Text, 2: Paragraph"),
    }


def test_somebodys_own_words_are_left_as_they_are(page: InformationPage) -> None:
    page.body = [("quotation", {"text": LONG, "source": "Somebody"})]
    assert page_remarks.remarks_on(page) == []


def test_a_picture_without_a_decision_is_remarked(
    page: InformationPage, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    image = SiteImage.objects.create(title="A photograph", file=ContentFile(photo(), name="a.jpg"))
    image.contextual_alt_text, image.decorative = "", False
    page.body = [("image", {"image": image, "caption": ""})]
    assert [remark.kind for remark in page_remarks.remarks_on(page)] == ["picture"]
    image.decorative = True
    page.body = [("image", {"image": image, "caption": ""})]
    assert page_remarks.remarks_on(page) == []


def test_a_recording_without_words_is_remarked(page: InformationPage) -> None:
    page.body = [("sound", {"title": "A talk", "sound": None, "minutes": 3, "transcript": "<p></p>"})]
    assert [remark.kind for remark in page_remarks.remarks_on(page)] == ["transcript"]


def _change(page: LessonPage, **fields: Any) -> LessonPage:
    """The page as an editor meets it next: blocks keep their numbers from draft to draft."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision()
    changed: LessonPage = page.get_latest_revision_as_object()
    return changed


def test_an_easy_read_version_that_was_left_behind_is_remarked(course: BuiltCourse) -> None:
    page = LessonPage.objects.first()
    assert page is not None
    easy = [("row", {"image": None, "text": "<p>We help each other.</p>"})]
    page = _change(page, body=[("paragraph", "<p>One.</p>")], easy_read=easy)
    assert page_remarks.remarks_on(page) == []
    page = _change(page, body=[("paragraph", "<p>Two.</p>")])
    assert [remark.kind for remark in page_remarks.remarks_on(page)] == ["easy read"]
    _change(page, easy_read=[("row", {"image": None, "text": "<p>We help each other a lot.</p>"})])
    assert page_remarks.remarks_on(page) == []


def test_the_editor_sees_remarks_on_the_draft(page: InformationPage, ed: User, sign_in: Any) -> None:
    page.lead = "PLEASE READ everything here."
    page.save_revision()
    html = sign_in(ed).get(reverse("reading:remarks", args=[page.pk])).content.decode()
    assert "Words in capitals" in html
    assert "PLEASE READ" in html
    assert (
        "What would trouble a reader"
        in sign_in(ed).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )


def test_who_may_not_change_a_page_gets_no_remarks(page: InformationPage, fay: User, sign_in: Any) -> None:
    assert sign_in(fay).get(reverse("reading:remarks", args=[page.pk])).status_code in {302, 403}


def test_the_report_lists_every_page_and_its_table_is_safe(
    page: InformationPage, ed: User, sign_in: Any, now: datetime
) -> None:
    page.title = "=HYPERLINK(1)"
    page.save_revision().publish()
    client = sign_in(ed)
    assert "Long sentence: 1" in client.get(reverse("reading:report")).content.decode()
    answer = client.get(reverse("reading:report"), {"export": "csv"})
    rows = list(csv.reader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [cell.lower() for cell in rows[0]] == [
        "page", "what it is", "reading age", "what would trouble a reader"
    ]  # fmt: skip
    assert "'=HYPERLINK(1)" in {row[0] for row in rows}
    assert any("31 words" in row[3] or "32 words" in row[3] for row in rows)


@given(st.text())
def test_no_cell_is_a_formula(text: str) -> None:
    cell = str(safe_cell(text))
    assert not cell.startswith(FORMULA_STARTS)
    assert cell.removeprefix("'") == text or cell == text
