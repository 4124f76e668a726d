"""Who publishes new minutes or rules is told that learners get them with the next edition."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.users.models import User
from courses.catalogue.pages import CoursePage, LessonPage, QuizPage, StagePage
from courses.queries import not_in_force
from tests.architecture.test_pages import form_of
from tests.factories import courses as build
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def editor(course: BuiltCourse, ed: User, sign_in: SignIn) -> Client:
    return sign_in(ed)


def publish(editor: Client, page: Any, **changed: Any) -> str:
    """Publish a page from its edit form with these changes; what the admin says then."""
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = form_of(page, editor.get(edit)) | changed | {"action-publish": "publish"}
    answer = editor.post(edit, sent, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    return " ".join(str(message) for message in answer.context["messages"])


def test_new_minutes_are_told_with_the_way_to_the_next_edition(course: BuiltCourse, editor: Client) -> None:
    lesson = LessonPage.objects.get(title="Lesson one")
    said = publish(editor, lesson, self_directed_minutes="35")
    assert "Edition 1 stays as it is until you publish a new one." in said
    assert "minutes of study alone, 35 minutes instead of 10 minutes" in said
    assert reverse("staff:publish_edition", args=[course.page.pk]) in said
    kept = next(a for a in course.edition.outline.activities if a.page_id == lesson.pk)
    assert kept.self_directed_minutes == 10


def test_new_words_need_no_edition_so_nothing_is_told(editor: Client) -> None:
    lesson = LessonPage.objects.get(title="Lesson one")
    lesson.body = [("paragraph", "<p>Other words.</p>")]
    assert "stays as it is" not in publish(editor, lesson)


def test_a_title_is_told_as_it_was_typed_and_never_as_markup(editor: Client) -> None:
    quiz = QuizPage.objects.get()
    said = publish(editor, quiz, title="A <b>bold</b> quiz")
    assert "“A &lt;b&gt;bold&lt;/b&gt; quiz”" in said
    assert "<b>bold" not in said


def test_a_new_lesson_and_a_new_stage_are_not_in_the_edition_yet(course: BuiltCourse, now: Any) -> None:
    stage = build.stage(course.page, "Another stage")
    lesson = build.lesson(stage, "One more lesson")
    for page, said in ((lesson, "“One more lesson”, in stage"), (stage, "Stage 3, “Another stage”")):
        found = not_in_force.of(page=page, at=now)
        assert found is not None
        assert said in found.sentence
    other = LessonPage.objects.get(title="Lesson one")
    assert not_in_force.of(page=other, at=now) is None, "What changed elsewhere is not its business."


def test_a_course_page_is_told_of_what_the_certificate_says(course: BuiltCourse, now: Any) -> None:
    page = CoursePage.objects.get(pk=course.page.pk)
    page.certificate_statement = "It is no licence. " * 20
    page.save()
    found = not_in_force.of(page=page, at=now)
    assert found is not None
    assert "What the certificate does not say" in found.sentence
    assert "It is no licence." not in found.sentence, "Long texts are read on the page of editions."


def test_drafts_courses_without_an_edition_and_other_pages_are_told_nothing(
    course: BuiltCourse, now: Any
) -> None:
    QuizPage.objects.update(live=False, pass_mark_percent=12)
    assert not_in_force.of(page=QuizPage.objects.get(), at=now) is None
    page = build.course_page(code="NEW", slug="new-course")
    stage = build.stage(page, "Stage")
    assert not_in_force.of(page=stage, at=now) is None
    assert not_in_force.of(page=course.page.get_parent().specific, at=now) is None
    assert StagePage.objects.count() == 3
