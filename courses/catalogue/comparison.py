"""What changed from one outline to the next, as data: nothing that learners could notice is left out.

Plain Python. An activity is the same when its stable id is the same; one without an id is new. A stage
has no id of its own: it is the same when its title is, or else when it still holds activities it held.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from courses.catalogue.outline import ActivityOutline, Outline, StageOutline


class Subject(StrEnum):
    """What kind of thing changed."""

    COURSE = "course"
    STAGE = "stage"
    ACTIVITY = "activity"
    OUTCOME = "outcome"
    CERTIFICATE = "certificate"


class Happened(StrEnum):
    """What became of it."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, counted from 1: an activity in its stage; a stage (`stage` 0) in its course."""

    stage: int
    place: int


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `key` tells things apart: the place of a stage or outcome in the new outline (in the
    old one if it was removed), the id of an activity. `before` and `after` are values, or a Place.
    """

    subject: Subject
    happened: Happened
    key: int
    title: str
    field: str = ""
    before: Any = None
    after: Any = None


# What tells an activity or a stage apart, or says where it stands, is no change by itself.
IDENTITY = frozenset({"activity_id", "revision_id", "quiz", "session", "coursework", "number", "activities"})
PARTS_OF_COURSE = frozenset({"stages", "outcomes", "certificate"})


def changes(old: Outline, new: Outline) -> tuple[Change, ...]:
    """Every difference, in the order of the new outline; none when both ask the same."""
    return (
        *_values(
            Subject.COURSE, 0, new.course_title, _plain(old, PARTS_OF_COURSE), _plain(new, PARTS_OF_COURSE)
        ),
        *_outcomes(old.outcomes, new.outcomes),
        *_stages(old, new),
        *_activities(old, new),
        *_values(Subject.CERTIFICATE, 0, "", asdict(old.certificate), asdict(new.certificate)),
    )


def _plain(thing: Any, without: frozenset[str]) -> dict[str, Any]:
    """The fields of a dataclass, except those that are compared in a way of their own."""
    return {f.name: getattr(thing, f.name) for f in fields(thing) if f.name not in without}


def _values(
    subject: Subject, key: int, title: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(subject, Happened.CHANGED, key, title, name, old.get(name), new.get(name))


def _outcomes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Outcomes are sentences: a mended one is one that went and one that came."""
    stayed_old, stayed_new = _same_order(old, new)
    for place, text in enumerate(old, start=1):
        if place - 1 not in stayed_old:
            yield Change(Subject.OUTCOME, Happened.REMOVED, place, text, before=Place(0, place))
    for place, text in enumerate(new, start=1):
        if place - 1 not in stayed_new:
            yield Change(Subject.OUTCOME, Happened.ADDED, place, text, after=Place(0, place))


def _same_order(old: Sequence[Any], new: Sequence[Any]) -> tuple[set[int], set[int]]:
    """The places, in both, of what stayed in the same order: as many as there can be."""
    pairs: list[tuple[int, int]] = []
    used: set[int] = set()
    for there, thing in enumerate(new):
        here = next((n for n, other in enumerate(old) if other == thing and n not in used), None)
        if here is not None:
            used.add(here)
            pairs.append((here, there))
    kept = _longest_rising([here for here, _there in pairs])
    return {pairs[n][0] for n in kept}, {pairs[n][1] for n in kept}


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """The places of a longest rising run of different numbers (patience sorting, n log n)."""
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(ends, number)
        before.append(places[at - 1] if at else -1)
        ends[at : at + 1] = [number]
        places[at : at + 1] = [place]
    found: list[int] = []
    last = places[-1] if places else -1
    while last >= 0:
        found.append(last)
        last = before[last]
    return found[::-1]


def matched_stages(old: Outline, new: Outline) -> dict[int, int]:
    """For each stage of the new outline that was there before, the place (from 0) of its old self."""
    found: dict[int, int] = {}
    for there, stage in enumerate(new.stages):
        _match(found, there, [n for n, one in enumerate(old.stages) if one.title == stage.title])
    for there, stage in enumerate(new.stages):
        if there not in found:
            shared = {n: len(_ids(one) & _ids(stage)) for n, one in enumerate(old.stages)}
            _match(found, there, sorted((n for n in shared if shared[n]), key=lambda n: (-shared[n], n)))
    return found


