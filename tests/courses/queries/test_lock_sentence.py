"""What a learner reads about a locked stage, for courses that count from 0 and from 1."""

from dataclasses import replace

import pytest

from courses.progress.rules import Outcome, standing
from courses.queries.access import lock_sentence
from tests.factories import outlines as shapes

BOTH = "This opens when you have finished the stages before it. First, finish {}."


@pytest.mark.parametrize(
    ("done", "first", "sentences"),
    [
        (0, 1, ["", "This opens when you have finished stage 1.", BOTH.format("stage 1")]),
        (0, 0, ["", "This opens when you have finished “The welcome”.", BOTH.format("“The welcome”")]),
        (1, 1, ["", "This opens when you have finished “Lesson 2”.", BOTH.format("stage 1")]),
        (2, 0, ["", "", "This opens when you have finished stage 1."]),
        (3, 1, ["", "", "This opens when you have finished “Lesson 4”."]),
        (4, 1, ["", "", ""]),
    ],
)
def test_a_locked_stage_names_the_last_step_or_the_stage_to_finish_first(
    done: int, first: int, sentences: list[str]
) -> None:
    stages = [
        shapes.stage(shapes.lesson(one), shapes.lesson(one + 1), number=number)
        for number, one in enumerate((1, 3, 5), start=first)
    ]
    stages = [replace(stage, title="The welcome") if stage.number == 0 else stage for stage in stages]
    found = standing(shapes.outline(*stages), dict.fromkeys(range(1, done + 1), Outcome.DONE))
    assert [lock_sentence(stage) for stage in found.stages] == sentences
