"""A course that is exported, brought in, and exported again is the same course, and a new one."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page

from cms.core.glossary import GlossaryTerm
from cms.users.models import User
from courses.actions import editions
from courses.assessment.models import Question
from courses.catalogue.models import Course, Edition
from courses.catalogue.pages import (
    CoursePage,
    CourseworkPage,
    LessonPage,
    LiveSessionPage,
    QuizPage,
    StagePage,
)
from courses.exchange import importing
from courses.exchange.exporting import export_course
from tests.factories import courses as build
from tests.factories import gates, handing_in
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


@pytest.fixture
def rich(course: BuiltCourse) -> CoursePage:
    """The small course with everything in it that leads somewhere."""
    picture = get_image_model().objects.create(title="A picture", file=get_test_image_file("a.png"))
    document = get_document_model()(title="A form")
    document.file.save("form.txt", ContentFile(b"A form."))
    document.save()
    term = GlossaryTerm.objects.create(term="peer", meaning="Somebody like you.")
    quiz = QuizPage.objects.get()
    links = (
        f'<p>See <a linktype="page" id="{quiz.pk}">the quiz</a>, '
        f'<a linktype="document" id="{document.pk}">a form</a>, '
        f'<a linktype="glossary" id="{term.pk}">peer</a> and <a href="https://example.org/">them</a>.</p>'
    )
    lesson = LessonPage.objects.get(title="Lesson one")
    shown = {"image": {"image": picture.pk, "decorative": False, "alt_text": "Two people."}}
    blocks: list[dict[str, Any]] = [
        {"type": "paragraph", "value": links},
        {"type": "steps", "value": {"title": "Do", "steps": ["<p>One</p>", "<p>Two</p>"]}},
        {"type": "download", "value": {"title": "A form", "file": document.pk, "about": ""}},
    ]
    names = LessonPage._meta.get_field("body").stream_block.child_blocks
    if "picture" in names and "image" in names["picture"].child_blocks:
        own = names["picture"].child_blocks
        blocks.append({"type": "picture", "value": {k: v for k, v in shown.items() if k in own}})
    lesson.body = json.dumps(blocks)
    lesson.save_revision().publish()
    draft = build.lesson(StagePage.objects.get(title="First stage"), "A draft", live=False)
    draft.body = [("paragraph", "<p>Newest words of a draft</p>")]
    draft.save_revision()
    page: CoursePage = CoursePage.objects.get(pk=course.page.pk)
    return page


def parts(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {
            name: json.loads(zipped.read(name)) if name.endswith(".json") else zipped.read(name)
            for name in zipped.namelist()
            if name != "manifest.json"
        }


def copy_of(page: CoursePage, by: User | None = None) -> importing.Imported:
    return importing.import_course(file=io.BytesIO(export_course(page)), code="COPY", by=by)


def test_exporting_what_was_brought_in_gives_the_same_course(rich: CoursePage) -> None:
    first = parts(export_course(rich))
    found = copy_of(rich)
    assert found.remarks == ()
    assert found.page is not None
    second = parts(export_course(found.page))
    first["course.json"]["identity"]["code"] = "COPY"
    first["course.json"]["page"]["slug"] = second["course.json"]["page"]["slug"]
    assert second == first


def test_live_sessions_and_coursework_travel_with_their_rules(db: None, now: datetime) -> None:
    page = handing_in.course(at=now, takes_text=False).page
    first = parts(export_course(page))
    found = copy_of(page)
    assert found.remarks == ()
    assert found.page is not None
    session = LiveSessionPage.objects.descendant_of(found.page).get()
    assert (session.participatory_minutes, session.make_up) == (
        120,
        "<p>Write down what you would have said at We meet.</p>",
    )
    work = CourseworkPage.objects.descendant_of(found.page).get()
    assert (work.takes_text, work.takes_files, "who decides" in work.looks_for) == (False, True, True)
    assert found.page.sessions_needed == 1
    kinds = [a["kind"] for a in first["course.json"]["stages"][0]["activities"]]
    assert kinds == ["lesson", "live_session", "coursework"]


def test_a_course_file_holds_the_words_of_published_pages_and_of_drafts(rich: CoursePage) -> None:
    text = json.dumps(parts(export_course(rich))["course.json"])
    assert "Newest words of a draft" in text
    lesson = LessonPage.objects.get(title="Lesson two")
    lesson.body = [("paragraph", "<p>not published yet</p>")]
    lesson.save_revision()
    assert "not published yet" not in json.dumps(parts(export_course(rich))["course.json"])


def test_the_same_course_gives_the_same_bytes(rich: CoursePage) -> None:
    assert export_course(rich) == export_course(CoursePage.objects.get(pk=rich.pk))


def test_no_person_is_in_a_course_file(
    rich: CoursePage, course: BuiltCourse, ada: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    with zipfile.ZipFile(io.BytesIO(export_course(rich))) as zipped:
        everything = b"".join(zipped.read(name) for name in zipped.namelist())
    for person in User.objects.all():
        assert person.email.encode() not in everything
    assert b"Ada" not in everything


def test_everything_arrives_as_a_draft_with_a_new_identity(rich: CoursePage, ed: User) -> None:
    before = set(Page.objects.values_list("translation_key", flat=True))
    found = copy_of(rich, by=ed)
    assert found.page is not None
    made = Page.objects.descendant_of(found.page, inclusive=True)
    assert not made.filter(live=True).exists()
    assert not before & set(made.values_list("translation_key", flat=True))
    assert all(page.get_latest_revision() is not None for page in made)
    assert Course.objects.get(code="COPY").questions.count() == 3
    assert not Edition.objects.filter(course__code="COPY").exists()
    assert GlossaryTerm.objects.count() == 1, "a word that is here already is used again"


def test_links_inside_a_copy_lead_to_the_copy(rich: CoursePage) -> None:
    found = copy_of(rich)
    quiz = QuizPage.objects.descendant_of(found.page).get()
    lesson = LessonPage.objects.descendant_of(found.page).get(title="Lesson one")
    text = lesson.body[0].value.source
    assert f'id="{quiz.pk}"' in text
    assert " ref=" not in text
    assert [q.question.course.code for q in quiz.quiz_questions.all()] == ["COPY"] * 3
    document = lesson.body[2].value["file"]
    with document.file.open() as opened:
        assert opened.read() == b"A form."


def test_safety_questions_travel_and_stay_a_rule_of_that_quiz(db: None, ed: User, now: datetime) -> None:
    gate = gates.course(at=now)
    first = parts(export_course(gate.page))
    assert first["course.json"]["stages"][0]["activities"][2]["must_be_right"] == ["question-1", "question-3"]
    assert all("must_be_right" not in question for question in first["questions.json"]["questions"].values())
    found = copy_of(gate.page)
    assert (found.remarks, found.page is not None) == ((), True)
    second = parts(export_course(CoursePage.objects.get(pk=found.page.pk)))
    assert second["course.json"]["stages"] == first["course.json"]["stages"]
    for page in Page.objects.descendant_of(found.page, inclusive=True).specific():
        page.get_latest_revision().publish()
    copy = gates.published(CoursePage.objects.get(pk=found.page.pk), at=now)
    rules = copy.outline.activities[2].quiz
    assert rules is not None
    named = Question.objects.filter(pk__in=rules.must_be_right, course__code="COPY")
    assert sorted(named.values_list("text", flat=True)) == ["Question 1", "Question 3"]


def test_a_quiz_without_safety_questions_is_written_as_it_always_was(rich: CoursePage) -> None:
    text = json.dumps(parts(export_course(rich))["course.json"])
    assert "must_be_right" not in text


def test_a_copy_can_be_published_and_asks_the_same(rich: CoursePage, ed: User, now: datetime) -> None:
    found = copy_of(rich)
    assert found.page is not None
    for page in Page.objects.descendant_of(found.page, inclusive=True).specific():
        if page.title != "A draft":
            page.get_latest_revision().publish()
    edition = editions.publish(course_page=CoursePage.objects.get(pk=found.page.pk), by=ed, at=now)
    first = Edition.objects.get(course__code="TEST").outline
    assert [a.title for a in edition.outline.activities] == [a.title for a in first.activities]
    assert edition.outline.self_directed_minutes == first.self_directed_minutes
    assert {a.activity_id for a in edition.outline.activities}.isdisjoint(
        a.activity_id for a in first.activities
    )


def test_checking_writes_nothing(rich: CoursePage) -> None:
    before = (Page.objects.count(), Question.objects.count(), get_image_model().objects.count())
    found = importing.check(file=io.BytesIO(export_course(rich)), code="COPY")
    assert (found.code, found.activity_count, found.page) == ("COPY", 5, None)
    assert (Page.objects.count(), Question.objects.count(), get_image_model().objects.count()) == before


# --- In the admin, and from the command line -------------------------------------------------------

IMPORT = "staff:import_course"


def upload(page: CoursePage) -> SimpleUploadedFile:
    return SimpleUploadedFile("course.zip", export_course(page), content_type="application/zip")


def test_an_editor_exports_checks_and_brings_in(rich: CoursePage, ed: User, sign_in: SignIn) -> None:
    client = sign_in(ed)
    exported = client.get(reverse("staff:export_course", args=[rich.pk]))
    assert exported["Content-Disposition"] == 'attachment; filename="test.zip"'
    taken = client.post(reverse(IMPORT), {"file": upload(rich)})
    assert taken.status_code == 422
    assert "is here already" in taken.content.decode()
    checked = client.post(reverse(IMPORT), {"file": upload(rich), "code": "COPY", "do": "check"})
    assert "can be brought in as COPY" in checked.content.decode()
    assert not Course.objects.filter(code="COPY").exists()
    done = client.post(reverse(IMPORT), {"file": upload(rich), "code": "COPY"})
    assert "is here now, as a draft" in done.content.decode()
    assert CoursePage.objects.get(course__code="COPY").owner == ed
    again = client.post(reverse(IMPORT), {"file": upload(rich), "code": "copy"})
    assert again.status_code == 422, "pressing twice brings in one course"
    assert Course.objects.count() == 2


@pytest.mark.parametrize("who", ["fay", "cleo"])
def test_nobody_else_exports_or_brings_in(
    rich: CoursePage, request: pytest.FixtureRequest, sign_in: SignIn, who: str
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("staff:export_course", args=[rich.pk])).status_code == 302
    assert client.get(reverse(IMPORT)).status_code == 302
    assert client.post(reverse(IMPORT), {"file": upload(rich), "code": "COPY"}).status_code == 302
    assert not Course.objects.filter(code="COPY").exists()


def test_the_way_to_bring_in_a_course_is_on_the_list_of_courses(
    rich: CoursePage, ed: User, sign_in: SignIn
) -> None:
    assert reverse(IMPORT) in sign_in(ed).get(reverse("course:index")).content.decode()


def test_the_commands_do_the_same(rich: CoursePage, ed: User, tmp_path: Path) -> None:
    file, out = tmp_path / "course.zip", StringIO()
    call_command("export_course", "TEST", str(file), stdout=out)
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_course", "TEST", str(file))
    with pytest.raises(CommandError, match="No course page"):
        call_command("export_course", "NONE", str(file))
    with pytest.raises(CommandError, match="is here already"):
        call_command("import_course", str(file))
    call_command("import_course", str(file), "--dry-run", "--code", "COPY", stdout=out)
    assert "can be brought in" in out.getvalue()
    assert not Course.objects.filter(code="COPY").exists()
    call_command("import_course", str(file), "--code", "COPY", "--by", ed.email, stdout=out)
    assert "is here now, as drafts" in out.getvalue()
    for wrong in ({"by": "nobody@example.org"}, {"file": str(tmp_path / "none.zip")}):
        with pytest.raises(CommandError):
            call_command("import_course", wrong.get("file", str(file)), by=wrong.get("by", ""))
