"""Publishing editions, and what happens to pages that an edition names."""

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.models import Page

from cms.users.models import User
from courses.actions import editions
from courses.actions.editions import PublicationRefused
from courses.assessment.models import QuizQuestion
from courses.catalogue.models import Activity, Edition, EditionPage
from courses.catalogue.pages import LessonPage, QuizPage, StagePage
from courses.enrolment.models import Enrolment
from courses.ledger.models import AppendOnlyError
from courses.queries import access, lessons, preparing
from tests.factories import courses as build
from tests.factories.courses import SECRET_LESSON, BuiltCourse


def publish(course: BuiltCourse, by: User, at: datetime) -> Edition:
    course.page.refresh_from_db()
    return editions.publish(course_page=course.page, by=by, at=at)


def words(course: BuiltCourse, enrolment: Enrolment) -> str:
    opened = access.open_activity(
        enrolment_id=enrolment.pk,
        activity_id=course.lesson_id,
        learner=enrolment.learner,
        at=enrolment.started_at,
    )
    return "".join(part.html for part in lessons.lesson(opened).parts)


def test_an_edition_freezes_the_pages_in_order(course: BuiltCourse) -> None:
    outline = course.outline
    assert [s.title for s in outline.stages] == ["First stage", "Second stage"]
    assert [a.title for a in outline.activities] == [
        "Lesson one",
        "Lesson two",
        "Something extra",
        "The quiz",
    ]
    assert [a.is_required for a in outline.activities] == [True, True, False, True]
    assert all(a.activity_id and a.revision_id for a in outline.activities)
    assert EditionPage.objects.filter(edition=course.edition).count() == 4
    assert str(course.edition) == "TEST, edition 1"
    assert str(EditionPage.objects.first()) == "TEST, edition 1: Lesson one"


def test_publishing_unchanged_pages_gives_the_same_edition(
    course: BuiltCourse, ed: User, now: datetime
) -> None:
    assert publish(course, ed, now + timedelta(days=1)) == course.edition
    assert Edition.objects.count() == 1


def test_new_words_alone_make_no_new_edition(course: BuiltCourse, ed: User, now: datetime) -> None:
    page = LessonPage.objects.get(title="Lesson one")
    page.body = [("paragraph", "<p>Mended words</p>")]
    page.save_revision().publish()
    assert publish(course, ed, now) == course.edition


def test_new_rules_make_the_next_edition_and_leave_the_old_one_alone(
    course: BuiltCourse, enrolment: Enrolment, ed: User, now: datetime
) -> None:
    before = Edition.objects.get().frozen
    QuizPage.objects.update(pass_mark_percent=90)
    second = publish(course, ed, now)
    assert second.number == 2
    assert {a.activity_id for a in second.outline.activities} == {
        a.activity_id for a in course.outline.activities
    }
    assert Edition.objects.get(number=1).frozen == before
    enrolment.refresh_from_db()
    assert enrolment.cohort.edition_id == course.edition.pk


def test_somebody_under_way_keeps_their_percent_when_a_stage_is_added_and_one_removed(
    course: BuiltCourse, enrolment: Enrolment, ed: User, now: datetime
) -> None:
    course.do_lessons(enrolment, at=now)
    before = access.learning(
        enrolment_id=enrolment.pk, learner=enrolment.learner, at=enrolment.started_at
    ).standing
    build.lesson(build.stage(course.page, "Third stage"), "One more")
    StagePage.objects.get(title="First stage").unpublish()
    assert publish(course, ed, now).number == 2
    after = access.learning(
        enrolment_id=enrolment.pk, learner=enrolment.learner, at=enrolment.started_at
    ).standing
    assert after == before
    assert after.percent == 66


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda: StagePage.objects.update(live=False), "no stages yet"),
        (lambda: LessonPage.objects.update(live=False), "Stage “First stage” has no activities"),
        (lambda: QuizQuestion.objects.all().delete(), "Quiz “The quiz” has no questions"),
        (lambda: LessonPage.objects.update(self_directed_minutes=0), "“Lesson two” has no minutes"),
        (
            lambda: [m.objects.update(is_required=False) for m in (LessonPage, QuizPage)],
            "Nothing in this course is required",
        ),
    ],
)
def test_what_cannot_be_completed_is_refused_by_name(
    course: BuiltCourse, ed: User, now: datetime, break_it: object, said: str
) -> None:
    assert callable(break_it)
    break_it()
    with pytest.raises(PublicationRefused, match=said) as refused:
        publish(course, ed, now)
    prepared = preparing.preparation(course_page=course.page, at=now)
    assert [problem.sentence for problem in prepared.problems] == list(refused.value.problems)
    assert Edition.objects.count() == 1


