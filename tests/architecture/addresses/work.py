"""Live sessions and coursework: their pages, handing in, and deciding."""

from typing import Any

from tests.architecture.addresses.rows import (
    EDITOR,
    FACILITATOR,
    Row,
    only_owner,
    staff,
    to,
)
from tests.architecture.world import World
from tests.factories import handing_in

# Wagtail makes a person's own admin preferences on their first visit.
PREFERENCES = frozenset({"wagtailusers_userprofile"})


def dee_works(world: World) -> int:
    return world.dee_works.pk


def work(world: World) -> int:
    return handing_in.work_id(world.works)


def session(world: World) -> int:
    return handing_in.session_id(world.works)


def submission(world: World) -> int:
    return world.submission.pk


def file(world: World) -> int:
    return world.submission.files.get().pk


def typed(world: World) -> dict[str, Any]:
    return {"text": "Words.", "sequence": 7, "do": "save"}


WORK = (
    Row(
        name="learning:activity",
        note="coursework",
        path=to("learning:activity", dee_works, work),
        owner="dee",
        answers=only_owner(),
        queries=7,
    ),
    Row(
        name="learning:activity",
        note="live session",
        path=to("learning:activity", dee_works, session),
        owner="dee",
        answers=only_owner(),
        queries=8,
    ),
    Row(
        name="learning:work",
        path=to("learning:work", dee_works, work),
        owner="dee",
        answers=only_owner("learning:activity"),
        queries=3,
    ),
    Row(
        name="learning:work",
        method="POST",
        path=to("learning:work", dee_works, work),
        owner="dee",
        data=typed,
        answers=only_owner("learning:activity"),
        queries=5,
    ),
    Row(
        name="learning:work",
        method="POST",
        note="by lesson.js",
        path=to("learning:work", dee_works, work),
        owner="dee",
        data=lambda world: {"text": "Words.", "sequence": 7},
        headers={"X-Requested-With": "fetch"},
        answers={**only_owner(), "anonymous": 401},
        queries=5,
    ),
    Row(
        name="learning:work",
        method="POST",
        note="handing in",
        path=to("learning:work", dee_works, work),
        owner="dee",
        data=lambda world: {"text": "Words.", "sequence": 7, "do": "hand_in"},
        answers=only_owner("learning:activity"),
        queries=13,
    ),
    Row(
        name="learning:work_file",
        path=to("learning:work_file", dee_works, file),
        owner="dee",
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="staff:work",
        path=to("staff:work"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=13,
    ),
    Row(
        name="staff:submission",
        path=to("staff:submission", submission),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=14,
    ),
    Row(
        name="staff:submission",
        method="POST",
        path=to("staff:submission", submission),
        data=lambda world: {"comment": "Good.", "do": "sign_off"},
        answers=staff("staff:work", **{EDITOR: 404}),
        measured_as=FACILITATOR,
        queries=12,
    ),
    Row(
        name="staff:work_file",
        path=to("staff:work_file", file),
        answers=staff(**{EDITOR: 404}),
        measured_as=FACILITATOR,
        queries=6,
    ),
)
