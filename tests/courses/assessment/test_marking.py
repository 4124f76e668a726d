"""Marking: exactly the right options or nothing, whole numbers, the same every time."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.assessment.marking import mark, percent, points_needed
from courses.assessment.papers import Option, Paper, Question, QuestionKind, shuffled
from tests.factories import outlines as shapes

Choices = dict[int, frozenset[str]]


@given(shapes.answered_papers(), st.integers(0, 100))
def test_a_question_earns_all_its_marks_for_exactly_the_right_options_and_else_none(
    answered: tuple[Paper, Choices], pass_mark: int
) -> None:
    paper, choices = answered
    result = mark(paper, choices, pass_mark_percent=pass_mark)
    for question, marked in zip(paper.questions, result.questions, strict=True):
        chosen = choices.get(question.slot, frozenset())
        assert marked.is_right is (chosen == question.right_keys)
        assert marked.mark == (question.marks if marked.is_right else 0)
        assert marked.max_mark == question.marks
        assert marked.is_answered is bool(chosen)
    assert result.score == sum(q.mark for q in result.questions)
    assert result.max_score == sum(q.marks for q in paper.questions)


@given(shapes.answered_papers(), st.integers(0, 100))
def test_passing_is_decided_in_whole_numbers(answered: tuple[Paper, Choices], pass_mark: int) -> None:
    paper, choices = answered
    result = mark(paper, choices, pass_mark_percent=pass_mark)
    assert result.reached_pass_mark is (result.score * 100 >= pass_mark * result.max_score)
    assert 0 <= result.percent <= 100
    # What is shown can never say less than the pass mark to somebody who passed.
    assert result.reached_pass_mark is (result.percent >= pass_mark)


@given(shapes.answered_papers(), st.integers(0, 100))
def test_the_points_needed_are_exactly_those_that_reach_the_pass_mark(
    answered: tuple[Paper, Choices], pass_mark: int
) -> None:
    found = mark(*answered, pass_mark_percent=pass_mark)
    needed = points_needed(found.max_score, pass_mark)
    assert found.reached_pass_mark is (found.score >= needed)
    assert 0 <= needed <= found.max_score


@pytest.mark.parametrize(
    ("most", "pass_mark", "needed"), [(8, 75, 6), (8, 70, 6), (10, 70, 7), (3, 60, 2), (1, 1, 1), (5, 0, 0)]
)
def test_points_needed_are_rounded_up(most: int, pass_mark: int, needed: int) -> None:
    assert points_needed(most, pass_mark) == needed


@given(shapes.answered_papers(), st.integers(0, 100))
def test_a_pass_is_the_pass_mark_and_every_question_that_must_be_right(
    answered: tuple[Paper, Choices], pass_mark: int
) -> None:
    paper, choices = answered
    result = mark(paper, choices, pass_mark_percent=pass_mark)
    must = [q for q in paper.questions if q.must_be_right]
    missing = [q.slot for q in must if choices.get(q.slot, frozenset()) != q.right_keys]
    assert [q.slot for q in result.must_be_right] == [q.slot for q in must]
    assert [q.slot for q in result.not_right_yet] == missing
    assert result.passed is (result.score * 100 >= pass_mark * result.max_score and missing == [])


@given(shapes.answered_papers(), st.integers(0, 100))
def test_a_safety_question_takes_a_pass_away_but_never_a_mark_and_never_gives_a_pass(
    answered: tuple[Paper, Choices], pass_mark: int
) -> None:
    paper, choices = answered
    ordinary = Paper(tuple(replace(q, must_be_right=False) for q in paper.questions))
    strict = Paper(tuple(replace(q, must_be_right=True) for q in paper.questions))
    results = [mark(one, choices, pass_mark_percent=pass_mark) for one in (ordinary, paper, strict)]
    assert len({(r.score, r.max_score, r.reached_pass_mark) for r in results}) == 1
    plain, mixed, all_of_them = (r.passed for r in results)
    assert plain >= mixed >= all_of_them
    assert plain is results[0].reached_pass_mark
    assert all_of_them is all(q.is_right for q in results[2].questions)


@given(shapes.papers(), st.integers(1, 100))
def test_a_blank_paper_earns_nothing_and_fails_every_real_pass_mark(paper: Paper, pass_mark: int) -> None:
    blank: Choices = {question.slot: frozenset() for question in paper.questions}
    for choices in ({}, blank):
        result = mark(paper, choices, pass_mark_percent=pass_mark)
        assert (result.score, result.passed) == (0, False)
        assert not any(q.is_answered or q.is_right for q in result.questions)


@given(shapes.answered_papers(), st.integers(0, 2**32))
def test_another_order_of_the_options_never_changes_the_marks(
    answered: tuple[Paper, Choices], seed: int
) -> None:
    paper, choices = answered
    random = Random(seed)
    mixed, moved = [], {}
    for question in paper.questions:
        options = shuffled(question.options, random=random)
        mixed.append(replace(question, options=options))
        new_key = {option.text: option.key for option in options}
        old_text = {option.key: option.text for option in question.options}
        if question.slot in choices:
            keys = choices[question.slot]
            moved[question.slot] = frozenset(new_key[old_text[k]] if k in old_text else k for k in keys)
    first = mark(paper, choices, pass_mark_percent=75)
    assert mark(Paper(tuple(mixed)), moved, pass_mark_percent=75) == first


@given(shapes.answered_papers())
def test_answers_to_questions_that_the_paper_does_not_have_change_nothing(
    answered: tuple[Paper, Choices],
) -> None:
    paper, choices = answered
    more = {**choices, 99: frozenset({"a"})}
    assert mark(paper, more, pass_mark_percent=60) == mark(paper, choices, pass_mark_percent=60)


def question(kind: QuestionKind, right: str, *, slot: int = 1, marks: int = 1) -> Question:
    options = tuple(Option(key, f"text {key}", key in right, "") for key in "abc")
    return Question(slot, 1, 1, kind, "?", options, "", marks)


@pytest.mark.parametrize(
    ("kind", "right", "chosen", "is_right"),
    [
        (QuestionKind.SINGLE, "a", "a", True),
        (QuestionKind.SINGLE, "a", "b", False),
        (QuestionKind.SINGLE, "a", "ab", False),
        (QuestionKind.SINGLE, "a", "", False),
        (QuestionKind.TRUE_FALSE, "b", "ab", False),
        (QuestionKind.MULTIPLE, "ac", "ac", True),
        (QuestionKind.MULTIPLE, "ac", "a", False),
        (QuestionKind.MULTIPLE, "ac", "abc", False),
        (QuestionKind.MULTIPLE, "abc", "abc", True),
    ],
)
def test_what_counts_as_right(kind: QuestionKind, right: str, chosen: str, is_right: bool) -> None:
    result = mark(Paper((question(kind, right),)), {1: frozenset(chosen)}, pass_mark_percent=100)
    assert result.questions[0].is_right is is_right
    assert result.passed is is_right


def test_a_question_without_a_right_answer_is_not_earned_by_leaving_it_blank() -> None:
    paper = Paper((question(QuestionKind.SINGLE, ""),))
    assert mark(paper, {}, pass_mark_percent=50).score == 0


@pytest.mark.parametrize(
    ("right", "pass_mark", "passed"), [(2, 66, True), (2, 67, False), (3, 100, True), (0, 0, True)]
)
def test_no_rounding_turns_a_fail_into_a_pass(right: int, pass_mark: int, passed: bool) -> None:
    paper = Paper(tuple(question(QuestionKind.SINGLE, "a", slot=slot) for slot in (1, 2, 3)))
    choices = {slot: frozenset("a") for slot in range(1, right + 1)}
    assert mark(paper, choices, pass_mark_percent=pass_mark).passed is passed


@pytest.mark.parametrize(
    ("must", "right", "pass_mark", "passed"),
    [
        ((1, 2), (1, 2), 50, True),
        ((1, 2), (1, 2, 3, 4), 100, True),
        # A high score is not enough, and neither are the safety questions alone.
        ((1, 2), (1, 3, 4), 75, False),
        ((1, 2), (1, 2), 75, False),
        ((1, 2), (), 0, False),
        ((), (), 0, True),
        ((4,), (1, 2, 3), 75, False),
    ],
)
def test_what_is_a_pass_with_safety_questions(
    must: tuple[int, ...], right: tuple[int, ...], pass_mark: int, passed: bool
) -> None:
    asked = (question(QuestionKind.SINGLE, "a", slot=slot) for slot in (1, 2, 3, 4))
    paper = Paper(tuple(replace(q, must_be_right=q.slot in must) for q in asked))
    choices = {slot: frozenset("a") for slot in right}
    assert mark(paper, choices, pass_mark_percent=pass_mark).passed is passed


@pytest.mark.parametrize(
    ("score", "of", "shown"), [(0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (199, 200, 99), (0, 0, 0)]
)
def test_percent_is_rounded_down(score: int, of: int, shown: int) -> None:
    assert percent(score, of) == shown
