"""Where a citation and a record differ: a table of cases, among them those of the source case study."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.research import records
from cms.research.records import Part

BORKMAN = ["Borkman", "Munn-Giddings", "Smith", "Karlsson"]
BOYCE = ["Boyce", "Munn-Giddings", "Smith", "Campbell"]


def differing(
    cited_as: str, *authors: str, title: str = "", year: int | None = None, doi: str = ""
) -> list[Part]:
    return records.differences(cited_as=cited_as, title=title, authors=authors, year=year, doi=doi)


@pytest.mark.parametrize(
    ("cited_as", "record", "expected"),
    [
        # Nothing to compare with.
        ("", {"title": "T", "authors": ["A"], "year": 2009}, []),
        ("Boyce (2009). T.", {}, []),
        # The seven differences of the case study, as far as words can tell them.
        (
            "Borkman and others (2009). Funding in Self Help Organisations: A US-UK-Swedish analysis.",
            {
                "title": "Funding in Self Help: A UK-US Comparison",
                "authors": BORKMAN,
                "year": 2009,
            },
            [Part.TITLE],
        ),
        ("Boyce, Munn-Giddings, Campbell and Smith (2010). T.", {"authors": BOYCE}, [Part.AUTHORS]),
        ("Seebohm and others (2012). T.", {"authors": ["Seebohm"], "year": 2013}, [Part.YEAR]),
        (
            "SE-SURG, Secker and Gelling (2006). T.",
            {"authors": ["Secker", "Gelling"], "year": 2006},
            [Part.AUTHORS],
        ),
        # The same names, written in other ways.
        ("Boyce, M., Munn-Giddings, C., Smith, L. & Campbell, S. (2010).", {"authors": BOYCE}, []),
        ("Boyce, Munn-Giddings, Smith and Campbell (2010).", {"authors": ["Melanie Boyce", *BOYCE[1:]]}, []),
        ("Boyce, M., Smith, L. (2010).", {"authors": ["Boyce, M.", "Smith, L."]}, []),
        ("Boyce et al. (2010).", {"authors": BOYCE}, []),
        ("Campbell et al. (2010).", {"authors": BOYCE}, [Part.AUTHORS]),
        ("Boyce and Smith (2010).", {"authors": BOYCE}, [Part.AUTHORS]),
        ("O’Brien and Moules (2007).", {"authors": ["O'Brien", "Moules"]}, []),
        # Without a year in brackets, nobody can tell where the names end.
        ("Campbell, Boyce. T. 2010.", {"authors": BOYCE, "year": 2011}, []),
        # Titles in other letters or spaces; a full stop at the end.
        ("Boyce (2010). How groups   help. J.", {"title": "How Groups Help."}, []),
        # The DOI.
        ("Boyce (2010). DOI 10.5042/mhrj.2010.0370.", {"doi": "10.5042/MHRJ.2010.0370"}, []),
        (
            "Boyce (2010). https://doi.org/10.5042/mhrj.2010.0371",
            {"doi": "10.5042/mhrj.2010.0370"},
            [Part.DOI],
        ),
        ("Boyce (2010).", {"doi": "10.5042/mhrj.2010.0370"}, []),
    ],
)
def test_what_differs_is_named(cited_as: str, record: dict[str, Any], expected: list[Part]) -> None:
    authors = record.pop("authors", [])
    assert differing(cited_as, *authors, **record) == expected


@given(
    st.lists(st.sampled_from(["Ada", "Munn-Giddings", "O'Brien", "Li"]), min_size=1, unique=True), st.text()
)
def test_a_citation_made_from_the_record_never_differs(authors: list[str], title: str) -> None:
    cited = f"{', '.join(authors)} (2010). {title}. DOI 10.1000/182"
    assert differing(cited, *authors, title=title, year=2010, doi="10.1000/182") == []


@given(st.text(), st.text(), st.lists(st.text(), max_size=4))
def test_any_words_can_be_compared(cited_as: str, title: str, authors: list[str]) -> None:
    differing(cited_as, *authors, title=title, year=2010, doi="10.1000/182")
