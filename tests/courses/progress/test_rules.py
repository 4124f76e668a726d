"""How far a learner is, for outlines and records of every shape."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from courses.catalogue.outline import Kind, Outline
from courses.progress.rules import FINISHED, ActivityState, Outcome, better, standing
from tests.factories import outlines as shapes

RECORDS = st.dictionaries(st.integers(1, 18), st.sampled_from(Outcome), max_size=18)


@given(shapes.outlines(), RECORDS)
def test_a_hundred_per_cent_means_complete_and_nothing_else_does(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    found = standing(outline, outcomes)
    assert 0 <= found.percent <= 100
    assert (found.percent == 100) is found.is_complete
    required = [a.activity_id for a in outline.activities if outline.is_needed(a)]
    attended = [s for s in outline.planned_sessions if outcomes.get(s.activity_id) in FINISHED]
    assert found.is_complete is (
        bool(required or outline.sessions_needed)
        and all(outcomes.get(n) in FINISHED for n in required)
        and len(attended) >= (outline.sessions_needed or 0)
    )


@given(shapes.outlines(), RECORDS)
def test_records_of_activities_that_the_edition_does_not_have_are_passed_over(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    known = {a.activity_id for a in outline.activities}
    kept = {n: outcome for n, outcome in outcomes.items() if n in known}
    assert standing(outline, outcomes) == standing(outline, kept)


@given(shapes.outlines(), RECORDS, st.integers(1, 16), st.sampled_from(sorted(FINISHED)))
def test_finishing_more_never_lowers_the_percent_and_never_locks(
    outline: Outline, outcomes: dict[int, Outcome], more: int, reached: Outcome
) -> None:
    before = standing(outline, outcomes)
    after = standing(outline, {**outcomes, more: reached})
    assert after.percent >= before.percent
    for old, new in zip(before.stages, after.stages, strict=True):
        assert new.is_open or not old.is_open
        assert set(new.waits_for) <= set(old.waits_for)


@given(shapes.outlines(), RECORDS)
def test_what_is_finished_is_never_shown_as_locked(outline: Outline, outcomes: dict[int, Outcome]) -> None:
    for found in standing(outline, outcomes).activities:
        if outcomes.get(found.activity.activity_id) in FINISHED:
            assert found.is_finished
            assert not found.is_locked


@given(shapes.outlines(), RECORDS)
def test_a_gated_stage_opens_exactly_when_all_required_work_before_it_is_finished(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    before: list[int] = []
    for found in standing(outline, outcomes).stages:
        missing = [n for n in before if outcomes.get(n) not in FINISHED]
        assert found.is_open is (not missing or not found.stage.is_gated)
        assert len(found.waits_for) == (0 if found.is_open else len(missing))
        before += [a.activity_id for a in found.stage.activities if outline.is_needed(a)]


@given(shapes.outlines(), RECORDS)
def test_a_locked_stage_waits_in_just_the_stages_before_it_that_are_not_finished(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    found = standing(outline, outcomes).stages
    for place, stage in enumerate(found):
        unfinished = tuple(
            (before.stage.number, before.stage.title) for before in found[:place] if before.left
        )
        assert stage.waits_in == (() if stage.is_open else unfinished)


@given(shapes.outlines(), RECORDS)
def test_the_next_thing_to_do_is_open_unfinished_and_required_first(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    found = standing(outline, outcomes)
    step = found.next_activity
    open_now = [
        a
        for a in found.activities
        if not a.is_finished and not a.is_locked
        if a.activity.kind is not Kind.LIVE_SESSION and a.state is not ActivityState.HANDED_IN
    ]
    if step is None:
        assert not open_now
        return
    assert step in open_now
    if not step.activity.is_required:
        assert not [a for a in open_now if a.activity.is_required]


@given(shapes.outlines(), RECORDS)
def test_doing_the_next_thing_again_and_again_completes_any_course_with_something_required(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    assume((outline.sessions_needed or 0) <= len(outline.planned_sessions))
    done = dict(outcomes)
    while True:
        found = standing(outline, done)
        if (step := found.next_activity) is not None:
            done[step.activity.activity_id] = Outcome.DONE
            continue
        # Nothing is left for the learner alone: a meeting takes place, or an assessor signs something off.
        elsewhere = [a for a in found.activities if not a.is_finished and not a.is_locked]
        if not elsewhere:
            break
        done[elsewhere[0].activity.activity_id] = Outcome.DONE
    needed = any(outline.is_needed(a) for a in outline.activities) or outline.sessions_needed
    assert standing(outline, done).is_complete is bool(needed)


@given(shapes.outlines(), RECORDS)
def test_sessions_that_count_together_are_counted_up_to_their_number_and_none_is_missing(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    found = standing(outline, outcomes)
    if outline.sessions_needed is None:
        assert found.attendance is None
        assert found.sessions_left == 0
        return
    attendance = found.attendance
    assert attendance is not None
    assert attendance.planned == len(outline.planned_sessions)
    assert attendance.counted <= attendance.needed
    assert found.sessions_left == max(0, attendance.needed - attendance.attended)
    assert not [a for a in found.left if a.kind is Kind.LIVE_SESSION]
    assert found.total == len([a for a in outline.activities if outline.is_needed(a)]) + attendance.needed


@given(shapes.outlines(), RECORDS)
def test_without_a_number_every_required_session_is_needed_by_itself(
    outline: Outline, outcomes: dict[int, Outcome]
) -> None:
    alone = replace(outline, sessions_needed=None)
    missing = [s for s in alone.planned_sessions if outcomes.get(s.activity_id) not in FINISHED]
    assert [a for a in standing(alone, outcomes).left if a.kind is Kind.LIVE_SESSION] == missing


def meetings(needed: int | None) -> Outline:
    """Three meetings and a lesson, and a second stage."""
    sessions = [shapes.session(n) for n in (1, 2, 3)]
    second = shapes.stage(shapes.lesson(5), number=2)
    return shapes.outline(shapes.stage(*sessions, shapes.lesson(4)), second, sessions_needed=needed)


def test_two_of_three_meetings_are_enough_whichever_they_are() -> None:
    outline = meetings(2)
    done = {4: Outcome.DONE, 5: Outcome.DONE}
    assert not standing(outline, {**done, 1: Outcome.DONE}).is_complete
    assert standing(outline, {**done, 1: Outcome.DONE, 3: Outcome.DONE}).is_complete
    assert not standing(meetings(None), {**done, 1: Outcome.DONE, 3: Outcome.DONE}).is_complete


def test_a_third_meeting_adds_nothing_to_two_that_are_enough() -> None:
    outline = meetings(2)
    two = standing(outline, {1: Outcome.DONE, 2: Outcome.DONE})
    three = standing(outline, {1: Outcome.DONE, 2: Outcome.DONE, 3: Outcome.DONE})
    assert (two.done, two.total, two.percent) == (three.done, three.total, three.percent) == (2, 4, 50)


def test_a_missed_meeting_locks_no_later_stage_where_meetings_count_together() -> None:
    assert standing(meetings(2), {4: Outcome.DONE}).stages[1].is_open
    assert not standing(meetings(None), {4: Outcome.DONE}).stages[1].is_open


def test_a_meeting_that_cannot_be_made_up_brings_the_end_out_of_reach() -> None:
    lost = {1: Outcome.NOT_PASSED, 2: Outcome.NOT_PASSED}
    once, twice = standing(meetings(2), {1: Outcome.NOT_PASSED}), standing(meetings(2), lost)
    assert once.attendance is not None
    assert once.attendance.can_still
    assert twice.attendance is not None
    assert not twice.attendance.can_still


def test_a_meeting_and_work_that_waits_are_not_what_to_do_next() -> None:
    outline = shapes.outline(
        shapes.stage(shapes.session(1), shapes.coursework(2), shapes.lesson(3)), sessions_needed=1
    )
    first, then = standing(outline, {}), standing(outline, {2: Outcome.HANDED_IN})
    assert first.next_activity == first.activities[1]
    assert then.next_activity == then.activities[2]
    assert then.activities[1].state is ActivityState.HANDED_IN
    back = standing(outline, {2: Outcome.SENT_BACK})
    assert back.next_activity == back.activities[1]


def test_an_ungated_stage_is_open_beside_a_gated_one_that_waits() -> None:
    first = shapes.stage(shapes.lesson(1), shapes.lesson(2))
    second = shapes.stage(shapes.lesson(3), number=2, is_gated=False)
    third = shapes.stage(shapes.lesson(4), number=3)
    found = standing(shapes.outline(first, second, third), {1: Outcome.DONE})
    assert [s.is_open for s in found.stages] == [True, True, False]
    assert found.stages[2].waits_for == ("Lesson 2", "Lesson 3")
    assert [a.state for a in found.activities] == [
        ActivityState.DONE,
        ActivityState.OPEN,
        ActivityState.OPEN,
        ActivityState.LOCKED,
    ]


def test_optional_work_neither_locks_nor_counts() -> None:
    outline = shapes.outline(
        shapes.stage(shapes.lesson(1), shapes.lesson(2, is_required=False)),
        shapes.stage(shapes.lesson(3), number=2),
    )
    found = standing(outline, {1: Outcome.DONE})
    assert found.stages[1].is_open
    assert (found.done, found.total, found.percent) == (1, 2, 50)
    assert (found.stages[0].done, found.stages[0].total) == (1, 1)


def test_a_course_without_required_work_is_never_complete() -> None:
    outline = shapes.outline(shapes.stage(shapes.lesson(1, is_required=False)))
    found = standing(outline, {1: Outcome.DONE})
    assert (found.percent, found.is_complete, found.next_activity) == (0, False, None)


def test_a_failed_quiz_in_a_stage_that_is_locked_again_shows_the_lock() -> None:
    outline = shapes.outline(shapes.stage(shapes.lesson(1)), shapes.stage(shapes.lesson(2), number=2))
    assert standing(outline, {2: Outcome.NOT_PASSED}).activities[1].state is ActivityState.LOCKED
    opened = standing(outline, {1: Outcome.DONE, 2: Outcome.NOT_PASSED})
    assert opened.activities[1].state is ActivityState.NOT_PASSED
    assert opened.next_activity == opened.activities[1]


def test_an_activity_is_found_with_its_stage_and_a_strange_one_is_not() -> None:
    found = standing(shapes.outline(shapes.stage(shapes.lesson(1)), shapes.stage(shapes.lesson(2))), {})
    assert found.of(2) == found.stages[1].activities[0]
    assert found.stage_of(2) == found.stages[1]
    assert found.of(3) is None
    assert found.stage_of(3) is None


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (None, Outcome.DONE, Outcome.DONE),
        (None, Outcome.PASSED, Outcome.PASSED),
        (None, Outcome.NOT_PASSED, Outcome.NOT_PASSED),
        (Outcome.NOT_PASSED, Outcome.PASSED, Outcome.PASSED),
        (Outcome.NOT_PASSED, Outcome.NOT_PASSED, Outcome.NOT_PASSED),
        (Outcome.PASSED, Outcome.NOT_PASSED, Outcome.PASSED),
        (Outcome.PASSED, Outcome.PASSED, Outcome.PASSED),
        (Outcome.DONE, Outcome.NOT_PASSED, Outcome.DONE),
        (Outcome.HANDED_IN, Outcome.SENT_BACK, Outcome.SENT_BACK),
        (Outcome.SENT_BACK, Outcome.DONE, Outcome.DONE),
        (Outcome.DONE, Outcome.HANDED_IN, Outcome.DONE),
    ],
)
def test_what_was_reached_is_never_lost(old: Outcome | None, new: Outcome, kept: Outcome) -> None:
    assert better(old, new) is kept
