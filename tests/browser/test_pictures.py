"""Takes the pictures that the documents show. `make screenshots` runs it; no other run does."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from PIL import Image

from courses.catalogue.outline import Kind
from tests.browser.conftest import OpenPage
from tests.browser.pages import EMAILS, activity_path, certificate_path, course_path, question_path

FOLDER = django_settings.BASE_DIR / "docs" / "pictures"
WIDE, NARROW = 1280, 390
COLOURS = 128


@pytest.mark.pictures
def test_take_the_pictures(open_page: OpenPage, settings: Any) -> None:
    settings.SITE_URL = "https://learning.example.org"
    for name, path, who, size in (
        ("home", "/", "", (WIDE, 1000)),
        ("course", course_path(), "", (WIDE, 1100)),
        ("lesson", activity_path("learner", Kind.LESSON, 1), "learner", (NARROW, 1100)),
        ("quiz", question_path("hal"), "hal", (NARROW, 1100)),
        ("certificate", certificate_path("view"), "gus", (WIDE, 1300)),
        ("verify", certificate_path("verify"), "", (NARROW, 1100)),
    ):
        page = open_page(path, email=EMAILS.get(who, ""), size=size, color_scheme="light")
        file = FOLDER / f"{name}-{size[0]}.png"
        page.screenshot(path=file)
        make_small(file)
        assert file.stat().st_size < 200_000


def make_small(file: Path) -> None:
    """Few colours are enough for pages of text."""
    with Image.open(file) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
