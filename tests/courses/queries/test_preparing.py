"""What an editor reads before an edition is published: what is missing, what changed, what it means."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.users.models import User
from courses.actions import editions, study
from courses.actions.editions import ChangedMeanwhile
from courses.assessment.models import QuizQuestion
from courses.catalogue.models import Edition
from courses.catalogue.outline import Kind
from courses.catalogue.pages import CoursePage, LessonPage, QuizPage, StagePage
from courses.certificates.models import Certificate
from courses.enrolment.models import Enrolment
from courses.progress import rules
from courses.progress.models import Record
from courses.progress.rules import Outcome
from courses.queries import preparing
from courses.queries.impact import impact
from courses.queries.preparing import Preparation
from tests.factories import courses as build
from tests.factories import gates, people
from tests.factories.courses import BuiltCourse

SignIn = Callable[[User], Client]


def prepared(course: BuiltCourse, at: datetime) -> Preparation:
    page: CoursePage = CoursePage.objects.get(pk=course.page.pk)
    return preparing.preparation(course_page=page, at=at)


def edit_path(page: object) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])  # type: ignore[attr-defined]


# --- What is missing ------------------------------------------------------------------------------


def test_each_problem_leads_to_the_page_where_it_is_mended(course: BuiltCourse, now: datetime) -> None:
    lesson, quiz = LessonPage.objects.get(title="Lesson two"), QuizPage.objects.get()
    LessonPage.objects.filter(pk=lesson.pk).update(self_directed_minutes=0)
    QuizQuestion.objects.all().delete()
    empty = build.stage(course.page, "Empty stage")
    found = {problem.url: problem.sentence for problem in prepared(course, now).problems}
    assert "has no minutes" in found[edit_path(lesson)]
    assert "has no questions" in found[edit_path(quiz)]
    assert "has no activities" in found[reverse("wagtailadmin_explore", args=[empty.pk])]
    StagePage.objects.update(live=False)
    (problem,) = prepared(course, now).problems
    assert problem.url == reverse("wagtailadmin_explore", args=[course.page.pk])


def test_what_is_good_to_know_is_told_and_keeps_nothing_back(course: BuiltCourse, now: datetime) -> None:
    assert prepared(course, now).hints == []
    draft = build.lesson(StagePage.objects.get(title="First stage"), "A draft", live=False)
    changed = LessonPage.objects.get(title="Lesson one")
    changed.save_revision()
    build.lesson(StagePage.objects.get(title="First stage"), "Soon", live=False, go_live_at=now)
    QuizQuestion.objects.exclude(sort_order=0).delete()
    CoursePage.objects.update(outcomes="[]", live=False)
    found = prepared(course, now)
    told = [(hint.sentence, hint.url) for hint in found.hints]
    assert found.problems == []
    for words, page in (
        ("“A draft” is a draft", draft),
        ("“Lesson one” has changes that are not published", changed),
        ("“Soon” will be published on 23 November 2026", None),
        ("has only 1 question.", QuizPage.objects.get()),
        ("names no learning outcomes", course.page),
        ("nobody can find this course yet", course.page),
    ):
        assert any(
            words in sentence and (page is None or url == edit_path(page)) for sentence, url in told
        ), words


def test_a_draft_stage_says_that_it_takes_its_lessons_with_it(course: BuiltCourse, now: datetime) -> None:
    StagePage.objects.filter(title="First stage").update(live=False)
    sentences = [hint.sentence for hint in prepared(course, now).hints]
    assert any("so the activities in it are left out too" in sentence for sentence in sentences)


# --- What it holds, and what changed ---------------------------------------------------------------


def test_minutes_are_told_by_kind_and_stage(course: BuiltCourse, now: datetime) -> None:
    found = prepared(course, now).contents
    assert [(s.required.alone, s.required.together, s.optional.alone) for s in found.stages] == [
        (20, 0, 10),
        (10, 0, 0),
    ]
    assert (found.required.alone, found.required_count, found.optional_count) == (30, 3, 1)
    assert found.stages[1].activities[0].rules == "3 questions, pass mark 60%, 2 tries"


def test_changes_are_told_in_words(course: BuiltCourse, now: datetime) -> None:
    assert prepared(course, now).is_unchanged
    LessonPage.objects.filter(title="Lesson two").update(is_required=False)
    QuizPage.objects.update(pass_mark_percent=90, attempts_allowed=None)
    build.lesson(StagePage.objects.get(title="Second stage"), "One more")
    StagePage.objects.filter(title="Second stage").update(is_gated=False)
    found = prepared(course, now)
    told = [(d.tag, d.sentence, d.before, d.after) for d in found.differences]
    assert told == [
        ("Changed", "Stage “Second stage” is now open from the start.", "", ""),
        ("Changed", "“Lesson two” is now optional. It was required.", "", ""),
        ("Changed", "“The quiz”: pass mark", "60%", "90%"),
        ("Changed", "“The quiz”: tries", "2", "no limit"),
        ("New", "“One more”, in stage 2", "", ""),
    ]
    assert found.can_publish


def test_safety_questions_are_told_with_the_rules_of_the_quiz(db: None, now: datetime) -> None:
    gate = gates.course(at=now)
    held = prepared(gate, now).contents.stages[0].activities[2]
    assert held.rules == "5 questions, 2 of them must be right, pass mark 60%, any number of tries"
    QuizQuestion.objects.update(must_be_right=False)
    assert prepared(gate, now).contents.stages[0].activities[2].rules.startswith("5 questions, pass mark")


@pytest.mark.parametrize(
    ("ticked", "before", "after"),
    [
        ({1, 3, 4}, "2", "3"),
        ({3}, "2", "1"),
        (set[int](), "2", "none"),
        # As many as before, and yet another rule.
        ({1, 5}, "2", "2, 1 of them new"),
        ({2, 4, 5}, "2", "3, 3 of them new"),
    ],
)
def test_other_safety_questions_are_a_change_of_the_rules(
    db: None, now: datetime, ticked: set[int], before: str, after: str
) -> None:
    gate = gates.course(at=now)
    QuizQuestion.objects.update(must_be_right=False)
    QuizQuestion.objects.filter(sort_order__in=[place - 1 for place in ticked]).update(must_be_right=True)
    found = prepared(gate, now)
    assert [(d.tag, d.sentence, d.before, d.after) for d in found.differences] == [
        ("Changed", "“The gate”: questions that must be right", before, after)
    ]
    assert found.can_publish


def test_the_first_safety_questions_of_a_quiz_are_a_change_from_none(db: None, now: datetime) -> None:
    gate = gates.course(at=now, must_be_right=())
    QuizQuestion.objects.filter(sort_order__lte=1).update(must_be_right=True)
    (told,) = prepared(gate, now).differences
    assert (told.before, told.after) == ("none", "2")


def test_a_hint_says_when_no_later_stage_waits_for_safety_questions(db: None, now: datetime) -> None:
    gate = gates.course(at=now)
    assert prepared(gate, now).hints == []
    StagePage.objects.filter(title="Interviewing").update(is_gated=False)
    (hint,) = prepared(gate, now).hints
    assert "all later stages are open from the start" in hint.sentence
    assert hint.url == edit_path(QuizPage.objects.get())
    QuizPage.objects.update(is_required=False)
    (hint,) = prepared(gate, now).hints
    assert "is optional, so no later stage waits for it" in hint.sentence
    QuizQuestion.objects.update(must_be_right=False)
    assert prepared(gate, now).hints == []


# --- What it means for learners --------------------------------------------------------------------


def test_the_numbers_are_those_that_the_rules_give_for_every_single_learner(
    course: BuiltCourse, ada: User, ben: User, cleo: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    course.do_lessons(course.enrol(ben, at=now), at=now)
    course.enrol(cleo, at=now)
    left = course.enrol(people.person("eve", "Eve"), at=now)
    Enrolment.objects.filter(pk=left.pk).update(status="ended", ended_at=now)
    LessonPage.objects.filter(title="Something extra").update(is_required=True)
    QuizPage.objects.update(is_required=False)
    page = CoursePage.objects.get(pk=course.page.pk)
    pages = editions.activity_pages(page)
    outline = editions.draw_outline(course_page=page, course=page.course, pages=pages, at=now)
    found = impact(course=page.course, outline=outline)

    behind = at_the_end = 0
    for enrolment in Enrolment.objects.exclude(status="ended"):
        records = Record.objects.filter(enrolment=enrolment).values_list("activity_id", "outcome")
        standing = rules.standing(outline, {pk: Outcome(outcome) for pk, outcome in records})
        has_finished = hasattr(enrolment, "completion")
        behind += has_finished and not standing.is_complete
        at_the_end += not has_finished and standing.is_complete
    assert (found.behind, found.at_the_end) == (behind, at_the_end) == (1, 0)
    assert (found.under_way, found.part_way, found.finished) == (2, 1, 1)
    assert [(one.title, one.count) for one in found.missing] == [("Something extra", 1)]
    LessonPage.objects.filter(title="Something extra").update(is_required=False)
    shorter = prepared(course, now).impact
    assert (shorter.behind, shorter.at_the_end, shorter.missing) == (0, 1, [])


def test_a_lesson_that_is_new_is_missing_for_everybody_who_has_finished(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    build.lesson(StagePage.objects.get(title="Second stage"), "One more")
    found = prepared(course, now).impact
    assert (found.behind, [(one.title, one.count) for one in found.missing]) == (1, [("One more", 1)])


def test_who_has_passed_a_quiz_has_passed_it_also_with_safety_questions_that_came_later(
    db: None, ada: User, now: datetime
) -> None:
    gate = gates.course(at=now, must_be_right=())
    seat = gates.before(gate, ada, at=now)
    gates.sit(gate, seat, right={2, 4, 5}, at=now)
    study.mark_done(enrolment_id=seat.pk, activity_id=gate.ids(Kind.LESSON)[2], learner=ada, at=now)
    QuizQuestion.objects.update(must_be_right=True)
    found = prepared(gate, now)
    assert (found.impact.finished, found.impact.behind, found.impact.missing) == (1, 0, [])


def test_publishing_moves_nobody_and_touches_no_certificate(
    course: BuiltCourse, ada: User, ben: User, ed: User, now: datetime
) -> None:
    course.complete(ada, at=now)
    course.enrol(ben, at=now)
    tables = (Enrolment, Record, Certificate)
    before = [list(model.objects.order_by("pk").values()) for model in tables]
    build.lesson(StagePage.objects.get(title="Second stage"), "One more")
    assert editions.publish(course_page=course.page, by=ed, at=now).number == 2
    assert [list(model.objects.order_by("pk").values()) for model in tables] == before


def test_the_page_costs_the_same_for_many_learners_and_a_long_course(
    course: BuiltCourse, ada: User, now: datetime
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            prepared(course, now)
        return len(captured)

    course.complete(ada, at=now)
    few = cost()
    for number in range(3):
        course.complete(people.person(f"p{number}", f"Person {number}"), at=now)
        build.lesson(build.stage(course.page, f"Stage {number}"), f"Lesson {number}")
    assert cost() == few <= 13


# --- Pressing the button ---------------------------------------------------------------------------


def test_the_note_is_kept_with_the_edition_and_shown_in_the_list(
    course: BuiltCourse, ed: User, sign_in: SignIn
) -> None:
    QuizPage.objects.update(pass_mark_percent=90)
    client, address = sign_in(ed), reverse("staff:publish_edition", args=[course.page.pk])
    seen = client.get(address).context["prepared"].fingerprint
    shown = client.post(address, {"note": " Too easy, people said. ", "seen": seen}, follow=True)
    assert Edition.objects.get(number=2).note == "Too easy, people said."
    text = shown.content.decode()
    for words in (
        "Edition 2",
        "Too easy, people said.",
        "Ed Itor",
        "pass mark",
        "Start any time",
        "first edition",
    ):
        assert words in text


def test_pages_that_changed_since_the_editor_looked_are_shown_again(
    course: BuiltCourse, ed: User, sign_in: SignIn, now: datetime
) -> None:
    QuizPage.objects.update(pass_mark_percent=90)
    client, address = sign_in(ed), reverse("staff:publish_edition", args=[course.page.pk])
    seen = client.get(address).context["prepared"].fingerprint
    QuizPage.objects.update(pass_mark_percent=95)
    shown = client.post(address, {"note": "My words", "seen": seen})
    assert shown.status_code == 409
    assert "Somebody has changed the pages" in shown.content.decode()
    assert "My words" in shown.content.decode(), "what was typed survives"
    assert Edition.objects.count() == 1
    with pytest.raises(ChangedMeanwhile):
        editions.publish(course_page=course.page, by=ed, at=now, seen=seen)


def test_pressing_twice_makes_one_edition(course: BuiltCourse, ed: User, now: datetime) -> None:
    QuizPage.objects.update(pass_mark_percent=90)
    first = editions.publish(course_page=course.page, by=ed, at=now, note="One")
    again = editions.publish(course_page=course.page, by=ed, at=now + timedelta(minutes=1), note="Two")
    assert (again, again.note) == (first, "One")
