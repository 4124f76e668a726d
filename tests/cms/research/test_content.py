"""The research texts in content/: all twenty are there, links lead somewhere, and differences have notes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cms.research import records
from cms.research.kinds import WORDS, Kind
from home.demo.text import Text, read

TEXTS = {
    text.about["slug"]: text
    for text in map(read, sorted(Path(settings.BASE_DIR, "content/research").glob("*.md")))
}
EVERY_TEXT = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def test_every_entry_of_the_source_has_its_page() -> None:
    kinds = Counter(text.about["kind"] for text in TEXTS.values())
    assert kinds == {"work": 7, "group": 3, "project": 4, "study": 4, "policy": 1, "report": 1}


@EVERY_TEXT
def test_a_text_has_what_its_kind_needs(text: Text) -> None:
    about = text.about
    assert [
        name for name in ("source", "one_line", *WORDS[Kind(about["kind"])].needs) if not about.get(name)
    ] == []
    assert len(about["one_line"]) <= 160
    assert {other["page"] for other in about["related"]} <= set(TEXTS) - {about["slug"]}


@EVERY_TEXT
def test_every_page_is_linked_from_another(text: Text) -> None:
    slug = text.about["slug"]
    naming = [
        other for other in TEXTS.values() if slug in {named["page"] for named in other.about["related"]}
    ]
    assert naming or text.about["related"]


@EVERY_TEXT
def test_where_records_differ_a_dated_note_says_so(text: Text) -> None:
    about: dict[str, Any] = text.about
    differing = records.differences(
        cited_as=about.get("cited_as", ""),
        title=about.get("registered_title", ""),
        authors=[author["name"] for author in about.get("authors", [])],
        year=about.get("year"),
        doi=about.get("doi", ""),
    )
    assert {part.value for part in differing} <= {note["about"] for note in about.get("corrections", [])}


@pytest.mark.parametrize(
    ("slug", "noted"),
    [
        ("group-north-essex-research-network", {"year"}),
        ("funding-and-philosophy-of-self-help", {"title", "venue"}),
        ("user-run-organisations", {"authors"}),
        ("mental-wellbeing-self-help-groups", {"year", "authors"}),
        ("still-dreaming", {"authors", "name"}),
        ("group-se-surg", {"name"}),
        ("young-researchers-spiral", {"venue"}),
    ],
)
def test_the_seven_differences_of_the_case_study_are_noted(slug: str, noted: set[str]) -> None:
    assert {note["about"] for note in TEXTS[slug].about["corrections"]} == noted
