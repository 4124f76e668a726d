import json
import string
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.certificates.facts import (
    Facts,
    FactsUnreadableError,
    from_json,
    name_digest,
    to_json,
)

SALT = b"0123456789abcdef"

FACTS = Facts(
    kind="Certificate of completion",
    course_code="LL-SHG",
    course_title="Working with self-help groups",
    edition_number=2,
    provider="Lived Learning",
    stages=("What self-help is",),
    outcomes=("You can support a group without taking it over.",),
    started_on=date(2026, 11, 2),
    completed_on=date(2026, 11, 21),
    issued_on=date(2026, 11, 23),
    self_directed_minutes=135,
    participatory_minutes=0,
    assessment=("Passed the quiz “What self-help is” with 88% (pass mark 75%)",),
    accreditation="",
    statement="This is not a qualification.",
    notice="",
)

texts = st.text(max_size=30)
some_texts = st.lists(texts, max_size=4).map(tuple)
some_facts = st.builds(
    Facts,
    kind=texts,
    course_code=texts,
    course_title=texts,
    edition_number=st.integers(),
    provider=texts,
    stages=some_texts,
    outcomes=some_texts,
    started_on=st.dates(),
    completed_on=st.dates(),
    issued_on=st.dates(),
    self_directed_minutes=st.integers(min_value=0),
    participatory_minutes=st.integers(min_value=0),
    assessment=some_texts,
    accreditation=texts,
    statement=texts,
    notice=texts,
)


# Kept as JSON


@given(some_facts)
def test_facts_come_back_from_json_as_they_went_in(facts: Facts) -> None:
    assert from_json(json.loads(json.dumps(to_json(facts)))) == facts


def test_dates_are_kept_as_plain_days() -> None:
    assert to_json(FACTS)["issued_on"] == "2026-11-23"


@pytest.mark.parametrize("name", sorted(to_json(FACTS)))
def test_a_missing_fact_is_named(name: str) -> None:
    stored = to_json(FACTS)
    del stored[name]
    with pytest.raises(FactsUnreadableError, match=rf"missing: {name}\."):
        from_json(stored)


def test_an_unknown_fact_is_named() -> None:
    with pytest.raises(FactsUnreadableError, match=r"not known: holder\."):
        from_json(to_json(FACTS) | {"holder": "Ada"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("course_title", None),
        ("course_title", 7),
        ("edition_number", "2"),
        ("edition_number", True),
        ("stages", "What self-help is"),
        ("stages", [1]),
        ("issued_on", "23 November 2026"),
        ("issued_on", None),
    ],
)
def test_a_fact_of_the_wrong_type_is_named(name: str, value: object) -> None:
    with pytest.raises(FactsUnreadableError, match=name):
        from_json(to_json(FACTS) | {name: value})


# Comparing a typed name


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("Ada Okonkwo", "ada okonkwo"),
        ("Ada Okonkwo", "  Ada \t Okonkwo\n"),
        ("Ada Okonkwo", "Ada\u00a0Okonkwo"),
        ("Siân O’Brien", "SIÂN O'BRIEN"),
        ("Siân O´Brien", "Siân O`Brien"),
        ("Anne‑Marie", "Anne-Marie"),
        ("Anne–Marie", "anne-marie"),
        ("Zoë", "Zoe\u0308"),
        ("Straße", "STRASSE"),
        ("Ａｄａ", "Ada"),
        ("ﬁona", "Fiona"),
        ("Νίκος", "ΝΊΚΟΣ"),
        ("فاطمة", "\u200fفاطمة"),
        ("علی\u200cرضا", "علیرضا"),
    ],
)
def test_two_ways_of_writing_one_name_match(printed: str, typed: str) -> None:
    assert name_digest(printed, SALT) == name_digest(typed, SALT)


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("Ada Okonkwo", "Ada Okonkwe"),
        ("Ada Okonkwo", "AdaOkonkwo"),
        ("Ada Okonkwo", "Okonkwo Ada"),
        ("Zoë", "Zoe"),
        ("O'Brien", "OBrien"),
        ("Anne-Marie", "Anne Marie"),
        ("Ada", ""),
        ("Ada", "Аda"),  # a Cyrillic capital looks the same and is not
    ],
)
def test_a_different_name_does_not_match(printed: str, typed: str) -> None:
    assert name_digest(printed, SALT) != name_digest(typed, SALT)


def test_the_digest_is_the_one_the_docstring_describes() -> None:
    # printf 'pepperada o'\''brien-okonkwo' | sha256sum
    expected = "ec55be94d18104a385509305260b514dc95dd944e7acee8e6e6631d04170ff8a"
    assert name_digest("  Ada O’Brien–Okonkwo ", b"pepper") == expected


def test_the_salt_makes_equal_names_differ() -> None:
    assert name_digest("Ada", b"one") != name_digest("Ada", b"two")


# Letters whose small and capital forms belong together in every language.
words = st.text(string.ascii_letters + "äéñøßčłőαβγσжйщ'-", min_size=1, max_size=12)
names = st.lists(words, min_size=1, max_size=4)
spaces = st.text(" \t\n\u00a0\u2003", min_size=1, max_size=4)


@given(names, spaces, spaces, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]))
def test_spacing_and_case_never_matter(
    parts: list[str], gap: str, edge: str, recase: Callable[[str], str]
) -> None:
    typed = edge + recase(gap.join(parts)) + edge
    assert name_digest(typed, SALT) == name_digest(" ".join(parts), SALT)


plain_names = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=8), min_size=1, max_size=4)


@given(plain_names, plain_names)
def test_a_different_name_never_matches(one: list[str], other: list[str]) -> None:
    assume(one != other)
    assert name_digest(" ".join(one), SALT) != name_digest(" ".join(other), SALT)


@given(st.text())
def test_any_text_at_all_has_a_digest(text: str) -> None:
    assert len(name_digest(text, SALT)) == 64


def test_half_of_a_surrogate_pair_has_a_digest_too() -> None:
    assert len(name_digest("\ud800", SALT)) == 64
