import json
import string
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.certificates.facts import (
    Facts,
    FactsUnreadableError,
    duration,
    from_json,
    name_digest,
    rows,
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


# Shown to people


def test_the_rows_are_in_the_order_of_every_certificate() -> None:
    assert rows(FACTS) == [
        ("Course", "Working with self-help groups (LL-SHG)"),
        ("Edition", "2"),
        ("Provider", "Lived Learning"),
        ("Started", "2 November 2026"),
        ("Completed", "21 November 2026"),
        ("Issued", "23 November 2026"),
        ("Time", "2 hours 15 minutes of self-directed study; no live sessions"),
        (
            "How it was assessed",
            "Passed the quiz “What self-help is” with 88% (pass mark 75%).",
        ),
        ("Accreditation", "None. No outside body has accredited this course."),
    ]


@pytest.mark.parametrize(
    ("alone", "together", "sentence"),
    [
        (135, 0, "2 hours 15 minutes of self-directed study; no live sessions"),
        (0, 360, "No self-directed study; 6 hours of live sessions"),
        (
            90,
            45,
            "1 hour 30 minutes of self-directed study; 45 minutes of live sessions;"
            " 2 hours 15 minutes in all",
        ),
        (0, 0, "No self-directed study; no live sessions"),
    ],
)
def test_time_is_told_by_kind(alone: int, together: int, sentence: str) -> None:
    facts = replace(FACTS, self_directed_minutes=alone, participatory_minutes=together)
    assert dict(rows(facts))["Time"] == sentence


@pytest.mark.parametrize(
    ("assessment", "sentence"),
    [
        ((), "There was no assessment."),
        (
            ("Passed one quiz", "An assessor read the plan."),
            "Passed one quiz. An assessor read the plan.",
        ),
    ],
)
def test_assessment_is_told_in_sentences(assessment: tuple[str, ...], sentence: str) -> None:
    assert dict(rows(replace(FACTS, assessment=assessment)))["How it was assessed"] == sentence


def test_an_accreditation_is_shown_as_it_was_written() -> None:
    facts = replace(FACTS, accreditation="Example body, number 1.")
    assert dict(rows(facts))["Accreditation"] == "Example body, number 1."


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (65, "1 hour 5 minutes"),
        (120, "2 hours"),
        (6000, "100 hours"),
    ],
)
def test_a_duration_is_said_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert duration(minutes) == words


def test_a_duration_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        duration(-1)


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
