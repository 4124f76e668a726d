"""Building the demo's pages from texts: safe to repeat, all or nothing, faults told by their place."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from wagtail.models import Page, ReferenceIndex, Revision

from cms.core.models import SiteImage
from cms.users.models import User
from courses.actions import enrol
from courses.actions.enrol import EnrolmentRefused
from courses.assessment.models import Question, QuizQuestion
from courses.catalogue.models import Course, Edition
from courses.catalogue.pages import CoursePage, CourseworkPage, LessonPage, LiveSessionPage
from courses.cohorts.models import Cohort
from home.demo.loader import DemoSite
from home.demo.text import Blocks, TextUnreadableError, read, read_yaml
from tests.factories import texts
from tests.factories.texts import LESSON_FILE, QUIZ_FILE

KINDS = (Page, Revision, Edition, Cohort, Question, QuizQuestion, SiteImage)
Build = Callable[[], list[Cohort]]


@pytest.fixture
def content(tmp_path: Path, settings: Any) -> Path:
    """Texts that a test may change."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return texts.write(tmp_path / "content")


@pytest.fixture
def build(content: Path, ed: User, now: datetime) -> Build:
    return lambda: DemoSite(content, by=ed, at=now).build()


def counts() -> dict[str, int]:
    return {kind.__name__: kind.objects.count() for kind in KINDS}


def lesson() -> LessonPage:
    found: LessonPage = LessonPage.objects.get(slug="what-a-peer-is")
    return found


def test_a_folder_becomes_a_published_course_that_can_be_joined(
    build: Build, ada: User, now: datetime
) -> None:
    (cohort,) = build()
    outline = cohort.edition.outline
    assert [(stage.number, stage.title) for stage in outline.stages] == [(0, "Welcome here"), (1, "Peers")]
    assert [a.title for a in outline.activities] == ["Welcome", "What a peer is", "Check what you know"]
    assert outline.self_directed_minutes == 21
    assert outline.outcomes == ("Know what a peer is.",)
    assert (outline.certificate.statement, outline.certificate.notice) == ("It is a test.", "Only a test.")
    quiz = outline.activities[-1].quiz
    assert quiz is not None
    assert (quiz.attempts_allowed, len(quiz.must_be_right)) == (None, 1)
    assert enrol.start(cohort_id=cohort.pk, learner=ada, at=now).cohort == cohort


def test_texts_arrive_with_links_words_and_pictures(build: Build) -> None:
    build()
    page = lesson()
    paragraph, picture, _activity = page.body
    home = Page.objects.get(slug="home")
    assert f'<a id="{home.pk}" linktype="page">home</a>' in paragraph.value.source
    assert 'linktype="glossary"' in paragraph.value.source
    assert picture.value["image"].is_svg()
    assert picture.value["image"].contextual_alt_text == "A round spot."
    (row,) = page.easy_read
    assert row.value["image"].pk == picture.value["image"].pk
    course = CoursePage.objects.get()
    assert [topic.name for topic in course.topics.all()] == ["Testing"]
    links = ReferenceIndex.objects.filter(to_object_id=str(course.pk), object_id=str(home.pk))
    assert links.exists()


def test_building_again_leaves_no_trace(build: Build, ed: User) -> None:
    build()
    before = counts()
    build()
    assert counts() == before


def test_a_changed_word_changes_its_page_and_no_edition(build: Build, content: Path) -> None:
    build()
    before = counts()
    texts.change(content, LESSON_FILE, "somebody like you", "somebody rather like you")
    build()
    assert counts() == {**before, "Revision": before["Revision"] + 1}
    assert "rather like you" in str(lesson().body)
    assert not lesson().has_unpublished_changes


def test_a_changed_rule_makes_an_edition_that_new_learners_join(
    build: Build, content: Path, ada: User, now: datetime
) -> None:
    (first,) = build()
    texts.change(content, LESSON_FILE, "minutes: 5", "minutes: 8")
    (second,) = build()
    assert (first.edition.number, second.edition.number) == (1, 2)
    assert second.edition.outline.self_directed_minutes == 24
    with pytest.raises(EnrolmentRefused):
        enrol.start(cohort_id=first.pk, learner=ada, at=now + timedelta(minutes=1))


