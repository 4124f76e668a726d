"""One search over courses, research and pages, and nothing that only learners may read."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from courses.catalogue.pages import LessonPage
from home.models import InformationPage
from tests.factories import courses as build
from tests.factories.courses import SECRET_FEEDBACK, SECRET_LESSON, BuiltCourse


@pytest.fixture
def pages(course: BuiltCourse) -> None:
    home = build.home()
    index = build._add(home, ResearchIndexPage(title="Research", slug="research"))
    build._add(
        index,
        ResearchSummaryPage(
            title="Quokka groups",
            slug="quokka",
            one_line="What quokka groups do.",
            body=[("paragraph", "<p>Wombat findings</p>")],
            authors=[],
            cited_as="Somebody (2020)",
            year=2020,
            venue="A journal",
        ),
    )
    build._add(
        home,
        InformationPage(title="Help", slug="help", lead="Numbat help", body=[("paragraph", "<p>x</p>")]),
    )


def titles(client: Client, query: str) -> list[str]:
    return [result.title for result in client.get("/search/", {"q": query}).context["results"]]


@pytest.mark.parametrize(
    ("query", "title", "kind"),
    [
        ("Quokka", "Quokka groups", "Research summary"),
        ("wombat", "Quokka groups", "Research summary"),
        ("numbat", "Help", "Page"),
        ("TEST", "Course TEST", "Course"),
    ],
)
def test_each_kind_of_page_is_found_and_named(
    pages: None, client: Client, query: str, title: str, kind: str
) -> None:
    response = client.get("/search/", {"q": query})
    (result,) = [r for r in response.context["results"] if r.title == title]
    assert (result.kind_label, bool(result.url), bool(result.excerpt)) == (kind, True, True)
    assert response.context["count_sentence"] == "1 result"


@pytest.mark.parametrize("query", [SECRET_LESSON, SECRET_FEEDBACK, "Lesson one", "The quiz", "First stage"])
def test_what_only_learners_may_read_is_never_found(pages: None, client: Client, query: str) -> None:
    assert titles(client, query) == []


def test_what_is_not_published_is_never_found(pages: None, client: Client) -> None:
    ResearchSummaryPage.objects.get().unpublish()
    assert titles(client, "Quokka") == []
    LessonPage.objects.get(title="Lesson one").unpublish()
    assert titles(client, "Lesson") == []


def test_an_empty_question_shows_only_the_form(db: None, client: Client) -> None:
    for query in ("", "   ", "\x00"):
        response = client.get("/search/", {"q": query})
        assert (response.status_code, response.context["results"]) == (200, [])
        assert response.context["count_sentence"] == ""
    assert client.get("/search/").status_code == 200
    assert client.post("/search/", {"q": "x"}).status_code == 405


def test_what_was_typed_is_shown_as_text(pages: None, client: Client) -> None:
    body = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in body
    assert "&lt;script&gt;alert" in body


def test_a_very_long_question_is_cut(pages: None, client: Client) -> None:
    response = client.get("/search/", {"q": "x" * 5000})
    assert response.status_code == 200
    assert len(response.context["query"]) == 200


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(db: None, text: str) -> None:
    """Quotation marks, operators, NUL, and letters of every script reach the database's own search."""
    assert Client().get("/search/", {"q": text.encode("utf-8", "replace").decode()}).status_code == 200
