"""Words for learners only leak through no side door, and right answers leave only with the review.

The factories write canary words into every lesson and into the feedback of every question. Here they
are looked for wherever they must not be.
"""

import re
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction, Page

from cms.core.models import SiteDocument
from courses.actions import editions, enrol, study
from courses.assessment.models import Attempt
from courses.catalogue.outline import Kind
from tests.architecture.database import rows_with
from tests.architecture.world import World
from tests.factories import courses as build
from tests.factories import handing_in
from tests.factories.courses import SECRET_FEEDBACK, SECRET_LESSON

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def client_of(world: World, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(world.people[who])
    return client


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return TOKEN.sub("", content.decode(errors="replace"))


def side_doors(world: World) -> dict[str, str]:
    """Every way in that somebody could try."""
    lesson, quiz, stage = (world.pages[key] for key in ("lesson", "quiz", "stage"))
    home = world.pages["home"].url_path
    revision = lesson.latest_revision or lesson.live_revision
    found = {
        f"address of the {name}": "/" + page.url_path.removeprefix(home)
        for name, page in (
            ("lesson", lesson),
            ("quiz", quiz),
            ("stage", stage),
            ("session", world.pages["session"]),
            ("coursework", world.pages["coursework"]),
        )
    }
    found |= {
        "course page": world.course.page.url,
        "home": "/",
        "search for its words": reverse("search") + f"?q={SECRET_LESSON}",
        "search for its title": reverse("search") + "?q=Lesson+one",
        "search for the feedback": reverse("search") + f"?q={SECRET_FEEDBACK}",
        "site map": "/sitemap.xml",
        "feed": "/feed/",
        "api": "/api/v2/pages/",
        "api of a page": f"/api/v2/pages/{lesson.pk}/",
        "admin's api": f"/admin/api/main/pages/{lesson.pk}/",
        "admin's list": reverse("wagtailadmin_explore", args=[stage.pk]),
        "admin's search": reverse("wagtailadmin_pages:search") + "?q=Lesson+one",
        "edit form": reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        "draft": reverse("wagtailadmin_pages:view_draft", args=[lesson.pk]),
        "preview": reverse("wagtailadmin_pages:preview_on_edit", args=[lesson.pk]),
        "copy": reverse("wagtailadmin_pages:copy", args=[lesson.pk]),
        "history": reverse("wagtailadmin_pages:history", args=[lesson.pk]),
        "questions": "/admin/question/",
        "edition": reverse("staff:publish_edition", args=[world.course.page.pk]),
        "somebody's course": reverse("learning:course", args=[world.ada_enrolment.pk]),
        "somebody's lesson": reverse(
            "learning:activity", args=[world.ada_enrolment.pk, world.course.lesson_id]
        ),
        "somebody's quiz": reverse("learning:activity", args=[world.ada_enrolment.pk, world.course.quiz_id]),
        "somebody's session": reverse(
            "learning:activity", args=[world.dee_works.pk, handing_in.session_id(world.works)]
        ),
        "somebody's coursework": reverse(
            "learning:activity", args=[world.dee_works.pk, handing_in.work_id(world.works)]
        ),
        "course page with meetings": world.works.page.url,
        "search for a session": reverse("search") + "?q=circle",
        "search for coursework": reverse("search") + "?q=Your+plan",
        "somebody's question": reverse("learning:question", args=[world.ada_attempt.pk, 1]),
        "somebody's answers": reverse("learning:check", args=[world.ada_attempt.pk]),
        "somebody's result": reverse("learning:review", args=[world.ben_attempt.pk]),
        "certificate": reverse("certificates:verify", args=[world.certificate.code]),
    }
    if revision is not None:
        found["old version"] = reverse("wagtailadmin_pages:revisions_view", args=[lesson.pk, revision.pk])
    return found


@pytest.mark.parametrize("who", ["anonymous", "cleo", "fay", "ana"])
def test_no_side_door_shows_the_words_of_a_lesson_or_its_feedback(world: World, who: str) -> None:
    client = client_of(world, who)
    leaks = []
    for door, path in side_doors(world).items():
        response = client.get(path, follow=True)
        shown = body(response)
        if SECRET_LESSON in shown or SECRET_FEEDBACK in shown:
            # A search page repeats what was typed, and nothing else.
            typed = door.startswith("search") and shown.count("canary") <= 2 and "result" in shown
            if not typed or "0 results" not in shown:
                leaks.append(door)
    assert leaks == []


def test_the_canaries_are_where_they_belong(world: World) -> None:
    """The control: the words are there for who may read them, so looking for them proves something."""
    ada = client_of(world, "ada")
    lesson = reverse("learning:activity", args=[world.ada_enrolment.pk, world.course.lesson_id])
    assert SECRET_LESSON in body(ada.get(lesson))
    ed = client_of(world, "ed")
    assert SECRET_LESSON in body(ed.get(side_doors(world)["edit form"]))
    ben = client_of(world, "ben")
    assert SECRET_FEEDBACK in body(ben.get(reverse("learning:review", args=[world.ben_attempt.pk])))


def test_there_is_no_feed_or_api(world: World) -> None:
    doors = side_doors(world)
    for door in ("feed", "api", "api of a page"):
        assert Client().get(doors[door]).status_code == 404, door
    assert not apps.is_installed("wagtail.api.v2")


def test_the_site_map_names_nothing_below_a_course(world: World) -> None:
    shown = body(Client().get("/sitemap.xml"))
    assert world.course.page.url in shown
    for name in ("lesson", "quiz", "stage", "session", "coursework"):
        assert f"/{world.pages[name].slug}/" not in shown


def test_no_index_that_search_reads_holds_learners_words(world: World) -> None:
    call_command("update_index", stdout=StringIO(), verbosity=0)
    tables = [t for t in connection.introspection.table_names() if t.startswith("wagtailsearch")]
    assert tables
    assert rows_with(SECRET_LESSON, tables=tables) == []
    assert rows_with(SECRET_FEEDBACK, tables=tables) == []


@pytest.fixture
def gated(world: World) -> tuple[Any, str]:
    """A second course whose second stage holds a lesson; Cleo has just joined it."""
    page = build.course_page(code="GATE", slug="gated-course")
    build.lesson(build.stage(page, "Open stage"), "Open lesson")
    build.lesson(build.stage(page, "Locked stage"), "Locked lesson")
    edition = editions.publish(course_page=page, by=world.people["ed"], at=world.at)
    enrolment = enrol.start(
        cohort_id=build.cohort(edition, at=world.at).pk, learner=world.people["cleo"], at=world.at
    )
    locked = next(a for a in edition.outline.activities if a.title == "Locked lesson")
    return enrolment, reverse("learning:activity", args=[enrolment.pk, locked.activity_id])


def test_a_locked_lesson_says_what_opens_it_and_nothing_else(world: World, gated: tuple[Any, str]) -> None:
    enrolment, path = gated
    client = client_of(world, "cleo")
    response = client.get(path)
    assert response.status_code == 403
    assert SECRET_LESSON not in body(response)
    assert "Open lesson" in body(response)
    first = enrolment.cohort.edition.outline.activities[0]
    assert first.kind is Kind.LESSON
    study.mark_done(
        enrolment_id=enrolment.pk, activity_id=first.activity_id, learner=enrolment.learner, at=world.at
    )
    assert SECRET_LESSON in body(client.get(path))


def test_an_activity_of_another_course_is_not_opened_by_its_number(
    world: World, gated: tuple[Any, str]
) -> None:
    enrolment, _path = gated
    foreign = reverse("learning:activity", args=[enrolment.pk, world.course.lesson_id])
    assert client_of(world, "cleo").get(foreign).status_code == 404


def test_somebody_who_has_left_reads_no_more(world: World) -> None:
    type(world.ada_enrolment).objects.filter(pk=world.ada_enrolment.pk).update(status="suspended")
    ada = client_of(world, "ada")
    optional = next(a for a in world.course.outline.activities if not a.is_required)
    path = reverse("learning:activity", args=[world.ada_enrolment.pk, optional.activity_id])
    response = ada.get(path)
    assert response.status_code == 403
    assert SECRET_LESSON not in body(response)


def quiz_pages(world: World) -> list[str]:
    """What Ada sees of her open attempt."""
    attempt = world.ada_attempt
    slots = [question.slot for question in attempt.paper.questions]
    return [
        reverse("learning:activity", args=[world.ada_enrolment.pk, world.course.quiz_id]),
        *[reverse("learning:question", args=[attempt.pk, slot]) for slot in slots],
        reverse("learning:check", args=[attempt.pk]),
    ]


def save_by_script(client: Client, attempt: Attempt, *, sequence: int) -> Any:
    question = attempt.paper.questions[0]
    return client.post(
        reverse("learning:question", args=[attempt.pk, question.slot]),
        {"choice": sorted(question.keys)[0], "sequence": sequence},
        headers={"X-Requested-With": "fetch"},
    )


def test_feedback_is_in_no_page_before_the_review(world: World) -> None:
    ada = client_of(world, "ada")
    for path in quiz_pages(world):
        assert SECRET_FEEDBACK not in body(ada.get(path)), path
    saved = save_by_script(ada, world.ada_attempt, sequence=50)
    assert set(saved.json()) == {"saved", "sequence", "sentence"}
    stale = save_by_script(ada, world.ada_attempt, sequence=1)
    assert SECRET_FEEDBACK not in body(saved) + body(stale)


def test_no_page_before_the_review_depends_on_which_answers_are_right(world: World) -> None:
    """Turn right and wrong round in the stored paper: not one letter of any page changes."""
    ada = client_of(world, "ada")
    before = [body(ada.get(path)) for path in quiz_pages(world)]
    before.append(body(save_by_script(ada, world.ada_attempt, sequence=60)))
    Attempt.objects.filter(pk=world.ada_attempt.pk).update(
        paper_frozen=_turned_round(world.ada_attempt.paper_frozen)
    )
    after = [body(ada.get(path)) for path in quiz_pages(world)]
    after.append(body(save_by_script(ada, world.ada_attempt, sequence=60)))
    assert _without_times(after) == _without_times(before)


def _turned_round(frozen: dict[str, Any]) -> dict[str, Any]:
    questions = [
        {
            **question,
            "feedback": "other words",
            "options": [
                {**option, "is_right": not option["is_right"], "feedback": "other words"}
                for option in question["options"]
            ],
        }
        for question in frozen["questions"]
    ]
    return {**frozen, "questions": questions}


def _without_times(pages: list[str]) -> list[str]:
    return [re.sub(r"Saved at \d\d:\d\d|value=\"\d+\"", "", page) for page in pages]


def test_a_failed_review_does_not_answer_the_next_attempt(world: World, now: datetime) -> None:
    dee = world.people["dee"]
    world.course.do_lessons(world.dee_enrolment, at=world.at)
    attempt = world.course.begin(world.dee_enrolment, at=world.at)
    world.course.answer(attempt, right=0, at=world.at)
    client = Client()
    client.force_login(dee)
    client.post(reverse("learning:hand_in", args=[attempt.pk]))
    review = reverse("learning:review", args=[attempt.pk])
    shown = body(client.get(review))
    # What was chosen is explained; which of the others is right is not said, not even by its feedback.
    assert SECRET_FEEDBACK in shown
    assert "Right answer" not in shown
    single = next(q for q in attempt.paper.questions if q.kind == "single")
    right = next(option for option in single.options if option.is_right)
    assert right.text in shown
    first = shown.split("<h3")[single.slot]
    assert right.feedback not in first


def test_a_document_of_a_private_collection_is_not_served(world: World) -> None:
    private = Collection.get_first_root_node().add_child(name="For staff")
    CollectionViewRestriction.objects.create(
        collection=private, restriction_type=CollectionViewRestriction.LOGIN
    )
    document = world.document  # offered by a public page, and still not for everybody
    assert "A form to fill in." in body(Client().get(document.url))
    SiteDocument.objects.filter(pk=document.pk).update(collection=private)
    response = Client().get(document.url)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_a_page_that_was_taken_down_is_in_no_list(world: World) -> None:
    page = world.pages["summary"]
    Page.objects.get(pk=page.pk).specific.unpublish()
    client = Client()
    assert client.get(page.url).status_code == 404
    for path in ("/", "/research/", reverse("search") + "?q=Summary"):
        assert page.title not in body(client.get(path)), path
