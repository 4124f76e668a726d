"""One search over courses, research and pages, and nothing that only learners may read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from cms.core.glossary import GlossaryTerm
from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from cms.users.models import User
from courses.actions import editions
from courses.catalogue.models import Edition
from courses.catalogue.pages import CoursePage, StagePage
from courses.cohorts.models import Cohort
from home.models import GlossaryPage, InformationPage
from search import finding, words
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
            source="Somebody",
            authors=[("author", {"name": "Somebody", "orcid": ""})],
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
        ("Quokka", "Quokka groups", "Published work"),
        ("wombat", "Quokka groups", "Published work"),
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


@pytest.mark.parametrize("query", [SECRET_LESSON, SECRET_FEEDBACK, "The quiz", "First stage"])
def test_what_only_learners_may_read_is_never_found(pages: None, client: Client, query: str) -> None:
    assert titles(client, query) == []


def test_what_is_not_published_is_never_found(pages: None, client: Client) -> None:
    ResearchSummaryPage.objects.get().unpublish()
    assert titles(client, "Quokka") == []
    CoursePage.objects.get().unpublish()
    assert titles(client, "Lesson") == []


def test_a_page_that_not_everybody_may_read_is_never_found(pages: None, client: Client) -> None:
    closed = PageViewRestriction(page=ResearchIndexPage.objects.get())
    closed.restriction_type = PageViewRestriction.LOGIN
    assert titles(client, "Quokka") == ["Quokka groups"]
    closed.save()
    assert (titles(client, "Quokka"), titles(client, "numbat")) == ([], ["Help"])


def test_a_new_title_is_found_at_once_and_the_old_one_no_more(pages: None, client: Client) -> None:
    assert titles(client, "Quokka") == ["Quokka groups"]
    page = ResearchSummaryPage.objects.get()
    page.title, page.one_line = "Bilby groups", "What they do."
    page.save_revision().publish()
    assert (titles(client, "Quokka"), titles(client, "bilby")) == ([], ["Bilby groups"])


def test_fewer_than_many_are_weighed_and_the_title_still_comes_first(db: None, client: Client) -> None:
    home = build.home()
    for number, (title, text) in enumerate([("Text", "koala " * 9), ("Koala", "x"), ("More", "koala x y z")]):
        page = InformationPage(
            title=title, slug=f"p{number}", lead="x", body=[("paragraph", f"<p>{text}</p>")]
        )
        build._add(home, page)
    found = titles(client, "koala")
    assert (found[0], sorted(found)) == ("Koala", ["Koala", "More", "Text"])


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


def test_words_are_found_in_their_other_forms(pages: None, client: Client) -> None:
    for query in ("quokkas", "Quokka group", "wombats finding", "the quokka"):
        assert titles(client, query) == ["Quokka groups"], query


def test_all_words_must_be_there(pages: None, client: Client) -> None:
    assert titles(client, "quokka submarine") == []


def test_a_word_in_the_title_counts_more_than_many_in_the_text(pages: None, client: Client) -> None:
    body = [("paragraph", "<p>quokka quokka quokka quokka groups groups</p>")]
    build._add(build.home(), InformationPage(title="Aside", slug="aside", body=body))
    assert titles(client, "quokka groups") == ["Quokka groups", "Aside"]


def test_what_was_looked_for_is_marked_and_nothing_else(pages: None, client: Client) -> None:
    (result,) = client.get("/search/", {"q": "group"}).context["results"]
    assert result.marked_title == "Quokka <mark>groups</mark>"
    assert result.marked_excerpt == "What quokka <mark>groups</mark> do."
    body = client.get("/search/", {"q": "wombat"}).content.decode()
    assert "<mark>Wombat</mark> findings" in body


def test_marks_never_let_html_through() -> None:
    drawn = words.marked('<b onclick="x">group</b> & groups', words.stems_of("group b"))
    assert drawn == (
        "&lt;<mark>b</mark> onclick=&quot;x&quot;&gt;<mark>group</mark>&lt;/<mark>b</mark>&gt;"
        " &amp; <mark>groups</mark>"
    )


@given(st.text(max_size=80), st.text(max_size=20))
def test_marking_adds_only_marks(text: str, question: str) -> None:
    drawn = words.marked(text, words.stems_of(question))
    assert drawn.replace("<mark>", "").replace("</mark>", "") == escape(text)


@given(st.lists(st.text(max_size=400), max_size=3), st.text(max_size=20))
def test_an_excerpt_is_short_and_from_the_text(texts: list[str], question: str) -> None:
    found = words.excerpt(texts, words.stems_of(question))
    assert len(found) <= words.EXCERPT + 4
    plain = found.removeprefix("… ").removesuffix(" …")
    assert not plain or any(plain in " ".join(text.split()) for text in texts)


@pytest.fixture
def two_kinds(pages: None) -> None:
    home = build.home()
    for number in range(11):
        body = [("paragraph", "<p>Quokka words</p>")]
        build._add(home, InformationPage(title=f"Page {number}", slug=f"page-{number}", body=body))


def test_a_kind_is_chosen_counted_and_remembered_in_the_address(two_kinds: None, client: Client) -> None:
    response = client.get("/search/", {"q": "quokka"})
    counts = {str(kind["label"]): kind["count"] for kind in response.context["kinds"]}
    assert counts == {"Everything": 12, "Research": 1, "Pages": 11}
    assert len(response.context["results"]) == finding.PER_PAGE
    more = client.get(response.context["pages"]["next"])
    assert len(more.context["results"]) == 2
    research = client.get("/search/?q=quokka&kind=research")
    assert [result.title for result in research.context["results"]] == ["Quokka groups"]
    assert [kind["count"] for kind in research.context["kinds"]] == [12, 1, 11]
    assert research.context["count_sentence"] == "1 result"


@pytest.mark.parametrize(
    "odd", ["kind=nonsense", "page=0", "page=99999", "page=x", "page=%00", "kind=&page=-1"]
)
def test_an_odd_address_shows_what_there_is(two_kinds: None, client: Client, odd: str) -> None:
    response = client.get(f"/search/?q=quokka&{odd}")
    assert response.status_code == 200
    assert response.context["results"]


def test_a_slip_of_the_finger_is_answered_with_the_nearest_word(pages: None, client: Client) -> None:
    response = client.get("/search/", {"q": "quoka"})
    assert response.context["results"] == []
    assert response.context["suggested"] == {"words": "quokka", "url": "/search/?q=quokka"}
    assert client.get("/search/", {"q": "zzzzzzzz"}).context["suggested"] is None


def test_nothing_found_says_where_to_go_on(pages: None, client: Client) -> None:
    body = client.get("/search/", {"q": "submarine"}).content.decode()
    assert 'href="/courses/"' in body
    assert 'href="/research/"' in body
    assert 'href="/help/"' in body


@given(st.text(max_size=60))
def test_whatever_is_typed_gets_an_answer(db: None, text: str) -> None:
    """Quotation marks, operators, NUL, and letters of every script reach the database's own search."""
    assert Client().get("/search/", {"q": text.encode("utf-8", "replace").decode()}).status_code == 200


