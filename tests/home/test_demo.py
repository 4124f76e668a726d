"""`manage.py demo`: safe to repeat, and all or nothing."""

import json
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Page, Site

from cms.users.models import User
from courses.assessment.models import Attempt, Question
from courses.catalogue.models import Edition
from courses.certificates.models import Certificate
from courses.cohorts.models import Cohort
from courses.enrolment.models import Enrolment
from home.demo.text import Blocks, TextUnreadableError, read
from home.models import HomePage

ROOT = Path(__file__).resolve().parents[2]
KINDS = (Page, Site, User, Enrolment, Attempt, Certificate, Edition, Cohort, Question)


@pytest.fixture
def content(tmp_path: Path, settings: Any, private_files: Path) -> Path:
    """A copy of the demo's texts that a test may break."""
    folder = tmp_path / "texts"
    shutil.copytree(ROOT / "content", folder / "content")
    settings.BASE_DIR = folder
    return folder / "content"


def counts() -> list[int]:
    return [kind.objects.count() for kind in KINDS]


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def test_building_twice_doubles_nothing(
    db: None, content: Path, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        told = demo()
    assert "learner@example.org" in told
    assert HomePage.objects.count() == 1
    before = counts()
    assert before[KINDS.index(Certificate)] == 1
    demo()
    assert counts() == before
    # One more run makes learners for measuring, and the list of what to measure.
    listed = tmp_path / "bench.json"
    demo("--learners", "2", "--bench-json", str(listed))
    found = json.loads(listed.read_text())
    assert len(found["learners"]) == 2
    assert found["verify_urls"]


def test_only_asking_for_the_accounts_builds_nothing(db: None) -> None:
    before = counts()
    assert "editor@example.org" in demo("--accounts")
    assert counts() == before


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("\n\n:::callout Never closed\n\nwords\n", "is not closed"),
        ("\n\n:::nonsense Title\n\nwords\n\n:::\n", "“:::nonsense” is not known"),
        ("\n\n[a link](page:no/such/page)\n", "There is no page “no/such/page”"),
    ],
)
def test_a_broken_text_changes_nothing_and_is_named(db: None, content: Path, broken: str, said: str) -> None:
    lesson = sorted((content / "courses").glob("*/*/*.md"))[-1]
    lesson.write_text(lesson.read_text() + broken)
    kept = [n for kind, n in zip(KINDS, counts(), strict=True) if kind is not User]
    with pytest.raises(CommandError) as refused:
        demo()
    assert said in str(refused.value)
    assert lesson.name in str(refused.value)
    assert "Nothing was changed" in str(refused.value)
    assert [n for kind, n in zip(KINDS, counts(), strict=True) if kind is not User] == kept


def test_a_real_site_is_never_turned_into_the_demo(db: None, settings: Any) -> None:
    settings.DEMO_ALLOWED = False
    before = counts()
    with pytest.raises(CommandError):
        demo()
    assert counts() == before


# --- Reading texts --------------------------------------------------------------------------------


def blocks(body: str) -> list[Any]:
    return Blocks({"help": 7}.get).blocks(body, name="a.md")


def test_markdown_becomes_the_blocks_that_editors_use() -> None:
    body = (
        "First **words** and [help](page:help).\n\n## A part\n\n### Smaller\n\n"
        ":::callout Mind\ntext\n:::\n\n:::quote Somebody\nwords\n:::\n\n"
        ":::activity Try\nit\n:::\n\n:::steps How\n1. one\n2. two\n:::\n\nLast.\n"
    )
    found = blocks(body)
    assert [kind for kind, _value in found] == [
        "paragraph",
        "heading",
        "heading",
        "callout",
        "quotation",
        "activity_prompt",
        "steps",
        "paragraph",
    ]
    assert "<b>words</b>" in found[0][1]
    assert '<a linktype="page" id="7">help</a>' in found[0][1]
    assert found[1][1] == {"text": "A part", "level": "2"}
    assert len(found[6][1]["steps"]) == 2


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("one\n\n:::callout A\n:::quote B\n", "line 4"),
        ("one\n\ntwo\n\n:::odd X\ntext\n:::\n", "line 5"),
        (":::callout A\ntext\n", "a.md"),
        ("[x](page:nowhere)\n", "line 1"),
    ],
)
def test_a_mistake_is_told_with_its_place(body: str, place: str) -> None:
    with pytest.raises(TextUnreadableError) as wrong:
        blocks(body)
    assert place in str(wrong.value)
    assert "a.md" in str(wrong.value)


def test_html_in_a_text_stays_text() -> None:
    ((_kind, drawn),) = blocks("<script>alert(1)</script>\n")
    assert "<script>" not in drawn


def test_a_file_is_read_with_what_is_said_about_it(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: A title\n---\nwords\n")
    text = read(path)
    assert (text.about, text.body) == ({"title": "A title"}, "words\n")
