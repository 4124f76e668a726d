"""What a learner does on a course."""

from typing import Any
from uuid import uuid4

from courses.assessment.models import AttemptAnswer
from courses.catalogue import lesson_texts
from tests.architecture.addresses.rows import (
    ANONYMOUS,
    OTHER,
    OWNER,
    Row,
    ada,
    ada_attempt,
    ben_attempt,
    cohort,
    dee,
    everybody,
    lesson,
    one,
    only_owner,
    quiz,
    signed_in,
    to,
)
from tests.architecture.world import World
from tests.factories import lessons


def first_answer(world: World) -> dict[str, Any]:
    question = world.ada_attempt.paper.question(1)
    assert question is not None
    return {"choice": sorted(question.keys)[0], "sequence": 7, "go": "next"}


def a_note(world: World) -> dict[str, Any]:
    seal = lesson_texts.seal(world.course.lesson_id, str(uuid4()), "Look at a group")
    return {"seal": seal, "text": "Some words.", "sequence": 7}


LEARNING = (
    Row(
        name="learning:stop_looking",
        method="POST",
        path=to("learning:stop_looking"),
        answers=signed_in("learning:dashboard"),
        queries=1,
    ),
    Row(name="learning:dashboard", path=to("learning:dashboard"), answers=signed_in(), budget=5, queries=4),
    Row(name="learning:course", path=to("learning:course", ada), answers=only_owner(), budget=7, queries=3),
    Row(
        name="learning:activity",
        note="lesson",
        path=to("learning:activity", ada, lesson),
        answers=only_owner(),
        budget=6,
        queries=5,
    ),
    Row(name="learning:notes", path=to("learning:notes", ada), answers=only_owner(), queries=5),
    Row(
        name="learning:note",
        path=to("learning:note", ada, lesson),
        answers=only_owner("learning:activity"),
        queries=3,
    ),
    Row(
        name="learning:note",
        method="POST",
        path=to("learning:note", ada, lesson),
        data=a_note,
        answers=only_owner("learning:activity"),
        budget=5,
        queries=4,
    ),
    Row(
        name="learning:note",
        method="POST",
        note="by lesson.js",
        path=to("learning:note", ada, lesson),
        data=a_note,
        headers={"X-Requested-With": "fetch"},
        answers={**only_owner(200), ANONYMOUS: 401},
        budget=5,
        queries=4,
    ),
    Row(
        name="learning:place",
        method="POST",
        # The text was drawn for the reader before.
        before=lambda world: lessons.prompts(world.course),
        path=to("learning:place", ada, lesson),
        data=lambda world: {"anchor": "part-somewhere"},
        answers=only_owner("learning:activity"),
        queries=5,
    ),
    Row(
        name="learning:version",
        method="POST",
        path=to("learning:version", ada, lesson),
        data=lambda world: {"version": "easy"},
        answers=only_owner("learning:activity"),
        queries=4,
    ),
    Row(
        name="learning:print_stage",
        path=to("learning:print_stage", ada, one),
        answers=only_owner(),
        budget=6,
        queries=5,
    ),
    Row(
        name="learning:activity",
        note="quiz",
        path=to("learning:activity", ada, quiz),
        answers=only_owner(),
        queries=6,
    ),
    Row(
        name="learning:activity",
        note="locked",
        owner="dee",
        path=to("learning:activity", dee, quiz),
        answers=only_owner(403),
        queries=3,
    ),
    Row(
        name="learning:done",
        method="POST",
        owner="dee",
        path=to("learning:done", dee, lesson),
        answers=only_owner("learning:activity"),
        queries=5,
    ),
    Row(
        name="learning:begin",
        method="POST",
        owner="dee",
        before=lambda world: world.course.do_lessons(world.dee_enrolment, at=world.at),
        path=to("learning:begin", dee, quiz),
        answers=only_owner("learning:question"),
        budget=8,
        queries=7,
    ),
    Row(
        name="learning:begin",
        method="POST",
        note="locked",
        owner="dee",
        path=to("learning:begin", dee, quiz),
        answers=only_owner("learning:activity"),
        queries=3,
    ),
    Row(
        name="learning:question",
        path=to("learning:question", ada_attempt, one),
        answers=only_owner(),
        queries=3,
    ),
    Row(
        name="learning:question",
        method="POST",
        path=to("learning:question", ada_attempt, one),
        data=first_answer,
        answers=only_owner("learning:question"),
        budget=5,
        queries=3,
    ),
    Row(
        name="learning:question",
        method="POST",
        note="by quiz.js",
        path=to("learning:question", ada_attempt, one),
        data=first_answer,
        headers={"X-Requested-With": "fetch"},
        answers=only_owner(200),
        budget=5,
        queries=3,
    ),
    Row(name="learning:check", path=to("learning:check", ada_attempt), answers=only_owner(), queries=3),
    Row(
        name="learning:hand_in",
        method="POST",
        path=to("learning:hand_in", ada_attempt),
        answers=only_owner("learning:review"),
        budget=10,
        queries=11,
    ),
    Row(
        name="learning:hand_in",
        method="POST",
        note="not yet passed",
        before=lambda world: AttemptAnswer.objects.filter(attempt=world.ada_attempt).update(choice=[]),
        path=to("learning:hand_in", ada_attempt),
        answers=only_owner("learning:review"),
        queries=7,
        budget=10,
    ),
    Row(
        name="learning:review",
        owner="ben",
        path=to("learning:review", ben_attempt),
        answers=only_owner(),
        budget=7,
        queries=4,
    ),
    Row(
        name="learning:join",
        path=to("learning:join", cohort),
        answers={**everybody(), OWNER: "learning:course"},
        measured_as=OTHER,
        queries=5,
    ),
    Row(
        name="learning:join",
        method="POST",
        path=to("learning:join", cohort),
        answers=signed_in("learning:course"),
        measured_as=OTHER,
        budget=8,
        queries=8,
    ),
)
