"""Bringing a course that is here up to date from a course file; tests/home/test_demo.py has more of it."""

import io
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Revision

from cms.users.models import User
from courses.assessment.models import Question
from courses.catalogue.pages import CoursePage, LessonPage
from courses.exchange.exporting import export_course
from courses.exchange.format import CourseFileRefused
from courses.exchange.updating import Updated, update_course
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse


@pytest.fixture
def page(course: BuiltCourse) -> CoursePage:
    found: CoursePage = CoursePage.objects.get(pk=course.page.pk)
    return found


def update(content: bytes, **options: Any) -> Updated:
    return update_course(file=io.BytesIO(content), **options)


def write(title: str, words: str, *, publish: bool = True) -> LessonPage:
    lesson: LessonPage = LessonPage.objects.get(title=title)
    lesson.body = [("paragraph", f"<p>{words}</p>")]
    revision = lesson.save_revision()
    if publish:
        revision.publish()
    return lesson


def test_its_own_file_changes_nothing(page: CoursePage) -> None:
    write("Lesson one", "First words")
    content = export_course(page)
    before = (Revision.objects.count(), Question.objects.count())
    found = update(content)
    assert (found.changed, found.gone, found.remarks) == ({}, (), ())
    assert (Revision.objects.count(), Question.objects.count()) == before


def test_new_words_arrive_as_a_draft_that_learners_do_not_see(page: CoursePage, ed: User) -> None:
    write("Lesson one", "Words of the file")
    content = export_course(page)
    lesson = write("Lesson one", "Words of today")
    found = update(content, by=ed)
    assert [changed.title for changed in found.changed.values()] == ["Lesson one"]
    lesson.refresh_from_db()
    assert "Words of today" in str(lesson.body)
    assert lesson.has_unpublished_changes
    assert "Words of the file" in str(lesson.get_latest_revision_as_object().body)
    assert lesson.latest_revision.user == ed
    assert update(content, by=ed).changed == {}


def test_a_page_that_the_file_does_not_have_is_left_alone(page: CoursePage) -> None:
    content = export_course(page)
    more = build.lesson(LessonPage.objects.get(title="Lesson one").get_parent().specific, "One more")
    found = update(content)
    assert [gone.title for gone in found.gone] == ["One more"]
    more.refresh_from_db()
    assert more.live


def test_only_a_course_that_is_here_is_updated(page: CoursePage) -> None:
    with pytest.raises(CourseFileRefused, match="no course with the code"):
        update(export_course(page), code="OTHER")


def test_a_page_of_another_kind_in_its_place_is_refused(page: CoursePage) -> None:
    content = export_course(page)
    lesson = LessonPage.objects.get(title="Lesson one")
    slug, stage = lesson.slug, lesson.get_parent().specific
    LessonPage.objects.filter(pk=lesson.pk).update(slug="moved", draft_title="Moved")
    build.quiz_page(stage, "Another", slug=slug, questions=[])
    before = Revision.objects.count()
    with pytest.raises(CourseFileRefused, match="another kind"):
        update(content)
    assert Revision.objects.count() == before


def test_the_command_does_the_same(page: CoursePage, tmp_path: Path) -> None:
    write("Lesson one", "Words of the file")
    file, out = tmp_path / "course.zip", StringIO()
    file.write_bytes(export_course(page))
    write("Lesson one", "Words of today")
    with pytest.raises(CommandError, match="not both"):
        call_command("import_course", str(file), "--dry-run", "--update")
    call_command("import_course", str(file), "--update", stdout=out)
    assert "1 pages have a new draft." in out.getvalue()
