"""What editors must give with a video, a sound and a picture, and what a page makes of it."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.core.blocks import PageBodyBlock, SoundBlock, VideoFileBlock, VideoLinkBlock, player_hosts
from cms.core.models import SiteDocument
from home.models import InformationPage
from tests.factories import lessons


def errors(block: Any, value: dict[str, Any]) -> set[str]:
    """The fields that an editor is asked to mend."""
    try:
        block.clean(block.to_python(value))
    except StructBlockValidationError as wrong:
        return set(wrong.block_errors)
    return set()


def document(name: str) -> int:
    found = SiteDocument(title=name)
    found.file.save(name, ContentFile(b"x"))
    found.save()
    found.file.close()
    return int(found.pk)


def test_a_video_needs_its_title_its_length_and_all_its_words(db: None) -> None:
    _kind, good = lessons.video()
    assert errors(VideoLinkBlock(), good) == set()
    assert errors(VideoLinkBlock(), {"address": good["address"]}) == {"title", "minutes", "transcript"}


def test_a_video_from_anywhere_else_is_refused(db: None) -> None:
    _kind, value = lessons.video("https://example.org/film.mp4")
    assert errors(VideoLinkBlock(), value) == {"address"}


def test_a_video_file_needs_captions_and_the_right_files(db: None) -> None:
    value = {
        "title": "A film",
        "video": document("film.webm"),
        "captions": document("film.vtt"),
        "minutes": 1,
        "transcript": "<p>Words.</p>",
    }
    assert errors(VideoFileBlock(), value) == set()
    assert errors(VideoFileBlock(), {**value, "captions": None}) == {"captions"}
    assert errors(VideoFileBlock(), {**value, "video": value["captions"]}) == {"video"}


def test_a_sound_needs_all_its_words(db: None) -> None:
    value = {"title": "A talk", "sound": document("talk.mp3"), "minutes": 1, "transcript": ""}
    assert errors(SoundBlock(), value) == {"transcript"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://youtu.be/dQw4w9WgXcQ", {"www.youtube-nocookie.com"}),
        (lessons.VIMEO, {"player.vimeo.com"}),
        ("https://example.org/film.mp4", set()),
    ],
)
def test_a_page_lets_in_only_the_player_of_its_own_video(address: str, host: set[str]) -> None:
    page = InformationPage(body=[lessons.video(address)])
    assert player_hosts(page.body) == host


def test_a_page_without_a_video_lets_in_no_player() -> None:
    assert player_hosts(InformationPage(body=[("paragraph", "<p>x</p>")]).body) == frozenset()


def test_things_to_try_are_for_lessons_only() -> None:
    assert "activity_prompt" not in PageBodyBlock().child_blocks