MEETING = """---
title: We meet
slug: we-meet
participatory_minutes: 120
summary: We talk.
only_with_meetings: true
make_up: |
  Write half a page about a [peer](glossary:peer).
---
We sit in a circle.
"""
WORK = """---
title: Your page
slug: your-page
minutes: 30
takes_text: true
takes_files: false
looks_for: |
  - It says who decides.
---
Write a page.
"""


def test_a_folder_with_meetings_becomes_two_ways_through_a_course(
    build: Build, content: Path, ada: User, now: datetime
) -> None:
    folder = content / "courses/small/1-peers"
    (folder / "02-we-meet.session.md").write_text(MEETING, encoding="utf-8")
    (folder / "03-your-page.coursework.md").write_text(WORK, encoding="utf-8")
    texts.change(content, "courses/small/course.yaml", "slug: small", "slug: small\nsessions_needed: 1")
    alone, *dated = build()
    assert (alone.is_rolling, alone.edition.number, len(dated)) == (True, 1, 2)
    titles = [a.title for a in alone.edition.outline.activities]
    assert titles == ["Welcome", "What a peer is", "Your page", "Check what you know"]
    assert alone.edition.outline.sessions_needed is None
    whole = dated[0].edition.outline
    kinds = [a.kind.value for a in whole.activities]
    assert kinds == ["lesson", "lesson", "live_session", "coursework", "quiz"]
    assert (dated[0].edition.number, whole.sessions_needed, whole.participatory_minutes) == (2, 1, 120)
    assert 'linktype="glossary"' in LiveSessionPage.objects.get().make_up
    assert "<li>It says who decides.</li>" in CourseworkPage.objects.get().looks_for
    assert enrol.start(cohort_id=alone.pk, learner=ada, at=now).cohort == alone
    before = counts()
    assert build() == [alone, *dated]
    assert counts() == before


def test_where_people_meet_a_lesson_may_take_less_time(build: Build, content: Path) -> None:
    (content / "courses/small/1-peers/02-we-meet.session.md").write_text(MEETING, encoding="utf-8")
    texts.change(content, LESSON_FILE, "minutes: 5", "minutes: 5\nminutes_with_meetings: 1")
    there = "summary: Who they are.\nsummary_with_meetings: We talk about it when we meet."
    texts.change(content, "courses/small/1-peers/stage.yaml", "summary: Who they are.", there)
    alone, dated, _later = build()
    first, second = (cohort.edition.outline.stages[1] for cohort in (alone, dated))
    assert [stage.activities[0].self_directed_minutes for stage in (first, second)] == [5, 1]
    assert (first.summary, second.summary) == ("Who they are.", "We talk about it when we meet.")
    before = counts()
    build()
    assert counts() == before


def test_a_changed_outcome_is_in_the_next_edition(build: Build, content: Path) -> None:
    build()
    texts.change(content, "courses/small/course.yaml", "Know what a peer is.", "Say what a peer is.")
    (cohort,) = build()
    assert (cohort.edition.number, cohort.edition.outline.outcomes) == (2, ("Say what a peer is.",))


def test_a_question_keeps_its_row_and_a_new_one_is_added_in_its_place(build: Build, content: Path) -> None:
    build()
    before = list(QuizQuestion.objects.values_list("pk", "question__version"))
    texts.change(content, QUIZ_FILE, "A ship", "A boat")
    texts.change(content, QUIZ_FILE, "questions:\n", "questions:\n" + NEW_QUESTION)
    build()
    uses = list(QuizQuestion.objects.order_by("sort_order").values_list("pk", "question__version"))
    assert uses[1:] == [(before[0][0], 2), before[1]]
    assert Question.objects.count() == 3


NEW_QUESTION = """
  - text: Is this new?
    kind: true_false
    options:
      - {text: "True", right: true, feedback: Yes.}
      - {text: "False", right: false, feedback: It is.}
    feedback: It is new.
"""


def test_lessons_follow_the_order_of_their_files(build: Build, content: Path) -> None:
    build()
    first = content / "courses/small/1-peers/00-before.md"
    first.write_text(texts.LESSON.replace("what-a-peer-is", "before").replace("What a peer is", "Before"))
    (cohort,) = build()
    assert [a.title for a in cohort.edition.outline.activities][1:3] == ["Before", "What a peer is"]