def test_looking_at_what_an_edition_would_hold_writes_nothing(ada: User, now: datetime) -> None:
    page = build.course_page(code="NEW", slug="new")
    build.lesson(build.stage(page, "One"), "First")
    assert preparing.preparation(course_page=page, at=now).problems == []
    assert not Activity.objects.exists()


def test_an_edition_cannot_be_changed_or_deleted(course: BuiltCourse) -> None:
    with pytest.raises(AppendOnlyError):
        course.edition.save()
    with pytest.raises(AppendOnlyError):
        course.edition.delete()
    with pytest.raises(AppendOnlyError):
        Edition.objects.filter(pk=course.edition.pk).update(number=9)


# --- Pages that go --------------------------------------------------------------------------------


def test_an_unpublished_lesson_keeps_the_words_of_the_edition(
    course: BuiltCourse, enrolment: Enrolment
) -> None:
    page = LessonPage.objects.get(title="Lesson one")
    page.body = [("paragraph", "<p>live words</p>")]
    page.save_revision().publish()
    assert "live words" in words(course, enrolment)
    page.unpublish()
    assert f"{SECRET_LESSON} of Lesson one" in words(course, enrolment)


def test_a_lesson_moved_to_another_stage_stays_where_the_edition_has_it(
    course: BuiltCourse, enrolment: Enrolment
) -> None:
    LessonPage.objects.get(title="Lesson one").move(StagePage.objects.get(title="Second stage"))
    found = access.learning(enrolment_id=enrolment.pk, learner=enrolment.learner, at=enrolment.started_at)
    stage = found.standing.stage_of(course.lesson_id)
    assert stage is not None
    assert stage.stage.number == 1
    assert SECRET_LESSON in words(course, enrolment)


def test_the_database_itself_keeps_a_page_that_an_edition_names(course: BuiltCourse) -> None:
    with pytest.raises(ProtectedError):
        LessonPage.objects.get(title="Lesson one").delete()
    with pytest.raises(ProtectedError):
        Page.objects.get(pk=course.page.pk).specific.delete()


def test_tidying_old_revisions_keeps_those_that_an_edition_names(ada: User, now: datetime) -> None:
    # A course that no other test asks for, so it is built here and not put back from remembered rows.
    course = build.course(at=now, code="TIDY")
    enrolment = course.enrol(ada, at=now)
    page = LessonPage.objects.get(title="Lesson one")
    for number in range(2):
        page.body = [("paragraph", f"<p>version {number}</p>")]
        page.save_revision().publish()
    call_command("purge_revisions", stdout=StringIO())
    page.unpublish()
    assert SECRET_LESSON in words(course, enrolment)


@pytest.mark.parametrize("which", ["lesson", "stage", "course"])
def test_deleting_a_page_that_learners_need_is_refused_in_the_admin_with_the_reason(
    course: BuiltCourse, sign_in: object, amy: User, which: str
) -> None:
    assert callable(sign_in)
    pages = {
        "lesson": LessonPage.objects.get(title="Lesson one"),
        "stage": StagePage.objects.get(title="First stage"),
        "course": course.page,
    }
    client = sign_in(amy)
    address = reverse("wagtailadmin_pages:delete", args=[pages[which].pk])
    for response in (client.get(address, follow=True), client.post(address, follow=True)):
        assert response.status_code == 200
        assert "cannot be deleted" in response.content.decode()
        assert "Course TEST" in response.content.decode()
    assert Page.objects.filter(pk=pages[which].pk).exists()


def test_deleting_several_at_once_is_refused_too(course: BuiltCourse, sign_in: object, amy: User) -> None:
    assert callable(sign_in)
    pages = LessonPage.objects.values_list("pk", flat=True)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    query = "&".join(f"id={pk}" for pk in pages)
    response = sign_in(amy).post(f"{address}?{query}", follow=True)
    assert "cannot be deleted" in response.content.decode()
    assert LessonPage.objects.count() == 3


def test_publishing_several_at_once_is_none_of_this_rule_s_business(
    course: BuiltCourse, sign_in: object, amy: User
) -> None:
    assert callable(sign_in)
    LessonPage.objects.update(live=False)
    page = LessonPage.objects.get(title="Lesson one")
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    sign_in(amy).post(f"{address}?id={page.pk}")
    page.refresh_from_db()
    assert page.live


def test_a_page_that_no_edition_names_may_be_deleted(course: BuiltCourse, sign_in: object, amy: User) -> None:
    assert callable(sign_in)
    draft = build.lesson(StagePage.objects.get(title="First stage"), "A draft")
    sign_in(amy).post(reverse("wagtailadmin_pages:delete", args=[draft.pk]))
    assert not LessonPage.objects.filter(pk=draft.pk).exists()
