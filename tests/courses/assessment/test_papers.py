"""The frozen paper: it comes back as it went in, and mixing the options loses none."""

import json
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessment.papers import Option, Paper, Question, from_json, shuffled, to_json
from tests.factories import outlines as shapes


@given(shapes.papers())
def test_a_paper_comes_back_from_storage_as_it_went_in(paper: Paper) -> None:
    assert from_json(json.loads(json.dumps(to_json(paper)))) == paper


@given(shapes.papers())
def test_a_paper_from_before_safety_questions_is_read_as_one_without_any(paper: Paper) -> None:
    stored = to_json(paper)
    written = [question.pop("must_be_right", False) for question in stored["questions"]]
    assert written == [question.must_be_right for question in paper.questions]
    before = tuple(replace(question, must_be_right=False) for question in paper.questions)
    assert from_json(stored) == Paper(before)


@pytest.mark.parametrize("stored", [{}, {"format": 2, "questions": []}, {"format": "1", "questions": []}])
def test_a_format_that_is_not_known_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is not known"):
        from_json(stored)


@given(shapes.questions(), st.integers(0, 2**32))
def test_mixing_keeps_every_option_and_exactly_the_right_ones(question: Question, seed: int) -> None:
    mixed = shuffled(question.options, random=Random(seed))
    assert Counter((o.text, o.is_right, o.feedback) for o in mixed) == Counter(
        (o.text, o.is_right, o.feedback) for o in question.options
    )
    assert [o.key for o in mixed] == [o.key for o in question.options]


def test_mixing_really_gives_other_orders() -> None:
    options = tuple(Option(key, f"text {key}", key == "a", "") for key in "abcd")
    orders = {tuple(o.text for o in shuffled(options, random=Random(seed))) for seed in range(50)}
    assert len(orders) > 10
    right = {next(o.key for o in shuffled(options, random=Random(seed)) if o.is_right) for seed in range(50)}
    assert right == set("abcd")


@given(shapes.papers())
def test_a_question_is_found_by_its_slot_and_no_other_number(paper: Paper) -> None:
    for question in paper.questions:
        assert paper.question(question.slot) is question
        assert question.right_keys <= question.keys
    assert paper.question(0) is None
    assert paper.question(len(paper.questions) + 1) is None
