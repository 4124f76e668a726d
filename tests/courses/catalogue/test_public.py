"""What a course page tells the public."""

import pytest

from courses.catalogue import public
from courses.catalogue.outline import Kind
from courses.catalogue.pages import LessonPage
from courses.certificates.qr import qr_svg
from tests.factories import outlines as shapes
from tests.factories.courses import SECRET_LESSON, BuiltCourse


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (125, "2 hours 5 minutes"),
    ],
)
def test_durations_in_words(minutes: int, words: str) -> None:
    assert public.duration(minutes) == words


def test_before_an_edition_only_the_cost_is_known() -> None:
    assert public.facts(None, cost="Free") == [("Cost", "Free")]
    assert public.stages(None) == ()


def test_the_facts_say_what_nobody_has_checked() -> None:
    found = dict(public.facts(shapes.outline(shapes.stage(shapes.lesson(1))), cost="Free"))
    assert found["Time"] == "About 10 minutes in all"
    assert found["Live sessions"] == "None"
    assert "No awarding body" in found["Accreditation"]


def test_stages_tell_titles_and_times_and_no_words_of_lessons(course: BuiltCourse) -> None:
    shown = public.stages(course.outline)
    assert [a.kind_label for s in shown for a in s.activities] == ["Lesson", "Lesson", "Lesson", "Quiz"]
    assert SECRET_LESSON not in str(shown)
    assert {public.kind_label(kind) for kind in Kind} == {
        "Lesson",
        "Quiz",
        "Live session",
        "Coursework",
    }


def test_a_lesson_has_no_address_for_the_public(course: BuiltCourse) -> None:
    page = LessonPage.objects.get(title="Lesson one")
    assert page.url is None
    assert page.get_sitemap_urls() == []


def test_a_qr_code_is_a_plain_drawing() -> None:
    drawn = qr_svg("https://learn.example/certificates/X/")
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert qr_svg("https://learn.example/other/") != drawn
