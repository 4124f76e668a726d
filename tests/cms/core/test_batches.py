"""Working through what is due: one piece that fails keeps no other waiting."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.batches import BatchIncomplete, work_through


@given(st.lists(st.booleans()))
def test_it_counts_what_was_done(answers: list[bool]) -> None:
    assert work_through(range(len(answers)), lambda n: answers[n]) == sum(answers)


def test_one_that_fails_is_told_and_keeps_no_other_waiting(caplog: pytest.LogCaptureFixture) -> None:
    done: list[int] = []

    def work(piece: int) -> bool:
        if piece == 2:
            raise OSError("canary-secret")
        done.append(piece)
        return True

    with caplog.at_level(logging.ERROR), pytest.raises(BatchIncomplete, match="1 failed, 2 done") as told:
        work_through([1, 2, 3], work)
    assert done == [1, 3]
    assert [record.entry for record in caplog.records] == [2]
    assert "canary" not in str(told.value)
