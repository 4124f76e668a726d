"""What changed between two outlines: nothing when nothing did, and otherwise every single thing."""

from dataclasses import asdict, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue.comparison import IDENTITY, Change, Happened, Place, Subject, changes, matched_stages
from courses.catalogue.outline import ActivityOutline, Outline, same_rules
from tests.factories import outlines as shapes


@st.composite
def pairs(draw: Any) -> tuple[Outline, Outline]:
    """An outline, and what an editor may make of it: moved, dropped, added and changed things."""
    old, other = draw(shapes.outlines()), draw(shapes.outlines())
    pool = [a for a in old.activities if draw(st.booleans())]
    pool += [replace(a, activity_id=a.activity_id + 1000) for a in other.activities[:2]]
    stages = []
    for number, stage in enumerate(draw(st.permutations(old.stages + other.stages[:1])), start=1):
        some = draw(st.lists(st.sampled_from(pool), unique=True)) if pool else []
        pool = [a for a in pool if a not in some]
        mended = tuple(replace(a, is_required=draw(st.booleans())) for a in some)
        stages.append(replace(stage, number=number, activities=mended))
    return old, replace(old, stages=tuple(stages), outcomes=other.outcomes)


@given(shapes.outlines())
def test_nothing_changed_between_an_outline_and_itself(outline: Outline) -> None:
    assert changes(outline, outline) == ()


@given(pairs())
def test_there_are_changes_exactly_when_the_outlines_do_not_ask_the_same(
    pair: tuple[Outline, Outline],
) -> None:
    old, new = pair
    assert (changes(old, new) == ()) is same_rules(old, new)
    assert (changes(new, old) == ()) is same_rules(old, new)


@given(pairs())
def test_the_changes_applied_to_the_old_outline_give_the_new_one(pair: tuple[Outline, Outline]) -> None:
    old, new = pair
    assert applied(old, new) == flat(new)


@given(shapes.outlines(), shapes.outlines())
def test_they_do_so_for_outlines_that_have_little_in_common(old: Outline, new: Outline) -> None:
    assert applied(old, new) == flat(new)


KINDS = ("quiz", "session", "coursework")

# --- Applying, written apart from the comparison ---------------------------------------------------


def flat(outline: Outline) -> dict[str, Any]:
    """Everything that an outline asks, as plain lists and values."""
    return {
        "course": (outline.course_code, outline.course_title, outline.sessions_needed),
        "outcomes": list(outline.outcomes),
        "certificate": asdict(outline.certificate),
        "stages": [(s.title, s.summary, s.is_gated) for s in outline.stages],
        "activities": [[rules(a) for a in s.activities] for s in outline.stages],
    }


def rules(activity: ActivityOutline) -> dict[str, Any]:
    own = {f.name: getattr(activity, f.name) for f in fields(activity) if f.name not in IDENTITY}
    # No limit and no quiz look the same here: nothing to say either way.
    limits = {
        f"{kind}.{name}": value
        for kind in KINDS
        if getattr(activity, kind) is not None
        for name, value in asdict(getattr(activity, kind)).items()
        if value is not None
    }
    return {"id": activity.activity_id, **own, **limits}


def applied(old: Outline, new: Outline) -> dict[str, Any]:
    """The old outline with every change made to it. Of the new one only what was added is read."""
    found = changes(old, new)
    values = {(c.subject, c.key, c.field): c.after for c in found if c.field}
    course = tuple(
        values.get((Subject.COURSE, 0, name), getattr(old, name))
        for name in ("course_code", "course_title", "sessions_needed")
    )
    certificate = {k: values.get((Subject.CERTIFICATE, 0, k), v) for k, v in asdict(old.certificate).items()}
    outcomes = merged(
        [(text, text) for text in old.outcomes],
        {c.before.place for c in found if c.subject is Subject.OUTCOME and c.happened is Happened.REMOVED},
        {c.after.place: c.title for c in found if c.subject is Subject.OUTCOME and c.after},
    )
    stages = stages_of(old, new, found)
    return {
        "course": course,
        "outcomes": outcomes,
        "certificate": certificate,
        "stages": [
            tuple(
                values.get((Subject.STAGE, place, name), getattr(stage, name))
                for name in ("title", "summary", "is_gated")
            )
            for place, stage in enumerate(stages, start=1)
        ],
        "activities": activities_of(old, new, found, values),
    }


def merged(old: list[tuple[Any, Any]], gone: set[int], came: dict[int, Any]) -> list[Any]:
    """`old` without the places that are gone, with what came put in at its new place, in order."""
    kept = [thing for place, (_key, thing) in enumerate(old, start=1) if place not in gone]
    for place in sorted(came):
        kept.insert(place - 1, came[place])
    return kept


def stages_of(old: Outline, new: Outline, found: tuple[Change, ...]) -> list[Any]:
    of = [c for c in found if c.subject is Subject.STAGE and not c.field]
    gone = {c.before.place for c in of if c.before}
    came = {
        c.after.place: old.stages[c.before.place - 1] if c.before else new.stages[c.after.place - 1]
        for c in of
        if c.after
    }
    return merged([(s, s) for s in old.stages], gone, came)