def test_a_lesson_that_is_gone_is_taken_out_and_kept(build: Build, content: Path) -> None:
    build()
    (content / "courses/small/0-welcome/01-welcome.md").unlink()
    (content / "courses/small/0-welcome/stage.yaml").unlink()
    (cohort,) = build()
    assert [stage.title for stage in cohort.edition.outline.stages] == ["Peers"]
    assert not LessonPage.objects.get(slug="welcome").live


def test_a_course_that_is_only_planned_has_a_page_and_no_cohort(build: Build, content: Path) -> None:
    texts.change(content, "courses/small/course.yaml", "code: SMALL", "code: SMALL\nis_planned: true")
    assert build() == []
    assert CoursePage.objects.get().live
    assert not LessonPage.objects.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (LESSON_FILE, "\n:::activity", "\n:::nonsense", "line 13: “:::nonsense” is not known"),
        (
            LESSON_FILE,
            "Take five minutes.\n:::",
            "Take five minutes.",
            "line 13: “:::activity” is not closed",
        ),
        (LESSON_FILE, "page:)", "page:nowhere)", "line 7: There is no page “nowhere”"),
        (LESSON_FILE, "glossary:peer", "glossary:pier", "line 7: There is no word “pier”"),
        (LESSON_FILE, ":::image dot", ":::image spot", "line 9: There is no file “pictures/spot.svg”"),
        (LESSON_FILE, "minutes: 5", "minutes: many", "self_directed_minutes"),
        (LESSON_FILE, "slug: what-a-peer-is\n", "", "“slug” is missing"),
        (LESSON_FILE, "title: What", "title: [What", "line 3"),
        (LESSON_FILE, ":::activity", ":::section", "body"),
        (QUIZ_FILE, "right: false, feedback: No.", "feedback: No.", "line 15: “right” is missing"),
        (QUIZ_FILE, "kind: single", "kind: odd", "line 8"),
        (QUIZ_FILE, "right: true, feedback: Yes.", "right: false, feedback: Yes.", "line 8"),
        ("home.yaml", "start_page: courses/small", "start_page: courses/large", "no page “courses/large”"),
        ("courses/small/course.yaml", "is_free: true", "is_free: false", "cost_sentence"),
        ("courses/small/pictures/dot.svg", "<circle", "<script/><circle", "small, dot"),
    ],
)
def test_a_wrong_text_changes_nothing_and_is_told_with_its_place(
    build: Build, content: Path, name: str, old: str, new: str, said: str
) -> None:
    build()
    before = counts()
    texts.change(content, name, old, new)
    texts.change(content, "home.yaml", "What this is.", "What this was.")
    with pytest.raises(TextUnreadableError) as wrong:
        build()
    told = str(wrong.value)
    assert said in told
    assert name.endswith(".svg") or name.removeprefix("courses/") in told
    assert counts() == before
    assert not Course.objects.exclude(code="SMALL").exists()


def test_the_command_says_that_nothing_was_changed(content: Path, settings: Any, db: None) -> None:
    settings.BASE_DIR = content.parent
    texts.change(content, LESSON_FILE, "page:)", "page:nowhere)")
    with pytest.raises(
        CommandError, match=r"Nothing was changed\. small/1-peers/01-what-a-peer-is\.md, near line 7"
    ):
        demo()
    assert not CoursePage.objects.exists()


def test_only_asking_for_the_accounts_builds_nothing(db: None) -> None:
    before = counts()
    assert "editor@example.org" in demo("--accounts")
    assert counts() == before


def test_a_real_site_is_never_turned_into_the_demo(db: None, settings: Any) -> None:
    settings.DEMO_ALLOWED = False
    before = counts()
    with pytest.raises(CommandError):
        demo()
    assert counts() == before


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


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
        (":::callout A\ntext\n", "line 1"),
        ("one\n\n:::callout A\n:::\n", "line 3"),
        ("[x](page:nowhere)\n", "line 1"),
        ("\n\n[x](page:nowhere)\n", "line 3"),
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
    assert (text.about, text.body, text.line) == ({"title": "A title"}, "words\n", 4)


@pytest.mark.parametrize("source", ["words\n", "---\ntitle: A title\n", "---\n- a\n---\nwords\n"])
def test_a_file_without_names_and_values_at_its_top_is_told(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(source)
    with pytest.raises(TextUnreadableError, match=r"a\.md, line"):
        read(path)


def test_yaml_that_cannot_be_read_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\nb: [\n")
    with pytest.raises(TextUnreadableError, match=r"a\.yaml, line 3"):
        read_yaml(path)