def _match(found: dict[int, int], there: int, candidates: Sequence[int]) -> None:
    free = next((n for n in candidates if n not in found.values()), None)
    if free is not None:
        found[there] = free


def _ids(stage: StageOutline) -> set[int]:
    return {a.activity_id for a in stage.activities if a.activity_id}


def _stages(old: Outline, new: Outline) -> Iterator[Change]:
    matched = matched_stages(old, new)
    stayed_in_order = {there for there, _ in _kept_order([(here, there) for there, here in matched.items()])}
    for here, stage in enumerate(old.stages):
        if here not in matched.values():
            yield Change(Subject.STAGE, Happened.REMOVED, here + 1, stage.title, before=Place(0, here + 1))
    for there, stage in enumerate(new.stages):
        after = Place(0, there + 1)
        if there not in matched:
            yield Change(Subject.STAGE, Happened.ADDED, there + 1, stage.title, after=after)
            continue
        before = old.stages[matched[there]]
        if there not in stayed_in_order:
            moved_from = Place(0, matched[there] + 1)
            yield Change(Subject.STAGE, Happened.MOVED, there + 1, stage.title, "", moved_from, after)
        yield from _values(
            Subject.STAGE, there + 1, stage.title, _plain(before, IDENTITY), _plain(stage, IDENTITY)
        )


def _kept_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of (old place, new place), the (new, old) of those whose order among each other stayed."""
    in_new_order = sorted(pairs, key=lambda pair: pair[1])
    kept = _longest_rising([here for here, _there in in_new_order])
    return [(in_new_order[n][1], in_new_order[n][0]) for n in kept]


@dataclass(frozen=True, slots=True)
class _Found:
    activity: ActivityOutline
    stage: int
    place: int


def _by_id(outline: Outline) -> dict[int, _Found]:
    return {
        a.activity_id: _Found(a, stage, place)
        for stage, one in enumerate(outline.stages, start=1)
        for place, a in enumerate(one.activities, start=1)
        if a.activity_id
    }


def _activities(old: Outline, new: Outline) -> Iterator[Change]:
    before, after = _by_id(old), _by_id(new)
    for key, found in before.items():
        if key not in after:
            where = Place(found.stage, found.place)
            yield Change(Subject.ACTIVITY, Happened.REMOVED, key, found.activity.title, before=where)
    stayed = _stayed(old, new, before, after)
    for number, stage in enumerate(new.stages, start=1):
        for place, activity in enumerate(stage.activities, start=1):
            key, where = activity.activity_id, Place(number, place)
            was = before.get(key)
            if was is None:
                yield Change(Subject.ACTIVITY, Happened.ADDED, key, activity.title, after=where)
                continue
            if key not in stayed:
                moved_from = Place(was.stage, was.place)
                yield Change(Subject.ACTIVITY, Happened.MOVED, key, activity.title, "", moved_from, where)
            yield from _values(Subject.ACTIVITY, key, activity.title, _rules(was.activity), _rules(activity))


def _stayed(
    old: Outline, new: Outline, before: Mapping[int, _Found], after: Mapping[int, _Found]
) -> set[int]:
    """The ids of activities that are in the same stage, in the same order among those that stayed."""
    stayed: set[int] = set()
    for there, here in matched_stages(old, new).items():
        common = [
            a.activity_id
            for a in new.stages[there].activities
            if a.activity_id in before and before[a.activity_id].stage == here + 1
        ]
        kept = _longest_rising([before[key].place for key in common])
        stayed |= {common[n] for n in kept}
    return stayed


def _rules(activity: ActivityOutline) -> dict[str, Any]:
    """What an activity asks, with the rules of its kind as if they were its own."""
    kinds = {"quiz": activity.quiz, "session": activity.session, "coursework": activity.coursework}
    own = {
        f"{kind}.{name}": value
        for kind, rules in kinds.items()
        if rules is not None
        for name, value in asdict(rules).items()
    }
    return {**_plain(activity, IDENTITY), **own}