def activities_of(
    old: Outline, new: Outline, found: tuple[Change, ...], values: dict[Any, Any]
) -> list[list[Any]]:
    of = [c for c in found if c.subject is Subject.ACTIVITY and not c.field]
    left = {c.key for c in of}
    result = []
    matched = matched_stages(old, new)
    for there in range(len(new.stages)):
        before = old.stages[matched[there]].activities if there in matched else ()
        kept = [rules(a) for a in before if a.activity_id not in left]
        arriving = {c.after.place: c for c in of if c.after and c.after.stage == there + 1}
        for place in sorted(arriving):
            change = arriving[place]
            source = new if change.happened is Happened.ADDED else old
            activity = source.activity(change.key)
            assert activity is not None
            kept.insert(place - 1, rules(activity))
        result.append([changed(one, values) for one in kept])
    return result


def changed(one: dict[str, Any], values: dict[Any, Any]) -> dict[str, Any]:
    mine = {f: v for (s, key, f), v in values.items() if s is Subject.ACTIVITY and key == one["id"]}
    return {k: v for k, v in {**one, **mine}.items() if v is not None or "." not in k}


# --- Examples that an editor meets -----------------------------------------------------------------

ONE, TWO, THREE = shapes.lesson(1), shapes.lesson(2), shapes.lesson(3)
OLD = shapes.outline(shapes.stage(ONE, TWO), shapes.stage(THREE, number=2))


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (
            shapes.outline(shapes.stage(ONE, replace(TWO, is_required=False)), OLD.stages[1]),
            [Change(Subject.ACTIVITY, Happened.CHANGED, 2, "Lesson 2", "is_required", True, False)],
        ),
        (
            shapes.outline(shapes.stage(ONE), OLD.stages[1]),
            [Change(Subject.ACTIVITY, Happened.REMOVED, 2, "Lesson 2", before=Place(1, 2))],
        ),
        (
            # One lesson put in front of the others is one change, not three.
            shapes.outline(shapes.stage(replace(ONE, activity_id=0, title="New"), ONE, TWO), OLD.stages[1]),
            [Change(Subject.ACTIVITY, Happened.ADDED, 0, "New", after=Place(1, 1))],
        ),
        (
            shapes.outline(shapes.stage(ONE), replace(OLD.stages[1], activities=(THREE, TWO))),
            [Change(Subject.ACTIVITY, Happened.MOVED, 2, "Lesson 2", "", Place(1, 2), Place(2, 2))],
        ),
        (
            shapes.outline(replace(OLD.stages[0], title="Begin"), OLD.stages[1]),
            [Change(Subject.STAGE, Happened.CHANGED, 1, "Begin", "title", "Stage 1", "Begin")],
        ),
        (
            shapes.outline(OLD.stages[0], replace(OLD.stages[1], is_gated=False)),
            [Change(Subject.STAGE, Happened.CHANGED, 2, "Stage 2", "is_gated", True, False)],
        ),
        (
            replace(OLD, outcomes=("Explain it.",)),
            [Change(Subject.OUTCOME, Happened.ADDED, 1, "Explain it.", after=Place(0, 1))],
        ),
        (
            replace(OLD, certificate=replace(OLD.certificate, provider="Others")),
            [Change(Subject.CERTIFICATE, Happened.CHANGED, 0, "", "provider", "", "Others")],
        ),
    ],
)
def test_a_change_is_named_once(new: Outline, found: list[Change]) -> None:
    assert list(changes(OLD, new)) == found


SESSION, WORK = shapes.session(4), shapes.coursework(5)
MEET = shapes.outline(shapes.stage(SESSION, WORK), sessions_needed=1)


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (
            replace(MEET, sessions_needed=None),
            [Change(Subject.COURSE, Happened.CHANGED, 0, "A course", "sessions_needed", 1, None)],
        ),
        (
            shapes.outline(shapes.stage(shapes.session(4, make_up=False), WORK), sessions_needed=1),
            [Change(Subject.ACTIVITY, Happened.CHANGED, 4, "Session 4", "session.make_up", True, False)],
        ),
        (
            shapes.outline(shapes.stage(SESSION, shapes.coursework(5, takes_files=False)), sessions_needed=1),
            [Change(Subject.ACTIVITY, Happened.CHANGED, 5, "Work 5", "coursework.takes_files", True, False)],
        ),
    ],
)
def test_what_changes_for_sessions_and_coursework_is_named(new: Outline, found: list[Change]) -> None:
    assert list(changes(MEET, new)) == found


def test_two_stages_that_changed_places_are_one_move() -> None:
    turned = shapes.outline(replace(OLD.stages[1], number=1), replace(OLD.stages[0], number=2))
    (move,) = changes(OLD, turned)
    assert (move.subject, move.happened) == (Subject.STAGE, Happened.MOVED)
