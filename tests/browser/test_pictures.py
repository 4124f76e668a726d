"""Takes the pictures that the documents show. `make screenshots` runs it; no other run does."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from courses.catalogue.outline import Kind
from courses.catalogue.pages import LessonPage
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, activity_path, certificate_path, course_path, question_path

DOCS = django_settings.BASE_DIR / "docs"
FOLDER = django_settings.BASE_DIR / "docs" / "pictures"
WIDE, NARROW = 1280, 390
COLOURS = 128
SHOWN = re.compile(r"pictures/([\w-]+)\.png")


def nothing(page: Page) -> None:
    """The page as it opens."""


def lesson_to_edit() -> str:
    page = LessonPage.objects.get(title=content.lesson_titles()[1])
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def show_remarks(page: Page) -> None:
    page.get_by_role("button", name="Toggle checks").click()
    expect(page.locator("[data-reader-remarks]")).to_contain_text("words")
    page.wait_for_timeout(500)


def show_a_marked_word(page: Page) -> None:
    show_remarks(page)
    text = page.locator("[contenteditable=true][role=textbox]").nth(1)
    text.scroll_into_view_if_needed()
    text.click()
    page.keyboard.press("Control+Home")
    for _step in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_timeout(500)


# What each picture shows: how to get there, who sees it, how large, and what is done first.
Taken = tuple[Callable[[], str], str, tuple[int, int], Callable[[Page], None]]
PICTURES: dict[str, Taken] = {
    "home": (lambda: "/", "", (WIDE, 1000), nothing),
    "course": (course_path, "", (WIDE, 1100), nothing),
    "lesson": (lambda: activity_path("learner", Kind.LESSON, 1), "learner", (NARROW, 1100), nothing),
    "quiz": (lambda: question_path("hal"), "hal", (NARROW, 1100), nothing),
    "certificate": (lambda: certificate_path("view"), "gus", (WIDE, 1300), nothing),
    "verify": (lambda: certificate_path("verify"), "", (NARROW, 1100), nothing),
    "glossary": (lambda: "/glossary/", "", (NARROW, 1100), nothing),
    "editor-glossary": (lesson_to_edit, "editor", (WIDE, 900), show_a_marked_word),
    "editor-checks": (lesson_to_edit, "editor", (WIDE, 900), show_remarks),
}


def test_documents_show_every_picture_that_is_taken_and_no_other() -> None:
    """A picture that no test takes would grow old without anybody noticing."""
    texts = [*DOCS.rglob("*.md"), django_settings.BASE_DIR / "README.md"]
    shown = {name for text in texts for name in SHOWN.findall(text.read_text(encoding="utf-8"))}
    taken = {f"{name}-{size[0]}" for name, (_path, _who, size, _first) in PICTURES.items()}
    assert shown == taken == {file.stem for file in FOLDER.glob("*.png")}


@pytest.mark.pictures
def test_take_the_pictures(open_page: OpenPage, settings: Any) -> None:
    settings.SITE_URL = "https://learning.example.org"
    for name, (path, who, size, first) in PICTURES.items():
        page = open_page(path(), email=EMAILS.get(who, ""), size=size, color_scheme="light")
        first(page)
        file = FOLDER / f"{name}-{size[0]}.png"
        page.screenshot(path=file)
        make_small(file)
        assert file.stat().st_size < 200_000


def make_small(file: Path) -> None:
    """Few colours are enough for pages of text."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
