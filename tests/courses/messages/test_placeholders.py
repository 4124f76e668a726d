"""Placeholders in staff's words: names from a list, put in once, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.messages import placeholders

VALUES = {"learner_name": "Ada", "course_title": "Groups & {site_name}", "site_name": "Site", "empty": ""}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello {learner_name},", "Hello Ada,"),
        ("Hello {empty},", "Hello,"),
        ("{0.__class__} {learner_name.__class__} {learner_name!r} {learner_name:>99}", None),
        ("{{learner_name}}", "{Ada}"),
        ("{course_title}", "Groups & {site_name}"),
        ("%(learner_name)s {{ learner_name }} {% now %}", None),
    ],
)
def test_only_names_are_put_in(text: str, filled: str | None) -> None:
    assert placeholders.fill(text, VALUES) == (text if filled is None else filled)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{learner_name} {course_title}", []),
        ("{0.__class__}", ["0.__class__"]),
        ("{} { learner_name } {password} {password}", ["", " learner_name ", "password"]),
    ],
)
def test_what_is_unknown_is_named_once(text: str, unknown: list[str]) -> None:
    assert placeholders.unknown(text, VALUES) == unknown


@pytest.mark.parametrize(
    ("text", "stray"), [("{a}", False), ("{a", True), ("a}", True), ("{{a}}", True), ("a", False)]
)
def test_a_brace_alone_is_seen(text: str, stray: bool) -> None:
    assert placeholders.has_stray_brace(text) is stray


@given(st.text(max_size=60), st.text(max_size=30))
def test_any_text_is_filled_without_an_error_and_values_are_not_read_again(text: str, value: str) -> None:
    placeholders.fill(text, {"name": value})
    assert placeholders.fill("{name}", {"name": value, "other": "x"}) == value
