"""An editor writes a lesson with a picture and a glossary word, reads the remarks, looks at it, publishes."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from playwright.sync_api import Page, expect

from cms.core.glossary import GlossaryTerm
from cms.core.models import SiteImage
from courses.catalogue.pages import LessonPage
from tests.browser import content
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS
from tests.cms.core.test_pictures import photo

pytestmark = pytest.mark.browser

WORD = "reciprocity"
LONG = "Groups like this one " + "meet and talk and drink tea and " * 5 + "go home. "


@pytest.fixture
def lesson(settings: Any, tmp_path: Path) -> LessonPage:
    """A lesson of the demo, and a picture that can be chosen."""
    settings.MEDIA_ROOT = tmp_path
    SiteImage.objects.create(
        title="Two houses", description="Two houses side by side.", file=ContentFile(photo(), name="a.jpg")
    )
    found = LessonPage.objects.get(title=content.lesson_titles()[1])
    found.body = [("paragraph", "<p>Words come here.</p>")]
    found.easy_read = []
    found.save_revision().publish()
    return found


def mark_first_word(page: Page) -> None:
    """Mark the first word of the first text, and choose its meaning."""
    text = page.locator("[contenteditable=true][role=textbox]").first
    text.click()
    page.keyboard.press("Control+Home")
    page.keyboard.type(f"{WORD} is a word. {LONG}")
    page.keyboard.press("Control+Home")
    for _letter in WORD:
        page.keyboard.press("Shift+ArrowRight")
    page.locator("button[name=GLOSSARY]").first.click()
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value(WORD)
    page.get_by_role("dialog").get_by_role("link", name=WORD).first.click()
    expect(page.locator(".TooltipEntity")).to_contain_text(WORD)


def test_an_editor_writes_a_lesson_sees_remarks_and_publishes(
    open_page: OpenPage, lesson: LessonPage
) -> None:
    term = GlossaryTerm.objects.get(term=WORD)
    page = open_page(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), email=EMAILS["editor"])
    mark_first_word(page)
    expect(page.locator("input[name=body-0-value]")).to_have_value(re.compile('"type":"GLOSSARY"'))
    page.get_by_role("button", name="Toggle checks").click()
    # The draft saves itself, and the remarks are fetched again.
    remarks = page.locator("[data-reader-remarks]")
    expect(remarks).to_contain_text("Long sentence")
    expect(remarks).to_contain_text("Groups like this one")
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("#w-preview-iframe")
    expect(preview.get_by_role("button", name=re.compile(f"^{WORD}"))).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(re.compile("has been .*published"))).to_be_visible()
    published = LessonPage.objects.get(pk=lesson.pk).body[0].value.source
    assert f'<a linktype="glossary" id="{term.pk}">{WORD}</a>' in published


def test_a_reader_opens_and_closes_a_meaning_by_keyboard(open_page: OpenPage, lesson: LessonPage) -> None:
    """On the page of components, which needs no learner."""
    page = open_page(reverse("components"), email=EMAILS["editor"])
    word = page.locator("#glossary_word ~ .component__state .glossary__word")
    meaning = page.locator("#meaning-example")
    expect(meaning).to_be_hidden()
    word.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    page.keyboard.press("Escape")
    expect(meaning).to_be_hidden()
    expect(word).to_be_focused()
