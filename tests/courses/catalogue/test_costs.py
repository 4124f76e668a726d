"""The words about the cost agree with the tick at "free"."""

import pytest

from courses.catalogue.costs import disagreement


@pytest.mark.parametrize(
    ("is_free", "sentence", "wrong"),
    [
        (True, "Free", ""),
        (True, "Free in this demonstration", ""),
        (True, "£0", ""),
        (True, "0.00 pounds", ""),
        (True, "£20", "amount"),
        (True, "From 5 pounds", "amount"),
        (False, "£20", ""),
        (False, "£20, free for carers", ""),
        (False, "Ask us", ""),
        (False, "Free", "free"),
        (False, "free of charge", "free"),
        (False, "Freedom House pays", ""),
    ],
)
def test_free_and_an_amount_do_not_go_together(is_free: bool, sentence: str, wrong: str) -> None:
    assert disagreement(is_free=is_free, sentence=sentence, word_for_free="Free") == wrong
