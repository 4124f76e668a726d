"""Research pages: two records of one work, dated notes, what belongs together, and the list by kind."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.rich_text import RichText

from cms.core import page_remarks
from cms.core.blocks import ParagraphBlock
from cms.research.kinds import Kind
from cms.research.models import ResearchIndexPage, ResearchRelation, ResearchSummaryPage
from cms.users.models import User
from tests.architecture.test_pages import form_of
from tests.factories import courses as build


@pytest.fixture
def index(db: None) -> ResearchIndexPage:
    page: ResearchIndexPage = build._add(build.home(), ResearchIndexPage(title="Research", slug="research"))
    return page


def summary(index: ResearchIndexPage, title: str, **fields: Any) -> ResearchSummaryPage:
    defaults = {
        "one_line": f"About {title}.",
        "body": [("paragraph", "<p>Plain words</p>")],
        "source": "A case study.",
        "authors": [("author", {"name": "A. Author", "orcid": "0000-0002-1825-0097"})],
        "cited_as": f"Author, A. (2020). {title}.",
        "year": 2020,
        "venue": "A journal",
    }
    page: ResearchSummaryPage = build._add(index, ResearchSummaryPage(title=title, **{**defaults, **fields}))
    return page


def test_a_summary_tells_where_the_work_is(index: ResearchIndexPage, client: Client) -> None:
    page = summary(index, "One", doi="10.1000/182")
    assert page.reference.doi_url == "https://doi.org/10.1000/182"
    assert page.reference.authors == [{"name": "A. Author", "orcid": "0000-0002-1825-0097"}]
    body = client.get(page.url).content.decode()
    assert "https://doi.org/10.1000/182" in body
    assert "A. Author" in body
    assert summary(index, "Two").reference.doi_url == ""


@pytest.mark.parametrize("doi", ["https://doi.org/10.1000/182", "doi:10.1/2", "javascript:alert(1)"])
def test_a_doi_is_written_without_its_address(index: ResearchIndexPage, doi: str) -> None:
    page = summary(index, "One")
    page.doi = doi
    with pytest.raises(ValidationError, match="A DOI starts with 10"):
        page.full_clean()


def test_corrections_are_dated_and_newest_first(index: ResearchIndexPage, client: Client) -> None:
    page = summary(
        index,
        "One",
        corrections_log=[
            ("correction", {"on": date(2026, 1, 1), "text": "The first."}),
            ("correction", {"on": date(2026, 3, 1), "text": "The second."}),
        ],
    )
    assert [c.text for c in page.corrections] == ["The second.", "The first."]
    body = client.get(page.url).content.decode()
    assert body.index("The second.") < body.index("The first.")


def test_what_is_cited_and_what_is_registered_are_both_shown(
    index: ResearchIndexPage, client: Client
) -> None:
    cited = "Author and others (2009). A US-UK-Swedish analysis."
    page = summary(
        index,
        "One",
        cited_as=cited,
        registered_title="A UK-US Comparison",
        doi="10.1000/182",
        corrections_log=[
            ("correction", {"about": "title", "on": date(2026, 11, 23), "text": "They differ."})
        ],
    )
    body = client.get(page.url).content.decode()
    assert (
        body.index("Cited as") < body.index(cited) < body.index("Registered as") < body.index("A UK-US Comp")
    )
    assert "Title, <time" in body
    assert "23 November 2026" in body
    unseen = client.get(summary(index, "Two").url).content.decode()
    assert "Registered as" not in unseen
    assert "We have seen no record of it" in unseen


def registered(client: Client, page: ResearchSummaryPage) -> str:
    """The line after “Registered as”, as it is read."""
    _before, _term, after = client.get(page.url).content.decode().partition("Registered as</dt>")
    return " ".join(re.sub(r"<[^>]+>", "", after.partition("</dd>")[0]).split())


@pytest.mark.parametrize(
    ("names", "more", "only_cited", "line"),
    [
        (["Author"], False, False, "Author (2020). Theirs. A journal"),
        (["Author"], True, False, "Author and others (2020). Theirs. A journal"),
        (["Author", "Else"], False, True, "Author and Else. Theirs. A journal"),
        (["Author", "Else"], True, False, "Author, Else and others (2020). Theirs. A journal"),
    ],
)
def test_the_record_claims_no_more_than_was_seen_of_it(
    index: ResearchIndexPage, client: Client, names: list[str], more: bool, only_cited: bool, line: str
) -> None:
    page = summary(
        index,
        "One",
        authors=[("author", {"name": name, "orcid": ""}) for name in names],
        registered_title="Theirs",
        has_more_authors=more,
        is_year_only_cited=only_cited,
    )
    assert registered(client, page) == line


def remarks(page: ResearchSummaryPage) -> list[str]:
    return [remark.sentence for remark in page_remarks.remarks_on(page) if remark.kind == "record"]


def test_editors_are_asked_for_a_note_where_records_differ(index: ResearchIndexPage) -> None:
    cited = "Else, A. (2020). One."
    page = summary(index, "One", cited_as=cited, registered_title="Another title", year=2021)
    assert [sentence.partition(".")[0] for sentence in remarks(page)] == [
        "The title is not in “cited as”",
        "“Cited as” has other authors, or another order",
        "“Cited as” has another year",
    ]
    page.authors = [("author", {"name": "Else", "orcid": ""})]
    page.corrections_log = [
        ("correction", {"about": about, "on": date(2026, 1, 1), "text": "x"}) for about in ("title", "other")
    ]
    assert len(remarks(page)) == 1
    page.cited_as, page.has_more_authors = "Else, A. and Third, B. (2021). Another title.", True
    assert remarks(page) == []
    page.has_more_authors = False
    assert len(remarks(page)) == 1
    page.kind = Kind.GROUP.value
    assert remarks(page) == []


def relate(page: ResearchSummaryPage, other: ResearchSummaryPage, how: str = "", place: int = 0) -> None:
    ResearchRelation.objects.create(page=page, other=other, how=how, sort_order=place)


def together(client: Client, page: Page) -> dict[str, list[tuple[str, str]]]:
    groups = client.get(page.url).context["related"]
    return {str(group.label): [(other.title, other.how) for other in group.pages] for group in groups}


def test_pages_that_belong_together_are_shown_on_both(index: ResearchIndexPage, client: Client) -> None:
    project = summary(index, "A project", kind="project")
    late, early = summary(index, "Late", year=2012), summary(index, "Early", year=2001)
    group, draft = summary(index, "A group", kind="group"), summary(index, "A draft", kind="group")
    relate(project, late, "It reports the project.", 1)
    relate(project, early, "", 0)
    relate(project, draft)
    relate(group, project, "The group came out of the project.")
    relate(project, group, "Said twice.", 2)
    draft.unpublish()
    assert together(client, project) == {
        "Published works": [("Early", ""), ("Late", "It reports the project.")],
        "Research groups": [("A group", "Said twice.")],
    }
    assert together(client, group) == {"Projects": [("A project", "The group came out of the project.")]}
    assert together(client, late) == {"Projects": [("A project", "It reports the project.")]}


def test_a_new_link_is_on_the_other_page_at_once(index: ResearchIndexPage, client: Client) -> None:
    """The other page was kept in the cache of public pages before anybody named it."""
    one, two = summary(index, "One"), summary(index, "Two")
    assert client.get(two.url).context is not None
    assert client.get(two.url).context is None, "it comes from the cache"
    one.relations = [ResearchRelation(other=two, how="They are alike.")]
    one.save_revision().publish()
    assert "They are alike." in client.get(two.url).content.decode()


def test_works_elsewhere_say_whether_our_source_names_them(index: ResearchIndexPage, client: Client) -> None:
    def work(title: str, address: str = "", *, in_source: bool) -> tuple[str, dict[str, Any]]:
        return ("work", {"title": title, "about": "", "address": address, "in_source": in_source})

    page = summary(
        index,
        "One",
        read_more=[
            work("Theirs", "https://hdl.handle.net/1/2", in_source=True),
            work("Ours", in_source=False),
        ],
    )
    body = client.get(page.url).content.decode()
    assert 'href="https://hdl.handle.net/1/2"' in body
    assert body.count("We found it ourselves") == 1
    assert body.index("Theirs") < body.index("Ours") < body.index("We found it ourselves")


@pytest.fixture
def five(index: ResearchIndexPage) -> list[ResearchSummaryPage]:
    """Three works, a group, and a work that is only a draft."""
    works = [summary(index, f"Work {year}", year=year) for year in (2019, 2021, 2020, 2018)]
    works[3].unpublish()
    return [*works, summary(index, "A group", kind="group", year=None, venue="", years="Since 2007")]


def shown(client: Client, address: str) -> dict[str, list[str]]:
    listing = client.get(address).context["listing"]
    return {section.kind: [page.title for page in section.pages] for section in listing.sections}


WORKS = ["Work 2021", "Work 2020", "Work 2019"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", {"work": WORKS, "group": ["A group"]}),
        ("?kind=group", {"group": ["A group"]}),
        ("?kind=work", {"work": WORKS}),
        # A kind that has no pages, and one that there is not.
        ("?kind=policy", {"work": WORKS, "group": ["A group"]}),
        ("?kind=%00", {"work": WORKS, "group": ["A group"]}),
    ],
)
def test_the_list_is_narrowed_down_in_the_address(
    five: list[ResearchSummaryPage], client: Client, asked: str, expected: dict[str, list[str]]
) -> None:
    assert shown(client, f"/research/{asked}") == expected


def test_the_kinds_are_counted_and_lead_to_their_pages(
    five: list[ResearchSummaryPage], client: Client
) -> None:
    choices = client.get("/research/?kind=group").context["listing"].choices
    assert [(choice.kind, choice.count, choice.is_chosen) for choice in choices] == [
        ("", 4, False),
        ("work", 3, False),
        ("group", 1, True),
    ]
    assert shown(client, choices[1].url) == {"work": WORKS}
    body = client.get("/research/?kind=group").content.decode()
    assert "Since 2007" in body
    assert '<link rel="canonical" href="http://testserver/research/">' in body


def test_the_home_page_shows_the_newest_works_and_no_groups(
    five: list[ResearchSummaryPage], client: Client
) -> None:
    assert [page.title for page in client.get("/").context["summaries"]] == WORKS
    assert client.get(five[3].url or "/research/work-2018/").status_code == 404


def test_programs_are_told_of_the_article_and_not_that_the_page_is_one(
    index: ResearchIndexPage, client: Client
) -> None:
    page = summary(
        index, "Ours </script>", registered_title="Theirs", volume="15", issue="2", doi="10.1000/182"
    )
    body = client.get(page.url).content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)
    said = json.loads(data)
    assert (said["@type"], said["name"]) == ("WebPage", "Ours </script>")
    article = said["mainEntity"]
    assert (article["@type"], article["name"]) == ("ScholarlyArticle", "Theirs")
    assert article["author"][0]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert article["isPartOf"]["isPartOf"]["isPartOf"] == {"@type": "Periodical", "name": "A journal"}
    unknown = summary(index, "No journal", venue="", volume="15")
    assert "isPartOf" not in client.get(unknown.url).content.decode()
    group = summary(index, "A group", kind="group")
    assert "ld+json" not in client.get(group.url).content.decode()


# What each kind of page cannot do without, besides what every page needs.
NEEDS = {"work": {"cited_as", "authors", "year"}, "report": {"cited_as"}}


@pytest.mark.parametrize("kind", Kind.values)
def test_what_a_page_needs_depends_on_its_kind(
    index: ResearchIndexPage, client: Client, ed: User, kind: str
) -> None:
    client.force_login(ed)
    url = reverse("wagtailadmin_pages:add", args=["research", "researchsummarypage", index.pk])
    empty = form_of(ResearchSummaryPage(), client.get(url)) | {"title": "One", "slug": "one", "kind": kind}
    refused = client.post(url, empty | {"action-publish": "publish"})
    assert set(refused.context["form"].errors) == {"one_line", "body", "source"} | NEEDS.get(kind, set())
    assert client.post(url, empty).status_code == 302, "a draft needs only a title"
    # By a way that asks no form, such as a date on which a draft is published.
    draft = ResearchSummaryPage.objects.get()
    draft.one_line, draft.source, draft.body = "One.", "Somebody.", [("paragraph", "<p>Words</p>")]
    if kind not in NEEDS:
        draft.save_revision().publish()
        assert client.get("/research/one/").status_code == 200
        return
    with pytest.raises(ValidationError) as error:
        draft.save_revision(clean=False).publish()
    assert set(error.value.message_dict) == NEEDS[kind]


def test_a_page_is_not_linked_to_itself_or_twice(index: ResearchIndexPage, client: Client, ed: User) -> None:
    page, other = summary(index, "One"), summary(index, "Two")
    relate(page, other)
    client.force_login(ed)
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    sent = form_of(page, client.get(url)) | {"relations-TOTAL_FORMS": "3"}
    for place, number in enumerate((other.pk, page.pk, other.pk)):
        sent |= {
            f"relations-{place}-other": number,
            f"relations-{place}-how": "",
            f"relations-{place}-ORDER": place,
        }
    refused = client.post(url, sent)
    errors = [form.errors for form in refused.context["form"].formsets["relations"].forms]
    assert errors == [
        {},
        {"other": ["This is the page itself. Choose another one."]},
        {"other": ["This page is already in the list."]},
    ]
    mended = sent | {"relations-TOTAL_FORMS": "1", "action-publish": "publish"}
    assert client.post(url, mended).status_code == 302


def test_links_are_seen_in_the_preview_of_a_draft(index: ResearchIndexPage, client: Client, ed: User) -> None:
    page, other = summary(index, "One"), summary(index, "Two")
    client.force_login(ed)
    sent = form_of(page, client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])))
    sent |= {
        "relations-TOTAL_FORMS": "1",
        "relations-0-other": other.pk,
        "relations-0-how": "They are alike.",
    }
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    client.post(preview, sent | {"relations-0-ORDER": "1"})
    assert "They are alike." in client.get(preview).content.decode()
    assert not ResearchRelation.objects.exists()


ATTACK = '<script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a>'


def test_words_of_a_page_are_text_and_never_code(index: ResearchIndexPage, client: Client) -> None:
    page = summary(
        index,
        "<script>alert(2)</script>",
        slug="attack",
        body=[
            ("paragraph", typed_in_the_editor(ATTACK, link="javascript:alert(1)")),
            ("quotation", {"text": ATTACK, "source": ATTACK}),
            ("heading", {"text": ATTACK, "level": "2"}),
        ],
        cited_as=ATTACK,
        notes=ATTACK,
    )
    body = client.get(page.url).content.decode()
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert not re.search(r"<a\b[^>]*javascript:", body)
    assert body.count("&lt;script&gt;") > 4


def typed_in_the_editor(text: str, *, link: str) -> RichText:
    """What the form of the admin makes of a paragraph with a link, typed or sent by a forged request."""
    entity = {"type": "LINK", "mutability": "MUTABLE", "data": {"url": link}}
    block = {
        "key": "a",
        "type": "unstyled",
        "depth": 0,
        "text": text,
        "inlineStyleRanges": [],
        "entityRanges": [{"key": 0, "offset": 0, "length": 3}],
    }
    sent = json.dumps({"blocks": [block], "entityMap": {"0": entity}})
    found: RichText = ParagraphBlock().value_from_datadict({"x": sent}, {}, "x")
    return found
