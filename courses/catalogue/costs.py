"""Whether what a course says about its cost agrees with the tick at "free". Plain Python."""

import re

# A figure from 1 up: "£0" and "0.00" are free.
AMOUNT = re.compile(r"[1-9]")


def disagreement(*, is_free: bool, sentence: str, word_for_free: str) -> str:
    """Name what does not agree: "amount" in a free course, "free" in a paid one; empty when both agree.

    A paid course may say "£20, free for carers", so the word alone is only wrong without an amount.
    """
    has_amount = AMOUNT.search(sentence) is not None
    words = re.findall(r"\w+", sentence.casefold())
    if is_free:
        return "amount" if has_amount else ""
    return "free" if word_for_free.casefold() in words and not has_amount else ""
