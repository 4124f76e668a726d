"""Lessons with more than a paragraph: a prompt, headings, a video, an easy-read version."""

from typing import Any

from courses.catalogue import lesson_texts
from courses.catalogue.lesson_texts import Prompt
from courses.catalogue.pages import LessonPage
from tests.factories.courses import BuiltCourse

VIMEO = "https://vimeo.com/76979871"
TRANSCRIPT = "A voice says that helping goes both ways."


def body() -> list[tuple[str, Any]]:
    """Two headings and two things to try."""
    return [
        ("heading", {"text": "An evening", "level": "2"}),
        ("paragraph", "<p>Some words.</p>"),
        ("activity_prompt", {"title": "Look at a group", "text": "<p>Who decides?</p>"}),
        ("heading", {"text": "What gets in the way", "level": "2"}),
        ("accordion", {"parts": [{"title": "The expert answers", "text": "<p>All eyes are on you.</p>"}]}),
        ("activity_prompt", {"title": "", "text": "<p>What would you say?</p>"}),
    ]


def video(address: str = VIMEO) -> tuple[str, Any]:
    """A video of somebody else's, with its words."""
    value = {"address": address, "title": "A film", "minutes": 3, "transcript": f"<p>{TRANSCRIPT}</p>"}
    return ("video_link", value)


def write(course: BuiltCourse, *, body: list[Any], easy_read: list[Any] | None = None) -> LessonPage:
    """Give the first lesson of a course these words, and publish them."""
    activity = course.outline.activity(course.lesson_id)
    assert activity is not None
    page: LessonPage = LessonPage.objects.get(pk=activity.page_id)
    page.body, page.easy_read = body, easy_read or []
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def prompts(course: BuiltCourse) -> tuple[Prompt, ...]:
    """The prompts of the first lesson as its page offers them."""
    activity = course.outline.activity(course.lesson_id)
    assert activity is not None
    return lesson_texts.text_of(activity).prompts