# --- Words of the glossary, and titles of lessons ---------------------------------------------------


@pytest.fixture
def glossary(pages: None) -> GlossaryTerm:
    build._add(build.home(), GlossaryPage(title="All our words", slug="glossary"))
    GlossaryTerm.objects.create(term="peer", meaning="Somebody who is in the same boat as you.")
    return GlossaryTerm.objects.create(
        term="numbat circle", other_spellings="circles of numbats", meaning="A circle of <b>peers</b>."
    )


def test_a_word_of_the_glossary_is_found_first_and_leads_to_its_meaning(
    glossary: GlossaryTerm, client: Client
) -> None:
    response = client.get("/search/", {"q": "numbats"})
    word, page = response.context["results"]
    assert (word.title, word.kind_label) == ("numbat circle", "Word explained")
    assert word.url == f"/glossary/#{glossary.anchor}"
    assert word.excerpt == "A circle of <b>peers</b>."
    assert "A circle of &lt;b&gt;peers&lt;/b&gt;." in response.content.decode()
    assert page.title == "Help"
    assert {kind["label"]: kind["count"] for kind in response.context["kinds"]} == {
        "Everything": 2,
        "Pages": 1,
        "Words explained": 1,
    }
    assert [
        one.title for one in client.get("/search/", {"q": "numbats", "kind": "words"}).context["results"]
    ] == ["numbat circle"]


