"""The frozen outline: it comes back as it went in, and says what keeps it from being published."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.outline import (
    ActivityOutline,
    Kind,
    Outline,
    OutlineUnreadableError,
    Problem,
    QuizRules,
    Trouble,
    fingerprint,
    from_json,
    problems,
    same_rules,
    to_json,
)
from courses.progress.rules import Outcome, standing
from tests.factories import outlines as shapes

RULES = QuizRules(pass_mark_percent=60, attempts_allowed=2, time_limit_minutes=None, question_count=3)


@given(shapes.outlines())
def test_an_outline_comes_back_from_storage_as_it_went_in(outline: Outline) -> None:
    assert from_json(json.loads(json.dumps(to_json(outline)))) == outline


@given(shapes.outlines())
def test_an_edition_from_before_safety_questions_is_read_as_one_without_any(outline: Outline) -> None:
    stored = to_json(outline)
    quizzes = [a["quiz"] for s in stored["stages"] for a in s["activities"] if a["quiz"]]
    written = [rules.pop("must_be_right", None) for rules in quizzes]
    assert written == [a.quiz.must_be_right or None for a in outline.activities if a.quiz]
    found = [a.quiz for a in from_json(stored).activities if a.quiz]
    assert [rules.must_be_right for rules in found] == [()] * len(quizzes)
    without = tuple(
        replace(
            s,
            activities=tuple(
                replace(a, quiz=replace(a.quiz, must_be_right=())) if a.quiz else a for a in s.activities
            ),
        )
        for s in outline.stages
    )
    assert same_rules(from_json(stored), replace(outline, stages=without))


@pytest.mark.parametrize("stored", [{}, {"format": 0}, {"format": 2}, {"format": "1"}])
def test_a_format_that_is_not_known_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(OutlineUnreadableError):
        from_json(stored)


@given(shapes.outlines(), st.integers(0, 10**6))
def test_new_words_of_a_lesson_ask_for_nothing_new(outline: Outline, revision: int) -> None:
    stages = tuple(
        replace(s, activities=tuple(replace(a, revision_id=revision) for a in s.activities))
        for s in outline.stages
    )
    assert same_rules(outline, replace(outline, stages=stages))


@given(shapes.outlines(), shapes.outlines())
def test_outlines_that_differ_in_anything_else_do_not_ask_the_same(one: Outline, other: Outline) -> None:
    plain = [
        replace(
            o,
            stages=tuple(
                replace(s, activities=tuple(replace(a, revision_id=0) for a in s.activities))
                for s in o.stages
            ),
        )
        for o in (one, other)
    ]
    assert same_rules(one, other) is (plain[0] == plain[1])


@given(shapes.outlines())
def test_only_required_minutes_are_planned(outline: Outline) -> None:
    required = [a for a in outline.activities if a.is_required]
    assert outline.self_directed_minutes == sum(a.self_directed_minutes for a in required)
    assert outline.participatory_minutes == sum(a.participatory_minutes for a in required)


@given(shapes.outlines())
def test_every_activity_is_found_with_its_stage(outline: Outline) -> None:
    for stage in outline.stages:
        for activity in stage.activities:
            assert outline.activity(activity.activity_id) == activity
            assert outline.stage_of(activity.activity_id) == stage
    assert outline.activity(999) is None
    assert outline.stage_of(999) is None


@given(shapes.outlines())
def test_exactly_the_gated_stages_behind_a_required_activity_wait_for_it(outline: Outline) -> None:
    for stage in outline.stages:
        for activity in stage.activities:
            finished = {a.activity_id: Outcome.PASSED for a in outline.activities}
            assert not standing(outline, finished).left
            del finished[activity.activity_id]
            locked = tuple(s.stage for s in standing(outline, finished).stages if not s.is_open)
            assert outline.waiting_for(activity) == locked
            assert outline.stages_after(activity) == outline.stages[stage.number :]


def quiz(**changes: object) -> ActivityOutline:
    return replace(shapes.lesson(1), kind=Kind.QUIZ, title="The quiz", quiz=replace(RULES, **changes))


def of(*activities: ActivityOutline) -> Outline:
    return shapes.outline(shapes.stage(*activities))


@pytest.mark.parametrize(
    ("outline", "found"),
    [
        (shapes.outline(), Problem(Trouble.NO_STAGES)),
        (shapes.outline(shapes.stage()), Problem(Trouble.EMPTY_STAGE, "Stage 1", 1)),
        (of(shapes.lesson(1, minutes=0)), Problem(Trouble.NO_MINUTES, "Lesson 1", 1, 101)),
        (of(shapes.lesson(1, is_required=False)), Problem(Trouble.NOTHING_REQUIRED)),
        (of(replace(quiz(), quiz=None)), Problem(Trouble.NO_RULES, "The quiz", 1, 101)),
        (of(quiz(question_count=0)), Problem(Trouble.NO_QUESTIONS, "The quiz", 1, 101)),
        (of(quiz(pass_mark_percent=101)), Problem(Trouble.PASS_MARK, "The quiz", 1, 101)),
        (of(quiz(pass_mark_percent=-1)), Problem(Trouble.PASS_MARK, "The quiz", 1, 101)),
        (of(quiz(attempts_allowed=0)), Problem(Trouble.NO_ATTEMPTS, "The quiz", 1, 101)),
        # However a quiz comes to ask some of its questions only: those that must be right are among them.
        (of(quiz(must_be_right=(1, 2, 3, 4))), Problem(Trouble.TOO_FEW_ASKED, "The quiz", 1, 101)),
        (
            of(replace(shapes.session(1), participatory_minutes=0, self_directed_minutes=20)),
            Problem(Trouble.NO_TIME_TOGETHER, "Session 1", 1, 101),
        ),
        (
            of(shapes.coursework(1, takes_text=False, takes_files=False)),
            Problem(Trouble.TAKES_NOTHING, "Work 1", 1, 101),
        ),
        (
            of(replace(shapes.coursework(1), coursework=None)),
            Problem(Trouble.TAKES_NOTHING, "Work 1", 1, 101),
        ),
        (
            shapes.outline(
                shapes.stage(shapes.session(1), shapes.session(2, is_required=False)), sessions_needed=2
            ),
            Problem(Trouble.TOO_FEW_SESSIONS),
        ),
    ],
)
def test_what_cannot_be_completed_is_found_with_its_page(outline: Outline, found: Problem) -> None:
    assert found in problems(outline)


@given(shapes.outlines(), shapes.outlines())
def test_a_fingerprint_is_the_same_exactly_when_two_outlines_ask_the_same(
    one: Outline, other: Outline
) -> None:
    assert (fingerprint(one) == fingerprint(other)) is same_rules(one, other)


def test_a_good_outline_has_no_problems() -> None:
    optional = shapes.lesson(2, is_required=False, minutes=0)
    unlimited = replace(quiz(attempts_allowed=None), activity_id=3)
    assert problems(of(shapes.lesson(1), optional, unlimited)) == []
    meetings = shapes.stage(shapes.session(4), shapes.session(5), shapes.coursework(6, takes_text=False))
    assert problems(shapes.outline(meetings, sessions_needed=1)) == []


# What the very first editions stored: the frozen words of editions that learners are on.
STORED_BEFORE = {
    "format": 1,
    "course_code": "OLD",
    "course_title": "An old course",
    "outcomes": ["Explain one thing."],
    "stages": [
        {
            "number": 1,
            "title": "Stage 1",
            "summary": "",
            "is_gated": True,
            "activities": [
                {
                    "activity_id": 1,
                    "page_id": 101,
                    "revision_id": 7,
                    "kind": "lesson",
                    "title": "Lesson 1",
                    "is_required": True,
                    "self_directed_minutes": 10,
                    "participatory_minutes": 0,
                    "quiz": None,
                },
                {
                    "activity_id": 2,
                    "page_id": 102,
                    "revision_id": 8,
                    "kind": "quiz",
                    "title": "Quiz 2",
                    "is_required": True,
                    "self_directed_minutes": 5,
                    "participatory_minutes": 0,
                    "quiz": {
                        "pass_mark_percent": 75,
                        "attempts_allowed": 2,
                        "time_limit_minutes": None,
                        "question_count": 3,
                    },
                },
            ],
        }
    ],
    "certificate": {"kind": "", "provider": "", "accreditation": "", "statement": "", "notice": ""},
}


def test_editions_from_before_live_sessions_are_read_written_and_named_as_they_were() -> None:
    outline = from_json(STORED_BEFORE)
    assert json.loads(json.dumps(to_json(outline))) == STORED_BEFORE
    assert outline.sessions_needed is None
    assert fingerprint(outline) == ("28e3aedc0c2c645935e09dda5c72950cf7ec662235a8966186ec2dd239788886")


@given(shapes.outlines())
def test_what_came_later_stands_only_where_it_says_something(outline: Outline) -> None:
    stored = to_json(outline)
    assert ("sessions_needed" in stored) is (outline.sessions_needed is not None)
    plain = [activity for stage in stored["stages"] for activity in stage["activities"]]
    for activity, kept in zip(outline.activities, plain, strict=True):
        assert ("session" in kept) is (activity.kind is Kind.LIVE_SESSION)
        assert ("coursework" in kept) is (activity.kind is Kind.COURSEWORK)


def test_all_problems_are_told_at_once() -> None:
    assert len(problems(of(shapes.lesson(1, minutes=0), quiz(question_count=0, attempts_allowed=0)))) == 3
    assert problems(of(quiz(must_be_right=(1, 2, 3)))) == []
