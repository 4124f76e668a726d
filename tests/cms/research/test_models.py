"""Research pages: the reference, corrections newest first, and what to read next."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.rich_text import RichText

from cms.core.blocks import ParagraphBlock
from cms.research.models import ResearchIndexPage, ResearchSummaryPage
from tests.factories import courses as build


@pytest.fixture
def index(db: None) -> ResearchIndexPage:
    page: ResearchIndexPage = build._add(build.home(), ResearchIndexPage(title="Research", slug="research"))
    return page


def summary(index: ResearchIndexPage, title: str, **fields: Any) -> ResearchSummaryPage:
    defaults = {
        "one_line": f"About {title}.",
        "body": [("paragraph", "<p>Plain words</p>")],
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


def test_the_list_shows_the_newest_first_and_leaves_out_drafts(
    index: ResearchIndexPage, client: Client
) -> None:
    pages = [summary(index, f"Work {year}", year=year) for year in (2019, 2021, 2020, 2018, 2017)]
    pages[3].unpublish()
    shown = client.get(index.url).context["summaries"]
    assert [p.year for p in shown] == [2021, 2020, 2019, 2017]
    assert [p.year for p in pages[0].related] == [2021, 2020, 2017]
    assert client.get(pages[3].url or "/research/work-2018/").status_code == 404


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