def test_a_meaning_is_found_behind_the_word_itself(glossary: GlossaryTerm, client: Client) -> None:
    assert titles(client, "peer") == ["peer", "numbat circle"]
    assert titles(client, "peer boat") == ["peer"]
    assert titles(client, "peer boat circle") == []


def test_words_are_found_only_where_there_is_a_page_of_them(glossary: GlossaryTerm, client: Client) -> None:
    GlossaryPage.objects.get().unpublish()
    assert titles(client, "peer") == []


def test_many_words_and_pages_share_the_pages_of_results(glossary: GlossaryTerm, client: Client) -> None:
    for number in range(12):
        GlossaryTerm.objects.create(term=f"numbat {number}", meaning="One of many.")
    first = client.get("/search/", {"q": "numbat"}).context
    second = client.get("/search/", {"q": "numbat", "page": "2"}).context
    found = [result.title for result in [*first["results"], *second["results"]]]
    assert (len(first["results"]), len(found), len(set(found))) == (finding.PER_PAGE, 14, 14)
    assert found[-1] == "Help", "words come before pages"


def test_a_slip_in_a_word_of_the_glossary_is_answered(glossary: GlossaryTerm, client: Client) -> None:
    assert client.get("/search/", {"q": "numbta circle"}).context["suggested"]["words"] == "numbat circle"


def test_the_title_of_a_lesson_leads_to_the_page_of_its_course(
    pages: None, course: BuiltCourse, client: Client
) -> None:
    response = client.get("/search/", {"q": "lessons two"})
    (result,) = response.context["results"]
    assert (result.title, result.url) == ("Course TEST", course.page.url)
    assert result.excerpt == "In this course: “Lesson two”"
    assert "In this course: “<mark>Lesson two</mark>”" in response.content.decode()


def test_a_title_that_no_edition_holds_is_not_found(
    pages: None, course: BuiltCourse, client: Client, now: datetime
) -> None:
    stage = StagePage.objects.first()
    assert stage is not None
    build.lesson(stage, "A bandicoot in the room")
    assert titles(client, "bandicoot") == []
    publisher = User.objects.get(email__startswith="publisher")
    editions.publish(course_page=course.page, by=publisher, at=now)
    caches["local"].clear()
    # The page of the course tells of the edition that people can join, so search does too.
    assert titles(client, "bandicoot") == []
    build.cohort(Edition.objects.get(number=2), at=now)
    over = {"enrolment_opens_at": now - timedelta(days=9), "enrolment_closes_at": now - timedelta(days=1)}
    Cohort.objects.filter(edition=course.edition).update(**over)
    caches["local"].clear()
    assert titles(client, "bandicoot") == ["Course TEST"]
    course.page.unpublish()
    assert titles(client, "bandicoot") == []


def test_words_and_lessons_cost_no_statements_once_they_are_kept(
    glossary: GlossaryTerm, client: Client, django_assert_num_queries: Any
) -> None:
    client.get("/search/", {"q": "peer"})
    with django_assert_num_queries(3):
        client.get("/search/", {"q": "lesson"})
    with django_assert_num_queries(2):
        assert titles(client, "boat") == ["peer"]
