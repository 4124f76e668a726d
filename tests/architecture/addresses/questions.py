"""Questions of learners: theirs alone, and those who answer on that cohort."""

from typing import Any
from uuid import uuid4

from courses.actions import ask
from tests.architecture.addresses.rows import (
    ASSESSOR,
    EDITOR,
    FACILITATOR,
    Row,
    ada,
    only_owner,
    staff,
    to,
)
from tests.architecture.addresses.staff import PREFERENCES
from tests.architecture.world import World


def conversation(world: World) -> int:
    return world.ada_conversation.pk


def words(world: World) -> dict[str, Any]:
    newest = world.ada_conversation.messages.last()
    assert newest is not None
    return {"text": "More words.", "token": str(uuid4()), "seen": newest.pk}


def closed(world: World) -> object:
    data = words(world)
    return ask.close(
        conversation_id=conversation(world), by=world.people["fay"], seen=data["seen"], at=world.at
    )


# An assessor or an editor may be in the admin, and yet finds no question there.
ONLY_FACILITATORS = {ASSESSOR: 404, EDITOR: 404}

QUESTIONS = (
    Row(
        name="learning:questions",
        path=to("learning:questions", ada),
        answers=only_owner(),
        queries=4,
    ),
    Row(name="learning:ask", path=to("learning:ask", ada), answers=only_owner(), queries=3),
    Row(
        name="learning:ask",
        method="POST",
        path=to("learning:ask", ada),
        data=words,
        answers=only_owner("learning:conversation"),
        queries=12,
    ),
    Row(
        name="learning:conversation",
        path=to("learning:conversation", conversation),
        answers=only_owner(),
        queries=4,
    ),
    Row(
        name="learning:conversation",
        method="POST",
        path=to("learning:conversation", conversation),
        data=words,
        answers=only_owner("learning:conversation"),
        queries=12,
    ),
    Row(
        name="learning:read_answers",
        method="POST",
        path=to("learning:read_answers", conversation),
        data=words,
        answers=only_owner("learning:conversation"),
        queries=4,
    ),
    Row(
        name="staff:questions",
        path=to("staff:questions"),
        answers=staff(),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=12,
    ),
    Row(
        name="staff:question",
        path=to("staff:question", conversation),
        answers=staff(**ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        may_write=PREFERENCES,
        queries=12,
    ),
    Row(
        name="staff:question",
        method="POST",
        path=to("staff:question", conversation),
        data=words,
        answers=staff("staff:questions", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=13,
    ),
    Row(
        name="staff:close_question",
        method="POST",
        path=to("staff:close_question", conversation),
        data=words,
        answers=staff("staff:question", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=8,
    ),
    Row(
        name="staff:reopen_question",
        method="POST",
        path=to("staff:reopen_question", conversation),
        before=closed,
        answers=staff("staff:question", **ONLY_FACILITATORS),
        measured_as=FACILITATOR,
        queries=6,
    ),
)
